"""Pure: what must hold between the queue, the record, and what the carriers really had."""

from collections import Counter
from collections.abc import Iterator

from app.record.rules import Event, NoticeState, after
from tests.soak.facts import Facts, Row
from tests.soak.fates import DOUBTFUL, Fate, end

DENYING = {"refused", "failed"}


def received_twice(facts: Facts) -> Iterator[str]:
    """No attempt is given to a carrier twice."""
    for reference, count in Counter(each.reference for each in facts.asked).items():
        if count > 1:
            yield f"attempt {reference} was given to its carrier {count} times"


def received_without_a_line(facts: Facts) -> Iterator[str]:
    """Whatever reached a carrier was begun on the record, for the address that the carrier saw."""
    begun = {line["attempt"] for line in facts.lines if line["what"] == "started"}
    addresses = {notice["id"]: notice["address"] for notice in facts.notices}
    for each in facts.asked:
        if each.reference not in begun:
            yield f"the {each.channel} carrier had {each.reference}, and no line says so"
        elif addresses.get(_notice_of(each.reference)) != each.to:
            yield f"{each.reference} went to {each.to}, which is not its address"


def said_otherwise(facts: Facts) -> Iterator[str]:
    """What the record says of an attempt is what its carrier did with it.

    "Accepted" only where the carrier took it; "refused" or "failed" only where it did not, or lied,
    or not yet: a worker that is frozen in the middle of a call makes it when it wakes, after another
    was told that there is nothing. Then what it heard stands behind. "Unknown" only where the
    carrier's answer was lost on purpose, or its worker was.
    """
    asked = {each.reference: each for each in facts.asked}
    for line in facts.lines:
        if line["notice_id"] is None or line["direction"] != "out":
            continue
        had = asked.get(line["attempt"])
        name = f"{line['attempt']} ({had.fate if had else 'never asked'})"
        if line["what"] == "accepted" and not (had and had.taken):
            yield f"{name} is accepted on the record, and its carrier has nothing"
        lied = had and had.fate == Fate.BROKEN_TAKEN
        if line["what"] in DENYING and had and had.taken and not (lied or _not_yet(facts, line)):
            yield f"{name} is {line['what']} on the record, and its carrier took it"
        if line["what"] == "unknown" and not _excused(facts, line, had and had.fate):
            yield f"{name} is unknown, and nothing was broken: {line['detail']}"


def _not_yet(facts: Facts, line: Row) -> bool:
    """Tell whether a carrier had nothing when another asked it, and a frozen worker woke then."""
    own = [
        each
        for each in facts.lines
        if each["attempt"] == line["attempt"] and each["direction"] == "out"
    ]
    before = [each for each in own if each["seq"] < line["seq"] and each["what"] == "unknown"]
    after_it = [each["what"] for each in own if each["seq"] > line["seq"]]
    silent = before[-1]["detail"].get("worker", "") if before else ""
    frozen = bool(silent) and int(silent.split(":")[1]) in facts.killed
    return frozen and line["detail"].get("status") == "not_found" and "accepted" in after_it


def _excused(facts: Facts, line: Row, fate: str | None) -> bool:
    worker = str(line["detail"].get("worker", ""))  # machine:process:mark
    if worker:
        return int(worker.split(":")[1]) in facts.killed or facts.troubled
    return fate in DOUBTFUL[line["channel"]]


def left_hanging(facts: Facts) -> Iterator[str]:
    """At rest nothing is under way, and each begun attempt came to an end that the record tells."""
    for notice in facts.notices:
        if notice["state"] == "sending":
            yield f"notice {notice['id']} rests in the middle of its sending"
    ended = {
        line["attempt"]
        for line in facts.lines
        if line["what"] in ("accepted", "refused", "failed", "unknown", "delivered", "status")
    }
    for line in facts.lines:
        if line["what"] == "started" and line["attempt"] not in ended:
            yield f"attempt {line['attempt']} was begun, and no line says what became of it"


def state_beside_the_lines(facts: Facts) -> Iterator[str]:
    """A notice's state is the fold of its lines."""
    for notice in facts.notices:
        folded = fold(facts.of(notice))
        if folded != notice["state"]:
            yield f"notice {notice['id']} is {notice['state']}, its lines say {folded}"


