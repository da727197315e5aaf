"""Check a receipt, the court's public keys, the sealed days; and the court's own receipts."""

import json
import re
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from app.cases import queries as cases
from app.cases.models import Case
from app.core import web
from app.core.db import db, retrying
from app.core.errors import N_, Misconfigured, NotFound
from app.core.web.access import signed_in
from app.core.web.params import row_number
from app.court.models import Court
from app.evidence import certificate, issued_receipts, receipts, signing_keys
from app.evidence.receipts import ReceiptVerdict
from app.evidence.signing_keys import SigningKey
from app.evidence.witnesses import checking, following
from app.evidence.witnesses import rules as witness_rules
from app.record import daily_seals
from app.record.chain_checks import service as chain_checks
from app.record.hashing import instant
from app.record.models import Entry
from app.record.time_stamps import service as time_stamps

bp = Blueprint("signed_receipts", __name__)
RATE = "120/minute"
SEAL = re.compile(r"(?:https?://\S{1,300}/record/)?([0-9a-fA-F]{64})")
CODE = re.compile(r"https?://\S{1,300}[?&]receipt=([\w=-]+)")
DAYS_ON_A_PAGE, STATEMENTS_ON_A_PAGE = 100, 200


@bp.get("/verify")
@web.limiter.limit(RATE)
def verify() -> Any:
    """Show the form; with ``receipt`` in the address, as a QR code has it, check that receipt."""
    code = request.args.get("receipt", "")
    return _checked(code) if code else _page()


@bp.post("/verify")
@web.limiter.limit(RATE)
def submit() -> Any:
    """Check a receipt by its file or its text; send the hash of a certificate to its own page."""
    file = request.files.get("file")
    text = request.form.get("text", "").strip()
    if file is not None and file.filename:
        try:
            text = file.stream.read(receipts.LARGEST + 1).decode()
        except UnicodeDecodeError:
            text = "{"
    if not text:
        return _page(message=gettext("Choose the receipt's file, or enter what it says.")), 422
    if statements := checking.read(text):
        return _page(statements=checking.check(db.session(), statements))
    if seal := SEAL.fullmatch(text):
        return redirect(url_for("certificate.confirmed", seal=seal[1].lower()), 303)
    code = CODE.fullmatch(text)
    return _checked(code[1] if code else text, ask=True)


@bp.post("/verify/checks")
@web.limiter.limit(RATE)
def check_whole() -> Any:
    """Have the worker check the whole chain of the case in which an entry has a hash."""
    seal = request.form.get("seal", "")
    entry = certificate.entry_of(db.session(), seal) if SEAL.fullmatch(seal) else None
    if entry is None:
        return _page(message=gettext("This seal is not known here.")), 404
    case_id, now = entry.case_id, web.now()
    key = retrying(lambda session: chain_checks.ask(session, case_id, now).key)
    return redirect(url_for("signed_receipts.progress", key=key), 303)


@bp.get("/verify/checks/<key>")
@web.limiter.limit(RATE)
def progress(key: str) -> Any:
    """Show how far the check of a whole chain is, and what it found."""
    session = db.session()
    check = chain_checks.by_key(session, key[:22])
    case = session.get(Case, check.case_id) if check else None
    if check is None or case is None:
        return _page(message=gettext("There is no such check.")), 404
    fault = chain_checks.fault_of(check)
    return render_template("evidence/whole_check.html", check=check, case=case, fault=fault)


def _page(**context: Any) -> str:
    return render_template("evidence/verify.html", **context)


def _checked(text: str, *, ask: bool = False) -> Any:
    """Check a receipt; with ``ask`` have the worker check a chain that is too long for a page."""
    checked = receipts.check(db.session(), text)
    chain_check, entry = None, checked.entry
    if entry is not None and not checked.complete and checked.verdict is ReceiptVerdict.HOLDS:
        case_id, now = entry.case_id, web.now()
        if ask:
            retrying(lambda session: chain_checks.ask(session, case_id, now))
        chain_check = chain_checks.of_case(db.session(), case_id)
    unreadable = checked.verdict is ReceiptVerdict.UNREADABLE
    shown = text[:2000] if unreadable else ""
    return _page(checked=checked, text=shown, chain_check=chain_check), 422 if unreadable else 200


