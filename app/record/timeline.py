"""Pure: timeline of the court's contacts with the sides, and how their treatment differs."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

WIDTH, LANE, TOP, LEFT, RIGHT = 760, 76, 8, 120, 12
STEP = 22  # points between two distinguishable marks
TICKS = 4
LISTED = 50  # contacts in the table beside the drawing
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
    contacts: Sequence[Contact] = field(default_factory=tuple)

    @property
    def newest(self) -> Sequence[Contact]:
        """The contacts that the table beside the drawing lists."""
        return self.contacts[-LISTED:]

    @property
    def named_lines(self) -> set[int]:
        """The numbers of the entries whose people are named: of the table, and of each mark."""
        marks = (mark for lane in self.lanes for mark in lane.marks)
        return {each.line for each in self.newest} | {mark.first.line for mark in marks}


def draw(contacts: Sequence[Contact], sides: Sequence[str]) -> Timeline:
    """Lay out contacts, with one lane for each of ``sides`` and for any other side in them.

    Marks of one lane, direction and channel that would overlap become one with their number, so
    that ten thousand contacts are a picture of some hundred marks.
    """
    rows = [*sides, *sorted({contact.side for contact in contacts} - set(sides))]
    height = TOP + LANE * len(rows) + 26
    if not contacts:
        lanes = [Lane(side, _y(n), ()) for n, side in enumerate(rows)]
        return Timeline(lanes, (), height=height)
    begin = min(contact.at for contact in contacts)
    span = max((max(contact.at for contact in contacts) - begin).total_seconds(), 60.0)
    room = WIDTH - LEFT - RIGHT - STEP

    def place(contact: Contact) -> float:
        return LEFT + STEP / 2 + (contact.at - begin).total_seconds() / span * room

    lanes = [
        Lane(side, _y(n), _marks([t for t in contacts if t.side == side], _y(n), place))
        for n, side in enumerate(rows)
    ]
    ticks = [
        (
            LEFT + STEP / 2 + room * n / (TICKS - 1),
            begin + dt.timedelta(seconds=span * n / (TICKS - 1)),
        )
        for n in range(TICKS)
    ]
    return Timeline(lanes, ticks, height=height, contacts=tuple(contacts))


def _y(row: int) -> float:
    return TOP + LANE * row + LANE / 2


def _marks(
    contacts: Sequence[Contact], y: float, place: Callable[[Contact], float]
) -> list[TimelineMark]:
    gathered: dict[tuple[Touchpoint, str, int], list[Contact]] = {}
    for contact in sorted(contacts, key=lambda each: each.at):
        cell = int((place(contact) - LEFT) // STEP)
        gathered.setdefault((contact.did, contact.channel, cell), []).append(contact)
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
    contacts: Sequence[Contact], sides: Sequence[str], personal: Collection[str] = ()
) -> list[Difference]:
    """Return how the court's contacts with the sides differ in number, channel and time.

    Compares contacts to the sides, not from them. Of each kind the first contact with each side is
    compared; up to a minute apart counts as the same time. ``personal`` are kinds of messages that
    follow one person's own act (the confirmation of an answer, a nudge): they count for number and
    channel only, for no other side could have been sent them too.
    """
    if len(sides) < 2:
        return []
    to_sides = [each for each in contacts if each.did is Touchpoint.TO and each.side in sides]
    numbers = Counter(each.side for each in to_sides)
    result = []
    if len({numbers[side] for side in sides}) > 1:
        result.append(Difference("number", {side: numbers[side] for side in sides}))
    channels = {
        side: tuple(sorted({each.channel for each in to_sides if each.side == side}))
        for side in sides
    }
    if len(set(channels.values())) > 1:
        result.append(Difference("channel", channels))
    left_out = {*personal, "", "by_hand", "handed_on", "visit"}
    kinds = dict.fromkeys(each.kind for each in to_sides if each.kind not in left_out)
    return result + [each for kind in kinds for each in _in_time(kind, to_sides, sides)]


def _in_time(kind: str, contacts: Sequence[Contact], sides: Sequence[str]) -> list[Difference]:
    """Return the difference between the sides' first contacts of a kind; none if within SOON."""
    of_kind = [each for each in contacts if each.kind == kind]
    first = {
        side: min((each.at for each in of_kind if each.side == side), default=None)
        for side in sides
    }
    known = [at for at in first.values() if at is not None]
    if len(known) < len(sides):
        return [Difference("never", first, kind)]
    gap = max(known) - min(known)
    return [Difference("time", first, kind, gap)] if gap > SOON else []
