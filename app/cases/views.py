"""Pages of cases: the list, a new case, its details."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases import benches, changes, edit_conflicts, form_fields, phones, queries, service
from app.cases.form_fields import CaseRows
from app.cases.forms import CaseDetails, CaseIn, CounselIn, Known, PartyIn, described
from app.cases.models import Case
from app.cases.rules import number_in_court, short_number
from app.core import web, wording
from app.core.characters import clean
from app.core.db import db, retrying
from app.core.errors import Invalid, Refusal
from app.core.forms import Form, load
from app.core.web.access import only_shown, shows_again, signed_in
from app.core.web.params import page_number, row_number, translated_errors
from app.court import bench
from app.court import queries as court_queries
from app.court.authorship import signed_in_author
from app.court.change_log import ChangeAuthor
from app.people.models import User

bp = Blueprint("cases", __name__)


@dataclass(frozen=True)
class PageField:
    """A described field as templates render it, in the language of the page."""

    name: str
    label: str
    short_label: str
    hint: str
    control: str
    choices: Sequence[tuple[str, str]]
    max_length: int | None
    is_collapsed: bool
    completed_from: str


FORMS: Mapping[str, type[Form]] = {
    "case": CaseIn,
    "details": CaseDetails,
    "party": PartyIn,
    "counsel": CounselIn,
}


@bp.app_template_global()
def page_fields(form: str) -> list[PageField]:
    """Return the fields of a form (a key of ``FORMS``) that a page shows, in order."""
    schema_fields = FORMS[form].schema()().fields
    return [
        PageField(
            name=name,
            label=gettext(info.label),
            short_label=gettext(info.short_label or info.label),
            hint=gettext(info.hint) if info.hint else "",
            control=info.control.value,
            choices=[
                (value, gettext(label) if label else wording.side_name(value, web.language()))
                for value, label in info.choices
            ],
            max_length=getattr(schema_fields[name], "most", None),
            is_collapsed=info.is_collapsed,
            completed_from=info.completed_from.value if info.completed_from else "",
        )
        for name, info in described(FORMS[form]).items()
        if info.on_page
    ]


@bp.app_template_global()
def field_labels(*forms: str) -> dict[str, str]:
    """Return the short labels of the fields of some forms, for lists of mistakes and changes."""
    labels = {"parties": gettext("Parties"), "counsel": gettext("Counsel")}
    return labels | {each.name: each.short_label for form in forms for each in page_fields(form)}


def row_labels(errors: Mapping[str, str]) -> dict[str, str]:
    """Return the labels of those fields of a new case's rows that have errors, with their row."""
    labels, comma = {}, wording.comma(web.language())
    for name in errors:
        match name.split("."):
            case ["parties", p, field]:
                row = gettext("Party %(number)s", number=int(p) + 1)
                labels[name] = comma.join([row, field_labels("party").get(field, field)])
            case ["parties", p, "counsel", c, field]:
                row = gettext("Party %(number)s", number=int(p) + 1)
                one = gettext("Counsel %(number)s", number=int(c) + 1)
                labels[name] = comma.join([row, one, field_labels("counsel").get(field, field)])
    return labels


@bp.app_template_global()
def procedure_name(procedure: str) -> str:
    """Name a procedure."""
    labels = dict(described(CaseDetails)["procedure"].choices)
    return gettext(labels[procedure]) if procedure in labels else procedure


@bp.app_template_filter()
def telephone(number: str) -> str:
    """Format a stored telephone number for display."""
    return phones.display_phone(number, web.language())


@bp.app_template_filter()
def tel(text: str) -> str:
    """Return the ``tel:`` URI of a number in free form."""
    return phones.tel_uri(text)


@bp.app_template_global()
def is_valid_phone(number: str) -> bool:
    """Tell whether a stored number would be accepted today."""
    return phones.is_valid(number)


@bp.app_template_global()
def is_land_line(number: str) -> bool:
    """Tell whether a stored number gets no texts."""
    return phones.is_land_line(number)


@bp.app_template_filter()
def on_tab(number: str) -> str:
    """Return a case's number as the title of a browser tab shows it."""
    return short_number(number)


@bp.app_template_filter()
def in_court(number: str) -> str:
    """Return a case's number as lists of the signed-in user's court show it."""
    zone = current_user.court.zone
    return number_in_court(number, wording.local(web.now(), zone).year)


