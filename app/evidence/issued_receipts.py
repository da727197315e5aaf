"""Signed receipts as pages hand them out: signed now, with a QR code, and as a file."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import segno
from flask import Response
from flask_babel import gettext
from markupsafe import Markup

from app.cases.models import Case
from app.core import web
from app.core.db import db
from app.core.errors import Misconfigured
from app.evidence import receipts, signing_keys
from app.record.models import Entry

log = logging.getLogger("tingqi.receipts")
MOST_IN_QR = 2_300  # characters; a QR code of level L holds 2,953 bytes (ISO/IEC 18004, version 40)


@dataclass(frozen=True)
class IssuedReceipt:
    """The receipt for an entry, and its QR code as SVG; None where it is too long for one."""

    entry: Entry
    receipt: dict[str, Any]
    qr: Markup | None

    def as_file(self) -> Response:
        """Return the receipt as a file to download."""
        name = f"receipt-{self.receipt['case'][:8]}-{self.entry.seq}.json"
        return Response(
            receipts.as_text(self.receipt),
            mimetype="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def issue(case: Case, entry: Entry) -> IssuedReceipt | None:
    """Sign the receipt for an entry of a case; None where the key cannot be read."""
    settings, now = web.services().settings, web.now()
    try:
        key = signing_keys.current(settings.signing_key, now)
    except Misconfigured as fault:
        log.error("no receipt can be signed: %s", fault)
        return None
    receipt = receipts.issue(db.session(), case, entry, key, now)
    address = f"{settings.public_url}/verify?receipt={receipts.as_code(receipt)}"
    return IssuedReceipt(entry, receipt, _qr(address))


def issue_or_refuse(
    case: Case, entry: Entry | None, refuse: Callable[[int, str], NoReturn]
) -> IssuedReceipt:
    """Sign the receipt for an entry of a case.

    ``refuse`` aborts with a status and the reason: 404 where there is no such entry, 503 where the
    key cannot be read.
    """
    if entry is None:
        refuse(404, gettext("There is no such receipt."))
    issued = issue(case, entry)
    if issued is None:
        refuse(503, unsigned())
    return issued


def unsigned() -> str:
    """Return why there is no receipt where ``issue`` has none, in the language of the page."""
    return gettext("The court cannot sign receipts at present. Your act is recorded all the same.")


def _qr(address: str) -> Markup | None:
    if len(address) > MOST_IN_QR:
        return None
    picture = segno.make(address, error="l").svg_inline(
        scale=3, border=4, dark="#000", light="#fff", omitsize=True
    )
    return Markup(picture)  # noqa: S704 - made by segno of our own address
