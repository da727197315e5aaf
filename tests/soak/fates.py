"""Pure: what a seed lets happen to each message at its carrier, and to each receipt after it."""

import random
from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What a carrier does with one message."""

    WELL = "well"
    SLOW = "slow"  # answered late, so that answers come in another order
    REFUSED = "refused"  # not now: 451, or 429
    NEVER = "never"  # never: 554, or 400
    BROKEN = "broken"  # 451, or 503, and it has nothing
    BROKEN_TAKEN = "broken_taken"  # the same words, but it took the message
    LOST = "lost"  # it hangs up without a word, and has nothing
    LOST_TAKEN = "lost_taken"  # it took the message, and its answer was lost
    STALLED = "stalled"  # it took the message, and is silent for longer than anybody waits


WEIGHTS = {
    Fate.WELL: 60,
    Fate.SLOW: 8,
    Fate.REFUSED: 6,
    Fate.NEVER: 3,
    Fate.BROKEN: 4,
    Fate.BROKEN_TAKEN: 5,
    Fate.LOST: 5,
    Fate.LOST_TAKEN: 7,
    Fate.STALLED: 2,
}
TAKING = {Fate.WELL, Fate.SLOW, Fate.BROKEN_TAKEN, Fate.LOST_TAKEN, Fate.STALLED}
SILENT = {Fate.LOST, Fate.LOST_TAKEN, Fate.STALLED}
# After which of them nobody can know: a 5xx of Twilio's may hide a message, a 451 of SMTP denies it.
DOUBTFUL = {"email": SILENT, "sms": SILENT | {Fate.BROKEN, Fate.BROKEN_TAKEN}}
ENDS = {("delivered", ""): 12, ("undelivered", "30003"): 2, ("undelivered", "30005"): 1}


@dataclass(frozen=True)
class Receipt:
    """One callback: its status and code, after how many further messages, and whether it is forged."""

    status: str
    code: str = ""
    lag: int = 0
    forged: bool = False


def fate(seed: int, reference: str, channel: str) -> Fate:
    """Return what becomes of one attempt at its carrier."""
    chance = random.Random(f"fate {seed} {channel} {reference}")
    return chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]


def end(seed: int, reference: str) -> tuple[str, str]:
    """Return the last status and code of a text that was taken."""
    chance = random.Random(f"end {seed} {reference}")
    return chance.choices(list(ENDS), list(ENDS.values()))[0]


def receipts(seed: int, reference: str) -> list[Receipt]:
    """Return the callbacks of a text in the order of their posting: some lost, late, twice, forged."""
    chance = random.Random(f"receipts {seed} {reference}")
    status, code = end(seed, reference)
    callbacks = []
    for receipt in (Receipt("sent"), Receipt(status, code)):
        copies = chance.choices((0, 1, 2), (2, 7, 2))[0]
        callbacks += [
            Receipt(receipt.status, receipt.code, chance.choice((0, 0, 0, 1, 3, 8)))
            for _ in range(copies)
        ]
    if chance.random() < 0.15:
        callbacks.append(Receipt("failed", "30007", chance.randrange(4), forged=True))
    chance.shuffle(callbacks)
    return callbacks