@bp.get("/cases")
@signed_in
def listed() -> str:
    """Show the court's cases."""
    asked, page = request.args.get("q", ""), page_number()
    order, judge = request.args.get("sort", ""), row_number(request.args.get("judge", ""))
    session, court_id = db.session(), current_user.court_id
    rows, more = queries.search_cases(session, court_id, asked, page, order=order, judge=judge)
    return render_template(
        "cases/list.html",
        cases=rows,
        more=more,
        page=page,
        asked=asked,
        order=order,
        judge=judge,
        judges=court_queries.judges(session, court_id),
    )


@bp.get("/cases/new")
@signed_in
def new() -> str:
    """Show the form of a new case."""
    return _case_form(form_fields.blank_case())


def _case_form(case: CaseRows, **context: Any) -> str:
    judges = [each.name for each in court_queries.judges(db.session(), current_user.court_id)]
    labels = {**field_labels("case"), **row_labels(context.get("errors", {})), "parties": ""}
    return render_template("cases/new.html", rows=case, judges=judges, labels=labels, **context)


@bp.get("/cases/known")
@signed_in
def known() -> str:
    """Render known counsel or firms whose name has the words typed, as options of a list."""
    words = clean(request.args.get("q", "")[:200]).replace("\0", "").strip()
    session, court_id = db.session(), current_user.court_id
    if not words:
        return ""
    if request.args.get("of") == Known.FIRM.value:
        firms = queries.known_firms(session, court_id, words)
        return render_template("cases/_known.html", firms=firms, people=())
    people = queries.known_counsel(session, court_id, words)
    return render_template("cases/_known.html", people=people, firms=())


@bp.post("/cases/new")
@signed_in
@shows_again
def enter() -> Any:
    """Enter a new case; the buttons that add a row only show the form again."""
    rows = form_fields.parse_case(request.form.items())
    action = "show" if only_shown() else request.form.get("do", "save")
    if action not in ("save", "propose"):
        return _case_form(form_fields.apply_action(rows, action))
    try:
        form = load(CaseIn, form_fields.case_input(form_fields.drop_empty_rows(rows)))
        user_id = current_user.id
        case_id = retrying(lambda session: _enter(session, user_id, form))
    except Invalid as fault:
        return _case_form(form_fields.pad_with_rows(rows), errors=translated_errors(fault)), 422
    except Refusal as fault:
        return _case_form(rows, refused=web.translated(fault.message)), web.status_of(fault)
    if action == "propose":
        flash(gettext("The case is saved."), "ok")
        return redirect(url_for("proposing.new", case_id=case_id), 303)
    flash(gettext("The case is saved. Its hearing can be proposed now."), "ok")
    return redirect(url_for("case.case", case_id=case_id), 303)


def _enter(session: Session, user_id: int, form: CaseIn) -> int:
    user = session.get_one(User, user_id)
    return service.enter(session, user.court, user, form, web.now()).id


@bp.route("/cases/<int:case_id>/facts", methods=["GET", "POST"])
@signed_in
@shows_again
def facts(case_id: int) -> Any:
    """Change a case's details."""
    case = queries.case_with_parties(db.session(), current_user.court_id, case_id)
    if request.method == "GET":
        return _details_form(case_id, _detail_texts(case))
    texts = {name: request.form.get(name, "") for name in form_fields.DETAILS}
    conflicts = edit_conflicts.changed_fields(
        request.form.get("stood", ""), _detail_texts(case), texts
    )
    if only_shown() or conflicts:
        return _details_form(case_id, texts, changes=conflicts), 409 if conflicts else 200
    try:
        details, author = load(CaseDetails, texts), signed_in_author()
        retrying(lambda session: _change(session, author(session), case_id, details))
    except Invalid as fault:
        return _details_form(case_id, texts, errors=translated_errors(fault)), 422
    flash(gettext("The case is changed."), "ok")
    return redirect(url_for("case.case", case_id=case_id), 303)


def _detail_texts(case: Case) -> dict[str, str]:
    stored = {
        **changes.stored_values_of(case),
        "judge": case.judge.name,
        "bench": wording.bench_line(bench.as_facts(benches.named(case.members)), web.language()),
    }
    return {name: form_fields.as_text(stored[name]) for name in form_fields.DETAILS}


def _details_form(case_id: int, texts: dict[str, str], **context: Any) -> str:
    case = queries.case_with_parties(db.session(), current_user.court_id, case_id)
    judges = [each.name for each in court_queries.judges(db.session(), current_user.court_id)]
    return render_template(
        "cases/facts.html",
        case=case,
        given=texts,
        judges=judges,
        stood=edit_conflicts.fingerprint(_detail_texts(case)),
        **context,
    )


def _change(session: Session, by: ChangeAuthor, case_id: int, details: CaseDetails) -> None:
    case = service.find_case(session, by.court_id, case_id)
    changes.change_details(session, by, case, details)
