"""The rules of procedure that a court goes by: what they say, their sources, which set holds."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app import law
from app.cases.views import procedure_name
from app.core import web, wording
from app.core.db import retrying
from app.core.web.access import may, signed_in
from app.court import change_log
from app.court.authorship import by_whom
from app.court.models import Court

bp = Blueprint("law", __name__)


@bp.get("/settings/rules")
@may("set_up")
def rule_sets() -> str:
    """Show the sets of rules that a court can choose from."""
    return _page()


@bp.get("/rules")
@signed_in
def rules_read() -> str:
    """Show everybody of the court the rules that it goes by."""
    return _page(only=current_user.court.rule_set)


def _page(only: str = "", **more: Any) -> str:
    sets = {name: law.rule_set(name) for name in law.names() if only in ("", name)}
    more["may_choose"] = not only
    chosen = {"chosen": current_user.court.rule_set, "refused": "", **more}
    return render_template("law/rules.html", sets=sets, **chosen)


@bp.post("/settings/rules")
@may("set_up")
def choose_rules() -> Any:
    """Let the court go by another set; rounds that are open keep the rules they were asked by."""
    name, whose = request.form.get("rule_set", ""), by_whom()
    if name not in law.names():
        return _page(chosen=name, refused=gettext("There is no such set of rules.")), 422

    def choose(session: Session) -> None:
        by = whose(session)
        court = session.get_one(Court, by.court_id)
        change_log.note(session, by, "rules", "", court.rule_set, name)
        court.rule_set = name

    retrying(choose)
    version = law.rule_set(name).version
    flash(gettext("The court goes by %(version)s from the next round on.", version=version), "yes")
    return redirect(url_for("law.rule_sets"), 303)


@bp.app_template_global()
def procedure_names(procedures: tuple[str, ...]) -> str:
    """Name procedures, one after the other."""
    return wording.listed(map(procedure_name, procedures), web.language())


@bp.app_template_global()
def counted_from(rule: law.PeriodRule) -> str:
    """Say from when a period is counted."""
    return {
        law.Counted.FROM_NOTICE: gettext("the day on which people are told"),
        law.Counted.FROM_ENTRY: gettext("the day on which the case was entered here"),
    }[rule.counted]


@bp.app_template_global()
def in_tongue(words: dict[str, str]) -> str:
    """Return words that their data carries in each language, in that of the page."""
    return words.get(web.language()) or words.get("en", "")
