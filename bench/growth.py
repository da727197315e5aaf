"""Cost of an answer and a receipt as a court grows, with sizes measured alternately.

    python bench/growth.py [--postgresql] [--runs 5] [--seconds 3] [--quick]

One database per size, each with its own app; the cost at the largest relative to the smallest size
is the inverse of their rates.
"""

import argparse
from collections.abc import Callable
from contextlib import ExitStack

import answers
import filling
import load
import receipts
from contest import Seats, Send
from databases import Stage, throwaway
from measuring import Row, in_turns, median, options, table
from past import past
from serving import scenario

SIZES = (1_000, 100_000, 1_000_000)
QUICK = (1_000, 3_000)
MOST = 1.3  # times the cost at the smallest
CLIENTS = 8
KINDS: dict[str, Callable[[int, Seats], Send]] = {
    "Answer by link": answers.posting,
    "Receipt": receipts.telling,
}


def main() -> None:
    """Measure on one database and print the table."""
    print(table(measure(options(__doc__))))


def measure(arguments: argparse.Namespace) -> list[Row]:
    """Fill a database of each size, measure them alternately, and return the rows."""
    sizes = QUICK if arguments.quick else SIZES
    with ExitStack() as stack:
        grown = [_grown(stack, size, arguments) for size in sizes]
        name = grown[0][0].database
        return [row for kind in KINDS for row in _rows(kind, grown, sizes, arguments, name)]


def _grown(
    stack: ExitStack, size: int, arguments: argparse.Namespace
) -> tuple[Stage, dict[str, Send]]:
    stage = stack.enter_context(throwaway(arguments.postgresql))
    filling.court()
    past(size)
    port = stack.enter_context(scenario(stage.folder, stage.url, **receipts.TWILIO)).port
    seats = {kind: Seats(200 if arguments.quick else 3000) for kind in KINDS}
    return stage, {kind: send(port, seats[kind]) for kind, send in KINDS.items()}


def _rows(
    kind: str,
    grown: list[tuple[Stage, dict[str, Send]]],
    sizes: tuple[int, ...],
    arguments: argparse.Namespace,
    name: str,
) -> list[Row]:
    results: list[list[load.Told]] = [[] for _ in grown]
    for run in range(arguments.runs + 1):  # the first warms up
        for (stage, sends), told in zip(grown, results, strict=True):
            with stage.app.app_context():
                one = sends[kind](CLIENTS, arguments.seconds)
            if run:
                told.append(one)
    rates = [[each.rate for each in told] for told in results]
    rows = []
    for size, rate in zip(sizes[1:], rates[1:], strict=True):
        ratio = in_turns(rates[0], rate)
        kept = ratio <= MOST if size == sizes[-1] else None
        rows.append(
            Row(
                f"{kind} among {size:,} hearings",
                name,
                f"≤ {MOST} × the cost at {sizes[0]:,}",
                f"{ratio:.2f} ×",
                f"{median(rate):,.0f}/s",
                f"{median(rates[0]):,.0f}/s",
                kept=kept,
            )
        )
    return rows


if __name__ == "__main__":
    main()
