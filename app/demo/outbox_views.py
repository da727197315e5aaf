"""The demo's outbox as a page: what people were sent, as they would see it."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from flask import Blueprint, Response, abort, render_template
from markupsafe import Markup, escape

from app.carriers.outbox import carrier
from app.core.web import services
from app.demo.story import COURT

bp = Blueprint("outbox", __name__, url_prefix="/outbox")
LINK = re.compile(r"https?://[^\s<>，。）]+")


@bp.get("")
def shown() -> str:
    """Show the newest messages, mails and texts alike."""
    folder = services().settings.outbox
    return render_template(
        "demo/outbox.html",
        entries=carrier.entries(folder),
        folder=folder,
        zone=COURT["zone"],
        linked=linked,
        tongue=tongue,
    )


@bp.get("/<name>")
def file(name: str) -> Response:
    """Give one message as the file that it is."""
    kind = "message/rfc822" if name.endswith(".eml") else "application/json"
    return _download(_content(name), kind, name)


@bp.get("/<name>/invite.ics")
def invite(name: str) -> Response:
    """Give the calendar that a mail carries."""
    mail = message_from_bytes(_content(name), _class=EmailMessage, policy=policy.default)
    found = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    if not found:
        abort(404)
    return _download(found[0].get_payload(decode=True), "text/calendar", "invite.ics")


def _content(name: str) -> bytes:
    try:
        return carrier.content(services().settings.outbox, name)
    except FileNotFoundError:
        abort(404)


def _download(content: object, kind: str, name: str) -> Response:
    answer = Response(bytes(content) if isinstance(content, bytes) else b"", content_type=kind)
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def tongue(words: str) -> str:
    """Return the language that a message is in; Chinese ones have full-width marks."""
    return "zh-Hans" if "：" in words or "【" in words else "en"


def linked(words: str) -> Markup:
    """Return plain text as HTML, its web addresses as links."""
    parts, last = [], 0
    for found in LINK.finditer(words):
        parts.append(escape(words[last : found.start()]))
        parts.append(Markup('<a href="{0}">{0}</a>').format(found.group()))
        last = found.end()
    return Markup("").join([*parts, escape(words[last:])])
