"""Pure: a seed becomes rounds of acts and troubles, the same each time."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

CASES, COUNSEL, ROOMS = 5, 2, 2
# When slots may be: few times, so that hearings get into each other's way.
DAYS, TIMES = (14, 15), ("09:00", "09:30", "10:30", "14:00")
ACTS = {
    "propose": 6,
    "answer": 6,
    "answer_all": 5,
    "text": 2,
    "fix": 2,
    "move": 2,
    "move_asking": 1,
    "cancel": 2,
    "look": 2,
}
TROUBLES = {
    "none": 2,
    "kill_worker": 5,
    "kill_pages": 2,
    "kill_page": 2,
    "stop_worker": 1,
    "hurry": 2,
}
# Takes longer than a lease, so only where there is time.
OF_LONG_RUNS = {"freeze_worker": 1}
OF_DATABASE = {
    "sqlite": {"lock": 3},
    "postgresql": {"cut": 3},
    "postgresql to restart": {"cut": 3, "restart": 2},
}


@dataclass(frozen=True)
class Slot:
    """A time that may be proposed: days from the first day, a time of the wall's clock, a room."""

    day: int
    at: str
    room: int


@dataclass(frozen=True)
class Act:
    """What a person does. ``number`` names it; ``of`` is the act that proposed the hearing."""

    number: int
    what: str
    of: int = 0
    case: int = 0
    who: int = 0
    slots: tuple[Slot, ...] = ()
    minutes: int = 60
    auto: bool = True
    twice: bool = False  # pressed twice, or the answer was lost and it is said again
    says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trouble:
    """What goes wrong, once the carriers were asked ``after`` more times, and to which process."""

    what: str
    which: int = 0
    after: int = 0


@dataclass(frozen=True)
class Round:
    """Acts that are done at once, and what goes wrong meanwhile."""

    acts: tuple[Act, ...]
    trouble: Trouble


@dataclass(frozen=True)
class Plan:
    """All that is decided of one run."""

    seed: int
    workers: int
    rounds: tuple[Round, ...]


def plan(
    seed: int, rounds: int, database: str, workers: Sequence[int], *, long: bool = False
) -> Plan:
    """Return what a seed decides; ``workers`` are the numbers of workers to choose from."""
    chance = random.Random(f"plan {seed}")
    troubles = {**TROUBLES, **OF_DATABASE[database], **(OF_LONG_RUNS if long else {})}
    crew = chance.choice(list(workers))
    proposed: list[int] = []
    made, number = [], 0
    for n in range(rounds):
        acts = []
        for _ in range(chance.randint(2, 5)):
            number += 1
            acts.append(_act(chance, number, proposed, n == 0))
        proposed += [act.number for act in acts if act.what == "propose"]
        trouble = Trouble(_pick(chance, troubles), chance.randrange(64), chance.randrange(6))
        made.append(Round(tuple(acts), trouble))
    return Plan(seed, crew, tuple(made))


def _act(chance: random.Random, number: int, proposed: list[int], first: bool) -> Act:
    what = "propose" if first or not proposed else _pick(chance, ACTS)
    return Act(
        number=number,
        what=what,
        of=chance.choice(proposed[-6:]) if proposed else 0,
        case=chance.randrange(CASES),
        who=chance.randrange(COUNSEL),
        slots=_slots(chance, 1 if what == "move" else chance.randint(1, 3)),
        minutes=chance.choice((30, 60, 90)),
        auto=chance.random() < 0.75,
        twice=chance.random() < 0.3,
        says=tuple(chance.choices(("yes", "if_needed", "no"), (6, 2, 2), k=3)),
    )


def _slots(chance: random.Random, count: int) -> tuple[Slot, ...]:
    grid = [Slot(day, at, room) for day in DAYS for at in TIMES for room in range(ROOMS)]
    return tuple(chance.sample(grid, count))


def _pick(chance: random.Random, weights: dict[str, int]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]
