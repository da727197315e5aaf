"""Pages of the rules of procedure: texts, sources and the choice of a set."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app import law
from app.cases.models import Case
from app.cases.views import procedure_name
from app.core import web, wording
from app.core.db import retrying
from app.core.web.access import may, signed_in
from app.court import change_log
from app.court.authorship import signed_in_author
from app.court.models import Court

bp = Blueprint("law", __name__)


@bp.get("/settings/rules")
@may("set_up")
def rule_sets() -> str:
    """Show the rule sets that a court can choose from."""
    return _page()


@bp.get("/rules")
@signed_in
def rules_read() -> str:
    """Show the court's rule set, read-only, to every user."""
    return _page(only=current_user.court.rule_set)


def _page(only: str = "", **context: Any) -> str:
    sets = {name: law.rule_set(name) for name in law.names() if only in ("", name)}
    context = {"chosen": current_user.court.rule_set, "refused": "", **context}
    return render_template("law/rules.html", sets=sets, may_choose=not only, **context)


@bp.post("/settings/rules")
@may("set_up")
def choose_rules() -> Any:
    """Choose another rule set; open proposals keep the version they were checked under."""
    name, author = request.form.get("rule_set", ""), signed_in_author()
    if name not in law.names():
        return _page(chosen=name, refused=gettext("There is no such set of rules.")), 422

    def choose(session: Session) -> None:
        by = author(session)
        court = session.get_one(Court, by.court_id)
        change_log.note(session, by, "rules", "", court.rule_set, name)
        court.rule_set = name

    retrying(choose)
    version = law.rule_set(name).version
    flash(gettext("The court uses %(version)s from the next round on.", version=version), "ok")
    return redirect(url_for("law.rule_sets"), 303)


@bp.app_template_global()
def procedure_names(procedures: tuple[str, ...]) -> str:
    """Return the names of procedures as a list in words."""
    return wording.listed(map(procedure_name, procedures), web.language())


@bp.app_template_global()
def counted_from(rule: law.PeriodRule) -> str:
    """Describe the event from which a period is counted."""
    return {
        law.Counted.FROM_NOTICE: gettext("the day of notice"),
        law.Counted.FROM_ENTRY: gettext("the day on which the case was entered"),
    }[rule.counted]


@bp.app_template_global()
def clash_rule(case: Case) -> law.ClashRule | None:
    """Return the court's rule on which of two clashing hearings goes first, or None."""
    try:
        rules = law.rule_set(case.court.rule_set)
    except law.InvalidRules:
        return None
    return rules.clash_for(case.procedure, web.now().astimezone(ZoneInfo(case.court.zone)).date())


@bp.app_template_global()
def localized(texts: dict[str, str]) -> str:
    """Return a multilingual text of a rule in the page's language."""
    return texts.get(web.language()) or texts.get("en", "")
