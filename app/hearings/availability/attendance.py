"""Whether the judges and counsel of several cases are free in one span, and if not, why."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import benches
from app.cases.models import Case, Counsel, Party, Representation
from app.core import wording
from app.core.errors import N_, Message
from app.court.bench import BenchRole
from app.court.models import Court
from app.hearings import booking
from app.hearings.availability import busy_time
from app.hearings.rules import Span, resource

JUDGE_BUSY = N_("Judge %(name)s has another hearing, %(when)s")
COUNSEL_BUSY = N_("%(name)s has another hearing, %(when)s")
COUNSEL_AWAY = N_("%(name)s is away")
ON_THE_WAY = N_("%(name)s is travelling then")
SAID_NO = N_("%(name)s said no to %(when)s")


def obstacles(
    session: Session, court: Court, cases: Sequence[Case], span: Span
) -> dict[int, list[Message]]:
    """Return who cannot attend a hearing in a span, the judge first, by the id of each case.

    Empty for a case of which all are free. The number of queries does not depend on the cases.
    """
    counsel_by_case = acting_counsel(session, [case.id for case in cases])
    everyone = {each.id: each for counsel in counsel_by_case.values() for each in counsel}
    zone = ZoneInfo(court.zone)
    longest_way = max((each.travel_minutes for each in everyone.values()), default=0)
    margin = dt.timedelta(minutes=longest_way)
    around = Span(span.starts_at - margin, span.ends_at + margin)
    judges = [resource("judge", each) for case in cases for each in benches.judge_ids(case)]
    numbers = [*judges, *(resource("counsel", id_) for id_ in everyone)]
    booked = busy_time.booked_spans(session, numbers, span)
    away = busy_time.away_spans(session, list(everyone), around, zone)
    refused = busy_time.refused_spans(session, list(everyone), span)

    def of_counsel(counsel: Counsel) -> Message | None:
        if busy := booked.get(resource("counsel", counsel.id)):
            return Message(COUNSEL_BUSY, name=counsel.name, when=_clock(busy[0], court.zone))
        travel = dt.timedelta(minutes=counsel.travel_minutes)
        for each in away.get(counsel.id, ()):
            if each.overlaps(span):
                return Message(COUNSEL_AWAY, name=counsel.name)
            if Span(each.starts_at - travel, each.ends_at + travel).overlaps(span):
                return Message(ON_THE_WAY, name=counsel.name)
        if refusals := [each for each in refused.get(counsel.id, ()) if each.overlaps(span)]:
            return Message(SAID_NO, name=counsel.name, when=_clock(refusals[0], court.zone))
        return None

    found: dict[int, list[Message]] = {}
    for case in cases:
        sitting = [
            Message(
                JUDGE_BUSY if judge.role == BenchRole.JUDGE else COUNSEL_BUSY,
                name=judge.name,
                when=_clock(busy[0], court.zone),
            )
            for judge in (case.judge, *(each.judge for each in case.members))
            if (busy := booked.get(resource("judge", judge.id)))
        ]
        people = [*sitting, *map(of_counsel, counsel_by_case.get(case.id, ()))]
        found[case.id] = [each for each in people if each]
    return found


def acting_counsel(session: Session, case_ids: Sequence[int]) -> dict[int, list[Counsel]]:
    """Return those who act in several cases now, each once, by the id of the case."""
    statement = (
        sa.select(Party.case_id, Counsel)
        .join(Representation, Representation.party_id == Party.id)
        .join(Counsel, Counsel.id == Representation.counsel_id)
        .where(Party.case_id.in_(case_ids), Representation.left_at.is_(None))
        .order_by(Representation.id)
    )
    by_case: dict[int, dict[int, Counsel]] = defaultdict(dict)
    for case_id, counsel in session.execute(statement):
        by_case[case_id].setdefault(counsel.id, counsel)
    return {case_id: list(counsel.values()) for case_id, counsel in by_case.items()}


def room_conflict(
    session: Session, court: Court, room_id: int, span: Span, but: int | None = None
) -> Message | None:
    """Return which hearing has a courtroom in a span, and which rooms are free then, or None."""
    taken = booking.find_conflicts(session, [resource("courtroom", room_id)], span, but=but)
    return booking.clash_error(session, court, taken[0]).message if taken else None


def _clock(span: Span, zone: str) -> str:
    return f"{wording.clock(span.starts_at, zone)}–{wording.clock(span.ends_at, zone)}"