def fold(lines: list[Row]) -> NoticeState:
    """Return where a notice's lines leave it: of an older try only good news moves it."""
    state, attempt = NoticeState.QUEUED, ""
    for line in lines[1:]:
        what = Event(line["what"])
        if what is Event.STARTED:
            attempt = line["attempt"]
        stale = line["direction"] == "in" and line["attempt"] != attempt
        if what is Event.DELIVERED or not stale:
            state = after(state, what)
    return state


def sent_and_never_received(facts: Facts) -> Iterator[str]:
    """What counts as sent was taken by a carrier, and what as delivered, the carrier said so."""
    for notice in facts.notices:
        had = [each for each in facts.asked if _notice_of(each.reference) == notice["id"]]
        taken = [each for each in had if each.taken]
        if notice["state"] in ("sent", "delivered") and not taken:
            yield f"notice {notice['id']} is {notice['state']}, and no carrier took it"
        delivered = any(end(facts.seed, each.reference)[0] == "delivered" for each in taken)
        if notice["state"] == "delivered" and not delivered:
            yield f"notice {notice['id']} is delivered, and its carrier never said so"
        if notice["channel"] == "sms" and notice["state"] == "sent" and notice["carrier_id"]:
            yield f"notice {notice['id']} rests as sent: nobody asked what became of it"


def sent_twice(facts: Facts) -> Iterator[str]:
    """Nothing follows an attempt that a carrier took, unless that carrier denied or failed it."""
    asked = {each.reference: each for each in facts.asked}
    for notice in facts.notices:
        for tried in range(1, notice["tries"]):
            had = asked.get(f"n{notice['id']}.{tried}")
            failed = end(facts.seed, had.reference)[0] != "delivered" if had else False
            if had and had.taken and had.fate != Fate.BROKEN_TAKEN and not failed:
                yield f"{had.reference} arrived ({had.fate}), and it was sent again"


def _notice_of(reference: str) -> int:
    return int(reference[1:].partition(".")[0])


def lost_in_silence(facts: Facts) -> Iterator[str]:
    """Whoever is to know a date, or that there is none any more, has a notice that says so."""
    for hearing in facts.hearings:
        kinds = {"fixed": ("fixed", "moved"), "cancelled": ("cancelled", "withdrawn")}
        wanted = kinds.get(hearing["state"], ())
        stamp = f"{hearing['id']}.{hearing['revision']}"
        told = {
            notice["counsel_id"]
            for notice in facts.notices
            if notice["kind"] in wanted
            and notice["key"].split("/")[1] == stamp
            and notice["state"] != "withdrawn"
        }
        if wanted and (silent := facts.acting[hearing["case_id"]] - told):
            yield f"hearing {stamp} is {hearing['state']}, and counsel {silent} are not told"


def untrue_in_the_queue(facts: Facts) -> Iterator[str]:
    """Reminders wait only for a date that holds, in its present revision; keys are unique."""
    hearings = {f"hearing/{each['id']}": each for each in facts.hearings}
    for key, count in Counter(notice["key"] for notice in facts.notices).items():
        if count > 1:
            yield f"{key} is in the queue {count} times"
    for notice in facts.notices:
        hearing = hearings.get(notice["about"])
        if notice["state"] != "queued" or notice["kind"] != "reminder" or not hearing:
            continue
        stamp = f"{hearing['id']}.{hearing['revision']}"
        if not hearing["starts_at"] or hearing["state"] == "cancelled":
            yield f"{notice['key']} waits, and the hearing is {hearing['state']}"
        elif notice["key"].split("/")[1] != stamp:
            yield f"{notice['key']} waits, and the hearing is at {stamp}"


def receipts_without_a_notice(facts: Facts) -> Iterator[str]:
    """Each receipt is of a text that the carrier took, and stands with its notice."""
    sids = {each.sid for each in facts.asked if each.taken and each.sid}
    for receipt in facts.receipts:
        if receipt["carrier_id"] not in sids:
            yield f"receipt {receipt['id']} is of a text that nobody sent"
        elif receipt["notice_id"] is None:
            yield f"receipt {receipt['id']} belongs to no notice"


CHECKS = [
    received_twice,
    received_without_a_line,
    said_otherwise,
    left_hanging,
    state_beside_the_lines,
    sent_and_never_received,
    sent_twice,
    lost_in_silence,
    untrue_in_the_queue,
    receipts_without_a_notice,
]
