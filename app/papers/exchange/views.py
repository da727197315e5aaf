"""The court's page of the exchange of evidence in a case: open it, change it, decide on it."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases import queries as case_queries
from app.cases.models import Case
from app.core import web, wording
from app.core.characters import clean
from app.core.db import db, retrying
from app.core.errors import N_, Invalid, Message, NotFound, Refusal
from app.core.web.access import only_shown, shows_again, signed_in
from app.core.web.params import translated_errors
from app.core.wording import one_line
from app.hearings.proposing import confirmation
from app.hearings.proposing.confirmation import ConfirmationPage
from app.hearings.proposing.form_fields import instant, wall_clock
from app.law import working_days
from app.law.working_days import EvidenceClose
from app.papers import queries as papers
from app.papers.exchange import late, overview, queries, service
from app.papers.exchange.models import Exchange
from app.papers.exchange.overview import ExchangeOverview
from app.papers.exchange.rules import ExchangeMode, LateDecision
from app.papers.exchange.service import ExchangeTerms
from app.papers.models import Filing
from app.people.factors.confirmation import needs_fresh_proof
from app.people.models import Role, User

bp = Blueprint("exchange", __name__)
SOON = dt.timedelta(days=3)  # what closes within it is on the home page
MOST_TYPED = 2_000  # characters of a field that are shown again

# (session, user) -> id of the case.
Work = Callable[[Session, User], int]


@bp.app_template_global()
def exchange_of(case_id: int) -> ExchangeOverview | None:
    """Return the exchange of a case that is open or closed last, as the court may see it."""
    exchange = queries.current(db.session(), case_id)
    return overview.read(db.session(), exchange) if exchange else None


@dataclass(frozen=True)
class HomeRows:
    """What the home page says of exchanges: late papers to decide on, and what closes soon."""

    late: Sequence[Filing]
    closing: Sequence[ExchangeOverview]


@bp.app_template_global()
def exchanges_waiting(whose: str = "all") -> HomeRows:
    """Return what waits in exchanges of the user's court, or of the user themselves."""
    session, user = db.session(), current_user
    mine = user.id if whose == "mine" and user.role == Role.ASSISTANT else None
    soon = queries.closing_soon(session, user.court_id, web.now() + SOON, mine)
    return HomeRows(
        papers.late_undecided(session, user.court_id, mine),
        [overview.read(session, each) for each in soon],
    )


@bp.get("/cases/<int:case_id>/exchange")
@signed_in
def shown(case_id: int) -> str:
    """Show the exchange of a case, side by side, or the form that opens one."""
    return exchange_page(case_id)


def exchange_page(case_id: int, form: dict[str, str] | None = None, **more: Any) -> str:
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
        wall=lambda at: wall_clock(at, ZoneInfo(court.zone)) if at else "",
        default=default,
        modes=list(ExchangeMode),
        sides=list(dict.fromkeys(party.side for party in case.parties)),
        **{"errors": {}, "message": "", "folds": [], **more},
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
        return exchange_page(case_id, form)
    now, secret, court_id = web.now(), web.secret(), current_user.court_id
    try:
        mode, terms = _mode(form), read_terms(form)

        def work(session: Session, user: User) -> int:
            return service.start(session, court_id, case_id, mode, terms, user, now, secret).case_id

        facts = _facts(mode, terms, case_id)
        page = do_or_preview(case_id, work, gettext("Open it and tell all sides"), facts)
    except (Invalid, Refusal) as fault:
        return rejected(case_id, form, fault, "open")
    return page or finish(
        case_id, gettext("The exchange of evidence is open. All counsel are told.")
    )


@bp.post("/exchanges/<int:exchange_id>/close")
@signed_in
@shows_again
@needs_fresh_proof
def change(exchange_id: int) -> Any:
    """Set another close, after the messages that tell all counsel were shown."""
    form, exchange = posted_exchange(exchange_id)
    now, secret, court_id = web.now(), web.secret(), current_user.court_id

    def work(session: Session, user: User) -> int:
        return service.change(session, court_id, exchange_id, terms, user, now, secret).case_id

    try:
        terms = read_terms(form)
        facts = _facts(ExchangeMode(exchange.mode), terms, exchange.case_id)
        button = gettext("Change the close and tell all sides")
        if only_shown():
            return exchange_page(exchange.case_id, form, folds=["change"])
        page = do_or_preview(exchange.case_id, work, button, facts)
    except (Invalid, Refusal) as fault:
        return rejected(exchange.case_id, form, fault, "change")
    return page or finish(exchange.case_id, gettext("The close is changed. All counsel are told."))


