"""Steps: confirmations, invites, receipts, reminders, a move, a cancellation, the record."""

import datetime as dt
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from app.carriers.standin import ReceivedMessage
from app.core.channels import Channel
from app.core.db import transaction
from app.core.errors import N_, Message
from app.record import ledger
from app.rehearsal.environment import PATIENCE, RehearsalEnvironment
from app.rehearsal.report import ANSWERED, NotObserved, expect
from app.rehearsal.script import COUNSEL, ROOMS, ZONE, RehearsalCounsel, RehearsalScript
from app.rehearsal.steps_ask import addressed

REMINDER_DAYS = (7, 3, 1)
NO_RECEIPTS = N_("%(carrier)s sends no receipts")
UID_CHANGED = N_("the UID changed from %(old)s to %(new)s")


def confirmations(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Check that each side got a confirmation of its answer; the invites come in the same turn."""
    script.arrived = env.beat()
    for who in COUNSEL:
        kinds = kinds_of(env, script, addressed(script.arrived, who))
        words = N_("%(name)s got %(count)s confirmations")
        expect(kinds["answered"] == 1, words, name=who.name, count=kinds["answered"])
    return Message(N_("each side got one confirmation of its answer"))


def invites(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Check that each side got a calendar invite by mail, and a text."""
    for who in COUNSEL:
        _check_both_channels(env, script, who, "fixed")
    script.uid = calendars(script.arrived, "REQUEST", 1, starts_at(script))
    words = N_("%(calendar)s to both sides, UID %(uid)s; text messages to both")
    return Message(words, calendar="METHOD:REQUEST SEQUENCE:1", uid=script.uid)


def _check_both_channels(
    env: RehearsalEnvironment, script: RehearsalScript, who: RehearsalCounsel, kind: str
) -> None:
    count = kinds_of(env, script, addressed(script.arrived, who))[kind]
    words = N_("%(name)s was notified %(count)s times, not once on each of 2 channels")
    expect(count == 2, words, name=who.name, count=count)


def starts_at(script: RehearsalScript) -> dt.datetime:
    """Return the hearing's start."""
    return dt.datetime.fromisoformat(script.hearing["starts_at"])


def kinds_of(
    env: RehearsalEnvironment, script: RehearsalScript, messages: list[ReceivedMessage]
) -> Counter[str]:
    """Count messages by the kind that the record gives their references."""
    attempts = env.attempts(f"/cases/{script.case_ids[0]}")
    kinds = {attempt["attempt"]: attempt["kind"] for attempt in attempts}
    return Counter(kinds.get(message.reference, "unrecorded") for message in messages)


def calendars(messages: list[ReceivedMessage], method: str, sequence: int, at: dt.datetime) -> str:
    """Check that each side's mail carries one such calendar; return the UID that they share."""
    uids = set()
    for who in COUNSEL:
        calendars = _calendars_in(addressed(messages, who))
        words = N_("%(name)s got %(count)s calendars, not 1")
        expect(len(calendars) == 1, words, name=who.name, count=len(calendars))
        event = _event(calendars[0])
        seen = (str(calendars[0]["METHOD"]), int(event["SEQUENCE"]), event["DTSTART"].dt)
        words = N_("the calendar of %(name)s contains %(values)s")
        expect(seen == (method, sequence, at), words, name=who.name, values=str(seen))
        words = N_("%(name)s is not the attendee of the calendar")
        expect(who.email in str(event["ATTENDEE"]), words, name=who.name)
        uids.add(str(event["UID"]))
    expect(
        len(uids) == 1, N_("the sides' calendars have different UIDs: %(uids)s"), uids=sorted(uids)
    )
    return uids.pop()


def _calendars_in(messages: list[ReceivedMessage]) -> list[Any]:
    return [Calendar.from_ical(each.calendar) for each in messages if each.calendar is not None]


def _event(calendar: Calendar) -> Any:
    events = calendar.walk("VEVENT")
    if len(events) != 1:
        raise NotObserved(N_("a calendar has %(count)s events, not 1"), count=len(events))
    return events[0]


def feed(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Subscribe to the assistant's calendar; the second request answers 304."""
    status, answer = env.api("POST", "/feeds", {"scope": "me"})
    expect(status == 201, ANSWERED, request="POST /feeds", status=status, answer=str(answer))
    script.feed = answer["url"]
    first = env.http.get(script.feed, timeout=PATIENCE)
    expect(
        first.status_code == 200,
        ANSWERED,
        request="GET /feeds/…",
        status=first.status_code,
        answer=first.text[:200],
    )
    calendar: Any = Calendar.from_ical(first.content)
    starts = [event["DTSTART"].dt for event in calendar.walk("VEVENT")]
    words = N_("the feed does not contain the hearing, only %(starts)s")
    expect(starts_at(script) in starts, words, starts=[str(each) for each in starts])
    tag = first.headers.get("ETag", "")
    second = env.http.get(script.feed, headers={"If-None-Match": tag}, timeout=PATIENCE)
    words = N_("the second request with the ETag was answered with %(status)s")
    expect(second.status_code == 304, words, status=second.status_code)
    words = N_("200 with the hearing among %(count)s events; 304 the second time")
    return Message(words, count=len(starts))


def receipts(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Report the texts as delivered, twice; the record has it once."""
    texts = [message for message in script.arrived if message.channel == Channel.SMS]
    for text in texts:
        for _ in range(2):
            status = env.standins[Channel.SMS].confirm(text.reference)
            if status is None:
                return Message(NO_RECEIPTS, carrier=Message(env.labels[Channel.SMS]))
            words = N_("a genuine receipt was answered with %(status)s")
            expect(200 <= status < 300, words, status=status)
    delivered = Counter(
        attempt["attempt"]
        for attempt in env.attempts(f"/hearings/{script.hearing_id}")
        for line in attempt["lines"]
        if line["what"] == "delivered"
    )
    expect(
        delivered == Counter(text.reference for text in texts),
        N_("the record contains these deliveries: %(deliveries)s"),
        deliveries=str(dict(delivered)),
    )
    words = N_("%(count)s text messages delivered; of two receipts for each the record has one")
    return Message(words, count=len(texts))


def forged_receipt(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Post receipts that the carrier did not make."""
    text = next(message for message in script.arrived if message.channel == Channel.SMS)
    lines = env.record_lines()
    statuses = env.standins[Channel.SMS].forge(text.reference)
    if not statuses:
        return Message(NO_RECEIPTS, carrier=Message(env.labels[Channel.SMS]))
    refused = all(status in (401, 403) for status in statuses)
    words = N_("it was answered with %(statuses)s, not 403")
    expect(refused, words, statuses=[str(status) for status in statuses])
    expect(env.record_lines() == lines, N_("it left a line in the record"))
    return Message(N_("refused with a wrong signature and without one; no line in the record"))


def reminders(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Advance the clock: a reminder to each side on each channel, 7, 3 and 1 days before."""
    starts = starts_at(script).astimezone(ZoneInfo(ZONE))
    dates = []
    for days in REMINDER_DAYS:
        day = starts.date() - dt.timedelta(days=days)
        env.clock.set(dt.datetime.combine(day, dt.time(9, 1), tzinfo=ZoneInfo(ZONE)))
        new = env.beat()
        kinds = kinds_of(env, script, new)
        words = N_("%(days)s days before, %(messages)s were sent, not 4 reminders")
        expect(kinds == {"reminder": 4}, words, days=days, messages=str(dict(kinds)))
        for who in COUNSEL:
            count = len(addressed(new, who))
            expect(count == 2, N_("%(name)s got %(count)s reminders"), name=who.name, count=count)
        again = env.beat()
        expect(not again, N_("%(count)s more were sent at the next beat"), count=len(again))
        dates.append(day.isoformat())
    return Message(N_("4 each on %(days)s; none a second time"), days=dates)


def move(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Move the hearing to one new slot: the same event, the next SEQUENCE."""
    body = {
        "starts_at": script.moved_to.isoformat(),
        "courtroom": ROOMS[0][0],
        "reason": "Rehearsal of a move",
    }
    status, answer = env.api("POST", f"/hearings/{script.hearing_id}/move", body)
    expect(status == 200, ANSWERED, request="POST …/move", status=status, answer=str(answer))
    _check_news(env, script, "moved")
    sequence = script.hearing["revision"] + 1
    uid = calendars(script.arrived, "REQUEST", sequence, script.moved_to)
    expect(uid == script.uid, UID_CHANGED, old=script.uid, new=uid)
    script.hearing = answer
    words = N_("%(calendar)s with the same UID, %(time)s")
    calendar = f"METHOD:REQUEST SEQUENCE:{sequence}"
    return Message(words, calendar=calendar, time=answer["starts_at"])


def cancel(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Cancel the hearing: both sides get METHOD:CANCEL."""
    body = {"reason": "Rehearsal of a cancellation"}
    status, answer = env.api("POST", f"/hearings/{script.hearing_id}/cancel", body)
    expect(status == 200, ANSWERED, request="POST …/cancel", status=status, answer=str(answer))
    _check_news(env, script, "cancelled")
    sequence = script.hearing["revision"] + 1
    uid = calendars(script.arrived, "CANCEL", sequence, script.moved_to)
    expect(uid == script.uid, UID_CHANGED, old=script.uid, new=uid)
    states = {str(_event(each)["STATUS"]) for each in _calendars_in(script.arrived)}
    words = N_("the status of the event is %(states)s")
    expect(states == {"CANCELLED"}, words, states=sorted(states))
    calendar = f"METHOD:CANCEL SEQUENCE:{sequence} STATUS:CANCELLED"
    return Message(N_("%(calendar)s with the same UID"), calendar=calendar)


def _check_news(env: RehearsalEnvironment, script: RehearsalScript, kind: str) -> None:
    script.arrived = env.beat()
    for who in COUNSEL:
        _check_both_channels(env, script, who, kind)


def whole_record(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Verify the hash chains, and that each message has its entries."""
    findings = []
    with env.app.app_context(), transaction() as session:
        findings = [ledger.verify(session, case_id) for case_id in script.case_ids]
    for finding in findings:
        words = N_("case %(case)s, line %(seq)s: %(error)s")
        facts = {"case": finding.case_id, "seq": finding.bad_seq, "error": finding.why}
        expect(finding.intact, words, **facts)
    lines, total = sum(finding.entries for finding in findings), env.record_lines()
    words = N_("%(count)s of %(total)s lines are chained")
    expect(lines == total, words, count=lines, total=total)
    known = {each["attempt"] for each in env.attempts(f"/cases/{script.case_ids[0]}")}
    missing = [m.reference for m in env.arrived() if m.reference not in known]
    expect(not missing, N_("not in the record: %(messages)s"), messages=missing)
    words = N_("%(count)s lines, all hashes are correct; it contains every message that arrived")
    return Message(words, count=lines)


def nothing_twice(env: RehearsalEnvironment, _script: RehearsalScript) -> Message:
    """Check that no message arrived twice."""
    arrived = env.arrived()
    for words, seen in (
        (N_("sent twice with the same reference: %(messages)s"), _references(arrived)),
        (N_("sent twice for the same notice: %(messages)s"), _notices(arrived)),
        (
            N_("sent twice with the same text: %(messages)s"),
            Counter(str((n, m.channel, m.to, m.text)) for n, m in env.by_beat()),
        ),
    ):
        twice = [each for each, count in seen.items() if count > 1]
        expect(not twice, words, messages=twice[:3])
    return Message(N_("%(count)s messages for as many notices"), count=len(arrived))


def _references(messages: list[ReceivedMessage]) -> Counter[str]:
    return Counter(message.reference for message in messages)


def _notices(messages: list[ReceivedMessage]) -> Counter[str]:
    return Counter(message.reference.partition(".")[0] for message in messages)
