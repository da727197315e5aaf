"""Steps: both sides are told of date, change and end; receipts, feed and record fit together."""

import datetime as dt
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from app.carriers.standin import ReceivedMessage
from app.core.db import transaction
from app.record import ledger
from app.rehearsal.play import COUNSEL, ROOMS, ZONE, RehearsalCounsel, RehearsalScript
from app.rehearsal.report import NotObserved, expect
from app.rehearsal.stage import PATIENCE, RehearsalEnvironment
from app.rehearsal.steps_ask import addressed

REMINDER_DAYS = (7, 3, 1)


def confirmations(stage: RehearsalEnvironment, play: RehearsalScript) -> str:
    """See that each side is told what it answered; the invites come in the same round."""
    play.told = stage.beat()
    for who in COUNSEL:
        kinds = _kinds(stage, play, addressed(play.told, who))
        expect(kinds["answered"] == 1, f"{who.name} got {kinds['answered']} confirmations")
    return "each side was told once what it answered"


def invites(stage: RehearsalEnvironment, play: RehearsalScript) -> str:
    """See a calendar invite in each side's mail, and a text."""
    for who in COUNSEL:
        _told_by_both(stage, play, who, "fixed")
    play.uid = _calendars(play.told, "REQUEST", 1, _starts_at(play))
    return f"METHOD:REQUEST SEQUENCE:1 to both sides, UID {play.uid}; texts to both"


def _told_by_both(
    stage: RehearsalEnvironment, play: RehearsalScript, who: RehearsalCounsel, kind: str
) -> None:
    found = _kinds(stage, play, addressed(play.told, who))[kind]
    expect(found == 2, f"{who.name} was told {found} times, not once by each of 2 channels")


def _starts_at(play: RehearsalScript) -> dt.datetime:
    return dt.datetime.fromisoformat(play.hearing["starts_at"])


def _kinds(
    stage: RehearsalEnvironment, play: RehearsalScript, messages: list[ReceivedMessage]
) -> Counter[str]:
    """Count messages by the kind that the record gives their references."""
    _, said = stage.api("GET", f"/hearings/{play.hearing_id}/contacts")
    kinds = {attempt["attempt"]: attempt["kind"] for attempt in said["attempts"]}
    return Counter(kinds.get(message.reference, "unrecorded") for message in messages)


def _calendars(messages: list[ReceivedMessage], method: str, sequence: int, at: dt.datetime) -> str:
    """Check that each side's mail carries one such calendar; return the UID that they share."""
    uids = set()
    for who in COUNSEL:
        found = _calendars_in(addressed(messages, who))
        expect(len(found) == 1, f"{who.name} got {len(found)} calendars, not 1")
        event = _event(found[0])
        seen = (str(found[0]["METHOD"]), int(event["SEQUENCE"]), event["DTSTART"].dt)
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


def feed(stage: RehearsalEnvironment, play: RehearsalScript) -> str:
    """Subscribe to the assistant's calendar; ask twice, and get it once."""
    status, said = stage.api("POST", "/feeds", {"scope": "me"})
    expect(status == 201, f"POST /feeds answered {status}: {said}")
    play.feed = said["url"]
    first = stage.http.get(play.feed, timeout=PATIENCE)
    expect(first.status_code == 200, f"the feed answered {first.status_code}")
    calendar: Any = Calendar.from_ical(first.content)
    starts = [event["DTSTART"].dt for event in calendar.walk("VEVENT")]
    expect(_starts_at(play) in starts, f"the feed does not show the hearing, but {starts}")
    tag = first.headers.get("ETag", "")
    second = stage.http.get(play.feed, headers={"If-None-Match": tag}, timeout=PATIENCE)
    expect(second.status_code == 304, f"asked again with its ETag it answered {second.status_code}")
    return f"200 with the hearing among {len(starts)} events; 304 the second time"


def receipts(stage: RehearsalEnvironment, play: RehearsalScript) -> str:
    """Let the stand-in say that the texts were delivered; the record says so, once."""
    texts = [message for message in play.told if message.channel == "sms"]
    for text in texts:
        for _ in range(2):
            status = stage.standins["sms"].confirm(text.reference)
            if status is None:
                return f"{stage.labels['sms']} sends no receipts"
            expect(200 <= status < 300, f"a genuine receipt was met with {status}")
    _, said = stage.api("GET", f"/hearings/{play.hearing_id}/contacts")
    delivered = Counter(
        attempt["attempt"]
        for attempt in said["attempts"]
        for line in attempt["lines"]
        if line["what"] == "delivered"
    )
    expect(
        delivered == Counter(text.reference for text in texts),
        f"the record says delivered of {dict(delivered)}",
    )
    return f"{len(texts)} texts delivered, each said twice by the carrier and once by the record"


