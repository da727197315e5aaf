"""Compare Tingqi with a baseline under the same load, alternately, for a fair comparison."""

from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import filling
import load
from databases import Stage, throwaway
from measuring import Row, in_turns, median
from past import past
from serving import SECRET, bare, scenario

Send = Callable[[int, float], load.Told]  # clients, seconds


@dataclass(frozen=True)
class Pair:
    """Paired results of one comparison, ours and the baseline's."""

    clients: int
    ours: Sequence[load.Told]
    ceiling: Sequence[load.Told]

    @property
    def ratio(self) -> float:
        """Median ratio to the baseline."""
        return in_turns([each.rate for each in self.ours], [each.rate for each in self.ceiling])

    def row(self, label: str, database: str, target: float | None) -> Row:
        """Return the pair as a row of the table; ``target`` is the required ratio."""
        return Row(
            f"{label}, {self.clients} client{'s'[: self.clients > 1]}",
            database,
            f"≥ {target:.0%} of the ceiling" if target else "",
            f"{self.ratio:.0%}",
            _told(self.ours),
            _told(self.ceiling),
            kept=self.ratio >= target if target else None,
        )


def _told(runs: Sequence[load.Told]) -> str:
    rate, p50, p99 = (median(getattr(run, name) for run in runs) for name in ("rate", "p50", "p99"))
    return f"{rate:,.0f}/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms"


def contest(
    tested: Send, ceiling: Send, clients: Sequence[int], runs: int, seconds: float
) -> list[Pair]:
    """Warm both up, then measure them alternately; one pair for each number of clients."""
    for each in (tested, ceiling):
        each(max(clients), min(1.0, seconds))
    results: dict[int, tuple[list[load.Told], list[load.Told]]] = {n: ([], []) for n in clients}
    for _ in range(runs):
        for n in clients:
            for each, result in zip((tested, ceiling), results[n], strict=True):
                result.append(each(n, seconds))
    return [Pair(n, *result) for n, result in results.items()]


class Seats:
    """Counsel who have not answered yet; more are created when they run out."""

    def __init__(self, at_first: int) -> None:
        self.used: list[filling.Seat] = []
        self._left: list[filling.Seat] = []
        self._more(at_first)
        self._rate = 600.0  # a second, as it was seen last

    def _more(self, count: int) -> None:
        self._left += filling.asked(count, SECRET.encode())[::2]
        filling.look_again()

    def spend(
        self, seconds: float, send: Callable[[Sequence[filling.Seat]], load.Told]
    ) -> load.Told:
        """Send to as many as may be needed for some seconds; recipients are used only once."""
        count = int(self._rate * seconds * 2) + 100
        if len(self._left) < count:
            self._more(max(count, 1000))
        result = send(self._left[:count])
        self._rate = max(300.0, result.sent / seconds)
        self.used += self._left[: result.sent]
        del self._left[: result.sent]
        return result


@dataclass(frozen=True)
class Ring:
    """Tingqi over a filled database and the bare app, each on its own port."""

    stage: Stage
    seats: Seats
    ours: int
    ceiling: int


@contextmanager
def ring(arguments: Namespace, **settings: str) -> Iterator[Ring]:
    """Fill a database and serve both; ``hearings`` is the number of background hearings."""
    with throwaway(arguments.postgresql) as stage:
        filling.court()
        past(arguments.hearings)
        seats = Seats(400 if arguments.quick else 4000)
        with scenario(stage.folder, stage.url, **settings) as tested, bare(stage.beside) as ceiling:
            yield Ring(stage, seats, tested.port, ceiling.port)


def writing(port: int, form: dict[str, str]) -> Send:
    """Return the baseline: a bare view that reads one row, inserts one and commits."""
    numbers = _round()

    def send(clients: int, seconds: float) -> load.Told:
        count = int(3000 * seconds)
        requests = [load.post(f"/write/seat-{next(numbers)}", form, 0) for _ in range(count)]
        return load.send(port, requests, clients, seconds)

    return send


def opening(port: int) -> Send:
    """Return the baseline of a page that is opened and answered: a bare page, then a bare write."""
    numbers = _round()

    def send(clients: int, seconds: float) -> load.Told:
        count = int(3000 * seconds)
        paths = [f"/page/seat-{next(numbers)}" for _ in range(count)]
        return load.visit(port, paths, clients, seconds)

    return send


def _round() -> Iterator[int]:
    while True:
        yield from range(100_000)
