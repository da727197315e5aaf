"""Steps: confirmations, invites, receipts, reminders, a move, a cancellation, the record."""

import datetime as dt
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from app.carriers.standin import ReceivedMessage
from app.core.channels import Channel
from app.core.db import transaction
from app.record import ledger
from app.rehearsal.environment import PATIENCE, RehearsalEnvironment
from app.rehearsal.report import NotObserved, expect
from app.rehearsal.script import COUNSEL, ROOMS, ZONE, RehearsalCounsel, RehearsalScript
from app.rehearsal.steps_ask import addressed

REMINDER_DAYS = (7, 3, 1)


def confirmations(env: RehearsalEnvironment, script: RehearsalScript) -> str:
    """Check that each side got a confirmation of its answer; the invites come in the same turn."""
    script.arrived = env.beat()
    for who in COUNSEL:
        kinds = _kinds(env, script, addressed(script.arrived, who))
        expect(kinds["answered"] == 1, f"{who.name} got {kinds['answered']} confirmations")
    return "each side was told once what it answered"


def invites(env: RehearsalEnvironment, script: RehearsalScript) -> str:
    """Check that each side got a calendar invite by mail, and a text."""
    for who in COUNSEL:
        _check_both_channels(env, script, who, "fixed")
    script.uid = _calendars(script.arrived, "REQUEST", 1, _starts_at(script))
    return f"METHOD:REQUEST SEQUENCE:1 to both sides, UID {script.uid}; texts to both"


def _check_both_channels(
    env: RehearsalEnvironment, script: RehearsalScript, who: RehearsalCounsel, kind: str
) -> None:
    count = _kinds(env, script, addressed(script.arrived, who))[kind]
    expect(count == 2, f"{who.name} was told {count} times, not once by each of 2 channels")


def _starts_at(script: RehearsalScript) -> dt.datetime:
    return dt.datetime.fromisoformat(script.hearing["starts_at"])


def _kinds(
    env: RehearsalEnvironment, script: RehearsalScript, messages: list[ReceivedMessage]
) -> Counter[str]:
    """Count messages by the kind that the record gives their references."""
    _, answer = env.api("GET", f"/hearings/{script.hearing_id}/contacts")
    kinds = {attempt["attempt"]: attempt["kind"] for attempt in answer["attempts"]}
    return Counter(kinds.get(message.reference, "unrecorded") for message in messages)


def _calendars(messages: list[ReceivedMessage], method: str, sequence: int, at: dt.datetime) -> str:
    """Check that each side's mail carries one such calendar; return the UID that they share."""
    uids = set()
    for who in COUNSEL:
        calendars = _calendars_in(addressed(messages, who))
        expect(len(calendars) == 1, f"{who.name} got {len(calendars)} calendars, not 1")
        event = _event(calendars[0])
        seen = (str(calendars[0]["METHOD"]), int(event["SEQUENCE"]), event["DTSTART"].dt)
        expect(seen == (method, sequence, at), f"{who.name}'s calendar says {seen}")
        expect(who.email in str(event["ATTENDEE"]), f"{who.name} is not its attendee")
        uids.add(str(event["UID"]))
    expect(len(uids) == 1, f"the sides' calendars have different UIDs: {uids}")
    return uids.pop()


def _calendars_in(messages: list[ReceivedMessage]) -> list[Any]:
    return [Calendar.from_ical(each.calendar) for each in messages if each.calendar is not None]


def _event(calendar: Calendar) -> Any:
    events = calendar.walk("VEVENT")
    if len(events) != 1:
        raise NotObserved(f"a calendar has {len(events)} events, not 1")
    return events[0]


def feed(env: RehearsalEnvironment, script: RehearsalScript) -> str:
    """Subscribe to the assistant's calendar; the second request answers 304."""
    status, answer = env.api("POST", "/feeds", {"scope": "me"})
    expect(status == 201, f"POST /feeds answered {status}: {answer}")
    script.feed = answer["url"]
    first = env.http.get(script.feed, timeout=PATIENCE)
    expect(first.status_code == 200, f"the feed answered {first.status_code}")
    calendar: Any = Calendar.from_ical(first.content)
    starts = [event["DTSTART"].dt for event in calendar.walk("VEVENT")]
    expect(_starts_at(script) in starts, f"the feed does not show the hearing, but {starts}")
    tag = first.headers.get("ETag", "")
    second = env.http.get(script.feed, headers={"If-None-Match": tag}, timeout=PATIENCE)
    expect(second.status_code == 304, f"asked again with its ETag it answered {second.status_code}")
    return f"200 with the hearing among {len(starts)} events; 304 the second time"


def receipts(env: RehearsalEnvironment, script: RehearsalScript) -> str:
    """Report the texts as delivered, twice; the record has it once."""
    texts = [message for message in script.arrived if message.channel == Channel.SMS]
    for text in texts:
        for _ in range(2):
            status = env.standins[Channel.SMS].confirm(text.reference)
            if status is None:
                return f"{env.labels[Channel.SMS]} sends no receipts"
            expect(200 <= status < 300, f"a genuine receipt was met with {status}")
    _, answer = env.api("GET", f"/hearings/{script.hearing_id}/contacts")
    delivered = Counter(
        attempt["attempt"]
        for attempt in answer["attempts"]
        for line in attempt["lines"]
        if line["what"] == "delivered"
    )
    expect(
        delivered == Counter(text.reference for text in texts),
        f"the record says delivered of {dict(delivered)}",
    )
    return f"{len(texts)} texts delivered, each said twice by the carrier and once by the record"


