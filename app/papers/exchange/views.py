"""The court's page of the exchange of evidence in a case: open it, follow it."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases import queries as case_queries
from app.cases.models import Case
from app.core import web, wording
from app.core.db import db, retrying
from app.core.errors import Invalid, Message, Refusal
from app.core.web.access import only_shown, shows_again, signed_in
from app.core.web.params import translated_errors
from app.hearings.proposing import confirmation
from app.hearings.proposing.confirmation import ConfirmationPage
from app.hearings.proposing.form_fields import instant, wall_clock
from app.law import working_days
from app.law.working_days import EvidenceClose
from app.papers import queries as papers
from app.papers.exchange import overview, queries, service
from app.papers.exchange.overview import ExchangeOverview
from app.papers.exchange.rules import ExchangeMode
from app.papers.exchange.service import ExchangeTerms
from app.people.models import User

bp = Blueprint("exchange", __name__)
MOST_TYPED = 2_000  # characters of a field that are shown again

# (session, user) -> id of the case.
Work = Callable[[Session, User], int]


@bp.app_template_global()
def exchange_of(case_id: int) -> ExchangeOverview | None:
    """Return the exchange of a case that is open or closed last, as the court may see it."""
    exchange = queries.current(db.session(), case_id)
    return overview.read(db.session(), exchange) if exchange else None


@bp.get("/cases/<int:case_id>/exchange")
@signed_in
def shown(case_id: int) -> str:
    """Show the exchange of a case, side by side, or the form that opens one."""
    return _page(case_id)


def _page(case_id: int, form: dict[str, str] | None = None, **more: Any) -> str:
    session, court = db.session(), current_user.court
    case = case_queries.case_with_parties(session, court.id, case_id)
    exchanges = queries.of_case(session, case.id)
    filed = papers.by_side(session, case.id)
    default = _default_close(session, case)
    blank = {
        "mode": ExchangeMode.SEALED.value,
        "closes_at": wall_clock(default.closes_at, ZoneInfo(court.zone)),
    }
    return render_template(
        "desk/exchange.html",
        case=case,
        zone=court.zone,
        exchanges=[overview.of(each, filed) for each in exchanges],
        form=form or blank,
        default=default,
        modes=list(ExchangeMode),
        sides=list(dict.fromkeys(party.side for party in case.parties)),
        **{"errors": {}, "message": "", **more},
    )


def _default_close(session: Session, case: Case) -> EvidenceClose:
    """Return when the evidence period of the rules ends, if the court sets it today."""
    today = web.now().astimezone(ZoneInfo(case.court.zone)).date()
    working = working_days.working_days(session, case.court)
    return working_days.evidence_close(case.court, working, case, today)


@bp.post("/cases/<int:case_id>/exchange")
@signed_in
@shows_again
def start(case_id: int) -> Any:
    """Open an exchange, after the messages that tell all counsel were shown."""
    form = {name: text[:MOST_TYPED] for name, text in request.form.items()}
    if only_shown():
        return _page(case_id, form)
    now, secret, court_id = web.now(), web.secret(), current_user.court_id
    try:
        mode, terms = _mode(form), read_terms(form)

        def work(session: Session, user: User) -> int:
            return service.start(session, court_id, case_id, mode, terms, user, now, secret).case_id

        facts = _facts(mode, terms, case_id)
        page = _do(case_id, work, gettext("Open it and tell all sides"), facts)
    except Invalid as fault:
        return _page(case_id, form, errors=translated_errors(fault)), 422
    except Refusal as fault:
        return _page(case_id, form, message=web.translated(fault.message)), web.status_of(fault)
    if page:
        return page
    flash(gettext("The exchange of evidence is open. All counsel are told."), "ok")
    return redirect(url_for("exchange.shown", case_id=case_id), 303)


def _mode(form: dict[str, str]) -> ExchangeMode:
    """Return the chosen mode; sealed where none is chosen, which shows nothing too early."""
    mode = form.get("mode", "")
    return ExchangeMode(mode) if mode in list(ExchangeMode) else ExchangeMode.SEALED


def read_terms(form: dict[str, str]) -> ExchangeTerms:
    """Return the times of a form, typed by the court's clock. Raises Invalid by field."""
    zone, errors = ZoneInfo(current_user.court.zone), dict[str, Message]()
    closes_at = instant(form.get("closes_at", ""), zone, "closes_at", errors)
    names = [name for name in form if name.startswith("closes_") and name != "closes_at"]
    by_side = {
        name.removeprefix("closes_"): instant(form[name], zone, name, errors)
        for name in names
        if form[name].strip()
    }
    if errors or isinstance(closes_at, str):
        raise Invalid(errors)
    return ExchangeTerms(
        closes_at, {side: at for side, at in by_side.items() if not isinstance(at, str)}
    )


def _do(
    case_id: int,
    work: Work,
    button: str,
    facts: list[tuple[str, str]],
    *,
    grave: bool = False,
) -> str | None:
    """Do what sends messages, or return the page that shows them before it is done."""
    user_id = current_user.id
    page = ConfirmationPage(
        gettext("Exchange of evidence"),
        button,
        "send",
        back=url_for("exchange.shown", case_id=case_id),
        facts=facts,
        grave=grave,
        editable=True,
    )

    def act(session: Session) -> int:
        return work(session, session.get_one(User, user_id))

    if before := confirmation.page_before(act, page, always=True):
        return before
    retrying(act)
    return None


def _facts(mode: ExchangeMode, terms: ExchangeTerms, case_id: int) -> list[tuple[str, str]]:
    """Return what is opened, for the page that asks before it is sent."""
    zone, language = current_user.court.zone, web.language()
    facts = [
        (gettext("What the others see"), gettext(mode.label)),
        (gettext("Closes"), wording.moment(terms.closes_at, zone, language)),
    ]
    facts += [
        (
            gettext("Closes for: %(side)s", side=wording.side_name(side, language)),
            wording.moment(at, zone, language),
        )
        for side, at in terms.by_side.items()
    ]
    case = case_queries.case_with_parties(db.session(), current_user.court_id, case_id)
    if warning := _warning(_default_close(db.session(), case), terms):
        facts.append((gettext("By the rules"), warning))
    return facts


def _warning(default: EvidenceClose, terms: ExchangeTerms) -> str:
    """Return what is said of a close that the evidence period of the rules does not allow."""
    rule, zone = default.rule, current_user.court.zone
    closes = [terms.closes_at, *terms.by_side.values()]
    if rule is None:
        return ""
    is_short = not rule.at_most and min(closes) < default.closes_at
    is_long = rule.at_most and max(closes) > default.closes_at
    if not is_short and not is_long:
        return ""
    language = web.language()
    words, article = (texts.get(language, texts["en"]) for texts in (rule.words, rule.article))
    ends = wording.moment(default.closes_at, zone, language)
    return gettext(
        "%(words)s (%(article)s). Set today, it ends on %(ends)s.",
        words=words,
        article=article,
        ends=ends,
    )
