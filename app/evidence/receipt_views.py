"""Pages for anybody: check a receipt, the court's public keys, and the sealed days."""

import re
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext

from app.core import web
from app.core.db import db
from app.core.web.params import row_number
from app.evidence import receipts, signing_keys
from app.evidence.receipts import ReceiptVerdict
from app.record import daily_seals
from app.record.hashing import instant
from app.record.time_stamps import service as time_stamps

bp = Blueprint("signed_receipts", __name__)
RATE = "120/minute"
SEAL = re.compile(r"(?:https?://\S{1,300}/record/)?([0-9a-fA-F]{64})")
CODE = re.compile(r"https?://\S{1,300}[?&]receipt=([\w=-]+)")
DAYS_ON_A_PAGE = 100


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
    if seal := SEAL.fullmatch(text):
        return redirect(url_for("certificate.confirmed", seal=seal[1].lower()), 303)
    code = CODE.fullmatch(text)
    return _checked(code[1] if code else text)


def _page(**context: Any) -> str:
    return render_template("evidence/verify.html", **context)


def _checked(text: str) -> Any:
    checked = receipts.check(db.session(), text)
    unreadable = checked.verdict is ReceiptVerdict.UNREADABLE
    shown = text[:2000] if unreadable else ""
    return _page(checked=checked, text=shown), 422 if unreadable else 200


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
    authority = web.services().settings.stamp_authority
    return jsonify(
        court=court_id,
        time_stamps=authority and authority.url,
        days=[time_stamps.published(day, stamps) for day in shown],
        more=len(rows) > DAYS_ON_A_PAGE,
    )
