"""Change the bench of a case, with the choice of its hearings to come."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases import queries as cases
from app.cases.models import Case
from app.core import web
from app.core.db import db, retrying
from app.core.errors import Invalid, NotFound, Refusal, RuleWarning
from app.core.forms import load
from app.core.web.access import only_shown, shows_again, signed_in
from app.core.web.params import translated_errors
from app.desk import confirmations
from app.hearings import queries
from app.hearings.bench import changing, members
from app.hearings.bench.changing import MembersBusy
from app.hearings.bench.presentation import bench_names
from app.hearings.forms import BenchChangeIn
from app.hearings.proposing import confirmation
from app.hearings.scheduling import CourtContext
from app.people.models import User

bp = Blueprint("case_bench", __name__)

FIELDS = ("bench", "reason", "override_reason", "tell", "whole_case")


@bp.get("/cases/<int:case_id>/bench")
@signed_in
def shown(case_id: int) -> str:
    """Show the bench of a case, to be changed."""
    case = _case(case_id)
    typed = dict.fromkeys(FIELDS, "") | {"bench": bench_names(case, everybody=True)}
    upcoming = queries.upcoming_hearings(db.session(), case, web.now())
    return _page(case, typed | {"whole_case": "1" if upcoming else ""})


@bp.post("/cases/<int:case_id>/bench")
@signed_in
@shows_again
def change(case_id: int) -> Any:
    """Change it; messages that this sends are shown first."""
    typed = {name: request.form.get(name, "") for name in FIELDS}
    values = {**typed, "tell": bool(typed["tell"]), "whole_case": bool(typed["whole_case"])}
    user_id, now, secret = current_user.id, web.now(), web.secret()
    version, case = request.form.get("stood", ""), _case(case_id)
    if only_shown():
        return _page(case, typed)

    def run(session: Session) -> int:
        user = session.get_one(User, user_id)
        context = CourtContext(user.court, user, now, secret)
        form = load(BenchChangeIn, values)
        return changing.change_case(session, context, case_id, form, version=version).id

    try:
        page = confirmations.changing_case_bench(case, load(BenchChangeIn, values))
        if messages := confirmation.page_before(run, page):
            return messages
        retrying(run)
    except NotFound:
        raise
    except Invalid as fault:
        found = translated_errors(fault)
        of_bench = next((words for name, words in found.items() if name.startswith("bench")), "")
        return _page(_case(case_id), typed, errors={"bench": of_bench} if of_bench else found), 422
    except MembersBusy as fault:
        errors = {"bench": web.translated(fault.message)}
        return _page(_case(case_id), typed, errors=errors), 409
    except RuleWarning as fault:
        errors = {"override_reason": web.translated(fault.message)}
        return _page(_case(case_id), typed, errors=errors), 422
    except Refusal as fault:
        refused = web.translated(fault.message)
        return _page(_case(case_id), typed, refused=refused), web.status_of(fault)
    flash(gettext("The bench of this case is changed."), "ok")
    return redirect(url_for("case.case", case_id=case_id), 303)


def _case(case_id: int) -> Case:
    return cases.case_with_parties(db.session(), current_user.court_id, case_id)


def _page(case: Case, typed: dict[str, str], **changes: Any) -> str:
    return render_template(
        "desk/case_bench.html",
        case=case,
        zone=case.court.zone,
        given=typed,
        stood=members.fingerprint(case),
        upcoming=queries.upcoming_hearings(db.session(), case, web.now()),
        **{"errors": {}, "refused": "", **changes},
    )
