"""From one device to another: a code is made by a press, scanned, and goes on with the draft.

Link scanners open what a code leads to, so that opening it decides nothing: it is used up by the
press on the page that it shows, by the device that is first.
"""

from dataclasses import dataclass

from flask import Request, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import refresh
from sqlalchemy.orm import Session

from app.core import web
from app.core.db import db, retrying
from app.core.errors import N_
from app.counsel import access, page_keys
from app.counsel.access import ACT_RATE, PAGE_RATE, CaseSubmission, Destination, Rejection
from app.counsel.page_keys import PageSubject
from app.counsel.page_state import CasePage
from app.counsel.papers import page as papers_page
from app.counsel.papers import phone_panel
from app.counsel.papers.page import PapersForm
from app.papers import device_links, queries
from app.papers.device_links import DeviceLinkState, OpenedDeviceLink
from app.papers.models import DeviceLink

STALE = N_("Nothing was recorded: this page is out of date. Please press the button once more.")


@dataclass(frozen=True)
class NoFields:
    """A form that has nothing but a button."""


def _read(_request: Request) -> NoFields:
    return NoFields()


def _render(page: CasePage, _form: NoFields, rejection: Rejection) -> str:
    return papers_page.render(page, PapersForm(), rejection)


@access.case_act(_read, _render, then="counsel.papers", stale=STALE)
def submit(session: Session, submission: CaseSubmission[NoFields]) -> Destination:
    """Make a code by which another device goes on with the draft, and show it."""
    representation, now = submission.representation, submission.now
    link = device_links.make(
        session, representation, now, web.secret(), submission.delegate, submission.nonce
    )
    return Destination("counsel.papers", {"phone": link.id, "_anchor": "phone"})


@access.case_page
def show_state(page: CasePage) -> ResponseReturnValue:
    """Return by which marks a page tells that another device changed draft or panel."""
    draft = queries.draft_of(db.session(), page.case.id, page.representation.id, None)
    return jsonify(draft=phone_panel.draft_mark(draft), phone=phone_panel.of(page).state)


def _found(token: str) -> OpenedDeviceLink | None:
    """Return the link of a code with its state; words are in its owner's language from here."""
    found = device_links.find(db.session(), token, web.now())
    if found is not None:
        delegate = found.link.delegate
        g.language = delegate.language if delegate else found.link.representation.counsel.language
        refresh()
    return found


def _subject(link: DeviceLink) -> PageSubject:
    return PageSubject.representation(link.representation_id, link.delegate_id or 0)


def _shown(token: str, *, stale: bool = False) -> ResponseReturnValue:
    found = _found(token)
    if found is None:
        return render_template("counsel/phone/ended.html", state="UNKNOWN", court=None), 404
    link, state = found
    case = link.representation.party.case
    if state is not DeviceLinkState.READY:
        shown = render_template("counsel/phone/ended.html", state=state.name, court=case.court)
        return shown, 410
    nonce = page_keys.issue(web.secret(), _subject(link))
    shown = render_template(
        "counsel/phone/ready.html",
        token=token,
        link=link,
        case=case,
        court=case.court,
        nonce=nonce,
        stale=stale,
    )
    return shown, 422 if stale else 200


@web.limiter.limit(PAGE_RATE)
def show(token: str) -> ResponseReturnValue:
    """Show what a scanned code leads to, with the button to go on; or why it leads nowhere."""
    return _shown(token)


@web.limiter.limit(ACT_RATE)
def go_on(token: str) -> ResponseReturnValue:
    """Use up a code, and go on to the page of papers by the key of the page that made it."""
    secret, now = web.secret(), web.now()
    page_key = page_keys.parse(secret, request.form.get("nonce", ""))
    found = device_links.find(db.session(), token, now)
    if found is None or page_key is None or page_key.subject != _subject(found.link):
        return _shown(token, stale=True)
    key = retrying(lambda session: device_links.use(session, token, now, secret))
    if key is None:
        return _shown(token)
    return redirect(url_for("counsel.papers", token=key), 303)
