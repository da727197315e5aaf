"""Pure: how much of an interval hearings of given lengths can fill (subset sum, knapsack).

Tightens the bounds of the search: three hearings of 70 minutes fill 210 of 240, not 240.
"""

from collections.abc import Iterable, Sequence

Span = tuple[int, int]


def most_of(sizes: Iterable[int], capacity: int) -> int:
    """Return the maximum fill of ``capacity`` minutes, using each size at most once."""
    reachable = 1  # bit n: n minutes can be used exactly
    for size in sizes:
        reachable |= reachable << size
    return (reachable & ((1 << (capacity + 1)) - 1)).bit_length() - 1


def most_of_any(sizes: Sequence[int], capacity: int) -> int:
    """Return the maximum fill of ``capacity`` minutes, using each size any number of times."""
    reachable = [True, *(False for _ in range(capacity))]
    for used in range(1, capacity + 1):
        reachable[used] = any(size <= used and reachable[used - size] for size in sizes)
    return max(used for used, can in enumerate(reachable) if can)


def covered(spans: Iterable[Span]) -> list[Span]:
    """Return the union of spans as sorted disjoint spans; adjacent ones are merged."""
    merged: list[Span] = []
    for begins, ends in sorted(spans):
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        else:
            merged.append((begins, ends))
    return merged


def fewest(total: int, available: int, capacities: Iterable[int]) -> int:
    """Return the minimum number of additional days for a total, beyond the available capacity."""
    remaining, days = total - available, 0
    for capacity in sorted(capacities, reverse=True):
        if remaining <= 0:
            break
        remaining, days = remaining - capacity, days + 1
    return days
