"""Confirmation: a form that sends messages first shows them, and sends them when pressed again.

The second form carries all fields of the first, and a seal: an HMAC over its address and these
fields, which only a page that showed the messages has.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import web
from app.hearings.proposing.preview import Preview, PreviewSender, preview_messages

SEAL = "seen"
# Fields that are no part of what was shown.
_UNSEALED = (SEAL, "go_on")


@dataclass(frozen=True)
class ConfirmationPage:
    """What a confirmation says beside the messages."""

    title: str
    button: str
    icon: str
    # The page to which *Back without sending* leads.
    back: str
    # What is done, as (label, value).
    facts: Sequence[tuple[str, str]] = ()
    # Names of counsel whom no message can reach.
    unreachable: Sequence[str] = ()
    # It undoes something that cannot be restored.
    grave: bool = False
    # Its messages are queued by the worker within seconds, not with the button.
    by_worker: bool = False
    # What was typed can be changed: the way back is a button that shows it again (``go_on``).
    editable: bool = False


def seal(content: Mapping[str, Any]) -> str:
    """Return the HMAC which proves that the messages of just this content were shown."""
    words = json.dumps(content, sort_keys=True).replace("\\r\\n", "\\n")
    return hmac.new(web.secret(), f"seen/{words}".encode(), hashlib.sha256).hexdigest()[:32]


def sender() -> PreviewSender:
    """Return the sender of the messages of this installation."""
    settings = web.services().settings
    return PreviewSender(web.secret(), settings.public_url, settings.court_address)


def page_before(
    work: Callable[[Session], int],
    page: ConfirmationPage,
    *,
    always: bool = False,
    withheld: str = "",
) -> str | None:
    """Return the page that shows what the posted form would send; None if it may be done.

    It may if the page was shown before, or, unless ``always``, if nothing would be sent. ``work``
    is the use case, which returns the id of its case. ``withheld`` is shown in place of the words
    of the messages, which the user may not read. Raises what the use case raises.
    """
    posted = _posted_fields()
    shown = seal({"path": request.path, "fields": posted})
    if hmac.compare_digest(request.form.get(SEAL, ""), shown):
        return None
    messages = preview_messages(work, sender(), web.now())
    if not messages.recipients and not always:
        return None
    return render_page(
        page, messages.without_words(withheld) if withheld else messages, posted, shown
    )


def first_page(
    work: Callable[[Session], int], page: ConfirmationPage, fields: Sequence[Sequence[str]]
) -> str:
    """Return the page that shows what a form of ``fields`` would send, where no form was posted.

    Raises what the use case ``work`` raises.
    """
    shown = seal({"path": request.path, "fields": fields})
    return render_page(page, preview_messages(work, sender(), web.now()), fields, shown)


def render_page(
    page: ConfirmationPage,
    messages: Preview,
    posted: Sequence[Sequence[str]],
    shown: str,
    template: str = "proposing/confirmation.html",
    **context: Any,
) -> str:
    """Render a confirmation, whose form has the posted fields and the seal of them."""
    return render_template(
        template,
        asked_before=page,
        seen=messages,
        posted=posted,
        seal=shown,
        zone=current_user.court.zone,
        **context,
    )


def _posted_fields() -> list[list[str]]:
    return [
        [name, value] for name, value in request.form.items(multi=True) if name not in _UNSEALED
    ]