@bp.post("/exchanges/<int:exchange_id>/cancelled")
@signed_in
@shows_again
def cancel(exchange_id: int) -> Any:
    """Cancel an exchange, after what follows and the messages were shown."""
    form, exchange = posted_exchange(exchange_id)
    words = _typed(form, "words_cancel")
    now, secret, court_id = web.now(), web.secret(), current_user.court_id

    def work(session: Session, user: User) -> int:
        return service.cancel(session, court_id, exchange_id, words, user, now, secret).case_id

    if only_shown():
        return exchange_page(exchange.case_id, form, folds=["cancel"])
    what = gettext("What was filed stays with all sides.")
    if exchange.is_sealed:
        what = gettext(
            "What was filed stays sealed for ever: nobody but the side that filed it reads it. "
            "Each side can file it again by one press once another exchange is open."
        )
    try:
        facts = [(gettext("What follows"), what), (gettext("Reason"), words)]
        page = do_or_preview(
            exchange.case_id,
            work,
            gettext("Cancel it and tell all sides"),
            facts,
            grave=True,
        )
    except (Invalid, Refusal) as fault:
        return rejected(exchange.case_id, form, fault, "cancel", "words_cancel")
    done = gettext("The exchange of evidence is cancelled. All counsel are told.")
    return page or finish(exchange.case_id, done)


@bp.post("/filings/<int:filing_id>/late")
@signed_in
@shows_again
@needs_fresh_proof
def decide(filing_id: int) -> Any:
    """Admit a late filing or refuse it, after the messages that tell all counsel were shown."""
    form = {name: text[:MOST_TYPED] for name, text in request.form.items()}
    filing = db.session.get(Filing, filing_id)
    if filing is None or filing.court_id != current_user.court_id or filing.late is None:
        raise NotFound(N_("There is no such filing in this court."))
    case_id, number = filing.case_id, filing.number
    if only_shown():
        return exchange_page(case_id, form, folds=[f"late-{filing_id}"])
    admitted = form.get("decision") == LateDecision.ADMITTED
    decision = LateDecision.ADMITTED if admitted else LateDecision.REFUSED
    words = _typed(form, f"words_{filing_id}")
    now, secret, court_id = web.now(), web.secret(), current_user.court_id

    def work(session: Session, user: User) -> int:
        late.decide(session, court_id, filing_id, decision, words, user, now, secret)
        return case_id

    button = gettext("Admit them and tell all sides")
    what = gettext("Late papers, filing %(number)s: admitted, open to all sides", number=number)
    if not admitted:
        button = gettext("Refuse them and tell all sides")
        what = gettext(
            "Late papers, filing %(number)s: not admitted, read by nobody", number=number
        )
    try:
        page = do_or_preview(
            case_id, work, button, [(gettext("Decision"), what), (gettext("Reason"), words)]
        )
    except (Invalid, Refusal) as fault:
        return rejected(case_id, form, fault, f"late-{filing_id}", f"words_{filing_id}")
    return page or finish(case_id, gettext("Decided. All counsel are told."))


def posted_exchange(exchange_id: int) -> tuple[dict[str, str], Exchange]:
    """Return the posted form, and the exchange that it is about. Raises NotFound."""
    form = {name: text[:MOST_TYPED] for name, text in request.form.items()}
    return form, queries.find(db.session(), current_user.court_id, exchange_id)


def _typed(form: dict[str, str], name: str) -> str:
    """Return what is typed in a field for words on one line."""
    return one_line(clean(form.get(name, ""))).strip()


def rejected(
    case_id: int, form: dict[str, str], fault: Invalid | Refusal, fold: str, words_field: str = ""
) -> Any:
    """Show a rejected form again, with what was typed and its fold open.

    ``words_field`` is the field of the form in which the reason is typed.
    """
    if isinstance(fault, Invalid):
        errors = translated_errors(fault)
        if "words" in errors:
            errors[words_field] = errors.pop("words")
        return exchange_page(case_id, form, errors=errors, folds=[fold]), 422
    words = web.translated(fault.message)
    return exchange_page(case_id, form, message=words, folds=[fold]), web.status_of(fault)


def finish(case_id: int, words: str) -> Any:
    flash(words, "ok")
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


def do_or_preview(
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
