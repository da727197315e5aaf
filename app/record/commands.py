"""Commands about the record of contact: verify, export."""

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
from app.record import court_verification, daily_seals, ledger, standalone_verifier, stray_rows
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
LISTED = 50  # cases, each with its own line of output


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
        bad = entries = 0
        for finding in court_verification.findings(session, list(cases), url, processes):
            bad += not finding.intact
            entries += finding.entries
            if not finding.intact or len(cases) <= LISTED:
                state = "whole"
                if not finding.intact:
                    fault = f"{finding.why} ({finding.table})"
                    state = f"NOT WHOLE at line {finding.bad_seq}: {fault}"
                click.echo(f"{cases[finding.case_id]}: {finding.entries} lines, {state}")
        if len(cases) > LISTED:
            state = f"{bad} NOT WHOLE" if bad else "whole"
            click.echo(f"{len(cases)} cases, {entries} lines: {state}")
        bad += sum(
            not _days_are_whole(session, court, cases if number else {})
            for court in _courts(session, cases if number else {})
        )
        bad += _rest_is_whole(session, not number)
    raise SystemExit(1 if bad else 0)


def _rest_is_whole(session: Session, everything: bool) -> int:
    """Print stray rows and missing guards; return how many of both there are."""
    strays = stray_rows.strays(session) if everything else []
    for message in strays:
        click.echo(f"NOT WHOLE: {message}")
    missing = stray_rows.missing_guards(session)
    if missing:
        shown = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        click.echo(f"NOT GUARDED: {len(missing)} triggers are missing or changed: {shown}")
    return len(strays) + len(missing)


def _courts(session: Session, cases: dict[int, str]) -> list[Court]:
    query = sa.select(Court).order_by(Court.id)
    if cases:
        query = query.where(Court.id.in_(sa.select(Case.court_id).where(Case.id.in_(cases))))
    return list(session.scalars(query))


def _days_are_whole(session: Session, court: Court, cases: dict[int, str]) -> bool:
    """Verify the days of a court, for some cases or for all, and print the result."""
    findings = [daily_seals.verify_days(session, court.id, case) for case in cases or [None]]
    worst = next((each for each in findings if not each.intact), findings[0])
    state = "whole"
    if not worst.intact:
        state = f"NOT WHOLE at {worst.bad_on}: {worst.why} ({worst.table})"
    click.echo(f"{court.name}: {worst.days} days sealed, {state}")
    return worst.intact


@record.command("days")
def days() -> None:
    """List the sealed days of each court with their hashes, to be noted outside this system."""
    with checked_app(make=False).app_context():
        session = db.session()
        for court in _courts(session, {}):
            for day in daily_seals.days_of(session, court.id):
                columns = (day.on.isoformat(), f"{len(day.heads)} cases", day.hash, court.name)
                click.echo("\t".join(columns))


@record.command("export")
@click.option("--case", "number", required=True, help="A case number.")
@click.option("--format", "shape", type=click.Choice(["csv", "json"]), default="csv")
def export(number: str, shape: str) -> None:
    """Write a case's whole record to stdout."""
    with checked_app(make=False).app_context():
        session = db.session()
        case_id, case_number = _only(cases_of(session, number))
        entries = list(ledger.entries_of(session, case_id=case_id))
        if shape == "csv":
            click.echo(_as_csv([_row(entry) for entry in entries]), nl=False)
            return
        finding = ledger.verify(session, case_id)
        record = {
            "case": case_number,
            "head": finding.head,
            "whole": finding.intact,
            "lines": [ledger.exported(entry) for entry in entries],
        }
    click.echo(json.dumps(record, ensure_ascii=False, indent=2))


@record.command("verifier")
def verifier() -> None:
    """Write to stdout the one file that checks an exported record, without Tingqi."""
    click.echo(Path(standalone_verifier.__file__).read_text(encoding="utf-8"), nl=False)


def cases_of(session: Session, number: str) -> list[tuple[int, str]]:
    """Return ids and numbers of all cases, or of those with a number, which two courts may use.

    Raises NotFound if no case has the number.
    """
    query = sa.select(Case.id, Case.number).order_by(Case.id)
    if number:
        query = query.where(Case.number_key == number_key(number))
    cases = [(row.id, row.number) for row in session.execute(query)]
    if number and not cases:
        raise NotFound(N_("There is no case %(number)s."), number=number)
    return cases


def _only(cases: list[tuple[int, str]]) -> tuple[int, str]:
    if len(cases) > 1:
        raise Refusal(N_("Several courts here have a case of that number: export it by the API."))
    return cases[0]


def _row(entry: Entry) -> dict[str, Any]:
    body = dict(entry.content.body)
    name, address = body.pop("name", ""), body.pop("address", "")
    return {
        "seq": entry.seq,
        "at": ledger.instant(entry.at),
        "what": entry.what,
        "direction": entry.direction,
        "about": entry.about,
        "attempt": entry.attempt,
        "channel": entry.channel,
        "kind": entry.kind,
        "side": entry.side,
        "name": name,
        "address": address,
        "detail": entry.detail,
        "said": body,
        "prev": entry.prev,
        "hash": entry.hash,
    }


def _as_csv(rows: list[dict[str, Any]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in COLUMNS])
    return buffer.getvalue()


def _cell(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
    # What a person wrote must not become a formula in the spreadsheet that opens it.
    harmless = text[:1] == "+" and text[1:].isdigit()  # a telephone number
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not harmless else text
