"""Pure: what must hold of hearings, of their time, of the record and of what people were told.

Each check yields sentences about what is wrong; where all is well it yields nothing.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise

from app.hearings.rules import resource
from tests.soak import checks_sent
from tests.soak.facts import Facts, Row

ALLOWED = {200, 201, 204, 303, 304, 404, 409, 410, 422}
MINUTE = dt.timedelta(minutes=1)
Taken = dict[tuple[int, bool], set[dt.datetime]]  # by resource, firm or held: minutes


def overlapping(facts: Facts) -> Iterator[str]:
    """Nobody and no room is taken twice at one time."""
    by_resource = defaultdict(list)
    for row in facts.bookings:
        by_resource[row["resource"]].append(row)
    for number, rows in by_resource.items():
        rows.sort(key=lambda row: row["starts_at"])
        for a, b in pairwise(rows):
            if b["starts_at"] < a["ends_at"]:
                yield f"bookings {a['id']} and {b['id']} of resource {number} overlap"


def bookings_beside_the_state(facts: Facts) -> Iterator[str]:
    """A hearing takes its date firmly, the slots of its open round as holds, and nothing else."""
    for hearing in facts.hearings:
        had: Taken = defaultdict(set)
        for row in facts.bookings:
            if row["hearing_id"] == hearing["id"]:
                had[row["resource"], row["firm"]] |= _minutes(row)
        if had != _due(facts, hearing):
            yield f"hearing {hearing['id']} ({hearing['state']}) holds other time than it should"


def _due(facts: Facts, hearing: Row) -> Taken:
    people = [resource("judge", hearing["judge_id"])]
    people += [resource("counsel", each) for each in facts.acting[hearing["case_id"]]]
    due: Taken = defaultdict(set)
    if hearing["starts_at"] and hearing["state"] != "cancelled":
        for each in [*people, resource("courtroom", hearing["courtroom_id"])]:
            due[each, True] = _minutes(hearing)
    last = facts.last_round(hearing)
    for slot in facts.slots:
        if last and last["state"] == "open" and slot["proposal_id"] == last["id"]:
            for each in [*people, resource("courtroom", slot["courtroom_id"])]:
                if held := _minutes(slot) - due.get((each, True), set()):
                    due[each, False] |= held
    return due


def _minutes(row: Row) -> set[dt.datetime]:
    count = (row["ends_at"] - row["starts_at"]) // MINUTE
    return {row["starts_at"] + n * MINUTE for n in range(count)}


def in_two_states(facts: Facts) -> Iterator[str]:
    """State, date and rounds of a hearing say one thing; only the newest round may be open."""
    for hearing in facts.hearings:
        name, last = f"hearing {hearing['id']}", facts.last_round(hearing)
        rounds = [each for each in facts.proposals if each["hearing_id"] == hearing["id"]]
        is_open = last is not None and last["state"] == "open"
        if any(each["state"] == "open" for each in rounds if each is not last):
            yield f"{name} has an open round that is not its newest"
        if (hearing["state"] == "proposed") != is_open:
            yield f"{name} is {hearing['state']}, its newest round {last and last['state']}"
        if hearing["state"] == "fixed" and not hearing["starts_at"]:
            yield f"{name} is fixed and has no date"
        if hearing["state"] == "lapsed" and hearing["starts_at"]:
            yield f"{name} is lapsed and has a date"
        if hearing["planned_revision"] != hearing["revision"]:
            yield f"{name} rests at revision {hearing['revision']} without its reminders"


def answers_to_nothing(facts: Facts) -> Iterator[str]:
    """An answer is to each slot of its own round, once, and one of its seat's lines says so."""
    round_of = {slot["id"]: slot["proposal_id"] for slot in facts.slots}
    slots_of = Counter(round_of.values())
    said = Counter(line["attempt"] for line in facts.lines if line["what"] == "answered")
    for seat in facts.invitations:
        words = [each for each in facts.answers if each["invitation_id"] == seat["id"]]
        if any(round_of[each["slot_id"]] != seat["proposal_id"] for each in words):
            yield f"seat {seat['id']} has an answer to a slot of another round"
        if len(words) not in (0, slots_of[seat["proposal_id"]]):
            yield f"seat {seat['id']} has half an answer"
        if bool(words) != bool(seat["answered_at"]) or bool(words) != bool(said[f"i{seat['id']}"]):
            yield f"seat {seat['id']}: its answer, its time and its lines do not agree"


def out_of_order(facts: Facts) -> Iterator[str]:
    """The numbers of a case's lines have no gap, and their times rise with them."""
    by_case = defaultdict(list)
    for line in facts.lines:
        by_case[line["case_id"]].append(line)
    for case, lines in by_case.items():
        if [line["seq"] for line in lines] != list(range(1, len(lines) + 1)):
            yield f"case {case}: the lines are not numbered one by one"
        for a, b in pairwise(lines):
            if b["at"] < a["at"]:
                yield f"case {case}: line {b['seq']} is older than the one before it"


def unverified(facts: Facts) -> Iterator[str]:
    """`tingqi record verify` finds every chain whole."""
    status, said = facts.verified
    if status != 0:
        yield f"tingqi record verify ended with {status}: {said}"


def promises_broken(facts: Facts) -> Iterator[str]:
    """What people were told holds: once made it is there, once; revisions rise; cancelled stays."""
    client_log, there = facts.client_log, {hearing["id"]: hearing for hearing in facts.hearings}
    made = Counter(client_log.proposed.values())
    for hearing, count in made.items():
        if hearing not in there or count > 1:
            yield f"hearing {hearing} was promised {count} times, and is there {hearing in there}"
    if len(extra := there.keys() - made.keys()) > len(client_log.given_up):
        yield f"hearings {sorted(extra)} were made, and nobody was told"
    for hearing in client_log.cancelled:
        if (state := there.get(hearing, {}).get("state")) != "cancelled":
            yield f"hearing {hearing} was cancelled, and is {state}"
    for hearing, before, after in client_log.revisions:
        if not before <= after <= there.get(hearing, {"revision": 0})["revision"]:
            yield f"hearing {hearing}: revision {before}, then {after}, then less"


def answered_badly(facts: Facts) -> Iterator[str]:
    """Every answer was one of the allowed ones, a refusal in words, a pause with its length."""
    for response in facts.client_log.answers:
        forged = response.what.endswith("forged")
        fine = response.status in ALLOWED and not forged
        fine = fine or (response.status == 503 and response.retry_after.isdigit())
        if not (fine or (forged and response.status == 403)):
            yield f"{response.what} was answered {response.status} {response.about}"
        elif response.status >= 400 and not response.in_words:
            yield f"{response.what} was refused ({response.status}) without words"


def complained(facts: Facts) -> Iterator[str]:
    """No process wrote a traceback into its log."""
    for name, said in facts.logs.items():
        if "Traceback" in said:
            yield f"{name}: {said[said.index('Traceback') :][:3000]}"


CHECKS: list[Callable[[Facts], Iterator[str]]] = [
    overlapping,
    bookings_beside_the_state,
    in_two_states,
    answers_to_nothing,
    out_of_order,
    unverified,
    promises_broken,
    answered_badly,
    complained,
    *checks_sent.CHECKS,
]


def wrong(facts: Facts) -> list[str]:
    """Return all that is wrong, each sentence with the name of its check."""
    return [f"{check.__name__}: {said}" for check in CHECKS for said in check(facts)]
