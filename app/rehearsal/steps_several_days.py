"""Step: a trial of three days that ends after the first, in the calendars of all who are needed."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import recurring_ical_events
from icalendar import Calendar

from app.carriers.standin import ReceivedMessage
from app.core.errors import N_, Message
from app.rehearsal.environment import RehearsalEnvironment
from app.rehearsal.report import ANSWERED, expect
from app.rehearsal.script import COUNSEL, JUDGE, ROOMS, RehearsalScript
from app.rehearsal.steps_bench import ADDRESS, ASSESSOR

DAYS = 3
LENGTH = dt.timedelta(hours=6)


def several_days(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Fix a trial of three days; it is settled on the first, and the others are taken back."""
    first = script.moved_to + dt.timedelta(days=84)
    days = [
        (first + dt.timedelta(days=n), first + dt.timedelta(days=n) + LENGTH) for n in range(DAYS)
    ]
    hearing = _fixed(env, script, days)
    sent = _check_calendars(env.beat(), days)
    env.clock.set(first + dt.timedelta(hours=3))
    env.beat()
    entry = {"outcome": "adjourned", "cause": "settlement"}
    path = f"/hearings/{hearing['id']}/outcome"
    status, answer = env.api("POST", path, entry)
    expect(status == 200, ANSWERED, request="POST …/outcome", status=status, answer=str(answer))
    env.clock.set(first + dt.timedelta(hours=3, minutes=11))
    corrected = _check_calendars(env.beat(), days[:1])
    expect(
        all(
            corrected[who]["UID"] == sent[who]["UID"]
            and corrected[who]["SEQUENCE"] > sent[who]["SEQUENCE"]
            for who in sent
        ),
        N_("the calendars were not corrected under the same UID"),
    )
    return Message(
        N_(
            "%(days)s days in the calendars of both sides and of %(name)s; settled on the first, "
            "which took the others out"
        ),
        days=DAYS,
        name=ASSESSOR,
    )


def _fixed(
    env: RehearsalEnvironment,
    script: RehearsalScript,
    days: Iterable[tuple[dt.datetime, dt.datetime]],
) -> dict[str, Any]:
    """Propose the days as one slot before a bench of three, and fix them by order."""
    minutes = LENGTH // dt.timedelta(minutes=1)
    room = ROOMS[0][0]
    sittings = [
        {"starts_at": begins.isoformat(), "minutes": minutes, "courtroom": room}
        for begins, _ in days
    ]
    body = {
        "case_id": script.case_ids[0],
        "bench": [
            {"name": JUDGE, "role": "presiding"},
            {"name": "Second Judge", "role": "judge"},
            {"name": ASSESSOR, "role": "assessor"},
        ],
        "slots": [{"sittings": sittings}],
        "answer_by": (script.moved_to + dt.timedelta(days=70)).isoformat(),
        "override_reason": "Rehearsal",
    }
    status, hearing = env.api("POST", "/hearings", body)
    expect(status == 201, ANSWERED, request="POST /hearings", status=status, answer=str(hearing))
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "Rehearsal of an order"}
    status, hearing = env.api("POST", f"/hearings/{hearing['id']}/fix", order)
    expect(status == 200, ANSWERED, request="POST …/fix", status=status, answer=str(hearing))
    return dict(hearing)


def _check_calendars(
    messages: Iterable[ReceivedMessage], days: list[tuple[dt.datetime, dt.datetime]]
) -> dict[str, Any]:
    """Check that each person's mail shows these days and no others; return their first events."""
    found = {
        each.to: Calendar.from_ical(each.calendar) for each in messages if each.calendar is not None
    }
    for who in (*(each.email for each in COUNSEL), ADDRESS):
        calendar = found.get(who)
        shown = [] if calendar is None else _days(calendar)
        words = N_("the calendar of %(name)s shows %(values)s")
        expect(shown == days, words, name=who, values=str(shown))
    return {who: calendar.walk("VEVENT")[0] for who, calendar in found.items()}


def _days(calendar: Calendar) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return from when to when each event of a calendar is, as a calendar program lists them."""
    first: Any = calendar.walk("VEVENT")[0]
    start = first["DTSTART"].dt
    events: list[Any] = recurring_ical_events.of(calendar).between(
        start, start + dt.timedelta(days=366)
    )
    return sorted((each["DTSTART"].dt, each["DTEND"].dt) for each in events)
