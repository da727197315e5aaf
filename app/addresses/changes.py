"""Change a mail address or a number with a code sent to the new one; post, language, zone at once.

A change is of the person: all chains of the cases in which they act are locked, in rising order of
case. What a refusal must leave behind (a wrong code counted, an address that is another's shown to
the court) is kept: such a function returns the refusal instead of raising it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import available_timezones

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.addresses import queries
from app.addresses.models import AddressChange
from app.addresses.rules import (
    MAX_CHANGES,
    MAX_POSTAL,
    MAX_POSTAL_LINES,
    MAX_SENDINGS,
    MAX_TRIES,
    AddressField,
    ChangeState,
    DetailsInput,
    expires_at,
    is_same_code,
)
from app.addresses.service import entry, today_in
from app.cases import changes as cases
from app.cases import declarations, phones
from app.cases import service as people
from app.cases.forms import LANGUAGES
from app.cases.models import Counsel, DeclarationKind, Representation, ServiceDeclaration
from app.cases.rules import addresses_by_channel
from app.core import links
from app.core.email_check import email_address
from app.core.errors import N_, Invalid, Message, Refusal
from app.core.matters import Matter
from app.hearings import facts, notifications
from app.notices.kinds import NoticeKind
from app.notices.queue import NoticeRequest, Recipient, Subject, queue, readdress, withdraw
from app.record import chain, ledger
from app.record.rules import Event
from app.tasks.models import Task
from app.tasks.service import TaskKind, TaskState

NOT_TAKEN = N_("The court cannot take this address by link. It was told; please call the court.")


@dataclass(frozen=True)
class LockedCounsel:
    """A counsel whose cases are locked, with all the representations in which they act."""

    own: Representation
    counsel: Counsel
    everywhere: Sequence[Representation]


def _lock(session: Session, own: Representation) -> LockedCounsel:
    everywhere = queries.representations_of(session, own.counsel_id)
    chain.lock_heads(session, {each.party.case_id for each in everywhere})
    session.refresh(own.counsel)
    return LockedCounsel(own, own.counsel, everywhere)


def ask(
    session: Session, own: Representation, field: AddressField, typed: str, now: dt.datetime
) -> Refusal | None:
    """Begin a change of a mail address or a number: send a code to the new one.

    The same address again, while its code is valid, is the same change: its code is sent again, a
    minute after the last time and three times in all. Raises Invalid for what is no such address,
    and Refusal above the limits. Returns a refusal where the address is another
    side's, which the court is shown.
    """
    value = _parsed(field, typed, own.party.case.court.country)
    locked = _lock(session, own)
    if value == getattr(locked.counsel, field):
        raise Invalid({field.value: Message(N_("The court has this one already."))})
    recent = queries.recent_changes(session, own.id, now)
    pending = queries.pending_change(session, own.id, now)
    if pending is not None and (pending.field, pending.value) == (field, value):
        _send_again(session, own, pending, now)
        return None
    check_limit(recent)
    if pending is not None:
        _end(session, pending, ChangeState.CANCELLED, now)
    change = AddressChange(
        representation_id=own.id,
        counsel_id=own.counsel_id,
        field=field.value,
        value=value,
        state=ChangeState.OPEN.value,
        tries=0,
        asked_at=now,
    )
    session.add(change)
    session.flush()
    if _is_anothers(session, locked, field, value):
        return _refuse(session, locked, change, now)
    queue(session, [_code_request(own, change, now)], now)
    return None


def _send_again(
    session: Session, own: Representation, change: AddressChange, now: dt.datetime
) -> None:
    """Send the code of a change once more; sooner than after a minute it is a double press.

    Raises Refusal after the last time.
    """
    again_at = change.send_again_at
    if again_at is None:
        raise Refusal(
            N_("The code was sent %(most)s times. Check the address, or call the court."),
            most=MAX_SENDINGS,
        )
    if now < again_at:
        return
    change.sendings, change.sent_at = change.sendings + 1, now
    queue(session, [_code_request(own, change, now)], now)


def check_limit(recent: Sequence[AddressChange]) -> None:
    """Raise Refusal where as many changes were asked for within a day as can be."""
    if len(recent) >= MAX_CHANGES:
        raise Refusal(
            N_("%(most)s changes in a day can be made here. For another one call the court."),
            most=MAX_CHANGES,
        )


def _parsed(field: AddressField, typed: str, country: str) -> str:
    """Return an address as it is stored. Raises Invalid, naming the field."""
    name = field.value
    if not typed.strip():
        raise Invalid({name: Message(N_("Enter the new one."))})
    if field is AddressField.EMAIL:
        try:
            address = email_address(typed)
        except ValueError:
            address = ""
        if not address or len(address) > 254:
            raise Invalid({name: Message(N_("Enter an e-mail address such as name@firm.example."))})
        return address
    try:
        number = phones.parse_phone(typed, country)
    except phones.PhoneError as fault:
        raise Invalid({name: fault.message}) from None
    if not phones.takes_texts(number):
        raise Invalid(
            {
                name: Message(
                    N_("A code is sent by text: give a mobile number. For a land line call us.")
                )
            }
        )
    return number


def _is_anothers(session: Session, locked: LockedCounsel, field: AddressField, value: str) -> bool:
    """Tell whether an address is another side's, or that of a namesake whom the court knows."""
    if queries.belongs_to_other_side(session, locked.everywhere, field, value):
        return True
    counsel, court = locked.counsel, locked.own.party.case.court
    same = people.find_counsel(
        session,
        court,
        counsel.name,
        value if field is AddressField.EMAIL else "",
        value if field is AddressField.PHONE else "",
    )
    return same is not None and same.id != counsel.id