@bp.get("/cases/<int:case_id>/receipt")
@signed_in
def of_entry(case_id: int) -> str:
    """Show users of the court the signed receipt for an entry.

    ``number`` is that of the entry in the case; without it, the newest.
    """
    case = cases.case_with_parties(db.session(), current_user.court_id, case_id)
    issued = issued_receipts.issue(case, _entry(case))
    return render_template("evidence/entry_receipt.html", case=case, issued=issued)


@bp.get("/cases/<int:case_id>/receipt.json")
@signed_in
def of_entry_json(case_id: int) -> Any:
    """Return the signed receipt for an entry as a file."""
    case = cases.case_with_parties(db.session(), current_user.court_id, case_id)
    issued = issued_receipts.issue(case, _entry(case))
    return issued.as_file() if issued else redirect(request.full_path.replace(".json", "", 1))


def _entry(case: Case) -> Entry:
    """Return the entry that an address names. Raises NotFound, also for what is held back."""
    query = sa.select(Entry).where(Entry.case_id == case.id).order_by(Entry.seq.desc()).limit(1)
    if "number" in request.args:
        query = query.where(Entry.seq == (row_number(request.args["number"]) or 0))
    entry = db.session.scalar(query)
    if entry is None or entry.content is None:
        raise NotFound(N_("There is no such receipt."))
    return entry


@bp.get("/record/keys")
@web.limiter.limit(RATE)
def keys() -> Any:
    """Return the public keys of this installation, former ones too, as JSON."""
    rows = [
        {"id": row.id, "algorithm": "Ed25519", "public": row.public, "since": instant(row.since)}
        for row in signing_keys.published(db.session())
    ]
    return jsonify(keys=rows)


@bp.get("/record/days.json")
@web.limiter.limit(RATE)
def days() -> Any:
    """Return the sealed days of a court, oldest first: heads of chains, and nobody's name.

    ``court`` is its number (1 if not given), ``after`` the number of the last day that is known.
    ``time_stamps`` is the authority that stamps the days, null where none is set up.
    """
    court_id = row_number(request.args.get("court", "1")) or 0
    after = row_number(request.args.get("after", "0")) or 0
    rows = daily_seals.after(db.session(), court_id, after, DAYS_ON_A_PAGE + 1)
    shown = rows[:DAYS_ON_A_PAGE]
    stamps = time_stamps.stamps_of(db.session(), shown)
    settings = web.services().settings
    authority, court = settings.stamp_authority, db.session().get(Court, court_id)
    key = None
    with suppress(Misconfigured):  # the days are published, and no witness can follow them
        key = signing_keys.current(settings.signing_key, web.now())
    return jsonify(
        court=court_id,
        time_stamps=authority and authority.url,
        days=[_signed(court, time_stamps.published(day, stamps), key) for day in shown],
        more=len(rows) > DAYS_ON_A_PAGE,
    )


def _signed(court: Court | None, day: dict[str, Any], key: SigningKey | None) -> dict[str, Any]:
    """Return a published day with the court's signature, null where the key cannot be read."""
    name = court.name if court else ""
    signed = key and witness_rules.signed_by_court(name, day["court"], day, key)
    return {**day, "signed": signed}


@bp.get("/record/witnesses.json")
@web.limiter.limit(RATE)
def witnesses() -> Any:
    """Return what this installation saw of other courts' days, oldest first.

    ``after`` is the number that the last answer gave as ``last``.
    """
    after = row_number(request.args.get("after", "0")) or 0
    rows = following.published(db.session(), after, STATEMENTS_ON_A_PAGE + 1)
    shown = rows[:STATEMENTS_ON_A_PAGE]
    return jsonify(
        statements=[json.loads(row.statement) for row in shown],
        last=shown[-1].id if shown else after,
        more=len(rows) > STATEMENTS_ON_A_PAGE,
    )
