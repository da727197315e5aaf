"""Slots that suit the judge, a courtroom and all counsel known here."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from flask.views import MethodView
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.api import serializers
from app.api.authentication import requires
from app.api.blueprint import Query, Resource, query_instant
from app.api.schemas import SuggestionsOut
from app.api.transactions import run_read
from app.cases import service as cases
from app.cases.models import Case
from app.core.errors import N_, Invalid, Message
from app.core.forms import RowIdField, TextField, WholeNumberField, posted
from app.core.web import translated
from app.court import service
from app.court.models import Courtroom
from app.hearings import queries
from app.hearings.availability import suggestions
from app.hearings.availability.suggestions import SuggestedSlot, SuggestionQuery
from app.hearings.forms import LONGEST, SHORTEST
from app.hearings.service import CourtContext
from app.hearings.sittings.rules import MOST_SITTINGS
from app.law import working_days
from app.people.rules import TokenScope

bp = Resource("suggestions", __name__, description="Slots that suit everybody")
MOST, MOST_IN_ALL = 50, 200


def _one_to(most: int, least: int = 1) -> Callable[[int], None]:
    def check(number: int) -> None:
        if not least <= number <= most:
            raise ValidationError(
                [Message(N_("Enter a number from %(least)s to %(most)s."), least=least, most=most)]
            )

    return check


@dataclass(frozen=True, kw_only=True)
class SuggestionsIn(Query):
    """Search for slots for a hearing of a case."""

    case_id: int = posted(RowIdField(required=True))
    minutes: int = posted(
        WholeNumberField(
            load_default=90,
            validate=_one_to(LONGEST, SHORTEST),
            error_messages={"invalid": N_("Enter whole minutes, such as 90.")},
            metadata={"minimum": SHORTEST, "maximum": LONGEST},
        )
    )
    days: int = posted(
        WholeNumberField(
            load_default=1,
            validate=_one_to(MOST_SITTINGS),
            error_messages={"invalid": N_("Enter a number.")},
            metadata={
                "minimum": 1,
                "maximum": MOST_SITTINGS,
                "description": "Consecutive court days, each of so many minutes",
            },
        )
    )
    limit: int = posted(
        WholeNumberField(
            load_default=10,
            validate=_one_to(MOST),
            error_messages={"invalid": N_("Enter a number.")},
            metadata={"minimum": 1, "maximum": MOST},
        )
    )
    after: int = posted(
        WholeNumberField(
            load_default=0,
            validate=_one_to(MOST_IN_ALL, 0),
            error_messages={"invalid": N_("Enter a number.")},
            metadata={
                "minimum": 0,
                "maximum": MOST_IN_ALL,
                "description": "`next` of the page before, asked with the same `limit`",
            },
        )
    )
    courtroom: str = posted(
        TextField(
            2000,
            load_default="",
            metadata={
                "description": "Names of courtrooms, parted by commas; all where none is given"
            },
        )
    )
    hearing_id: int | None = posted(
        RowIdField(
            load_default=None,
            allow_none=True,
            metadata={"description": "A hearing whose own time counts as free: it is to be moved"},
        )
    )
    answer_by: dt.datetime | None = posted(query_instant())
    from_: dt.datetime | None = posted(query_instant(data_key="from"))
    to: dt.datetime | None = posted(query_instant())


@bp.route("")
class SuggestionCollection(MethodView):
    """The best slots."""

    @requires(TokenScope.READ)
    @bp.arguments(SuggestionsIn.schema(), location="query")
    @bp.response(200, SuggestionsOut)
    def get(self, query: SuggestionsIn) -> Any:
        """List the best slots for a hearing of a case, the best first, each with its reasons"""

        def read(session: Session, context: CourtContext) -> dict[str, Any]:
            case = cases.find_case(session, context.court.id, query.case_id)
            if query.hearing_id:
                queries.find_hearing(session, context.court.id, query.hearing_id)
            rooms = _rooms(session, context, query.courtroom)
            zone = ZoneInfo(context.court.zone)
            by = query.answer_by or suggestions.default_answer_by(
                session, context.court, context.now
            )
            asked = SuggestionQuery(
                query.minutes,
                rooms,
                by,
                _day(query.from_, zone),
                _day(query.to, zone),
                query.limit,
                days=query.days,
                but=query.hearing_id,
            )
            found, following = _page(session, case, asked, query.after, context.now)
            working = working_days.working_days(session, context.court)
            not_before, because = suggestions.first_day(context.court, working, case, by)
            return {
                "suggestions": [_shape(each, context) for each in found],
                "not_before": not_before,
                "periods": [translated(words) for words in because],
                "next": following,
            }

        return run_read(read)


def _page(
    session: Session, case: Case, asked: SuggestionQuery, after: int, now: dt.datetime
) -> tuple[Sequence[SuggestedSlot], int | None]:
    """Return the best slots behind the ``after`` best, and how many these are together.

    Each page is the best choice of what the pages before it leave, as each is spread over days.
    """
    seen: set[dt.datetime] = set()
    left = after
    while left:
        many = min(asked.many, left)
        found = suggestions.suggest(session, case, replace(asked, many=many, but_not=seen), now)
        if len(found) < many:
            return [], None
        seen |= {sitting.starts_at for slot in found for sitting in slot.sittings}
        left -= many
    found = suggestions.suggest(session, case, replace(asked, but_not=seen), now)
    together = after + len(found)
    return found, together if len(found) == asked.many and together < MOST_IN_ALL else None


def _day(at: dt.datetime | None, zone: ZoneInfo) -> dt.date | None:
    return at.astimezone(zone).date() if at else None


def _rooms(session: Session, context: CourtContext, names: str) -> list[Courtroom]:
    """Return the named courtrooms. Raises Invalid for an unknown name."""
    asked = [name.strip() for name in names.replace("，", ",").split(",") if name.strip()]
    if not asked:
        return list(suggestions.active_courtrooms(session, context.court))
    found = []
    for name in asked:
        room = service.find_courtroom(session, context.court.id, name)
        if room is None:
            raise Invalid(
                {
                    "courtroom": Message(
                        N_("Choose a courtroom of this court; there is none called %(room)s."),
                        room=name,
                    )
                }
            )
        found.append(room)
    return found


def _shape(slot: SuggestedSlot, context: CourtContext) -> dict[str, Any]:
    zone, days = context.court.zone, slot.sittings
    reasons = dict.fromkeys(translated(words) for each in days for words in each.reasons)
    return {
        "starts_at": serializers.moment(slot.starts_at, zone),
        "ends_at": serializers.moment(slot.ends_at, zone),
        "courtroom": slot.courtroom.name,
        "sittings": [
            {
                "starts_at": serializers.moment(each.starts_at, zone),
                "ends_at": serializers.moment(each.ends_at, zone),
                "minutes": (each.ends_at - each.starts_at) // dt.timedelta(minutes=1),
                "courtroom": each.courtroom.name,
            }
            for each in days
        ],
        "score": sum(each.score for each in days) / len(days),
        "reasons": list(reasons),
        "costs": [
            {"counsel": who, "why": translated(words)} for each in days for who, words in each.costs
        ],
    }
