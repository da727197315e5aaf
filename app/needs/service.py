"""Enter, change, withdraw and take note of needs; each act is on the record without its words.

What somebody needs is health data: other sides learn nothing of it, not even that an entry exists.
So the entries on the record name no side and no person in the part that is never blanked, and
counsel's record leaves them out; the words are in no entry, only their digest with a salt that is
deleted with them. Every act locks the head of the case's chain first.
"""

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case, Representation
from app.core.errors import N_, Clash, Invalid, Message, NotFound, Refusal
from app.core.matters import Matter
from app.hearings.models import Hearing
from app.needs import queries, rules
from app.needs.models import Need
from app.needs.rules import NeedInput
from app.people.models import User
from app.record import chain, ledger
from app.record.chain import ChainPosition
from app.record.rules import Event


@dataclass(frozen=True)
class NeedAuthor:
    """Who enters a need: counsel by their representation, or a user of the court.

    A user may enter one for a counsel, who then sees it on their page.
    """

    name: str
    representation_id: int | None = None
    user_id: int | None = None

    @classmethod
    def counsel(cls, representation: Representation) -> Self:
        """Return counsel as the author, who reaches their own entries only."""
        return cls(representation.counsel.name, representation.id)

    @classmethod
    def court(cls, user: User) -> Self:
        """Return a user of the court as the author, who reaches every entry of the case."""
        return cls(user.name, None, user.id)

    def reaches(self, need: Need) -> bool:
        """Tell whether the author may change or withdraw an entry."""
        return self.user_id is not None or need.representation_id == self.representation_id


def add(
    session: Session,
    case: Case,
    author: NeedAuthor,
    typed: NeedInput,
    now: dt.datetime,
    *,
    for_representation_id: int | None = None,
) -> Need:
    """Enter what somebody needs; the same entry twice is one.

    ``for_representation_id`` is the counsel for whom a user of the court enters it. Raises Invalid
    by field, and Refusal where there are too many.
    """
    rules.check(typed)
    heads = chain.lock_heads(session, [case.id])
    _check_hearing(session, case.id, typed)
    representation_id = author.representation_id or for_representation_id
    if for_representation_id is not None:
        _check_representation(session, case.id, for_representation_id)
    known = [
        each
        for each in queries.of_case(session, case.id)
        if each.representation_id == representation_id
    ]
    if same := next((each for each in known if input_of(each) == typed), None):
        return same
    if len(known) >= rules.MOST:
        raise Refusal(
            N_("There are %(most)s entries already: withdraw one first."), most=rules.MOST
        )
    need = Need(
        court_id=case.court_id,
        case_id=case.id,
        representation_id=representation_id,
        salt=secrets.token_hex(16),
    )
    _store(need, author, typed, now)
    session.add(need)
    session.flush()
    _record(session, need, author, "added", now, heads)
    return need


def change(
    session: Session,
    case: Case,
    author: NeedAuthor,
    need_id: int,
    version: int,
    typed: NeedInput,
    now: dt.datetime,
) -> Need:
    """Change an entry that the author saw in ``version``.

    Raises Invalid, NotFound where it was withdrawn, and Clash, with what it says now, where
    somebody else has changed it.
    """
    rules.check(typed)
    heads = chain.lock_heads(session, [case.id])
    _check_hearing(session, case.id, typed)
    need = queries.find(session, case.id, need_id)
    if not author.reaches(need):
        raise NotFound(N_("This entry was withdrawn. Save it once more to enter it anew."))
    if input_of(need) == typed:
        return need
    if need.version != version:
        raise Clash(
            N_("Somebody else changed this entry; what you typed is below. It says now: %(words)s"),
            words=_plain(need),
        )
    need.version += 1
    need.salt = secrets.token_hex(16)
    _store(need, author, typed, now)
    session.flush()
    _record(session, need, author, "changed", now, heads)
    return need


def withdraw(
    session: Session, case: Case, author: NeedAuthor, need_id: int, now: dt.datetime
) -> None:
    """Delete an entry; one that is gone already, or is another's, changes nothing."""
    heads = chain.lock_heads(session, [case.id])
    try:
        need = queries.find(session, case.id, need_id)
    except NotFound:
        return
    if not author.reaches(need):
        return
    _record(session, need, author, "withdrawn", now, heads)
    session.delete(need)
    session.flush()


def note(session: Session, case: Case, need_id: int, version: int, now: dt.datetime) -> None:
    """Mark an entry as one that the court has seen in a version; counsel sees that it has."""
    need = queries.find(session, case.id, need_id)
    if need.version == version and need.noted_at is None:
        need.noted_at = now


def erase(session: Session, case_id: int) -> None:
    """Delete the needs of a case with their salts."""
    delete = sa.delete(Need).where(Need.case_id == case_id)
    session.execute(delete.execution_options(synchronize_session=False))


def input_of(need: Need) -> NeedInput:
    """Return an entry as its form holds it."""
    return NeedInput(
        need.role,
        need.name,
        need.interpreter,
        need.hearing_loop,
        need.step_free,
        need.other,
        need.hearing_id,
    )


def _store(need: Need, author: NeedAuthor, typed: NeedInput, now: dt.datetime) -> None:
    need.role, need.name, need.hearing_id = typed.role, typed.name, typed.hearing_id
    need.interpreter, need.other = typed.interpreter, typed.other
    need.hearing_loop, need.step_free = typed.hearing_loop, typed.step_free
    need.changed_at, need.user_id = now, author.user_id
    need.noted_at = now if author.user_id is not None else None


def _plain(need: Need) -> str:
    """Return the words of an entry for an error, as they were typed."""
    words = [need.name, *(each.words or each.label for each in rules.items(need))]
    return " · ".join(words)


def _check_hearing(session: Session, case_id: int, typed: NeedInput) -> None:
    hearing = session.get(Hearing, typed.hearing_id) if typed.hearing_id is not None else None
    if typed.hearing_id is not None and (hearing is None or hearing.case_id != case_id):
        raise Invalid({"hearing_id": Message(N_("Choose a hearing of this case."))})


def _check_representation(session: Session, case_id: int, representation_id: int) -> None:
    if representation_id not in [each.id for each in queries.acting(session, case_id)]:
        raise Invalid({"representation_id": Message(N_("Choose a counsel who acts in this case."))})


def _record(
    session: Session,
    need: Need,
    author: NeedAuthor,
    act: str,
    now: dt.datetime,
    heads: Mapping[int, ChainPosition],
) -> None:
    """Record that something was said to the court: by whom, and a digest, in the blankable part."""
    entry = ledger.NewEntry(
        Event.NOTED,
        court_id=need.court_id,
        case_id=need.case_id,
        about=str(Matter.case(need.case_id)),
        channel="link",
        kind="court_note",
        personal={
            "name": author.name,
            "act": act,
            "sha256": rules.digest(need.salt, input_of(need)),
        },
    )
    ledger.append(session, [entry], now, heads=heads)
