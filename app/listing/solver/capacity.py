"""Pure: how much of a stretch of time hearings of given lengths can use at all, whatever the order.

What a search can prove rests on this: three hearings of 70 minutes use 210 of 240, not 240.
"""

from collections.abc import Iterable, Sequence

Span = tuple[int, int]


def most_of(sizes: Iterable[int], room: int) -> int:
    """Return the most that can be used of a stretch, each size once."""
    reachable = 1  # bit n: n minutes can be used exactly
    for size in sizes:
        reachable |= reachable << size
    return (reachable & ((1 << (room + 1)) - 1)).bit_length() - 1


def most_of_any(sizes: Sequence[int], room: int) -> int:
    """Return the most that can be used of a stretch, each size as often as one likes."""
    reachable = [True, *(False for _ in range(room))]
    for used in range(1, room + 1):
        reachable[used] = any(size <= used and reachable[used - size] for size in sizes)
    return max(used for used, can in enumerate(reachable) if can)


def covered(spans: Iterable[Span]) -> list[Span]:
    """Return the union of spans as disjoint ones, in order; what touches is joined."""
    found: list[Span] = []
    for begins, ends in sorted(spans):
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((begins, ends))
    return found


def fewest(total: int, given: int, capacities: Iterable[int]) -> int:
    """Return how many further days a total needs at least, beside what ``given`` ones can hold."""
    left, days = total - given, 0
    for capacity in sorted(capacities, reverse=True):
        if left <= 0:
            break
        left, days = left - capacity, days + 1
    return days
