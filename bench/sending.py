"""Sending speed with the full record, compared with other queues without one.

    python bench/sending.py [--messages 10000] [--rounds 5] [--milliseconds 0 20]
                            [--databases sqlite postgresql] [--workers 1 2]
                            [--peers huey celery …] [--beside 1500]

Peers send ``--beside`` messages, enough to measure them, since their speed does not depend on the
number. The carrier is a stand-in in the worker's process that sleeps, then appends the message's
reference to a file; peers run the same task. A time counts only if each message arrived once and,
for Tingqi, if every chain verifies. Contenders alternate; medians of all rounds.
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import peers
import sendings
from databases import database
from measuring import Row

AT_ONCE = 32
LEAST = 0.95  # of what the carrier can take
AT_NO_COST = 3_000  # messages a second, where a call takes no time
BESIDE = 1_500


def main() -> None:
    """Run all contenders alternately, then print one table."""
    options = _options()
    _table(_found(options), options)


def measure(arguments: argparse.Namespace) -> list[Row]:
    """Run one worker, and two on PostgreSQL, alternately with the peers; return the rows."""
    options = argparse.Namespace(
        messages=300 if arguments.quick else 10_000,
        beside=300 if arguments.quick else BESIDE,
        rounds=arguments.runs,
        milliseconds=[0.0, 20.0],
        databases=["sqlite", "postgresql"],
        workers=[1, 2],
        peers=list(peers.PEERS),
    )
    results = {key: statistics.median(rates) for key, rates in _found(options).items()}
    tested = [name for name in _contenders(options) if name.startswith("tingqi")]
    return [_row(results, name, ms) for ms in options.milliseconds for name in tested]


def _row(results: dict[tuple[str, float], float], name: str, milliseconds: float) -> Row:
    _, base, workers = name.split()
    rate, limit = results[name, milliseconds], AT_ONCE / milliseconds * 1000 if milliseconds else 0
    others = {
        each: results[each, ms]
        for each, ms in results
        if ms == milliseconds and not each.startswith("tingqi")
    }
    target = LEAST * limit if limit else AT_NO_COST
    return Row(
        f"Sending, {milliseconds:g} ms a call, {workers} worker{'s'[: int(workers) > 1]}",
        {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[base],
        f"≥ {LEAST:.0%} of the carrier's {limit:,.0f}/s" if limit else f"≥ {AT_NO_COST:,}/s",
        f"{rate / limit:.0%}" if limit else "",
        f"{rate:,.0f}/s",
        ", ".join(f"{each} {there:,.0f}/s" for each, there in others.items()),
        "full record kept; the others keep none",
        kept=rate >= target,
    )


def _found(options: argparse.Namespace) -> dict[tuple[str, float], list[float]]:
    results: dict[tuple[str, float], list[float]] = {}
    for round_ in range(options.rounds):
        for milliseconds in options.milliseconds:
            for name in _contenders(options):
                is_tingqi = name.startswith("tingqi")
                count = options.messages if is_tingqi else options.beside
                rate = _measured(name, count, milliseconds)
                results.setdefault((name, milliseconds), []).append(rate)
                print(f"round {round_ + 1}: {name}, {milliseconds} ms: {rate:,.0f}/s", flush=True)
    return results


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--beside", type=int, default=BESIDE)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--milliseconds", type=float, nargs="+", default=[0, 20])
    parser.add_argument("--databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--peers", nargs="*", default=list(peers.PEERS))
    return parser.parse_args()


def _contenders(options: argparse.Namespace) -> list[str]:
    tested = [
        f"tingqi {base} {n}"
        for base in options.databases
        for n in options.workers
        if n == 1 or base == "postgresql"
    ]
    return tested + [name for name in options.peers if peers.missing(name) == ""]


def _measured(name: str, messages: int, milliseconds: float) -> float:
    """Return messages per second of one contender, after verifying its results."""
    with tempfile.TemporaryDirectory(prefix="tingqi-bench-") as folder:
        if not name.startswith("tingqi"):
            seconds = peers.run(name, Path(folder), messages, milliseconds / 1000, AT_ONCE)
            sent_once(Path(folder), messages)
            return messages / seconds
        _, base, workers = name.split()
        with _filled(Path(folder), base, messages) as url:
            seconds = send(Path(folder), url, messages, milliseconds, int(workers))
            sent_once(Path(folder), messages)
            sendings.check(Path(folder), url, messages)
    return messages / seconds


@contextlib.contextmanager
def _filled(folder: Path, base: str, messages: int) -> Iterator[str]:
    url, server = database(folder, base == "postgresql")
    try:
        sendings.fill(folder, url, messages)
        yield url
    finally:
        if server:
            server.cleanup()


def send(
    folder: Path,
    url: str,
    messages: int,
    milliseconds: float,
    workers: int,
    when_ready: Callable[[Sequence[int]], None] = lambda _: None,
) -> float:
    """Let workers send everything; timed from their common start to the last stored outcome.

    ``when_ready`` is called with their process ids before they start.
    """
    command = [
        sys.executable,
        "-m",
        "sendings",
        str(folder),
        url,
        str(milliseconds),
        str(max(1, AT_ONCE // workers)),
        str(messages),
    ]
    bench_folder = Path(__file__).parent
    environment = {**os.environ, "PYTHONPATH": f"{bench_folder}:{bench_folder.parent}"}
    running = [subprocess.Popen(command, env=environment) for _ in range(workers)]
    while len(list(folder.glob("ready-*"))) < workers:
        time.sleep(0.05)
    when_ready([each.pid for each in running])
    (folder / "go").touch()
    assert [each.wait() for each in running] == [0] * workers
    times = [float(file.read_text()) for file in folder.glob("done-*")]
    return max(times) - min(float(file.read_text()) for file in folder.glob("begun-*"))


def sent_once(folder: Path, messages: int) -> None:
    """Raise if the carrier did not get each message exactly once."""
    sent = Counter(line for file in folder.glob("sent-*") for line in file.read_text().split())
    assert len(sent) == messages, f"{len(sent)} of {messages} were sent"
    assert set(sent.values()) == {1}, "some were sent twice"


def _table(results: dict[tuple[str, float], list[float]], options: argparse.Namespace) -> None:
    print(f"\n{options.messages} messages, {AT_ONCE} calls at once, medians of {options.rounds}")
    head = "".join(f"{f'{ms:g} ms':>14}" for ms in options.milliseconds)
    print(f"{'':24}{head}   record  survives kill -9")
    for name in dict.fromkeys(name for name, _ in results):
        rates = [statistics.median(results[name, ms]) for ms in options.milliseconds]
        cells = "".join(f"{rate:>12,.0f}/s" for rate in rates)
        is_tingqi = name.startswith("tingqi")
        safe = "yes" if is_tingqi else peers.SURVIVES[name]
        print(f"{name:24}{cells}   {'full' if is_tingqi else 'none':6}  {safe}")
    for milliseconds in filter(None, options.milliseconds):
        limit = AT_ONCE / milliseconds * 1000
        print(f"the carrier's limit at {milliseconds:g} ms: {limit:,.0f}/s")
    for name in options.peers:
        if why := peers.missing(name):
            print(f"{name}: {why}")


if __name__ == "__main__":
    main()