def _addresses(counsel: Counsel, field: AddressField, value: str) -> dict[str, str]:
    return {"email": counsel.email, "phone": counsel.phone, field.value: value}


def _refuse(
    session: Session, locked: LockedCounsel, change: AddressChange, now: dt.datetime
) -> Refusal:
    """Refuse a change to another's address, on the record, and open a task to look at it."""
    own = locked.own
    case = own.party.case
    _end(session, change, ChangeState.REFUSED, now)
    session.add(
        Task(
            key=f"address/{change.id}",
            court_id=case.court_id,
            case_id=case.id,
            about=str(Matter.case(case.id)),
            counsel_id=own.counsel_id,
            side=own.party.side,
            way=TaskKind.ADDRESS.value,
            state=TaskState.OPEN.value,
            opens_at=now,
            because={"change": change.id},
            created_at=now,
        )
    )
    session.flush()
    refused = entry(own, Event.ADDRESS_REFUSED, {"fields": [change.field]}, change.value)
    ledger.append(session, [refused], now)
    return Refusal(NOT_TAKEN)


def _end(session: Session, change: AddressChange, state: ChangeState, now: dt.datetime) -> None:
    """End a change; a code that waits to be sent is not sent any more."""
    change.state, change.ended_at = state.value, now
    if state is not ChangeState.DONE:
        about = str(Matter.case(change.representation.party.case_id))
        kinds, counsel_ids = [NoticeKind.ADDRESS_CODE], [change.counsel_id]
        why = N_("the change of address ended")
        withdraw(session, about, now, why, kinds=kinds, counsel_ids=counsel_ids)


def _subject(own: Representation, change: AddressChange) -> Subject:
    case = own.party.case
    again = f".{change.sendings}" if change.sendings > 1 else ""
    version = f"c{case.id}.a{change.id}{again}"
    return Subject(case.court_id, case.id, str(Matter.case(case.id)), version)


def _facts(own: Representation, change: AddressChange, now: dt.datetime) -> dict[str, object]:
    return {
        **facts.case_facts(own.party.case),
        "person": facts.representation_facts(own),
        "change": {"id": change.id, "field": change.field, "at": facts.iso(now)},
    }


def _recipient(own: Representation, ways: Sequence[tuple[str, str]]) -> Recipient:
    """Return counsel without their key: the address may be a stranger's by mistake, or by now."""
    return Recipient(
        name=own.counsel.name,
        language=own.counsel.language,
        ways=ways,
        side=own.party.side,
        counsel_id=own.counsel_id,
    )


def _code_request(own: Representation, change: AddressChange, now: dt.datetime) -> NoticeRequest:
    channel = AddressField(change.field).channel
    assert channel is not None
    return NoticeRequest(
        _subject(own, change),
        NoticeKind.ADDRESS_CODE,
        _recipient(own, [(channel.value, change.value)]),
        _facts(own, change, now),
        due_at=now,
        stale_at=expires_at(change.asked_at),
    )


def enter_code(
    session: Session, own: Representation, typed: str, now: dt.datetime, secret: bytes
) -> Invalid | Refusal | None:
    """Carry out a change if the code is the one that was sent; tell the old addresses at once.

    A code is taken once, within 15 minutes, after at most five wrong ones, which are counted.
    """
    locked = _lock(session, own)
    recent = queries.recent_changes(session, own.id, now)
    change = next((each for each in recent if each.state == ChangeState.OPEN), None)
    if change is None:
        last = next((each for each in recent if each.field != AddressField.DETAILS), None)
        if last and last.state == ChangeState.DONE and _is_right(last, typed, secret):
            return None  # pressed twice
        raise Refusal(N_("No change waits for a code. Enter the new address again."))
    if now >= expires_at(change.asked_at):
        _end(session, change, ChangeState.EXPIRED, now)
        return Refusal(N_("The code is no longer valid. Enter the new address again."))
    if not _is_right(change, typed, secret):
        change.tries += 1
        if change.tries >= MAX_TRIES:
            _end(session, change, ChangeState.BLOCKED, now)
            return Refusal(N_("Too many wrong codes: nothing was changed."))
        wrong = N_("This is not the code that was sent to %(address)s. Tries left: %(left)s.")
        left = MAX_TRIES - change.tries
        return Invalid({"code": Message(wrong, address=change.value, left=left)})
    field = AddressField(change.field)
    if _is_anothers(session, locked, field, change.value):
        return _refuse(session, locked, change, now)
    _apply(session, locked, change, now)
    return None


