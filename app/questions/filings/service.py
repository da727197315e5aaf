"""Note that papers came in, take a note back, set the day by which evidence is due.

Each is told to counsel of all sides in its transaction. It locks the head of the case's chain
first, as acts on questions do.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case, Counsel, Party, Representation
from app.cases.service import find_case
from app.core.errors import N_, Invalid, Message
from app.core.matters import Matter
from app.hearings import notifications
from app.notices.case_lock import lock_case
from app.notices.kinds import NoticeKind
from app.notices.queue import NoticeRequest, queue
from app.people.models import User
from app.questions.filings import queries, rules
from app.questions.filings.forms import EvidenceDueIn, FilingIn
from app.questions.filings.models import NotedFiling
from app.record.chain import ChainPosition
from app.record.ledger import NewEntry
from app.record.rules import Event

Heads = Mapping[int, ChainPosition]


def note(
    session: Session,
    court_id: int,
    case_id: int,
    form: FilingIn,
    user: User,
    now: dt.datetime,
    secret: bytes,
) -> NotedFiling:
    """Note papers that a party handed in, and tell counsel of all sides.

    The same within ten minutes is one note. Raises NotFound, and Invalid with errors by field.
    """
    case = find_case(session, court_id, case_id)
    heads = lock_case(session, case.id, secret)
    party, on = _checked(session, case, form, now)
    known = queries.of_case(session, case.id)
    recent = (each for each in known if each.noted_at > now - rules.SAME_WITHIN)
    values = (party.id, form.kind, on, form.note)
    same = (each for each in recent if (each.party_id, each.kind, each.on, each.note) == values)
    if filing := next(same, None):
        return filing
    filing = NotedFiling(
        court_id=case.court_id,
        case_id=case.id,
        party=party,
        kind=form.kind,
        on=on,
        note=form.note,
        noted_at=now,
        user_id=user.id,
    )
    session.add(filing)
    session.flush()
    _tell_filing(session, case, filing, "noted", user, now, heads)
    return filing


def _checked(
    session: Session, case: Case, form: FilingIn, now: dt.datetime
) -> tuple[Party, dt.date]:
    """Return the party and the day of a form. Raises Invalid."""
    errors: dict[str, Message] = {}
    party = session.get(Party, form.party_id)
    if party is None or party.case_id != case.id:
        errors["party_id"] = Message(N_("Choose a party of this case."))
    today = now.astimezone(ZoneInfo(case.court.zone)).date()
    if form.on is None:
        errors["on"] = Message(N_("Enter the day on which it came in."))
    elif form.on > today:
        errors["on"] = Message(N_("Enter the day on which it came in: this day is still to come."))
    if errors or party is None or form.on is None:
        raise Invalid(errors)
    return party, form.on


def remove(
    session: Session,
    court_id: int,
    case_id: int,
    filing_id: int,
    user: User,
    now: dt.datetime,
    secret: bytes,
) -> NotedFiling:
    """Take back a note that was made in error, and tell counsel of all sides. Raises NotFound."""
    filing = queries.find(session, court_id, case_id, filing_id)
    heads = lock_case(session, filing.case_id, secret)
    session.refresh(filing)
    if filing.removed_at is None:
        filing.removed_at = now
        session.flush()
        case = find_case(session, court_id, filing.case_id)
        _tell_filing(session, case, filing, "removed", user, now, heads)
    return filing


def set_evidence_due(
    session: Session,
    court_id: int,
    case_id: int,
    form: EvidenceDueIn,
    user: User,
    now: dt.datetime,
    secret: bytes,
) -> Case:
    """Set the day by which evidence is due in a case, and tell counsel of all sides.

    None ends the day that was set. The same day again changes nothing. Raises NotFound.
    """
    case = find_case(session, court_id, case_id)
    heads = lock_case(session, case.id, secret)
    session.refresh(case)
    if case.evidence_due_on == form.on:
        return case
    case.evidence_due_on = form.on
    session.flush()
    on = form.on.isoformat() if form.on else ""
    filing_facts = {"state": "due", "on": on}
    entry = _entry(case, "evidence_due", {"on": on, "user": user.id}, {"by": user.name})
    # The number of the change tells apart two notices of one day that was set, ended and set again.
    version = f"d{case.id}.{int(now.timestamp())}"
    queue(session, _requests(session, case, version, filing_facts, now), now, [entry], heads=heads)
    return case


def _tell_filing(
    session: Session,
    case: Case,
    filing: NotedFiling,
    state: str,
    user: User,
    now: dt.datetime,
    heads: Heads,
) -> None:
    """Record a filing that was noted or removed, and tell counsel of all sides at one moment."""
    party = filing.party
    detail = {"filing": filing.id, "filed": filing.kind, "on": filing.on.isoformat()}
    personal = {"name": party.name, "note": filing.note, "by": user.name}
    entry = _entry(
        case,
        f"filing_{state}",
        {**detail, "user": user.id},
        {key: text for key, text in personal.items() if text},
        counsel_id=_counsel_of(session, party),
        side=party.side,
        attempt=f"f{filing.id}",
    )
    filing_facts = {
        "state": state,
        "party": party.name,
        "side": party.side,
        "kind": filing.kind,
        "on": filing.on.isoformat(),
        "note": filing.note,
    }
    version = f"f{filing.id}.{state}"
    queue(session, _requests(session, case, version, filing_facts, now), now, [entry], heads=heads)


def _counsel_of(session: Session, party: Party) -> int | None:
    """Return the id of a party's first counsel who acts, on whose row the record lists it."""
    query = (
        sa.select(Counsel.id)
        .join(Representation)
        .where(Representation.party_id == party.id)
        .order_by(Representation.left_at.is_not(None), Representation.id)
    )
    return session.scalar(query.limit(1))


def _entry(
    case: Case,
    kind: str,
    detail: Mapping[str, Any],
    personal: Mapping[str, str],
    *,
    counsel_id: int | None = None,
    side: str = "",
    attempt: str = "",
) -> NewEntry:
    return NewEntry(
        Event.REGISTERED,
        court_id=case.court_id,
        case_id=case.id,
        about=str(Matter.case(case.id)),
        attempt=attempt,
        counsel_id=counsel_id,
        side=side,
        kind=kind,
        detail=dict(detail),
        personal=dict(personal),
    )


def _requests(
    session: Session, case: Case, version: str, filing: Mapping[str, str], now: dt.datetime
) -> list[NoticeRequest]:
    """Return one request for each counsel who acts in the case, all due at the same moment."""
    filing_facts = {"filing": dict(filing)}
    return notifications.case_requests(
        session, case, NoticeKind.FILING, version, lambda _: filing_facts, now
    )


def erase(session: Session, case_id: int) -> None:
    """Blank the notes of a case's filings; party, kind and day stay, as on the record."""
    blank = sa.update(NotedFiling).where(NotedFiling.case_id == case_id).values(note="")
    session.execute(blank.execution_options(synchronize_session=False))
