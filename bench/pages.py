"""Response times of the court's pages with ten thousand cases: `make bench-pages`.

    python bench/pages.py [--postgresql] [--runs 30] [--cases 10000] [--quick]

10,000 cases with a fixed hearing each, dense around now so that the calendar's week is full; those
of before have an outcome; and 1,000 open invitations. One client requests each page in turn from
``tingqi serve``.
"""

import re
import sys
import time
from argparse import Namespace
from dataclasses import dataclass

import filling
import requests
from databases import throwaway
from measuring import machine, median, options
from past import past, past_outcomes
from serving import SECRET, scenario

from app.core.db import transaction
from app.people import service as people

CASES, OPEN = 10_000, 500  # of the open ones each asks two counsel
QUICK = (200, 20)
PASSWORD = "a password of the bench"
PROMISED = {"/", "/calendar"}
MOST = 200  # milliseconds
PAGES = (
    "/",
    "/calendar",
    "/calendar?view=day",
    "/waiting",
    "/hearings",
    "/hearings?q=1234",
    "/cases",
    "/cases?q=1234",
    "/outcomes",
    "/figures",
    "/figures.csv",
)


@dataclass(frozen=True)
class Told:
    """Result of one page: times in milliseconds, compressed and uncompressed bytes."""

    path: str
    times: list[float]
    packed: int
    uncompressed: int

    @property
    def kept(self) -> bool:
        """Whether the target, if there is one, is met."""
        return self.path not in PROMISED or median(self.times) < MOST

    def __str__(self) -> str:
        """Return a row of the table."""
        middle, slowest = median(self.times), max(self.times)
        mark = "" if self.path not in PROMISED else (" ✓" if self.kept else " **missed**")
        return (
            f"| `{self.path}` | {middle:.0f} ms{mark} | {slowest:.0f} ms | "
            f"{self.uncompressed // 1000:,} kB | {self.packed // 1000:,} kB |"
        )


def main() -> None:
    """Fill a database, request the pages, print the table; fail if a target is missed."""
    arguments = options(__doc__, cases=CASES)
    results = measure(arguments)
    print(machine(), end="\n\n")
    print("| page | median | slowest | its bytes | as they travel |\n|---|---|---|---|---|")
    print("\n".join(map(str, results)))
    sys.exit(0 if all(each.kept for each in results) else 1)


def measure(arguments: Namespace) -> list[Told]:
    """Return the result of each page on one database."""
    cases, open_ = QUICK if arguments.quick else (arguments.cases, OPEN)
    with throwaway(arguments.postgresql) as stage:
        filling.court()
        with transaction() as session:
            people.set_password(people.find_user(session, filling.EMAIL), PASSWORD)
        past(cases - open_)
        past_outcomes()
        filling.asked(open_, SECRET.encode())
        filling.look_again()
        with scenario(stage.folder, stage.url) as server, requests.Session() as browser:
            browser.trust_env = False
            sign_in = {"email": filling.EMAIL, "password": PASSWORD}
            browser.post(f"{server.address}/sign-in", data=sign_in, timeout=60).raise_for_status()
            paths = [*PAGES, _events(browser, server.address)]
            return [_ask(browser, server.address, path, arguments.runs) for path in paths]


def _events(browser: requests.Session, base: str) -> str:
    """Return the URL from which the calendar's script fetches its week."""
    page = browser.get(f"{base}/calendar", timeout=60).text
    results = re.search(r'data-events="([^"]+)"', page)
    if not results:
        raise SystemExit("the calendar names no address of its events")
    return results[1].replace("&amp;", "&")


def _ask(browser: requests.Session, base: str, path: str, runs: int) -> Told:
    times, packed = [], 0
    for run in range(runs + 2):  # each of two processes warms up
        began = time.perf_counter()
        with browser.get(base + path, timeout=60, stream=True) as answer:
            body = answer.raw.read(decode_content=False)
            took = time.perf_counter() - began
            answer.raise_for_status()
            packed = len(body)
        if run > 1:
            times.append(took * 1000)
    uncompressed = len(browser.get(base + path, timeout=60).content)
    return Told(path, times, packed, uncompressed)


if __name__ == "__main__":
    main()
