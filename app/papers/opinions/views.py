"""Opinions on papers on the court's pages: the record sheet of an exchange, and the date."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core import web
from app.core.db import db, retrying
from app.core.errors import Invalid, Message, Refusal
from app.core.web.access import signed_in
from app.hearings.proposing.form_fields import instant
from app.law import OpinionRule
from app.papers import rules as paper_rules
from app.papers.exchange import queries as exchanges
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
def set_due(exchange_id: int) -> Any:
    """Set the date by which opinions are given, and tell all counsel."""
    court_id, user_id, now = current_user.court_id, current_user.id, web.now()
    errors: dict[str, Message] = {}
    zone = ZoneInfo(current_user.court.zone)
    case_id = exchanges.find(db.session(), court_id, exchange_id).case_id

    def work(session: Session) -> None:
        due_at = instant(request.form.get("due_at", "")[:40], zone, "due_at", errors)
        if isinstance(due_at, str):
            raise Invalid(errors)
        exchange = exchanges.find(session, court_id, exchange_id)
        user = session.get_one(User, user_id)
        service.set_due(session, exchange, due_at, user, now, web.secret())

    try:
        retrying(work)
    except Invalid as fault:
        messages = [web.translated(each) for each in fault.errors.values()]
        flash(" ".join(messages), "bad")
    except Refusal as fault:
        flash(web.translated(fault.message), "bad")
    else:
        flash(gettext("The date for opinions is set. All counsel are told."), "ok")
    return redirect(url_for("exchange.shown", case_id=case_id), 303)
