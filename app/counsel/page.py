"""Counsel's page: reached by a link, without an account; only a POST with a choice decides."""

import datetime as dt
import logging
import secrets
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext, refresh

from app.cases.models import Away
from app.core import web, wording
from app.core.db import db, release_session, retrying
from app.core.errors import Gone, Invalid, Refusal
from app.core.ical import feed, web_calendar_links
from app.core.runtime.logs import one_line_error
from app.counsel import answers as by_link
from app.counsel import contact_record as record
from app.counsel import other_hearings
from app.counsel import page_state as seats
from app.counsel import visit_log as visits
from app.counsel.page_state import CounselPage, HearingStatus
from app.evidence import symmetry
from app.hearings import calendar_events
from app.hearings.answers import forms
from app.hearings.availability import away
from app.hearings.rescheduling import service
from app.record.rules import Event

bp = Blueprint("counsel", __name__)
log = logging.getLogger("tingqi.reply")

# A whole law office may sit behind one address, and guessing 128 bits is hopeless at any rate.
OFTEN = "1200/minute"
SELDOM = "10/minute"


class Closed(Exception):  # noqa: N818
    """The link opens no page; the answer to it is made already."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer


@bp.app_errorhandler(Closed)
def shut(shut_: Closed) -> Any:
    """Answer a link that opens nothing, or nothing more."""
    return shut_.answer


def enter(token: str) -> CounselPage:
    """Return what the link's seat shows now; the page speaks counsel's language from here on.

    Raises Shut, with a page of 404 for a link that is not known, of 410 for one that was revoked.
    """
    found = seats.behind(db.session(), token)
    if found is None:
        raise Closed((render_template("counsel/link_unknown.html"), 404))
    seat, revoked = found
    view = seats.counsel_page(db.session(), seat.id, web.now())
    g.language = view.counsel.language
    refresh()
    if revoked or view.stands == HearingStatus.LEFT:
        raise Closed((render_template("counsel/link_revoked.html", view=view), 410))
    return view


@bp.get("/r/<token>")
@web.limiter.limit(OFTEN)
def page(token: str) -> Any:
    """Show where the hearing stands, and the form while an answer is taken. Decides nothing."""
    view = enter(token)
    agent = visits.agent_class(request.method, dict(request.headers))
    if _write_visit(view, Event.FETCHED, agent):
        view = enter(token)
    return shown(token, view), 410 if view.stands == HearingStatus.LATE and not _has_date(
        view
    ) else 200


def _has_date(view: CounselPage) -> bool:
    return view.hearing.starts_at is not None


def _write_visit(view: CounselPage, what: Event, agent: str) -> bool:
    """Write a visit down; a database too busy for that does not keep counsel from their page.

    Returns whether a transaction was ended over it, so that what was read is to be read again.
    """
    now, method, seat_id = web.now(), request.method, view.seat.id
    if visits.lately(db.session(), view.seat, what, agent, now):
        return False
    try:
        retrying(lambda session: visits.write(session, seat_id, what, agent, method, now))
    except sa.exc.OperationalError as fault:
        release_session()
        log.warning("a visit to seat %s was not written down: %s", seat_id, one_line_error(fault))
    return True


def shown(token: str, view: CounselPage, **more: Any) -> str:
    """Return the page of a seat as it stands, with a new nonce."""
    typed = forms.AnswerForm(
        says={offer.slot.id: offer.says for offer in view.offers},
        comment=view.seat.comment if view.stands == HearingStatus.ANSWERED else "",
    )
    key = forms.page_key(web.secret(), view.seat.id, view.round.id, secrets.token_urlsafe(16))
    session, now = db.session(), web.now()
    event = calendar_events.fixed_event(view.hearing, web.language())
    told = {
        "typed": typed,
        "errors": {},
        "kind_word": "",
        "clocks": _clocks,
        "ahead": other_hearings.ahead(session, view.counsel, view.hearing, now),
        "unanswered": other_hearings.unanswered(session, view.counsel, view.hearing, now),
        "add_to": web_calendar_links.addresses(event) if event else {},
        "may_plead": service.may_ask(view.hearing, now),
        "away_given": away.NOTHING,
        "away_errors": {},
        "said_away": said_away(view) if view.stands == HearingStatus.ANSWERED else [],
        "missing_words": _missing_words,
        **more,
    }
    return render_template("counsel/page.html", token=token, view=view, nonce=key, **told)


def said_away(view: CounselPage) -> Sequence[Away]:
    """Return when a page's counsel said that they are away, from the court's day on."""
    today = web.now().astimezone(ZoneInfo(view.court.zone)).date()
    return away.of(db.session(), view.counsel.id, today)


def _clocks(times: Sequence[dt.datetime], zone: str) -> str:
    return wording.listed((wording.clock(at, zone) for at in times), web.language())


def _missing_words(slots: int) -> list[str]:
    """Return how the page says that 0, 1, … of its slots have no answer yet."""
    words = [gettext("All slots are answered. Press the button to submit.")]
    for n in range(1, slots + 1):
        words.append(
            ngettext("%(num)s slot has no answer yet.", "%(num)s slots have no answer yet.", n)
        )
    return words


@bp.post("/r/<token>")
@web.limiter.limit(OFTEN)
def answer(token: str) -> Any:
    """Take an answer given on a rendered page: a choice for each slot, or for none of them."""
    typed, days = forms.typed(request.form), away.typed(request.form)
    key, now, secret = request.form.get("nonce", ""), web.now(), web.secret()
    try:
        retrying(lambda session: by_link.answer(session, token, typed, days, key, now, secret))
    except by_link.StalePage:
        return _again(token, enter(token), typed, _words_for_old_page(), 422)
    except Gone as gone:
        return _again(token, enter(token), typed, web.translated(gone.message), 410)
    except Invalid as invalid:
        return _corrected(token, typed, invalid)
    except Refusal as refusal:
        code = web.status_of(refusal)
        return _again(token, enter(token), typed, web.translated(refusal.message), code)
    return redirect(url_for("counsel.page", token=token), 303)


def _corrected(token: str, typed: forms.AnswerForm, invalid: Invalid) -> Any:
    """Show the page again, each mistake beside its field."""
    view = enter(token)
    errors = {name: web.translated(message) for name, message in invalid.errors.items()}
    away_errors = {str(n): errors.pop(n) for n in ("from", "until") if n in errors}
    known = {"none", "comment", *(f"slot-{slot.id}" for slot in view.round.slots)}
    word = "" if known.issuperset(errors) else _words_for_old_page()
    return _again(token, view, typed, word, 422, errors, away_errors)


def _words_for_old_page() -> str:
    return gettext(
        "Nothing was recorded: the page that you answered on is no longer current. "
        "Please look at the slots below and submit once more."
    )


def _again(
    token: str,
    view: CounselPage,
    typed: forms.AnswerForm,
    word: str,
    code: int,
    errors: dict[str, str] | None = None,
    away_errors: dict[str, str] | None = None,
) -> Any:
    """Show the page again with all that was typed; where answering is over, how things stand."""
    if not view.open:
        over = gettext("Your answer was not recorded: the time to answer is over.")
        page_ = shown(token, view, kind_word=word if code == 410 else over)
        return page_, 410
    more = {"away_given": away.typed(request.form), "away_errors": away_errors or {}}
    return shown(token, view, typed=typed, kind_word=word, errors=errors or {}, **more), code


@bp.post("/r/<token>/opened")
@web.limiter.limit(OFTEN)
def opened(token: str) -> Any:
    """Note that a person has the page before them, as its script saw; see visits for why."""
    view = enter(token)
    key = request.form.get("nonce", "")
    if forms.chance_of(web.secret(), key, view.seat.id, view.round.id) is None:
        return "", 422
    if visits.agent_class(request.method, dict(request.headers)) == visits.UNSEEN:
        _write_visit(view, Event.OPENED, "person")
    return "", 204


@bp.get("/r/<token>/record")
@web.limiter.limit(OFTEN)
def contacts(token: str) -> Any:
    """Show the record of contact with all sides about this hearing."""
    view = enter(token)
    listed = record.contacts(db.session(), view.hearing, view.counsel.id)
    seen = symmetry.of(db.session(), view.case, f"hearing/{view.hearing.id}")
    return render_template(
        "counsel/contact_record.html", token=token, view=view, contacts=listed, symmetry=seen
    )


@bp.get("/r/<token>/hearing.ics")
@web.limiter.limit(OFTEN)
def file(token: str) -> Any:
    """Give the fixed hearing as a file for a calendar; it carries no link."""
    view = enter(token)
    event = calendar_events.fixed_event(view.hearing, web.language())
    if event is None:
        words = gettext("There is no date yet, so there is nothing for a calendar.")
        return shown(token, view, kind_word=words), 404
    court = (view.court.name, web.services().settings.court_address)
    body = feed.feed(view.case.number, [event], stamp=view.hearing.changed_at, organizer=court)
    return body, {
        "Content-Type": "text/calendar; charset=utf-8; method=PUBLISH",
        "Content-Disposition": 'attachment; filename="hearing.ics"',
    }


@bp.get("/r")
def code() -> Any:
    """Ask for the short code of a message that could carry no link."""
    return render_template("counsel/short_codes.html", typed="", error="")


@bp.post("/r")
@web.limiter.limit(SELDOM)
def heard() -> Any:
    """Lead from a short code to its page."""
    typed = request.form.get("code", "")
    token = seats.link_of_code(db.session(), typed, web.secret())
    if token is None:
        words = gettext("No page has this code. Compare it with the message, letter by letter.")
        return render_template("counsel/short_codes.html", typed=typed[:40], error=words), 422
    return redirect(url_for("counsel.page", token=token), 303)
