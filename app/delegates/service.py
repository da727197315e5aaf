"""Name a delegate of counsel, and end what they may do; both on the record for all sides.

Naming locks the head of the case's chain, as acts on questions do. Ending locks the delegate's row
before that, and so does every act of a delegate: what a delegate did is on the record before their
end, or was refused.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import delegates as access
from app.cases import keys, phones
from app.cases.delegates import CopyRecipient, DelegateEnd, Delegation
from app.cases.models import Delegate, Representation
from app.core import addresses, links
from app.core.email_check import email_address
from app.core.errors import N_, Invalid, Message, NotFound, Refusal
from app.core.matters import Matter
from app.core.wording import LANGUAGES
from app.delegates import rules
from app.delegates.rules import DelegateInput, Person
from app.hearings import facts, notifications
from app.hearings.models import Hearing, HearingState, Invitation, Proposal
from app.notices import queue as notices
from app.notices.kinds import NoticeKind
from app.notices.queue import NoticeRequest, Recipient, Subject
from app.notices.rules import outside_quiet_hours_at
from app.people.models import User
from app.record import chain, ledger
from app.record.rules import Event
from app.tasks.models import Task
from app.tasks.service import TaskKind, TaskState


class ActsForOtherSide(Refusal):
    """The person is known for another side of the case; ``fields`` are what they share with it."""

    code = "other-side"

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__(rules.refusal(fields))
        self.fields = list(fields)


def name(
    session: Session,
    representation: Representation,
    typed: DelegateInput,
    now: dt.datetime,
    secret: bytes,
) -> Delegate:
    """Let somebody act for counsel, put it on the record, and send them their link.

    The same twice is one delegate. Raises Invalid by field, Refusal beyond the limits or if they
    are named already on other terms, and ActsForOtherSide.
    """
    case = representation.party.case
    person, ends_at, hearing = _check(session, representation, typed, now)
    keys.issue(session, [representation.id], secret)
    heads = chain.lock_heads(session, [case.id])
    own = _own(session, representation.id)
    ended = access.ended(session, [each.id for each in own], now)
    active = [each for each in own if each.id not in ended]
    if known := _known(active, person, typed, ends_at):
        return known
    _check_limits(own, active, now)
    if fields := rules.shared(person, _other_sides(session, representation)):
        raise ActsForOtherSide(fields)
    delegate = _add(session, representation, person, typed, ends_at, now)
    session.flush()
    key = keys.of_delegate(secret, delegate.id)
    delegate.key_digest, delegate.code_digest = links.digest(key.token), links.digest(key.code)
    session.flush()
    entry = _entry(delegate, Event.DELEGATED, _terms(delegate))
    requests = [*_first_messages(delegate, hearing, now)]
    if delegate.copies:
        requests += notices.copy_waiting(session, _as_recipient(delegate), case.id, now)
    notices.queue(session, requests, now, [entry], heads=heads)
    return delegate


def _check(
    session: Session, representation: Representation, typed: DelegateInput, now: dt.datetime
) -> tuple[Person, dt.datetime | None, Hearing | None]:
    """Return what was typed as it is stored, and the hearing that it is for. Raises Invalid."""
    case, counsel = representation.party.case, representation.counsel
    errors: dict[str, Message] = {}
    if fault := rules.check_name(typed.name):
        errors["name"] = fault
    email, phone = _addresses(typed, case.court.country, errors)
    if not typed.email and not typed.phone:
        errors["email"] = Message(N_("Enter an e-mail address or a telephone number."))
    own = Person("", counsel.email, counsel.phone)
    for field in rules.shared(Person("", email, phone), [own]):
        errors[field] = Message(N_("This is your own: somebody who acts for you needs another."))
    ends_at = rules.end_of(typed.until, case.court.zone, now)
    if isinstance(ends_at, Message):
        errors["until"] = ends_at
    hearing = _hearing(session, representation, typed.hearing_id, now)
    if typed.hearing_id and hearing is None:
        errors["hearing"] = Message(N_("Choose a hearing that lies ahead, or the whole case."))
    if errors or isinstance(ends_at, Message):
        raise Invalid(errors)
    return Person(typed.name, email, phone), ends_at, hearing


def _addresses(typed: DelegateInput, country: str, errors: dict[str, Message]) -> tuple[str, str]:
    """Return mail address and telephone number as they are stored; "" for what is not right."""
    email = phone = ""
    try:
        email = addresses.canonical(email_address(typed.email)) if typed.email else ""
    except ValueError:
        errors["email"] = Message(
            N_("Enter an e-mail address such as name@firm.example; “%(address)s” is not one."),
            address=typed.email[:100],
        )
    try:
        phone = phones.parse_phone(typed.phone, country) if typed.phone else ""
    except phones.PhoneError as fault:
        errors["phone"] = fault.message
    if phone and not email and not typed.email and not phones.takes_texts(phone):
        errors["phone"] = Message(phones.LAND_LINE, phone=typed.phone)
    return email, phone


def _hearing(
    session: Session, representation: Representation, hearing_id: int, now: dt.datetime
) -> Hearing | None:
    """Return a hearing of the case that lies ahead and to which counsel was invited, or None."""
    if not hearing_id:
        return None
    invited = (
        sa.select(Invitation.id)
        .join(Proposal)
        .where(
            Proposal.hearing_id == Hearing.id, Invitation.counsel_id == representation.counsel_id
        )
    )
    found: Hearing | None = session.scalar(
        sa.select(Hearing).where(
            Hearing.id == hearing_id,
            Hearing.case_id == representation.party.case_id,
            Hearing.state != HearingState.CANCELLED.value,
            sa.or_(Hearing.ends_at.is_(None), Hearing.ends_at > now),
            invited.exists(),
        )
    )
    return found


def _own(session: Session, representation_id: int) -> Sequence[Delegate]:
    query = sa.select(Delegate).where(Delegate.representation_id == representation_id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _known(
    active: Sequence[Delegate], person: Person, typed: DelegateInput, ends_at: dt.datetime | None
) -> Delegate | None:
    """Return the delegate that was named already in the same way, or None.

    Raises Refusal if the same person was named on other terms.
    """
    terms = (typed.may_answer, typed.copies, typed.hearing_id or None, ends_at)
    for each in active:
        if not rules.shared(person, [Person(each.name, each.email, each.phone)]):
            continue
        same = person == Person(each.name, each.email, each.phone)
        if same and (each.may_answer, each.copies, each.hearing_id, each.ends_at) == terms:
            return each
        raise Refusal(
            N_("%(name)s is named already: end that first to name them on other terms."),
            name=each.name,
        )
    return None


def _check_limits(own: Sequence[Delegate], active: Sequence[Delegate], now: dt.datetime) -> None:
    if len(active) >= rules.MAX_ACTIVE:
        raise Refusal(
            N_("%(most)s people may act for you already: end one of them first."),
            most=rules.MAX_ACTIVE,
        )
    today = [each for each in own if each.named_at > now - rules.DAY]
    refused = [each for each in today if each.key_digest is None]
    if len(today) >= rules.MAX_NAMED or len(refused) >= rules.MAX_REFUSED:
        raise Refusal(N_("You have named several people today: please call the court."))


def _other_sides(session: Session, representation: Representation) -> list[Person]:
    """Return everybody who is known for another side of the case, also those who left it."""
    known: list[Person] = []
    for party in representation.party.case.parties:
        if party.side == representation.party.side:
            continue
        known.append(Person(party.name, party.email, party.phone))
        for each in party.representations:
            counsel = each.counsel
            known.append(Person(counsel.name, counsel.email, counsel.phone))
            delegates = _own(session, each.id)
            known += [Person(d.name, d.email, d.phone) for d in delegates if d.key_digest]
    return known


def _add(
    session: Session,
    representation: Representation,
    person: Person,
    typed: DelegateInput,
    ends_at: dt.datetime | None,
    now: dt.datetime,
) -> Delegate:
    counsel = representation.counsel
    delegate = Delegate(
        court_id=counsel.court_id,
        case_id=representation.party.case_id,
        representation=representation,
        hearing_id=typed.hearing_id or None,
        name=person.name,
        email=person.email,
        phone=person.phone,
        language=typed.language if typed.language in LANGUAGES else counsel.language,
        may_answer=typed.may_answer,
        copies=typed.copies,
        key_version=representation.key_version,
        named_at=now,
        ends_at=ends_at,
        ended_because="",
    )
    session.add(delegate)
    return delegate


def _as_recipient(delegate: Delegate) -> CopyRecipient:
    own = {each: getattr(delegate, each) for each in CopyRecipient._fields if each != "counsel"}
    return CopyRecipient(**own, counsel=delegate.representation.counsel.name)


def _terms(delegate: Delegate) -> dict[str, Any]:
    """Return what a delegate may do, as the record keeps it."""
    ends_at = ledger.instant(delegate.ends_at) if delegate.ends_at else ""
    return {
        "may": "answer" if delegate.may_answer else "read",
        "hearing": delegate.hearing_id or 0,
        "copies": delegate.copies,
        "ends_at": ends_at,
    }


def _about(delegate: Delegate) -> str:
    """Return the matter of a delegate: their hearing, or the case."""
    if delegate.hearing_id is not None:
        return str(Matter.hearing(delegate.hearing_id))
    return str(Matter.case(delegate.case_id))


def _entry(
    delegate: Delegate,
    event: Event,
    detail: Mapping[str, Any],
    *,
    direction: str = "",
    by: str = "",
    hidden: bool = False,
) -> ledger.NewEntry:
    """Return an entry about a delegate, without address; ``hidden`` is for the court alone."""
    representation = delegate.representation
    counsel = representation.counsel
    return ledger.NewEntry(
        event,
        court_id=delegate.court_id,
        case_id=delegate.case_id,
        direction=direction,
        about=_about(delegate),
        attempt=f"d{delegate.id}",
        counsel_id=None if hidden else counsel.id,
        side=representation.party.side,
        channel="" if direction else "link",
        kind="delegate",
        detail=detail,
        personal={"name": counsel.name, **({"by": by} if by else {})},
        delegate=Delegation(delegate.id, delegate.name, counsel.name),
    )


def _first_messages(
    delegate: Delegate, hearing: Hearing | None, now: dt.datetime
) -> list[NoticeRequest]:
    """Return the first message to a delegate, with their link, and counsel's confirmation of it.

    By the confirmation counsel notice any misuse of their own link. Both are about the case, so
    that neither counts among the messages that tell of a hearing.
    """
    representation = delegate.representation
    case, person = representation.party.case, facts.representation_facts(representation)
    naming = {
        "name": delegate.name,
        "counsel": representation.counsel.name,
        "may_answer": delegate.may_answer,
        "copies": delegate.copies,
        "for_hearing": hearing is not None,
        "until": ledger.instant(delegate.ends_at - dt.timedelta(seconds=1))
        if delegate.ends_at
        else "",
    }
    common = facts.hearing_facts(hearing) if hearing else facts.case_facts(case)
    due_at = outside_quiet_hours_at(case.court, now)
    version = f"c{case.id}.d{delegate.id}"
    subject = Subject(case.court_id, case.id, str(Matter.case(case.id)), version)
    to_delegate = Recipient(
        name=delegate.name,
        language=delegate.language,
        ways=access.ways(delegate.phone, delegate.email),
        side=access.SIDE,
        delegate_id=delegate.id,
    )
    to_counsel = facts.representation_recipient(representation)
    return [
        NoticeRequest(
            subject,
            NoticeKind.DELEGATED,
            recipient,
            {**common, "person": {**person, "name": recipient.name}, "naming": naming | added},
            due_at=due_at,
            stale_at=due_at + notifications.STALE_AFTER,
        )
        for recipient, added in (
            (to_delegate, {"to_counsel": False}),
            (to_counsel.by(*to_counsel.ways[:1]), {"to_counsel": True}),
        )
    ]


def note_refusal(
    session: Session,
    representation: Representation,
    typed: DelegateInput,
    fields: Sequence[str],
    now: dt.datetime,
) -> Delegate:
    """Keep for the court that counsel tried to name somebody who is known for another side.

    The other sides are not told: nobody may act, and whom counsel meant to employ is theirs.
    """
    person, ends_at, _ = _check(session, representation, typed, now)
    heads = chain.lock_heads(session, [representation.party.case_id])
    delegate = _add(session, representation, person, typed, ends_at, now)
    delegate.ended_at, delegate.ended_because = now, DelegateEnd.OTHER_SIDE.value
    session.flush()
    entry = _entry(delegate, Event.DELEGATION_REFUSED, {"shares": list(fields)}, hidden=True)
    ledger.append(session, [entry], now, heads=heads)
    _open_task(session, delegate, now)
    return delegate


def _open_task(session: Session, delegate: Delegate, now: dt.datetime) -> None:
    """Let the court look at a delegate who is known for another side."""
    session.add(
        Task(
            key=f"delegate/{delegate.id}",
            court_id=delegate.court_id,
            case_id=delegate.case_id,
            about=str(Matter.case(delegate.case_id)),
            counsel_id=delegate.representation.counsel_id,
            side=delegate.representation.party.side,
            way=TaskKind.DELEGATE.value,
            state=TaskState.OPEN.value,
            opens_at=now,
            because={"delegate": delegate.id},
            created_at=now,
        )
    )
    session.flush()


def end_by_counsel(
    session: Session, representation: Representation, delegate_id: int, now: dt.datetime
) -> Delegate:
    """End what a delegate of this counsel may do; the same twice changes nothing.

    Raises NotFound for another's delegate.
    """
    delegate = _locked(session, delegate_id)
    if delegate is None or delegate.representation_id != representation.id:
        raise NotFound(N_("This person does not act for you."))
    return _end(session, delegate, DelegateEnd.COUNSEL, now)


def end_by_court(
    session: Session, court_id: int, delegate_id: int, user: User | None, now: dt.datetime
) -> Delegate:
    """End what a delegate may do, by the court; ``user`` is who pressed. Raises NotFound."""
    return _end(session, lock(session, court_id, delegate_id), DelegateEnd.COURT, now, user)


def lock(session: Session, court_id: int, delegate_id: int) -> Delegate:
    """Lock and return a delegate of a court. Raises NotFound."""
    delegate = _locked(session, delegate_id)
    if delegate is None or delegate.court_id != court_id:
        raise NotFound(N_("There is no such delegate in this court."))
    return delegate


def end_as_due(session: Session, delegate_id: int, now: dt.datetime) -> bool:
    """Put on the record that a delegate may act no longer, for the reason that holds now."""
    delegate = _locked(session, delegate_id)
    why = access.ended(session, [delegate_id], now).get(delegate_id)
    if delegate is None or delegate.ended_at is not None or not why:
        return False
    _end(session, delegate, DelegateEnd(why), now)
    return True


def _locked(session: Session, delegate_id: int) -> Delegate | None:
    query = sa.select(Delegate).where(Delegate.id == delegate_id).with_for_update()
    found: Delegate | None = session.scalar(query.execution_options(populate_existing=True))
    return found


def _end(
    session: Session,
    delegate: Delegate,
    why: DelegateEnd,
    now: dt.datetime,
    user: User | None = None,
) -> Delegate:
    """End what a delegate may do, withdraw what waits for them, and record it."""
    if delegate.ended_at is not None:
        return delegate
    delegate.ended_at, delegate.ended_because, delegate.ended_by = now, why.value, user
    session.flush()
    heads = chain.lock_heads(session, [delegate.case_id])
    by_counsel = why is DelegateEnd.COUNSEL
    detail: dict[str, Any] = {"ended": why.value, **({"user": user.id} if user else {})}
    entry = _entry(
        delegate,
        Event.DELEGATION_ENDED,
        detail,
        direction="" if by_counsel else "out",
        by=user.name if user else "",
    )
    if why is DelegateEnd.OTHER_SIDE:
        _open_task(session, delegate, now)
    withdrawn = notices.withdraw_copies(session, delegate.id, why.label)
    ledger.append(session, [entry, *withdrawn], now, heads=heads)
    return delegate


def end_all(session: Session, case_id: int, now: dt.datetime) -> None:
    """End what all delegates in a case may do, before its record is erased."""
    query = sa.select(Delegate.id).where(Delegate.case_id == case_id, Delegate.ended_at.is_(None))
    for delegate_id in session.scalars(query.order_by(Delegate.id)).all():
        if (delegate := _locked(session, delegate_id)) is not None:
            _end(session, delegate, DelegateEnd.COURT, now)


def erase(session: Session, case_id: int) -> None:
    """Blank names and addresses of a case's delegates; the digests of their keys stay."""
    blanked = (
        sa.update(Delegate).where(Delegate.case_id == case_id).values(name="", email="", phone="")
    )
    session.execute(blanked.execution_options(synchronize_session=False))
