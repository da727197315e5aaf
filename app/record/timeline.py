"""Pure: timeline of the court's contacts with the sides, and how their treatment differs."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

WIDTH, LANE, TOP, LEFT, RIGHT = 760, 76, 8, 120, 12
STEP = 22  # points between two distinguishable marks
TICKS = 4
SOON = dt.timedelta(minutes=1)  # within which two contacts count as simultaneous


class Touchpoint(StrEnum):
    """Direction of a contact: to a person, from a person, or tried in vain."""

    TO = "to"
    FROM = "from"
    VAIN = "vain"


@dataclass(frozen=True)
class Contact:
    """One contact with a person of a side; ``line`` is the number of its entry."""

    at: dt.datetime
    side: str
    channel: str
    kind: str
    did: Touchpoint
    what: str
    name: str = ""
    line: int = 0


@dataclass(frozen=True)
class TimelineMark:
    """A mark on a lane: one contact, or several that are too close to be distinguished."""

    x: float
    y: float
    channel: str
    did: Touchpoint
    count: int
    first: Contact
    last: Contact


@dataclass(frozen=True)
class Lane:
    """One side's lane: its axis at ``y``, contacts to them above it, from them beneath."""

    side: str
    y: float
    marks: Sequence[TimelineMark]


@dataclass(frozen=True)
class Timeline:
    """Lanes and axis ticks, in points of a drawing of ``width`` by ``height``."""

    lanes: Sequence[Lane]
    ticks: Sequence[tuple[float, dt.datetime]]
    width: int = WIDTH
    left: int = LEFT
    height: int = 0
    touches: Sequence[Contact] = field(default_factory=tuple)


def draw(touches: Sequence[Contact], sides: Sequence[str]) -> Timeline:
    """Lay out contacts, with one lane for each of ``sides`` and for any other side in them.

    Marks of one lane, direction and channel that would overlap become one with their number, so
    that ten thousand contacts are a picture of some hundred marks.
    """
    rows = [*sides, *sorted({touch.side for touch in touches} - set(sides))]
    height = TOP + LANE * len(rows) + 26
    if not touches:
        lanes = [Lane(side, _y(n), ()) for n, side in enumerate(rows)]
        return Timeline(lanes, (), height=height)
    begin = min(touch.at for touch in touches)
    span = max((max(touch.at for touch in touches) - begin).total_seconds(), 60.0)
    room = WIDTH - LEFT - RIGHT - STEP

    def place(touch: Contact) -> float:
        return LEFT + STEP / 2 + (touch.at - begin).total_seconds() / span * room

    lanes = [
        Lane(side, _y(n), _marks([t for t in touches if t.side == side], _y(n), place))
        for n, side in enumerate(rows)
    ]
    ticks = [
        (
            LEFT + STEP / 2 + room * n / (TICKS - 1),
            begin + dt.timedelta(seconds=span * n / (TICKS - 1)),
        )
        for n in range(TICKS)
    ]
    return Timeline(lanes, ticks, height=height, touches=tuple(touches))


def _y(row: int) -> float:
    return TOP + LANE * row + LANE / 2


def _marks(
    touches: Sequence[Contact], y: float, place: Callable[[Contact], float]
) -> list[TimelineMark]:
    gathered: dict[tuple[Touchpoint, str, int], list[Contact]] = {}
    for touch in sorted(touches, key=lambda each: each.at):
        cell = int((place(touch) - LEFT) // STEP)
        gathered.setdefault((touch.did, touch.channel, cell), []).append(touch)
    marks = []
    level: Counter[tuple[bool, int]] = Counter()
    for (did, channel, cell), group in sorted(
        gathered.items(), key=lambda item: (item[0][2], item[1][0].at)
    ):
        below = did is Touchpoint.FROM
        up = level[below, cell]
        level[below, cell] += 1
        offset = 14 + 17 * min(up, 1)
        x = LEFT + cell * STEP + STEP / 2 + (9 * (up - 1) if up > 1 else 0)
        marks.append(
            TimelineMark(
                x,
                y + offset if below else y - offset,
                channel,
                did,
                len(group),
                group[0],
                group[-1],
            )
        )
    return marks


@dataclass(frozen=True)
class Difference:
    """One respect in which the sides were treated differently, with each side's value."""

    what: str  # number, channel, time, never
    each: Mapping[str, object]
    kind: str = ""
    gap: dt.timedelta | None = None


def differences(
    touches: Sequence[Contact], sides: Sequence[str], personal: Collection[str] = ()
) -> list[Difference]:
    """Return how the court's contacts with the sides differ in number, channel and time.

    Compares contacts to the sides, not from them. Of each kind the first contact with each side is
    compared; up to a minute apart counts as the same time. ``personal`` are kinds of messages that
    follow one person's own act (the confirmation of an answer, a nudge): they count for number and
    channel only, for no other side could have been sent them too.
    """
    if len(sides) < 2:
        return []
    told = [touch for touch in touches if touch.did is Touchpoint.TO and touch.side in sides]
    number = Counter(touch.side for touch in told)
    found = []
    if len({number[side] for side in sides}) > 1:
        found.append(Difference("number", {side: number[side] for side in sides}))
    ways = {side: tuple(sorted({t.channel for t in told if t.side == side})) for side in sides}
    if len(set(ways.values())) > 1:
        found.append(Difference("channel", ways))
    return found + [each for kind in _kinds(told, personal) for each in _apart(kind, told, sides)]


def _kinds(told: Sequence[Contact], personal: Collection[str]) -> list[str]:
    left_out = {*personal, "", "by_hand", "visit"}
    return list(dict.fromkeys(touch.kind for touch in told if touch.kind not in left_out))


def _apart(kind: str, told: Sequence[Contact], sides: Sequence[str]) -> list[Difference]:
    first = {
        side: min((t.at for t in told if (t.side, t.kind) == (side, kind)), default=None)
        for side in sides
    }
    known = [at for at in first.values() if at is not None]
    if len(known) < len(sides):
        return [Difference("never", first, kind)]
    gap = max(known) - min(known)
    return [Difference("time", first, kind, gap)] if gap > SOON else []
