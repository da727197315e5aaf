"""Opinions on papers on the court's pages: the record sheet of an exchange, and the date."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, jsonify, render_template
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core import web, wording
from app.core.db import db
from app.core.errors import Invalid, Message, Refusal
from app.core.web.access import only_shown, shows_again, signed_in
from app.hearings.proposing.form_fields import instant
from app.law import OpinionRule
from app.papers import rules as paper_rules
from app.papers.exchange import queries as exchanges
from app.papers.exchange import views as exchange_views
from app.papers.exchange.models import Exchange
from app.papers.models import Paper
from app.papers.opinions import queries, service
from app.papers.opinions import sheet as sheets
from app.papers.opinions.queries import OpinionItem
from app.papers.opinions.rules import Aspect, DisputeState
from app.papers.queries import SidePapers
from app.people.models import User

bp = Blueprint("opinions", __name__)


@bp.app_template_global()
def opinion_aspects() -> list[Aspect]:
    """Return what an opinion is about, in order."""
    return list(Aspect)


@bp.app_template_global()
def dispute_states() -> list[DisputeState]:
    """Return the states of a paper in an exchange, in order."""
    return list(DisputeState)


@bp.app_template_global()
def paper_spans(papers: Sequence[Paper]) -> str:
    """Return the numbers of papers as people say them: "1–3, 5"."""
    return spanned(each.number for each in papers)


@bp.app_template_filter()
def spanned(numbers: Iterable[int | None]) -> str:
    """Return numbers as people say them: "1–3, 5"."""
    return paper_rules.spans([each or 0 for each in numbers])


@bp.app_template_global()
def opinions_in(case: Case, sides: Sequence[SidePapers]) -> Mapping[int, OpinionItem]:
    """Return the evidence of a case that is open to all, with the opinions on each paper."""
    return queries.items(db.session(), case, sides, web.now())


@bp.app_template_global()
def rule_on_copies(case: Case) -> OpinionRule | None:
    """Return the rule on opinions and copies in force for a case, or None."""
    return queries.copy_rule(case, web.now())


@bp.app_template_global()
def opinions_due(case: Case, exchange: Exchange) -> dt.datetime | None:
    """Return the date by which opinions on an exchange are given; None for a cancelled one."""
    return queries.dates(db.session(), case).by_exchange.get(exchange.id)


def _sheet(exchange_id: int) -> sheets.RecordSheet:
    session = db.session()
    exchange = exchanges.find(session, current_user.court_id, exchange_id)
    return sheets.of_exchange(session, exchange, web.now())


@bp.get("/exchanges/<int:exchange_id>/sheet")
@signed_in
def record_sheet(exchange_id: int) -> str:
    """Show the record sheet of an exchange, to be printed."""
    sheet = _sheet(exchange_id)
    case = sheet.exchange.case
    return render_template(
        "desk/record_sheet.html", sheet=sheet, case=case, zone=current_user.court.zone
    )


@bp.get("/exchanges/<int:exchange_id>/sheet.json")
@signed_in
def record_sheet_json(exchange_id: int) -> Any:
    """Return the record sheet as JSON."""
    return jsonify(sheets.as_json(_sheet(exchange_id)))


@bp.post("/exchanges/<int:exchange_id>/opinions-due")
@signed_in
@shows_again
def set_due(exchange_id: int) -> Any:
    """Set the date by which opinions are given, after the messages to all counsel were shown."""
    form, exchange = exchange_views.posted_exchange(exchange_id)
    court, case_id, fold = current_user.court, exchange.case_id, f"opinions-due-{exchange_id}"
    court_id, now, zone = court.id, web.now(), ZoneInfo(court.zone)
    if only_shown():
        return exchange_views.exchange_page(case_id, form, folds=[fold])
    errors: dict[str, Message] = {}
    due_at = instant(form.get("due_at", "")[:40], zone, "due_at", errors)

    def work(session: Session, user: User) -> int:
        if isinstance(due_at, str):
            raise Invalid(errors)
        found = exchanges.find(session, court_id, exchange_id)
        return service.set_due(session, found, due_at, user, now, web.secret()).case_id

    try:
        due = ""
        if not isinstance(due_at, str):
            due = wording.moment(due_at, court.zone, web.language())
        page = exchange_views.do_or_preview(
            case_id,
            work,
            gettext("Set the date and tell all"),
            [(gettext("Opinions due"), due)],
        )
    except (Invalid, Refusal) as fault:
        return exchange_views.rejected(case_id, form, fault, fold)
    done = gettext("The date for opinions is set. All counsel are told.")
    return page or exchange_views.finish(case_id, done)
