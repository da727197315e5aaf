"""Commands about the record of contact: verify, export."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.cases.rules import number_key
from app.core.db import db
from app.core.db.schema_check import checked_app
from app.core.errors import N_, NotFound, Refusal
from app.core.terminal import gettext, say, write_data
from app.court.models import Court
from app.record import court_verification, daily_seals, ledger, standalone_verifier, stray_rows
from app.record.models import Entry
from app.record.time_stamps import service as time_stamps
from app.record.time_stamps.settings import StampAuthority
from app.record.verification import ChainFinding

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
@click.option("--case", "number", default="", help="Case number; by default all cases.")
@click.option(
    "--processes",
    type=click.IntRange(0, 64),
    default=0,
    help="Number of processes; by default one for each processor.",
)
def verify(number: str, processes: int) -> None:
    """Check the hash chain of each case; the exit status is 1 if one is broken.

    Without a case number it also looks for rows that belong to no case, and in any case it checks
    that the triggers which protect the record are in place.

    If there are more than fifty cases only those with a broken chain are listed.
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
                _print_finding(cases[finding.case_id], finding)
        if len(cases) > LISTED:
            words = N_("%(cases)s cases, %(count)s lines: whole")
            if bad:
                words = N_("%(cases)s cases, %(count)s lines: %(bad)s NOT WHOLE")
            say(words, cases=len(cases), count=entries, bad=bad)
        bad += sum(
            not _days_are_whole(session, court, cases if number else {})
            for court in _courts(session, cases if number else {})
        )
        bad += _count_stray_rows(session, not number)
    raise SystemExit(1 if bad else 0)


def _print_finding(case: str, finding: ChainFinding) -> None:
    words = N_("%(case)s: %(count)s lines, whole")
    if not finding.intact:
        words = N_("%(case)s: %(count)s lines, NOT WHOLE at line %(seq)s: %(error)s (%(table)s)")
    say(
        words,
        case=case,
        count=finding.entries,
        seq=finding.bad_seq,
        error=finding.why,
        table=finding.table,
    )


def _count_stray_rows(session: Session, everything: bool) -> int:
    """Print stray rows and missing guards; return how many of both there are."""
    strays = stray_rows.strays(session) if everything else []
    for message in strays:
        say(N_("NOT WHOLE: %(error)s"), error=message)
    missing = stray_rows.missing_guards(session)
    if missing:
        shown = missing[:5] + (["…"] if len(missing) > 5 else [])
        words = N_("NOT GUARDED: %(count)s triggers are missing or changed: %(triggers)s")
        say(words, count=len(missing), triggers=shown)
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
    words = N_("%(court)s: %(count)s days sealed, whole")
    if not worst.intact:
        words = N_("%(court)s: %(count)s days sealed, NOT WHOLE at %(day)s: %(error)s (%(table)s)")
    say(
        words,
        court=court.name,
        count=worst.days,
        day=worst.bad_on,
        error=worst.why,
        table=worst.table,
    )
    return worst.intact and _stamps_are_right(session, court)


def _stamps_are_right(session: Session, court: Court) -> bool:
    """Verify the time stamps of a court's days, and print the result."""
    authority: StampAuthority | None = current_app.extensions["tingqi"].settings.stamp_authority
    found = time_stamps.verify_all(session, court.id, authority)
    words = N_("%(court)s: %(count)s days carry a time stamp from outside the court")
    if found.wrong is not None:
        words = N_("%(court)s: the time stamp of day %(day)s is WRONG: %(error)s")
    elif authority is None and not found.stamped:
        return True  # the result is of the chain alone; export, certificate and doctor say so
    elif authority is None:
        words = N_(
            "%(court)s: %(count)s days carry a time stamp; signatures were not checked, as "
            "TINGQI_TSA_URL is not set"
        )
    day = found.wrong.on.isoformat() if found.wrong else ""
    say(words, court=court.name, count=found.stamped, day=day, error=found.why)
    return found.wrong is None


@record.command("days")
def days() -> None:
    """List the sealed days of each court with their hashes, to be noted outside this system."""
    with checked_app(make=False).app_context():
        session = db.session()
        for court in _courts(session, {}):
            for day in daily_seals.days_of(session, court.id):
                count = gettext("%(count)s cases", count=len(day.heads))
                columns = (day.on.isoformat(), count, day.hash, court.name)
                click.echo("\t".join(columns))


@record.command("export")
@click.option("--case", "number", required=True, help="Case number.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["csv", "json"]),
    default="csv",
    show_default=True,
    help="File format.",
)
def export(number: str, shape: str) -> None:
    """Write the whole record of a case to stdout."""
    with checked_app(make=False).app_context():
        session = db.session()
        case_id, case_number = _only(cases_of(session, number))
        if shape == "csv":
            write_data(
                _as_csv([_row(each) for each in ledger.entries_of(session, case_id=case_id)])
            )
            return
        _write_record(session, case_id, case_number)


def _write_record(session: Session, case_id: int, number: str) -> None:
    """Write the record of a case as JSON, line by line, and the days that seal it."""
    finding = ledger.verify(session, case_id)
    court_id = session.get_one(Case, case_id).court_id
    days = daily_seals.of_case(session, court_id, case_id)
    stamps = time_stamps.stamps_of(session, days)
    members = {
        "format": standalone_verifier.FORMAT,
        "case": number,
        "head": finding.head,
        "whole": finding.intact,
        "days": [time_stamps.published(day, stamps) for day in days],
    }
    for name, value in members.items():
        write_data(f"{'{' if name == 'format' else ','}\n  {_json(name)}: {_json(value)}")
    write_data(',\n  "lines": [')
    separator = "\n"
    for entry in ledger.entries_of(session, case_id=case_id):
        if not finding.intact or entry.seq <= finding.entries:  # later ones are of the next export
            write_data(f"{separator}    {_json(ledger.exported(entry))}")
            separator = ",\n"
    write_data("\n  ]\n}\n")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


@record.command("verifier")
def verifier() -> None:
    """Write to stdout the program that verifies an exported record without Tingqi."""
    write_data(Path(standalone_verifier.__file__).read_text(encoding="utf-8"))


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