def forged_receipt(env: RehearsalEnvironment, script: RehearsalScript) -> str:
    """Post receipts that the carrier did not make."""
    text = next(message for message in script.arrived if message.channel == Channel.SMS)
    lines = env.record_lines()
    statuses = env.standins[Channel.SMS].forge(text.reference)
    if not statuses:
        return f"{env.labels[Channel.SMS]} sends no receipts"
    refused = all(status in (401, 403) for status in statuses)
    expect(refused, f"it was met with {statuses}, not 403")
    expect(env.record_lines() == lines, "it left a line in the record")
    return "refused with a wrong signature and without one; no line in the record"


def reminders(env: RehearsalEnvironment, script: RehearsalScript) -> str:
    """Advance the clock: a reminder to each side on each channel, 7, 3 and 1 days before."""
    starts = _starts_at(script).astimezone(ZoneInfo(ZONE))
    dates = []
    for days in REMINDER_DAYS:
        day = starts.date() - dt.timedelta(days=days)
        env.clock.set(dt.datetime.combine(day, dt.time(9, 1), tzinfo=ZoneInfo(ZONE)))
        new = env.beat()
        kinds = _kinds(env, script, new)
        expect(kinds == {"reminder": 4}, f"{days} days before came {dict(kinds)}, not 4 reminders")
        for who in COUNSEL:
            expect(len(addressed(new, who)) == 2, f"{who.name} got {len(addressed(new, who))}")
        again = env.beat()
        expect(not again, f"{len(again)} more came at the next beat")
        dates.append(day.isoformat())
    return f"4 each on {', '.join(dates)}; none a second time"


def move(env: RehearsalEnvironment, script: RehearsalScript) -> str:
    """Move the hearing to one new slot: the same event, the next SEQUENCE."""
    body = {
        "starts_at": script.moved_to.isoformat(),
        "courtroom": ROOMS[0][0],
        "reason": "Rehearsal of a move",
    }
    status, answer = env.api("POST", f"/hearings/{script.hearing_id}/move", body)
    expect(status == 200, f"POST …/move answered {status}: {answer}")
    _check_news(env, script, "moved")
    uid = _calendars(script.arrived, "REQUEST", 2, script.moved_to)
    expect(uid == script.uid, f"the UID changed from {script.uid} to {uid}")
    return f"METHOD:REQUEST SEQUENCE:2 with the same UID, {answer['starts_at']}"


def cancel(env: RehearsalEnvironment, script: RehearsalScript) -> str:
    """Cancel the hearing: both sides get METHOD:CANCEL."""
    body = {"reason": "Rehearsal of a cancellation"}
    status, answer = env.api("POST", f"/hearings/{script.hearing_id}/cancel", body)
    expect(status == 200, f"POST …/cancel answered {status}: {answer}")
    _check_news(env, script, "cancelled")
    uid = _calendars(script.arrived, "CANCEL", 3, script.moved_to)
    expect(uid == script.uid, f"the UID changed from {script.uid} to {uid}")
    states = {str(_event(each)["STATUS"]) for each in _calendars_in(script.arrived)}
    expect(states == {"CANCELLED"}, f"the event's status is {states}")
    return "METHOD:CANCEL SEQUENCE:3 STATUS:CANCELLED with the same UID"


def _check_news(env: RehearsalEnvironment, script: RehearsalScript, kind: str) -> None:
    script.arrived = env.beat()
    for who in COUNSEL:
        _check_both_channels(env, script, who, kind)


def whole_record(env: RehearsalEnvironment, script: RehearsalScript) -> str:
    """Verify the hash chains, and that each message has its entries."""
    findings = []
    with env.app.app_context(), transaction() as session:
        findings = [ledger.verify(session, case_id) for case_id in script.case_ids]
    for finding in findings:
        expect(finding.intact, f"case {finding.case_id}, line {finding.bad_seq}: {finding.why}")
    lines = sum(finding.entries for finding in findings)
    expect(lines == env.record_lines(), f"{lines} of {env.record_lines()} lines are chained")
    _, answer = env.api("GET", f"/cases/{script.case_ids[0]}/contacts")
    known = {attempt["attempt"] for attempt in answer["attempts"]}
    missing = [m.reference for m in env.arrived() if m.reference not in known]
    expect(not missing, f"not in the record: {', '.join(missing)}")
    return f"{lines} lines, every hash fits; every message that arrived is in it"


def nothing_twice(env: RehearsalEnvironment, _script: RehearsalScript) -> str:
    """Check that no message arrived twice."""
    arrived = env.arrived()
    for what, seen in (
        ("reference", Counter(m.reference for m in arrived)),
        ("notice", Counter(m.reference.partition(".")[0] for m in arrived)),
        ("words", Counter((n, m.channel, m.to, m.text) for n, m in env.by_beat())),
    ):
        twice = [each for each, count in seen.items() if count > 1]
        expect(not twice, f"came twice with the same {what}: {twice[:3]}")
    return f"{len(arrived)} messages of as many notices"
