"""Renew counsel's link: the page says what follows, its button does it."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases import queries, service
from app.cases.models import Representation
from app.core import web
from app.core.db import db, retrying
from app.core.errors import Refusal
from app.core.web.access import only_shown, shows_again, signed_in
from app.core.web.params import row_number
from app.desk import confirmations
from app.hearings.answers import key_renewal
from app.hearings.proposing import confirmation
from app.people.models import User

bp = Blueprint("keys", __name__)


@bp.route("/cases/<int:case_id>/counsel/<int:representation_id>/link", methods=["GET", "POST"])
@signed_in
@shows_again
def renew(case_id: int, representation_id: int) -> ResponseReturnValue:
    """Show what follows when counsel's link is replaced, and replace it once that was shown."""
    case = service.find_case(db.session(), current_user.court_id, case_id)
    representation = queries.representation_of(db.session(), case, representation_id)
    name, user_id, now = representation.counsel.name, current_user.id, web.now()
    version = row_number(request.form.get("version", "")) or representation.key_version
    back = url_for("case.case", case_id=case_id, _anchor="people")

    def work(session: Session) -> int:
        locked = session.get_one(Representation, representation_id)
        user = session.get_one(User, user_id)
        key_renewal.renew_by_court(session, locked, user, version, now, web.secret())
        return case_id

    page = confirmations.key_renewal(back, representation)
    try:
        if request.method == "GET" or only_shown():
            return confirmation.first_page(work, page, [["version", str(version)]])
        if shown := confirmation.page_before(work, page, always=True):
            return shown
        retrying(work)
    except Refusal as error:
        flash(web.translated(error.message), "due")
    else:
        flash(gettext("The links that %(name)s had in this case have ended.", name=name), "ok")
    return redirect(back, 303)
