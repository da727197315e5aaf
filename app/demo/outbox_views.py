"""Pages of the demo's outbox: messages as their recipients see them."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from flask import Blueprint, Response, abort, render_template
from markupsafe import Markup, escape

from app.carriers.outbox import carrier
from app.core.web import services
from app.core.web.params import page_number
from app.demo.story import COURT

bp = Blueprint("outbox", __name__, url_prefix="/outbox")
# A whole message takes most of a phone's screen; browsers fail to draw a hundred in one picture.
PER_PAGE = 10
LINK = re.compile(r"https?://[^\s<>，。）]+")


@bp.get("")
def shown() -> str:
    """Show a page of messages, the newest first."""
    folder, page = services().settings.outbox, page_number()
    # One more than the page holds, which tells whether there are older ones.
    entries = carrier.entries(folder, page * PER_PAGE + 1)[(page - 1) * PER_PAGE :]
    return render_template(
        "demo/outbox.html",
        entries=entries[:PER_PAGE],
        page=page,
        more=len(entries) > PER_PAGE,
        folder=folder,
        zone=COURT["zone"],
        linked=linked,
        language_tag=language_tag,
    )


@bp.get("/<name>")
def file(name: str) -> Response:
    """Download a message as a file."""
    kind = "message/rfc822" if name.endswith(".eml") else "application/json"
    return _download(_content(name), kind, name)


@bp.get("/<name>/invite.ics")
def invite(name: str) -> Response:
    """Download the calendar attached to a mail."""
    mail = message_from_bytes(_content(name), _class=EmailMessage, policy=policy.default)
    calendars = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    if not calendars:
        abort(404)
    return _download(calendars[0].get_payload(decode=True), "text/calendar", "invite.ics")


def _content(name: str) -> bytes:
    try:
        return carrier.content(services().settings.outbox, name)
    except FileNotFoundError:
        abort(404)


def _download(content: object, kind: str, name: str) -> Response:
    response = Response(bytes(content) if isinstance(content, bytes) else b"", content_type=kind)
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def language_tag(text: str) -> str:
    """Return the language tag of a message; Chinese ones contain full-width punctuation."""
    return "zh-Hans" if "：" in text or "【" in text else "en"


def linked(text: str) -> Markup:
    """Convert plain text to HTML with links."""
    parts, last = [], 0
    for match in LINK.finditer(text):
        parts.append(escape(text[last : match.start()]))
        parts.append(Markup('<a href="{0}">{0}</a>').format(match.group()))
        last = match.end()
    return Markup("").join([*parts, escape(text[last:])])
