"""Background hearings: fixed, booked, notified and recorded, by few SQL statements.

Each has ten entries on the record, like real ones except for their hashes, which nothing reads.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from filling import LANES, NOW, count_on, look_again, unguarded
from sqlalchemy.orm import Session

from app.cases.models import Case, Party, Representation
from app.core.db import UTCDateTime, transaction
from app.court.models import Court
from app.hearings.models import Answer, Booking, Hearing, Invitation, Proposal, Slot
from app.hearings.rules import KINDS
from app.notices.models import Notice
from app.outcomes.models import Absence, HearingOutcome
from app.record.hashing import START
from app.record.models import ChainHead, Entry, EntryContent

AT_ONCE = 100_000  # hearings of one transaction
LINES = 10  # of each


def past(count: int) -> None:
    """Create that many hearings with a date, one per lane every two hours around now."""
    for first in range(1, count + 1, AT_ONCE):
        last = min(count, first + AT_ONCE - 1)
        with transaction() as session:
            unguarded(session)
            for model, query in _rows_of_past(session, first, last, count):
                columns = [column.name for column in query.selected_columns]
                session.execute(sa.insert(model).from_select(columns, query))
    with transaction() as session:
        count_on(
            session,
            Case,
            Party,
            Representation,
            Hearing,
            Proposal,
            Slot,
            Invitation,
            Answer,
            Booking,
            Notice,
            Entry,
        )
    look_again()


def past_outcomes() -> None:
    """Give each hearing that is over an outcome; at every twelfth somebody was absent."""
    what = sa.case(
        (Hearing.id % 12 == 0, "not_held"), (Hearing.id % 7 == 0, "adjourned"), else_="held"
    )
    why = sa.case((Hearing.id % 12 == 0, "absence"), (Hearing.id % 7 == 0, "evidence"), else_="")
    is_over = Hearing.ends_at <= NOW
    outcome = sa.select(
        Hearing.court_id,
        Hearing.case_id,
        Hearing.id.label("hearing_id"),
        sa.literal(1).label("number"),
        what.label("outcome"),
        why.label("cause"),
        sa.literal("").label("reason"),
        Hearing.starts_at,
        Hearing.ends_at.label("entered_at"),
    ).where(is_over)
    absence = (
        sa.select(
            HearingOutcome.id.label("outcome_id"),
            sa.func.min(Invitation.counsel_id).label("counsel_id"),
            sa.literal("claimant").label("side"),
            (HearingOutcome.hearing_id % 5).label("grade"),
        )
        .join(Proposal, Proposal.hearing_id == HearingOutcome.hearing_id)
        .join(Invitation, Invitation.proposal_id == Proposal.id)
        .where(HearingOutcome.outcome == "not_held")
        .group_by(HearingOutcome.id, HearingOutcome.hearing_id)
    )
    with transaction() as session:
        session.execute(sa.update(Court).values(sends_from=NOW.date() - dt.timedelta(days=20)))
        session.execute(sa.update(Hearing).where(is_over).values(outcome=what))
        for model, query in ((HearingOutcome, outcome), (Absence, absence)):
            columns = [column.name for column in query.selected_columns]
            session.execute(sa.insert(model).from_select(columns, query))
    look_again()


def _numbers(first: int, last: int) -> Any:
    n = sa.select(sa.literal(first, sa.Integer).label("i")).cte("n", recursive=True)
    return n.union_all(sa.select(n.c.i + 1).where(n.c.i < last)).c.i


def _rows_of_past(
    session: Session, first: int, last: int, count: int
) -> Iterator[tuple[type, sa.Select[Any]]]:
    i, pair, many = (_numbers((first - 1) * n + 1, last * n) for n in (1, 2, LINES))
    hours = -count // LANES  # half of the two-hour steps lie before now
    begins, ends = (_later(session, hours + (i - 1) // LANES * 2, plus) for plus in (0, 90))
    now, lane = sa.literal(NOW, UTCDateTime), (i - 1) % LANES + 1
    of, odd = (pair + 1) // 2, pair % 2
    counsel = ((of - 1) % LANES) * 2 + 2 - odd
    side = sa.case((odd == 1, "claimant"), else_="respondent")
    court_, user = sa.literal(1).label("court_id"), sa.literal(1).label("user_id")
    yield (
        Case,
        sa.select(
            i.label("id"),
            court_,
            _said("（2025）沪0115民初", i, "number"),
            _said("past", i, "number_key"),
            sa.literal("买卖合同纠纷").label("title"),
            sa.literal("ordinary").label("procedure"),
            lane.label("judge_id"),
            sa.literal(1).label("assistant_id"),
            now.label("created_at"),
        ),
    )
    yield (
        Party,
        sa.select(
            pair.label("id"),
            of.label("case_id"),
            sa.literal("原告").label("role"),
            side.label("side"),
            _said("公司", pair, "name"),
        ),
    )
    yield (
        Representation,
        sa.select(pair.label("id"), pair.label("party_id"), counsel.label("counsel_id")),
    )
    yield (
        Hearing,
        sa.select(
            i.label("id"),
            court_,
            i.label("case_id"),
            lane.label("judge_id"),
            sa.literal("trial").label("kind"),
            sa.literal(90).label("minutes"),
            sa.literal("fixed").label("state"),
            sa.literal(1).label("revision"),
            sa.literal(1).label("planned_revision"),
            _said("past", i, "uid"),
            begins.label("starts_at"),
            ends.label("ends_at"),
            lane.label("courtroom_id"),
            user,
            now.label("created_at"),
            now.label("changed_at"),
        ),
    )
    yield (
        Proposal,
        sa.select(
            i.label("id"),
            i.label("hearing_id"),
            sa.literal(1).label("round"),
            now.label("answer_by"),
            sa.literal("auto").label("fix"),
            sa.literal("decided").label("state"),
            sa.literal("bench").label("rules_version"),
            now.label("created_at"),
        ),
    )
    yield (
        Slot,
        sa.select(
            i.label("id"),
            i.label("proposal_id"),
            begins.label("starts_at"),
            ends.label("ends_at"),
            lane.label("courtroom_id"),
        ),
    )
    yield (
        Invitation,
        sa.select(
            pair.label("id"),
            of.label("proposal_id"),
            counsel.label("counsel_id"),
            pair.label("party_id"),
            side.label("side"),
            now.label("answered_at"),
            _said("past", pair, "token_digest"),
            _said("past", pair, "code_digest"),
        ),
    )
    yield (
        Answer,
        sa.select(
            pair.label("id"),
            pair.label("invitation_id"),
            of.label("slot_id"),
            sa.literal("yes").label("says"),
        ),
    )
    for n, (kind, whose) in enumerate((("judge", lane), ("counsel", lane * 2))):
        yield (
            Booking,
            sa.select(
                (i * 2 - n).label("id"),
                i.label("hearing_id"),
                (whose * len(KINDS) + KINDS.index(kind)).label("resource"),
                begins.label("starts_at"),
                ends.label("ends_at"),
                sa.true().label("firm"),
            ),
        )
    yield (
        Notice,
        sa.select(
            i.label("id"),
            _said("past/", i, "key"),
            court_,
            i.label("case_id"),
            _said("hearing/", i, "about"),
            (lane * 2).label("counsel_id"),
            (i * 2).label("invitation_id"),
            sa.literal("fixed").label("kind"),
            sa.literal("sms").label("channel"),
            sa.literal("+8613800000000").label("address"),
            sa.literal("代理人").label("name"),
            sa.literal("respondent").label("side"),
            sa.literal("zh").label("language"),
            sa.literal({}, sa.JSON).label("facts"),
            now.label("due_at"),
            now.label("first_due_at"),
            now.label("stale_at"),
            sa.literal("delivered").label("state"),
            sa.literal(1).label("tries"),
            sa.literal("twilio").label("carrier"),
            _said("SMpast", i, "carrier_id"),
            now.label("handed_at"),
            now.label("created_at"),
        ),
    )
    case, seq = (many + LINES - 1) // LINES, (many - 1) % LINES + 1
    what = sa.case((seq % 3 == 1, "queued"), (seq % 3 == 2, "started"), else_="delivered")
    yield (
        Entry,
        sa.select(
            many.label("id"),
            court_,
            case.label("case_id"),
            seq.label("seq"),
            now.label("at"),
            what.label("what"),
            sa.literal("out").label("direction"),
            _said("hearing/", case, "about"),
            ("n" + sa.cast(case, sa.String) + ".1").label("attempt"),
            case.label("notice_id"),
            sa.literal("sms").label("channel"),
            sa.literal("fixed").label("kind"),
            sa.literal({"carrier": "twilio"}, sa.JSON).label("detail"),
            sa.literal(START).label("content_hash"),
            sa.literal(START).label("prev"),
            _said("past", many, "hash"),
        ),
    )
    yield (
        EntryContent,
        sa.select(many.label("line_id"), sa.literal({"name": "代理人"}, sa.JSON).label("body")),
    )
    yield (
        ChainHead,
        sa.select(
            i.label("case_id"),
            sa.literal(LINES).label("seq"),
            _said("past", i * LINES, "hash"),
            sa.literal(LINES).label("sealed_seq"),
        ),
    )


def _said(text: str, number: Any, name: str) -> Any:
    return (sa.literal(text) + sa.cast(number, sa.String)).label(name)


def _later(session: Session, hours: Any, minutes: int) -> Any:
    """Return a stored time, some hours (an SQL expression) and minutes after now."""
    if session.get_bind().dialect.name == "postgresql":
        span = hours * sa.text("interval '1 hour'") + sa.text(f"interval '{minutes} minutes'")
        return sa.literal(NOW, UTCDateTime) + span
    start = NOW.replace(tzinfo=None).isoformat(" ")
    steps = (sa.cast(hours, sa.String) + " hours", f"+{minutes} minutes")
    return sa.func.datetime(start, *steps, type_=sa.String) + ".000000"