def forged_receipt(stage: RehearsalEnvironment, play: RehearsalScript) -> str:
    """Post receipts that the carrier did not make."""
    text = next(message for message in play.told if message.channel == "sms")
    lines = stage.record_lines()
    statuses = stage.standins["sms"].forge(text.reference)
    if not statuses:
        return f"{stage.labels['sms']} sends no receipts"
    refused = all(status in (401, 403) for status in statuses)
    expect(refused, f"it was met with {statuses}, not 403")
    expect(stage.record_lines() == lines, "it left a line in the record")
    return "refused with a wrong signature and without one; no line in the record"


def reminders(stage: RehearsalEnvironment, play: RehearsalScript) -> str:
    """Let the days pass: a reminder to each side on each channel, 7, 3 and 1 days before."""
    starts = _starts_at(play).astimezone(ZoneInfo(ZONE))
    said = []
    for days in REMINDER_DAYS:
        day = starts.date() - dt.timedelta(days=days)
        stage.clock.set(dt.datetime.combine(day, dt.time(9, 1), tzinfo=ZoneInfo(ZONE)))
        new = stage.beat()
        kinds = _kinds(stage, play, new)
        expect(kinds == {"reminder": 4}, f"{days} days before came {dict(kinds)}, not 4 reminders")
        for who in COUNSEL:
            expect(len(addressed(new, who)) == 2, f"{who.name} got {len(addressed(new, who))}")
        again = stage.beat()
        expect(not again, f"{len(again)} more came at the next beat")
        said.append(day.isoformat())
    return f"4 each on {', '.join(said)}; none a second time"


def move(stage: RehearsalEnvironment, play: RehearsalScript) -> str:
    """Move the hearing to one new slot: the same event, raised by one."""
    given = {
        "starts_at": play.moved_to.isoformat(),
        "courtroom": ROOMS[0][0],
        "reason": "Rehearsal of a move",
    }
    status, said = stage.api("POST", f"/hearings/{play.hearing_id}/move", given)
    expect(status == 200, f"POST …/move answered {status}: {said}")
    _told(stage, play, "moved")
    uid = _calendars(play.told, "REQUEST", 2, play.moved_to)
    expect(uid == play.uid, f"the UID changed from {play.uid} to {uid}")
    return f"METHOD:REQUEST SEQUENCE:2 with the same UID, {said['starts_at']}"


def cancel(stage: RehearsalEnvironment, play: RehearsalScript) -> str:
    """Cancel the hearing: the event is taken out of both sides' calendars."""
    given = {"reason": "Rehearsal of a cancellation"}
    status, said = stage.api("POST", f"/hearings/{play.hearing_id}/cancel", given)
    expect(status == 200, f"POST …/cancel answered {status}: {said}")
    _told(stage, play, "cancelled")
    uid = _calendars(play.told, "CANCEL", 3, play.moved_to)
    expect(uid == play.uid, f"the UID changed from {play.uid} to {uid}")
    states = {str(_event(each)["STATUS"]) for each in _calendars_in(play.told)}
    expect(states == {"CANCELLED"}, f"the event's status is {states}")
    return "METHOD:CANCEL SEQUENCE:3 STATUS:CANCELLED with the same UID"


def _told(stage: RehearsalEnvironment, play: RehearsalScript, kind: str) -> None:
    play.told = stage.beat()
    for who in COUNSEL:
        _told_by_both(stage, play, who, kind)


def whole_record(stage: RehearsalEnvironment, play: RehearsalScript) -> str:
    """Check every line's hash from the first to the head, and that each message has its lines."""
    found = []
    with stage.app.app_context(), transaction() as session:
        found = [ledger.verify(session, case_id) for case_id in play.case_ids]
    for finding in found:
        expect(finding.whole, f"case {finding.case_id}, line {finding.bad_seq}: {finding.why}")
    lines = sum(finding.lines for finding in found)
    expect(lines == stage.record_lines(), f"{lines} of {stage.record_lines()} lines are chained")
    _, said = stage.api("GET", f"/cases/{play.case_ids[0]}/contacts")
    known = {attempt["attempt"] for attempt in said["attempts"]}
    missing = [m.reference for m in stage.arrived() if m.reference not in known]
    expect(not missing, f"not in the record: {', '.join(missing)}")
    return f"{lines} lines, every hash fits; every message that arrived is in it"


def nothing_twice(stage: RehearsalEnvironment, _play: RehearsalScript) -> str:
    """Look through all that arrived for a message that came twice."""
    arrived = stage.arrived()
    for what, seen in (
        ("reference", Counter(m.reference for m in arrived)),
        ("notice", Counter(m.reference.partition(".")[0] for m in arrived)),
        ("words", Counter((n, m.channel, m.to, m.text) for n, m in stage.by_beat())),
    ):
        twice = [each for each, count in seen.items() if count > 1]
        expect(not twice, f"came twice with the same {what}: {twice[:3]}")
    return f"{len(arrived)} messages of as many notices"
