"""Versions of hearings and cases that forms are loaded from (optimistic locking)."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.errors import N_, Clash, HearingTime, Message
from app.hearings import queries
from app.hearings.bench import members
from app.hearings.models import Hearing, HearingState, Proposal

CHANGED = N_(
    "This hearing was changed while you were typing, and nothing was sent. "
    "Look at what holds now, then go on."
)
ANOTHER = N_(
    "A hearing was proposed in this case while you were typing, and nothing was sent. "
    "Look at it in the case; pressing again proposes yours beside it."
)


def of_hearing(session: Session, hearing: Hearing) -> str:
    """Return the version of a hearing, "round.revision.people".

    It changes with every round, with every date, and with who sits or is needed.
    """
    return version_of(hearing, queries.last_proposal(session, hearing))


def version_of(hearing: Hearing, last: Proposal | None) -> str:
    """Return the version of a hearing of which the newest proposal is known."""
    return f"{last.round if last else 0}.{hearing.revision}.{members.fingerprint(hearing)}"


def of_case(session: Session, case_id: int) -> str:
    """Return the version of a case for the form of a new hearing: the id of its newest hearing."""
    newest = sa.select(sa.func.max(Hearing.id)).where(Hearing.case_id == case_id)
    return str(session.scalar(newest) or 0)


def check(session: Session, court_id: int, hearing_id: int, version: str) -> None:
    """Lock a hearing and check that it is still at the version a form was loaded with.

    No version (a program, or a page from before there were versions) fits any. Raises Clash.
    """
    hearing = queries.find_hearing(session, court_id, hearing_id, lock=True)
    if version and of_hearing(session, hearing) != version:
        raise Clash(CHANGED)


def changes_since(session: Session, hearing: Hearing, version: str) -> list[Message]:
    """Describe what happened to a hearing since it was at a version."""
    old_round, old_revision, old_people = [*version.split("."), "", ""][:3]
    last, zone = queries.last_proposal(session, hearing), hearing.case.court.zone
    changes = []
    if last and str(last.round) != old_round:
        words = N_("Round %(round)s was asked on %(when)s.")
        changes.append(Message(words, round=last.round, when=HearingTime(last.created_at, zone)))
    if old_people and members.fingerprint(hearing) != old_people:
        words = N_("The bench is now %(names)s.")
        changes.append(Message(words, names=members.names_by_language(hearing)))
    if str(hearing.revision) == old_revision:
        return changes
    if hearing.state == HearingState.CANCELLED:
        changes.append(Message(N_("The hearing was cancelled.")))
    elif hearing.starts_at:
        when = HearingTime(hearing.starts_at, zone, hearing.ends_at)
        changes.append(Message(N_("The date was set to %(when)s."), when=when))
    return changes
