"""Steps: an empty database becomes a court with an assistant, courtrooms and cases."""

import csv
import os
import secrets
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from flask_migrate import upgrade

from app.core.db import schema_check, transaction
from app.people import service as people
from app.rehearsal.play import ASSISTANT, COURT, NUMBERS, ROOMS, RehearsalScript, rows
from app.rehearsal.report import expect
from app.rehearsal.stage import PATIENCE, RehearsalEnvironment

HOME = Path(__file__).parents[2]  # where this very package is found by name


def migrate(stage: RehearsalEnvironment, _play: RehearsalScript) -> str:
    """Give the empty database its tables."""
    with stage.app.app_context():
        upgrade()
        fault = schema_check.fault()
    expect(not fault, fault)
    return f"{stage.database} has the tables of this version"


def court(stage: RehearsalEnvironment, play: RehearsalScript) -> str:
    """Add a court and its assistant, and a token for programs."""
    with stage.app.app_context(), transaction() as session:
        made = people.add_court(session, COURT, zone="Asia/Shanghai", country="CN", language="zh")
        user = people.add_user(session, made, ASSISTANT, role="assistant", now=play.start)
        stage.token = people.create_token(session, user, "rehearsal", play.start)
    return f"{COURT}, {ASSISTANT}"


def token(stage: RehearsalEnvironment, _play: RehearsalScript) -> str:
    """Open the API with the token, and not without; add courtrooms."""
    kept, stage.token = stage.token, ""
    status, _ = stage.api("POST", "/courtrooms", {"name": "Nobody's room"})
    stage.token = kept
    expect(status == 401, f"without a token the API answered {status}, not 401")
    for name, location in ROOMS:
        status, said = stage.api("POST", "/courtrooms", {"name": name, "location": location})
        expect(status == 201, f"POST /courtrooms answered {status}: {said}")
    return f"401 without it, 201 with it: {', '.join(name for name, _ in ROOMS)}"


def import_file(stage: RehearsalEnvironment, play: RehearsalScript) -> str:
    """Take two cases from a file by the command, as a user does; then once more, for nothing."""
    file = stage.folder / "cases.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as text:
        writer = csv.DictWriter(text, fieldnames=list(rows()[0]))
        writer.writeheader()
        writer.writerows(rows())
    for _ in range(2):
        _import(stage, file)
    for number in NUMBERS:
        status, said = stage.api("GET", f"/cases?number={quote(number)}")
        found = said.get("cases", []) if status == 200 else []
        expect(len(found) == 1, f"{len(found)} cases of the number {number} were found: {said}")
        counsel = sum(len(party["counsel"]) for party in found[0]["parties"])
        wanted = sum(row["number"] == number for row in rows())
        expect(counsel == wanted, f"{number} has {counsel} counsel, not {wanted}")
        play.case_ids.append(int(found[0]["id"]))
    return f"{len(rows())} rows of CSV became {len(NUMBERS)} cases; the file again changed nothing"


def _import(stage: RehearsalEnvironment, file: Path) -> None:
    # The settings of the rehearsal stand before the user's own: nothing else is written to.
    mine = {
        "TINGQI_INSTANCE": str(stage.folder),
        "TINGQI_DATABASE_URL": stage.database_url,
        "TINGQI_SECRET_KEY": secrets.token_hex(32),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TINGQI_")}
    done = subprocess.run(  # noqa: S603  (our own command, with a file of our own)
        [sys.executable, "-m", "app", "import", str(file)],
        env={**kept, **mine},
        cwd=HOME,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    said = " ".join(done.stderr.split())[-300:]
    expect(done.returncode == 0, f"`tingqi import` ended with {done.returncode}: {said}")
