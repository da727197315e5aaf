"""Commands about the record of contact: check its chain, hand it out."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.cases.rules import number_key
from app.core.db import db
from app.core.db.schema_check import checked_app
from app.core.errors import N_, NotFound, Refusal
from app.court.models import Court
from app.record import court_verification, daily_seals, standalone_verifier, stray_rows
from app.record import ledger as chain
from app.record.models import Entry

COLUMNS = (
    "seq",
    "at",
    "what",
    "direction",
    "about",
    "attempt",
    "channel",
    "kind",
    "side",
    "name",
    "address",
    "detail",
    "said",
    "prev",
    "hash",
)
SHOW_ALL = 50  # cases, each with a line of its own


@click.group()
def record() -> None:
    """The record of contact."""


@record.command("verify")
@click.option("--case", "number", default="", help="A case number; without it, every case.")
@click.option(
    "--processes",
    type=click.IntRange(0, 64),
    default=0,
    help="How many check at once; unless said, one a processor.",
)
def verify(number: str, processes: int) -> None:
    """Check the chain of each case's lines; exit status 1 where one is not whole.

    Without a case number it also looks for rows that belong to nothing; and always whether the
    database still guards the record, which its owner can put an end to.

    Where there are more than fifty cases only those that are not whole are named.
    """
    with checked_app(make=False).app_context():
        session = db.session()
        cases = dict(cases_of(session, number))
        url = db.engine.url.render_as_string(hide_password=False)
        bad = lines = 0
        for found in court_verification.findings(session, list(cases), url, processes):
            bad += not found.whole
            lines += found.lines
            if not found.whole or len(cases) <= SHOW_ALL:
                state = "whole"
                if not found.whole:
                    state = f"NOT WHOLE at line {found.bad_seq}: {found.why} ({found.table})"
                click.echo(f"{cases[found.case_id]}: {found.lines} lines, {state}")
        if len(cases) > SHOW_ALL:
            state = f"{bad} NOT WHOLE" if bad else "whole"
            click.echo(f"{len(cases)} cases, {lines} lines: {state}")
        bad += sum(
            not _days_are_whole(session, court, cases if number else {})
            for court in _courts(session, cases if number else {})
        )
        bad += _rest_is_whole(session, not number)
    raise SystemExit(1 if bad else 0)


def _rest_is_whole(session: Session, everything: bool) -> int:
    """Say what lies in the record's tables and belongs to nothing, and which guards are missing.

    Return how many of both there are.
    """
    found = stray_rows.strays(session) if everything else []
    for said in found:
        click.echo(f"NOT WHOLE: {said}")
    missing = stray_rows.missing_guards(session)
    if missing:
        shown = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        click.echo(f"NOT GUARDED: {len(missing)} triggers are missing or changed: {shown}")
    return len(found) + len(missing)


def _courts(session: Session, cases: dict[int, str]) -> list[Court]:
    wanted = sa.select(Court).order_by(Court.id)
    if cases:
        wanted = wanted.where(Court.id.in_(sa.select(Case.court_id).where(Case.id.in_(cases))))
    return list(session.scalars(wanted))


def _days_are_whole(session: Session, court: Court, cases: dict[int, str]) -> bool:
    """Check the days of a court, for some cases or for all; say what was found."""
    found = [daily_seals.verify_days(session, court.id, case) for case in cases or [None]]
    worst = next((each for each in found if not each.whole), found[0])
    state = "whole"
    if not worst.whole:
        state = f"NOT WHOLE at {worst.bad_on}: {worst.why} ({worst.table})"
    click.echo(f"{court.name}: {worst.days} days sealed, {state}")
    return worst.whole


@record.command("days")
def days() -> None:
    """List the sealed days of each court with their hashes, to be noted outside the house."""
    with checked_app(make=False).app_context():
        session = db.session()
        for court in _courts(session, {}):
            for day in daily_seals.days_of(session, court.id):
                said = (day.on.isoformat(), f"{len(day.heads)} cases", day.hash, court.name)
                click.echo("\t".join(said))


@record.command("export")
@click.option("--case", "number", required=True, help="A case number.")
@click.option("--format", "shape", type=click.Choice(["csv", "json"]), default="csv")
def export(number: str, shape: str) -> None:
    """Write a case's whole record to stdout."""
    with checked_app(make=False).app_context():
        session = db.session()
        case_id, said = _only(cases_of(session, number))
        lines = list(chain.entries_of(session, case_id=case_id))
        if shape == "csv":
            click.echo(_as_csv([_row(line) for line in lines]), nl=False)
            return
        found = chain.verify(session, case_id)
        whole = {
            "case": said,
            "head": found.head,
            "whole": found.whole,
            "lines": [chain.exported(line) for line in lines],
        }
    click.echo(json.dumps(whole, ensure_ascii=False, indent=2))


@record.command("verifier")
def verifier() -> None:
    """Write to stdout the one file that checks an exported record, without Tingqi."""
    click.echo(Path(standalone_verifier.__file__).read_text(encoding="utf-8"), nl=False)


def cases_of(session: Session, number: str) -> list[tuple[int, str]]:
    """Return ids and numbers of the cases meant; a number that two courts use means both."""
    wanted = sa.select(Case.id, Case.number).order_by(Case.id)
    if number:
        wanted = wanted.where(Case.number_key == number_key(number))
    found = [(case_id, said) for case_id, said in session.execute(wanted)]
    if number and not found:
        raise NotFound(N_("There is no case %(number)s."), number=number)
    return found


def _only(cases: list[tuple[int, str]]) -> tuple[int, str]:
    if len(cases) > 1:
        raise Refusal(N_("Several courts here have a case of that number: export it by the API."))
    return cases[0]


def _row(line: Entry) -> dict[str, Any]:
    body = dict(line.content.body)
    name, address = body.pop("name", ""), body.pop("address", "")
    return {
        "seq": line.seq,
        "at": chain.instant(line.at),
        "what": line.what,
        "direction": line.direction,
        "about": line.about,
        "attempt": line.attempt,
        "channel": line.channel,
        "kind": line.kind,
        "side": line.side,
        "name": name,
        "address": address,
        "detail": line.detail,
        "said": body,
        "prev": line.prev,
        "hash": line.hash,
    }


def _as_csv(lines: list[dict[str, Any]]) -> str:
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow([_cell(line[column]) for column in COLUMNS])
    return made.getvalue()


def _cell(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
    # What a person wrote must not become a formula in the spreadsheet that opens it.
    harmless = text[:1] == "+" and text[1:].isdigit()  # a telephone number
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not harmless else text
