"""The page of a court's figures, and the same as a file."""

import csv
import io
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Blueprint, Response, render_template, request
from flask_babel import gettext
from flask_login import current_user

from app.cases.rules import PROCEDURES
from app.cases.views import procedure_name
from app.core import channels, web, wording
from app.core.characters import half_width
from app.core.db import db
from app.core.web.access import signed_in
from app.figures import queries, report, rules
from app.figures.queries import Scope
from app.figures.report import FigureCell, FiguresReport
from app.figures.rules import Month
from app.hearings.rules import MoveCause
from app.outcomes.rules import Outcome, OutcomeCause

bp = Blueprint("figures", __name__)
MONTHS = 6  # shown unless others are asked for


@bp.get("/figures")
@signed_in
def shown() -> str:
    """Show the figures of the court, or to a judge their own."""
    figures = _report()
    return render_template(
        "figures/figures.html",
        figures=figures,
        scope=figures.scope,
        procedures=[(each, procedure_name(each)) for each in PROCEDURES],
        month_name=_month_name,
        short_month=_short_month,
        reason_name=lambda reason: wording.move_reason_name(reason, web.language()),
        court_cause=_court_cause,
        outcomes=list(Outcome),
        channel_labels=[gettext(channels.look(each).label) for each in figures.channels],
        court=current_user.court,
        fewest=rules.FEWEST,
        fewest_compared=rules.FEWEST_COMPARED,
    )


@bp.get("/figures.csv")
@signed_in
def file() -> Response:
    """Return the figures as CSV, a row for each month, procedure and figure."""
    figures = _report()
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [
            *(gettext("Month"), gettext("Procedure"), gettext("Figure"), gettext("Of which")),
            *(gettext("Count"), gettext("Cases"), gettext("Value")),
        ]
    )
    for cell in figures.cells:
        value = "" if cell.value is None else cell.value
        names = (procedure_name(cell.procedure), _figure_names()[cell.figure], _detail(cell))
        writer.writerow([str(cell.month), *names, cell.count, cell.of, value])
    if compared := figures.comparison:
        for name, share in (("before", compared.before), ("after", compared.after)):
            words = _figure_names()[f"compared_{name}"]
            value = f"{share.value:.4f}" if compared.enough else ""
            writer.writerow(["", "", words, str(compared.since), share.count, share.of, value])
    name = f"figures-{figures.scope.months[0]}-{figures.scope.months[-1]}.csv"
    # The mark lets spreadsheets read it as UTF-8.
    body = "\ufeff" + text.getvalue()
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, content_type="text/csv; charset=utf-8", headers=headers)


def _report() -> FiguresReport:
    session, court = db.session(), current_user.court
    today = rules.month_of(web.now().astimezone(ZoneInfo(court.zone)).date())
    last = _month("to") or today
    first = _month("from") or last.plus(1 - MONTHS)
    procedure = request.args.get("procedure", "")
    scope = Scope(
        court,
        rules.months(first, last),
        procedure if procedure in PROCEDURES else "",
        queries.judge_of(session, current_user),
    )
    return report.build(session, scope, web.now())


def _month(name: str) -> Month | None:
    return rules.parse_month(half_width(request.args.get(name, "")))


def _month_name(month: Month) -> str:
    pattern = "y年M月" if web.language() == "zh" else "MMM y"
    return format_date(month.first, pattern, web.language())


def _short_month(month: Month) -> str:
    return format_date(month.first, "M月" if web.language() == "zh" else "MMM", web.language())


def _figure_names() -> dict[str, str]:
    return {
        "days": gettext("Days from the first asking to the date (median)"),
        "agreed": gettext("Agreed in the first round"),
        "no_shows": gettext("Hearings at which somebody was absent"),
        "shown_absent": gettext("Absent people who were shown to know the date"),
        "questions": gettext("Questions answered in time"),
        "moves": gettext("Requests for another date that were granted"),
        "court_moves": gettext("Moves by the court of its own accord that led to another date"),
        "outcomes": gettext("Outcomes of hearings"),
        "messages": gettext("Messages per hearing"),
        "compared_before": gettext("No-shows before"),
        "compared_after": gettext("No-shows after"),
    }


def _court_cause(cause: str) -> str:
    return gettext(MoveCause(cause).label) if cause else gettext("not said")


def _detail(cell: FigureCell) -> str:
    language: Any = web.language()
    if cell.figure == "moves":
        return wording.move_reason_name(cell.detail, language)
    if cell.figure == "court_moves":
        return _court_cause(cell.detail)
    if cell.figure == "outcomes":
        what, _, why = cell.detail.partition("/")
        words = [Outcome(what).label, *([OutcomeCause(why).label] if why else [])]
        return wording.colon(language).join(map(gettext, words))
    if cell.figure == "messages":
        return gettext(channels.look(cell.detail).label)
    return ""
