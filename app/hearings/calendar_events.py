"""Hearings and open slots as calendar events: plain facts for ``core.ical``."""

import datetime as dt
import hashlib
from typing import Any

from app.core import ical, wording
from app.court.models import Courtroom
from app.hearings import facts
from app.hearings.models import Hearing, HearingState, Slot

# One slot among several: whoever reads the calendar must not take it for the date.
_BUSY = {"en": "Busy", "zh": "占用"}
_PROPOSED = {"en": "Proposed: {}", "zh": "征询中：{}"}


def fixed_event(
    hearing: Hearing, language: str, described: dict[str, Any] | None = None
) -> dict[str, Any] | None:
    """Return the date of a hearing as an event, cancelled with it; None without a date.

    ``described`` are the facts that its words are made of, by default all of the hearing's.
    """
    if hearing.starts_at is None or hearing.ends_at is None:
        return None
    cancelled = hearing.state == HearingState.CANCELLED
    return {
        **_common(hearing, described or facts.hearing_facts(hearing), language),
        "sittings": facts.sittings_facts(hearing).get("sittings"),
        "uid": hearing.uid,
        "starts_at": hearing.starts_at,
        "ends_at": hearing.ends_at,
        "status": "CANCELLED" if cancelled else "CONFIRMED",
        "changed_at": hearing.changed_at,
    }


def tentative_event(
    hearing: Hearing, slot: Slot, proposed_at: dt.datetime, language: str
) -> dict[str, Any]:
    """Return one slot of an open proposal, under its own UID, apart from the hearing's."""
    described = facts.hearing_facts(hearing)
    described["hearing"] |= {"sittings": None, **facts.slot_facts(slot)}
    event = _common(hearing, described, language)
    return {
        **event,
        "sittings": facts.sittings_facts(slot).get("sittings"),
        "uid": f"{hearing.uid}-slot-{slot.id}",
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "status": "TENTATIVE",
        "summary": _PROPOSED[wording.language_of(language)].format(event["summary"]),
        "changed_at": proposed_at,
    }


def busy_event(event: dict[str, Any], language: str) -> dict[str, Any]:
    """Return an event that shows its time only: no subject, no people, no hearing's UID."""
    hidden = hashlib.sha256(f"busy/{event['uid']}".encode()).hexdigest()[:32]
    return {
        **event,
        "uid": f"busy-{hidden}",
        "summary": _BUSY[wording.language_of(language)],
        "location": "",
        "description": "",
        "sittings": [
            {name: each[name] for name in ("starts_at", "ends_at")}
            for each in event.get("sittings") or ()
        ],
    }


def event_in_room(event: dict[str, Any], courtroom: Courtroom) -> dict[str, Any]:
    """Return of an event with several sittings those in one courtroom, for its calendar."""
    sittings = [each for each in event["sittings"] if each["courtroom"] == courtroom.name]
    return {
        **event,
        "sittings": sittings,
        "location": ", ".join(filter(None, [courtroom.name, courtroom.location])),
        **{
            name: dt.datetime.fromisoformat(each[name])
            for name, each in (("starts_at", sittings[0]), ("ends_at", sittings[-1]))
        },
    }


def _common(hearing: Hearing, described: dict[str, Any], language: str) -> dict[str, Any]:
    return {
        **ical.described(described, language),
        "revision": hearing.sequence,
        "zone": hearing.case.court.zone,
        "language": language,
    }
