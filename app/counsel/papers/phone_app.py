"""The page of papers as an app of a phone, into which other apps share files.

It needs no service worker: the browser posts what is shared to our own address.
"""

from typing import Any

from flask import g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, refresh
from sqlalchemy.orm import Session

from app.cases import delegates
from app.cases.delegates import Delegation
from app.cases.models import Delegate, Representation
from app.cases.rules import short_number
from app.core import document_types, web
from app.core.db import db, release_session, retrying
from app.counsel import access
from app.counsel.access import PAGE_RATE, DelegateRight
from app.counsel.papers import page as papers_page
from app.counsel.papers import share_keys
from app.hearings.answers import counsel_keys
from app.papers import drafting
from app.papers.drafting import Author, SentFile
from app.storage import staged_uploads

GROUND, SEAL = "#f7f6f3", "#a3302a"  # as --paper and --seal in tingqi.css
ICONS = (("icon-192", 192, "any"), ("icon-512", 512, "any"), ("icon-maskable-512", 512, "maskable"))


def _author(session: Session, token: str) -> Author | None:
    """Return for whom files are shared by a share key, or None once that has ended."""
    key, now = share_keys.parse(web.secret(), token), web.now()
    representation = session.get(Representation, key.representation_id) if key else None
    if key is None or representation is None or representation.left_at is not None:
        return None
    if representation.key_version != key.key_version:
        return None
    case = representation.party.case
    if not key.delegate_id:
        return Author(case, representation)
    delegate = session.get(Delegate, key.delegate_id)
    if delegate is None or delegates.ended(session, [delegate.id], now):
        return None
    if not DelegateRight.ANSWER_CASE.permits(delegate):
        return None
    acting = Delegation(delegate.id, delegate.name, representation.counsel.name)
    return Author(case, representation, delegate=acting)


def _entered(token: str) -> Author | None:
    """Return for whom a share key is; words are in their language from here."""
    author = _author(db.session(), token)
    if author is not None and author.representation is not None:
        acting = author.delegate
        delegate = db.session.get(Delegate, acting.id) if acting else None
        g.language = (delegate or author.representation.counsel).language
        refresh()
    return author


def _ended() -> ResponseReturnValue:
    return render_template("counsel/phone/app.html", author=None, court=None), 410


@web.limiter.limit(PAGE_RATE)
def manifest(token: str) -> ResponseReturnValue:
    """Return the manifest of the app of one case."""
    author = _entered(token)
    if author is None:
        return _ended()
    response = jsonify(_manifest(token, author))
    response.mimetype = "application/manifest+json"
    return response


def _manifest(token: str, author: Author) -> dict[str, Any]:
    number = author.case.number
    start = url_for("counsel.phone_app", token=token)
    endings = sorted({*document_types.ENDINGS.values(), ".jpeg", ".heif", ".tif"})
    others = sorted(document_types.PAPERS - document_types.PICTURES)
    return {
        "id": start,
        "name": gettext("Papers %(number)s", number=number),
        "short_name": gettext("Papers %(number)s", number=short_number(number)),
        "description": gettext("Papers of one case, for the court and all sides."),
        "lang": "zh-Hans" if web.language() == "zh" else "en",
        "start_url": start,
        "scope": "/r/",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": SEAL,
        "icons": [
            {
                "src": url_for("static", filename=f"{name}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for name, size, purpose in ICONS
        ],
        "share_target": {
            "action": url_for("counsel.phone_app_share", token=token),
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {
                "title": "title",
                "text": "text",
                "url": "link",
                # Pictures that are shared together are the pages of one paper.
                "files": [
                    {"name": "photo", "accept": ["image/*"]},
                    {"name": "file", "accept": [*others, *endings]},
                ],
            },
        },
    }


@web.limiter.limit(papers_page.RATE)
def share(token: str) -> ResponseReturnValue:
    """Put files that another app shares into the draft; nothing is filed.

    The browser sends them for no page of ours, so that they carry no page's key: the share key in
    the path is the secret, and a request by another site is refused as everywhere.
    """
    if _author(db.session(), token) is None:
        return _ended()
    release_session()
    access.allow_files(papers_page.most())
    files = papers_page.read_draft(request).files
    count = len(files)

    def work(session: Session) -> bool:
        author = _author(session, token)
        if author is None:
            return False
        _add(session, author, files)
        return True

    if files and not retrying(work):
        return _ended()
    return redirect(url_for("counsel.phone_app", token=token, shared=count), 303)


def _add(session: Session, author: Author, files: tuple[SentFile, ...]) -> None:
    now = web.now()
    draft = drafting.open_draft(session, author, now)
    unnamed = gettext("Paper %(number)s", number="{number}")
    store, limits = staged_uploads.store(), staged_uploads.limits()
    drafting.add_files(session, store, draft, files, unnamed, now, limits)


@web.limiter.limit(PAGE_RATE)
def show(token: str) -> ResponseReturnValue:
    """Go on to the page of papers by the key that the phone remembers, or say how to get there."""
    author = _entered(token)
    if author is None:
        return _ended()
    shared = request.args.get("shared", "")[:4]
    key = request.cookies.get(share_keys.COOKIE, "")
    opened = counsel_keys.resolve(db.session(), key, web.now()) if key else None
    if opened is not None and not opened.revoked and author.representation is not None:
        own = (opened.representation_id, opened.delegate_id or 0)
        delegate_id = author.delegate.id if author.delegate else 0
        if own == (author.representation.id, delegate_id):
            return redirect(url_for("counsel.papers", token=key, shared=shared or None), 302)
    return render_template(
        "counsel/phone/app.html", author=author, court=author.case.court, shared=shared
    )
