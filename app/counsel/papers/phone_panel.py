"""What the page of papers shows of the other device: the QR code, or that one went on."""

import datetime as dt
import hashlib
from dataclasses import dataclass

import segno
from flask import request, url_for
from markupsafe import Markup

from app.core import web
from app.core.db import db
from app.core.web.params import row_number
from app.counsel.page_state import CasePage
from app.papers import device_links
from app.papers.device_links import DeviceLinkState
from app.papers.models import Filing


@dataclass(frozen=True)
class PhonePanel:
    """The other device of a page: a code to scan until a time, or since when it has gone on.

    ``qr`` is shown on the page that made the code. ``expired`` tells that nobody scanned it.
    """

    qr: Markup | None = None
    address: str = ""
    until: dt.datetime | None = None
    used_at: dt.datetime | None = None
    expired: bool = False

    @property
    def live(self) -> bool:
        """Whether the draft may change by another device while the page is open."""
        return self.qr is not None or self.used_at is not None

    @property
    def state(self) -> str:
        """The state by which the page's script tells whether the panel changed."""
        if self.used_at is not None:
            return "used"
        return "expired" if self.expired else "ready" if self.until else ""


NO_PANEL = PhonePanel()


def of(page: CasePage) -> PhonePanel:
    """Return what a page shows; nothing to a reader who may file nothing."""
    if not page.may_answer:
        return NO_PANEL
    found = device_links.newest(db.session(), page.representation.id, page.delegate_id, web.now())
    if found is None:
        return NO_PANEL
    link, state = found
    if state is DeviceLinkState.USED:
        return PhonePanel(used_at=link.used_at)
    asked = row_number(request.args.get("phone", "")) == link.id
    if state is DeviceLinkState.EXPIRED:
        return PhonePanel(expired=asked)
    until = link.created_at + device_links.GOOD_FOR
    if state is DeviceLinkState.ENDED or not asked:
        return NO_PANEL
    token = device_links.token(web.secret(), link.id)
    address = web.services().settings.public_url + url_for("counsel.phone", token=token)
    picture = segno.make(address, error="m").svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True
    )
    qr = Markup(picture)  # noqa: S704 - made by segno of our own address
    return PhonePanel(qr, address, until)


def draft_mark(draft: Filing | None) -> str:
    """Return a text that changes with the papers and pages of a draft; "" for none."""
    if draft is None:
        return ""
    papers = [
        (paper.id, paper.name, paper.kind, paper.proves, paper.original) for paper in draft.papers
    ]
    files = [(file.id, file.image_id) for paper in draft.papers for file in paper.files]
    return hashlib.sha256(repr((papers, files)).encode()).hexdigest()[:16]
