"""Listings of many hearings at once: draft one, see it, send it."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa
from flask.views import MethodView
from sqlalchemy.orm import Session

from app.api.authentication import requires
from app.api.blueprint import PageIn, Resource, part_of
from app.api.document import preconditions
from app.api.schemas import ListingOut, ListingsOut
from app.api.serializers import moment
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.cases import service as cases
from app.core.errors import Invalid, Message
from app.core.forms import (
    ChoiceField,
    DateField,
    Form,
    InstantField,
    ListField,
    RowIdField,
    TextField,
    WholeNumberField,
    nested,
    posted,
)
from app.core.message_json import message_from_json
from app.core.web import translated
from app.hearings.forms import MinutesField
from app.hearings.service import CourtContext
from app.listing import drafting, queries, service
from app.listing.models import Listing, ListingState
from app.listing.rows import MOST, PRIORITIES, ListingPreferences, ListingRow
from app.listing.solver import search
from app.people.rules import TokenScope

bp = Resource("listings", __name__, description="Slots for many hearings at once")


@dataclass(frozen=True, kw_only=True)
class ListedIn(Form):
    """A hearing to be listed; ``earliest`` and ``latest`` are binding, the rest are wishes."""

    case_id: int = posted(RowIdField(required=True))
    kind: str = posted(TextField(100, blank=False, load_default="trial"))
    minutes: int = posted(MinutesField(required=True))
    earliest: dt.date | None = posted(DateField())
    latest: dt.date | None = posted(DateField())
    half: str = posted(ChoiceField(("", "morning", "afternoon"), load_default=""))
    courtroom: str = posted(TextField(200, load_default=""))
    priority: str = posted(ChoiceField(tuple(PRIORITIES), load_default="normal"))


@dataclass(frozen=True, kw_only=True)
class ListingIn(Form):
    """A listing; a worker searches it, and nothing is sent until it is told to."""

    name: str = posted(TextField(200, load_default=""))
    hearings: Sequence[ListedIn] = posted(
        ListField(nested(ListedIn), least=1, most=MOST, required=True)
    )
    from_: dt.date | None = posted(DateField(data_key="from"))
    to: dt.date | None = posted(DateField())
    courtrooms: Sequence[str] = posted(
        ListField(TextField(200, blank=False), least=0, most=200, load_default=list)
    )
    slots: int = posted(WholeNumberField(load_default=drafting.SLOTS))
    seconds: int = posted(WholeNumberField(load_default=drafting.SECONDS))
    answer_by: dt.datetime | None = posted(InstantField(load_default=None, allow_none=True))


def _shape(session: Session, listing: Listing, *, full: bool = True) -> dict[str, Any]:
    zone = listing.court.zone
    rows = queries.draft_rows(session, listing) if full else ()
    return {
        "id": listing.id,
        "name": listing.name,
        "state": listing.state,
        "from": listing.first_on.isoformat(),
        "to": listing.last_on.isoformat(),
        "answer_by": moment(listing.answer_by, zone),
        "created_at": moment(listing.created_at, zone),
        "ended_at": moment(listing.ended_at, zone),
        "placed": listing.placed,
        "cost": listing.cost,
        "bound": listing.bound,
        "fault": translated(message_from_json(listing.fault)) if listing.fault else "",
        "hearings": [
            {
                "id": row.id,
                "case_id": row.case_id,
                "kind": row.kind,
                "minutes": row.minutes,
                "hearing_id": row.hearing_id,
                "why": translated(row.why) if row.why else "",
                "slots": [
                    {
                        "starts_at": moment(slot.starts_at, zone),
                        "ends_at": moment(slot.ends_at, zone),
                        "courtroom": slot.courtroom,
                    }
                    for slot in row.slots
                ],
            }
            for row in rows
        ],
    }


def _rows(session: Session, context: CourtContext, form: ListingIn) -> list[ListingRow]:
    """Return the hearings of a listing. Raises Invalid with every error by its field."""
    rows, errors = [], {}
    for n, each in enumerate(form.hearings):
        case = cases.find_case(session, context.court.id, each.case_id)
        wishes = ListingPreferences(
            earliest=each.earliest.isoformat() if each.earliest else "",
            latest=each.latest.isoformat() if each.latest else "",
            half=each.half,
            courtroom=each.courtroom,
            priority=each.priority,
        )
        row = ListingRow(n + 1, case.number, each.kind, each.minutes, wishes)
        rows.append(row)
        found: dict[str, Message] = drafting.row_errors(session, context, row)
        for name, why in found.items():
            errors[f"hearings.{n}.{'case_id' if name == 'number' else name}"] = why
    if errors:
        raise Invalid(errors)
    return rows


@dataclass(frozen=True, kw_only=True)
class ListingsIn(PageIn):
    """Filter of the list of listings."""

    state: str | None = posted(ChoiceField(tuple(ListingState), load_default=None, allow_none=True))


@bp.route("")
class ListingCollection(MethodView):
    """The listings of the court."""

    @requires(TokenScope.READ)
    @bp.arguments(ListingsIn.schema(), location="query")
    @bp.response(200, ListingsOut)
    def get(self, query: ListingsIn) -> Any:
        """List listings, the newest first, each without its hearings"""

        def read(session: Session, context: CourtContext) -> dict[str, Any]:
            found = sa.select(Listing).where(Listing.court_id == context.court.id)
            if query.state:
                found = found.where(Listing.state == query.state)
            if query.after:
                found = found.where(Listing.id < query.after)
            rows = session.scalars(found.order_by(Listing.id.desc()).limit(query.limit + 1)).all()
            shown, following = part_of(rows, query, lambda each: each.id)
            shapes = [_shape(session, each, full=False) for each in shown]
            return {"listings": shapes, "next": following}

        return run_read(read)

    @requires(TokenScope.SCHEDULE)
    @bp.arguments(ListingIn.schema())
    @bp.response(201, ListingOut)
    def post(self, form: ListingIn) -> Answer:
        """Draft a listing of cases; a worker looks for their slots"""
        search.require_solver()

        def draft(session: Session, context: CourtContext) -> CommittedResponse:
            request = drafting.ListingRequest(
                form.from_, form.to, form.courtrooms, form.slots, form.seconds, form.answer_by
            )
            rows = _rows(session, context, form)
            listing = drafting.draft(session, context, form.name, rows, request)
            session.refresh(listing)
            return CommittedResponse(_shape(session, listing), 201)

        return run_write(draft)


def _shown(session: Session, context: CourtContext, listing_id: int) -> dict[str, Any]:
    return _shape(session, queries.find(session, context.court.id, listing_id))


def _locked(session: Session, context: CourtContext, listing_id: int) -> Listing:
    """Lock a listing, and compare If-Match with what is read of it now."""
    listing = service.find(session, context.court.id, listing_id)
    preconditions.check(ListingOut, partial(_shown, session, context, listing_id))
    return listing


def _act(listing_id: int, act: Callable[[Session, CourtContext, Listing], None]) -> Answer:
    """Do something about a listing, unless it was changed since it was read, and show it."""

    def write(session: Session, context: CourtContext) -> CommittedResponse:
        listing = _locked(session, context, listing_id)
        act(session, context, listing)
        session.flush()
        session.refresh(listing)
        return CommittedResponse(_shown(session, context, listing_id))

    return run_write(write)


@bp.route("/<row:listing_id>")
class ListingResource(MethodView):
    """One listing."""

    @requires(TokenScope.READ)
    @bp.response(200, ListingOut)
    def get(self, listing_id: int) -> Any:
        """Show a listing, with the slots that were found for each hearing"""
        return run_read(lambda session, context: _shown(session, context, listing_id))

    @requires(TokenScope.SCHEDULE)
    @preconditions.takes_if_match()
    @bp.response(204)
    def delete(self, listing_id: int) -> Any:
        """Delete a draft; hearings that were sent are not affected"""

        def write(session: Session, context: CourtContext) -> CommittedResponse:
            service.delete(session, _locked(session, context, listing_id))
            return CommittedResponse({}, 204)

        run_write(write)
        return None


@bp.route("/<row:listing_id>/hearings/<row:listed_id>", methods=["DELETE"])
@requires(TokenScope.SCHEDULE)
@preconditions.takes_if_match()
@bp.response(204)
def remove(listing_id: int, listed_id: int) -> Any:
    """Remove a hearing from a draft; `If-Match` names the listing"""

    def act(session: Session, _: CourtContext, listing: Listing) -> None:
        service.remove(session, listing, listed_id)

    _act(listing_id, act)
    return None


@bp.route("/<row:listing_id>/send", methods=["POST"])
@requires(TokenScope.SCHEDULE)
@preconditions.takes_if_match()
@bp.response(200, ListingOut)
def send(listing_id: int) -> Answer:
    """Send a listing: each hearing with slots is proposed to its counsel, by the worker"""
    return _act(listing_id, service.send)


@bp.route("/<row:listing_id>/stop", methods=["POST"])
@requires(TokenScope.SCHEDULE)
@preconditions.takes_if_match()
@bp.response(200, ListingOut)
def stop(listing_id: int) -> Answer:
    """Let the search stop with the best that it has found so far"""
    return _act(listing_id, lambda _, context, listing: service.stop(listing, context.now))


@bp.route("/<row:listing_id>/again", methods=["POST"])
@requires(TokenScope.SCHEDULE)
@preconditions.takes_if_match()
@bp.response(200, ListingOut)
def again(listing_id: int) -> Answer:
    """Look once more for slots of all its hearings"""
    return _act(listing_id, lambda _, context, listing: service.start_again(listing, context.now))
