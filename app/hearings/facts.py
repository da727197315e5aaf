"""Plain JSON about a hearing for letters and calendars, frozen when a notice is queued."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from app.cases.models import Case, Representation
from app.cases.rules import addresses_by_channel
from app.core.channels import Channel
from app.court import bench
from app.court.bench import BenchMember, BenchRole
from app.court.models import Court
from app.hearings.models import Hearing, Invitation, MoveSlot, Proposal, Slot
from app.hearings.sittings.rules import Sitting
from app.hearings.values import (
    CourtValues,
    HearingValues,
    InvitationValues,
    SittingValues,
    SlotValues,
)
from app.notices.queue import Recipient, Subject
from app.people.models import User


def subject(hearing: Hearing | HearingValues, version: str = "") -> Subject:
    """Return a hearing as the subject of notices; its version is its revision, if not given."""
    return Subject(
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        about=hearing.about,
        version=f"{hearing.id}.{version or hearing.revision}",
    )


def invitation_recipient(invitation: Invitation | InvitationValues, channel: str = "") -> Recipient:
    """Return the counsel of an invitation as recipient, by ``channel`` first if they have it."""
    counsel = invitation.counsel
    ways = sorted(addresses_by_channel(counsel), key=lambda way: way[0] != channel)
    return Recipient(
        name=counsel.name,
        language=counsel.language,
        ways=ways,
        side=invitation.side,
        counsel_id=counsel.id,
        invitation_id=invitation.id,
        representation_id=invitation.representation_id,
        link_version=invitation.version,
    )


def representation_recipient(representation: Representation) -> Recipient:
    """Return a counsel in a matter to which they have no invitation as recipient."""
    counsel = representation.counsel
    return Recipient(
        name=counsel.name,
        language=counsel.language,
        ways=addresses_by_channel(counsel),
        side=representation.party.side,
        counsel_id=counsel.id,
        representation_id=representation.id,
    )


def user_recipient(user: User, language: str) -> Recipient:
    """Return a user of the court as recipient of an e-mail."""
    return Recipient(
        name=user.name,
        language=user.language or language,
        side="court",
        ways=[(Channel.EMAIL, user.email)],
        user_id=user.id,
    )


def hearing_facts(hearing: Hearing | HearingValues, **more: Any) -> dict[str, Any]:
    """Return the facts of every letter about a hearing: court, case, hearing, assistant."""
    court, case, room = hearing.case.court, hearing.case, hearing.courtroom
    asked = hearing.user or case.assistant
    return {
        "court": _court_facts(court),
        "case": {"number": case.number, "title": case.title},
        "hearing": {
            "id": hearing.id,
            "uid": hearing.uid,
            "kind": hearing.kind,
            "minutes": hearing.minutes,
            "revision": hearing.revision,
            "sequence": hearing.sequence,
            "judge": hearing.judge.name,
            **_bench_facts(hearing),
            "starts_at": iso(hearing.starts_at),
            "ends_at": iso(hearing.ends_at),
            "courtroom": room.name if room else None,
            "location": room.location if room else None,
            **sittings_facts(hearing),
        },
        "assistant": {"name": asked.name if asked else ""},
        "reason": "",
        "by_order": False,
        **more,
    }


def _bench_facts(hearing: Hearing | HearingValues) -> dict[str, Any]:
    """Return those who sit, where they are several; who else is needed concerns the court alone."""
    if not hearing.members:
        return {}
    others = [BenchMember(each.judge.name, BenchRole(each.role)) for each in hearing.members]
    sitting = [each for each in bench.everybody(others, hearing.judge.name) if each.role.sits]
    return {"bench": bench.as_facts(sitting)} if len(sitting) > 1 else {}


def case_facts(case: Case) -> dict[str, Any]:
    """Return the facts of a letter about a case that has no hearing yet."""
    court, asked = case.court, case.assistant
    return {
        "court": _court_facts(court),
        "case": {"number": case.number, "title": case.title},
        "hearing": {
            "id": 0,
            "uid": "",
            "kind": "other",
            "minutes": None,
            "revision": 0,
            "judge": case.judge.name,
            "starts_at": None,
            "ends_at": None,
            "courtroom": None,
            "location": None,
        },
        "assistant": {"name": asked.name if asked else ""},
        "reason": "",
        "by_order": False,
    }


def _court_facts(court: Court | CourtValues) -> dict[str, Any]:
    return {
        "name": court.name,
        "short": court.short,
        "zone": court.zone,
        "phone": court.phone,
        "text_links": court.text_links,
        "text_slots": court.text_slots,
    }


def person_facts(invitation: Invitation | InvitationValues) -> dict[str, Any]:
    """Return the recipient of a letter, and the party for which they act."""
    return {
        "name": invitation.counsel.name,
        "party": invitation.party.name,
        "side": invitation.side,
        "is_court": False,
    }


def representation_facts(representation: Representation) -> dict[str, Any]:
    """Return a counsel as recipient of a letter about a matter without an invitation."""
    return {
        "name": representation.counsel.name,
        "party": representation.party.name,
        "side": representation.party.side,
        "is_court": False,
    }


def court_person_facts(user: User) -> dict[str, Any]:
    """Return an assistant as recipient of a letter."""
    return {"name": user.name, "party": "", "side": "", "is_court": True}


def slots_facts(proposal: Proposal) -> list[dict[str, Any]]:
    """Return the slots of a proposal, earliest first."""
    return [slot_facts(slot) for slot in proposal.slots]


def sittings_facts(
    dated: Hearing | HearingValues | Slot | SlotValues | MoveSlot,
) -> dict[str, Any]:
    """Return the sittings of what has several, each with time and place; else nothing."""
    return {"sittings": _listed(dated.sittings)} if len(dated.sittings) > 1 else {}


def set_facts(sittings: Sequence[Sitting]) -> dict[str, Any]:
    """Return some sittings as those of a slot: the first, the end of the last, all of several."""
    listed = _listed(sittings)
    several = {"sittings": listed} if len(listed) > 1 else {}
    return {**listed[0], "ends_at": listed[-1]["ends_at"], **several}


def _listed(sittings: Sequence[Sitting | SittingValues]) -> list[dict[str, Any]]:
    return [
        {
            "starts_at": iso(each.starts_at),
            "ends_at": iso(each.ends_at),
            "courtroom": each.courtroom.name if each.courtroom else None,
            "location": each.courtroom.location if each.courtroom else None,
        }
        for each in sittings
    ]


def slot_facts(slot: Slot | SlotValues | MoveSlot) -> dict[str, Any]:
    """Return one slot, with its sittings where it has several."""
    return {
        **sittings_facts(slot),
        "starts_at": iso(slot.starts_at),
        "ends_at": iso(slot.ends_at),
        "courtroom": slot.courtroom.name,
        "location": slot.courtroom.location,
    }


def iso(at: dt.datetime | None) -> str | None:
    """Return an instant in ISO 8601, in UTC."""
    return at.astimezone(dt.UTC).isoformat() if at else None