def _is_right(change: AddressChange, typed: str, secret: bytes) -> bool:
    return is_same_code(links.address_code(secret, change.id), typed)


def _apply(
    session: Session, locked: LockedCounsel, change: AddressChange, now: dt.datetime
) -> None:
    """Let a new address hold in all cases of the person, and tell the old ones."""
    own, counsel, field = locked.own, locked.counsel, AddressField(change.field)
    session.refresh(own, ["declarations"])
    old, old_ways = getattr(counsel, field), addresses_by_channel(counsel, every=True)
    was_confirmed = own.confirmation is not None
    cases.set_addresses(session, counsel, counsel.name, **_addresses(counsel, field, change.value))
    if not old and field.channel and field.channel not in counsel.channels:
        counsel.channels = [*counsel.channels, field.channel.value]
    if counsel.in_person:
        _change_parties(locked, field, old, change.value)
    _end(session, change, ChangeState.DONE, now)
    if was_confirmed:
        today = today_in(own.party.case.court, now)
        declarations.declare(own, DeclarationKind.ADDRESS, now, today, by_link=True)
    session.flush()
    readdress(session, counsel)
    entries = _changed(locked, [field.value], f"{old or '–'} → {change.value}")
    notification = NoticeRequest(
        _subject(own, change),
        NoticeKind.ADDRESS_CHANGED,
        _recipient(own, old_ways),
        _facts(own, change, now),
        due_at=now,
        stale_at=now + notifications.STALE_AFTER,
    )
    queue(session, [notification] if old_ways else [], now, entries)


def _change_parties(locked: LockedCounsel, field: AddressField, old: str, new: str) -> None:
    """Change the address of parties who act in person, which is that of their counsel."""
    for each in locked.everywhere:
        if getattr(each.party, field) == old:
            setattr(each.party, field, new)


def _changed(locked: LockedCounsel, fields: Sequence[str], note: str) -> list[ledger.NewEntry]:
    """Return an entry for each case in which the person acts."""
    by_case = {each.party.case_id: each for each in reversed(locked.everywhere)}
    detail = {"fields": list(fields)}
    return [entry(each, Event.ADDRESS_CHANGED, detail, note) for each in by_case.values()]


def change_details(
    session: Session, own: Representation, typed: DetailsInput, now: dt.datetime
) -> None:
    """Change postal address, language and time zone at once, in all cases of the person.

    Raises Invalid by field, and Refusal above the limit. The same details change nothing.
    """
    check_details(typed)
    locked = _lock(session, own)
    counsel, court = locked.counsel, own.party.case.court
    zone = "" if typed.zone == court.zone else typed.zone
    new = {"postal": typed.postal, "language": typed.language, "zone": zone}
    old = {name: getattr(counsel, name) for name in new}
    fields = [name for name in new if new[name] != old[name]]
    if not fields:
        return
    check_limit(queries.recent_changes(session, own.id, now))
    for name in fields:
        setattr(counsel, name, new[name])
    session.add(
        AddressChange(
            representation_id=own.id,
            counsel_id=own.counsel_id,
            field=AddressField.DETAILS.value,
            value="",
            state=ChangeState.DONE.value,
            tries=0,
            asked_at=now,
            ended_at=now,
        )
    )
    session.flush()
    readdress(session, counsel)
    note = "\n".join(f"{_line(old[name])} → {_line(new[name])}" for name in fields)
    ledger.append(session, _changed(locked, fields, note), now)


def _line(value: str) -> str:
    return value.replace("\n", ", ") or "–"


def check_details(typed: DetailsInput) -> None:
    """Raise Invalid for details that cannot be stored."""
    errors = {}
    too_many_lines = typed.postal.count("\n") >= MAX_POSTAL_LINES
    if too_many_lines or len(typed.postal) > MAX_POSTAL:
        errors["postal"] = Message(
            N_("At most %(lines)s lines and %(most)s characters."),
            lines=MAX_POSTAL_LINES,
            most=MAX_POSTAL,
        )
    if typed.language not in LANGUAGES:
        errors["language"] = Message(N_("Choose a language."))
    if typed.zone and typed.zone not in available_timezones():
        errors["zone"] = Message(
            N_("Enter a time zone such as Asia/Shanghai; there is none called %(zone)s."),
            zone=typed.zone[:64],
        )
    if errors:
        raise Invalid(errors)


def erase(session: Session, case_id: int) -> None:
    """Blank the addresses in changes and confirmations of a case; that they were made stays."""
    own = sa.select(Representation.id).where(Representation.party.has(case_id=case_id))
    for statement in (
        sa.update(AddressChange).where(AddressChange.representation_id.in_(own)).values(value=""),
        sa.update(ServiceDeclaration)
        .where(ServiceDeclaration.representation_id.in_(own))
        .values(email="", phone=""),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
