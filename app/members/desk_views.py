"""The court's part: members of a hearing who are outside it, and those who cannot come."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core import web
from app.core.db import db, retrying
from app.core.errors import Refusal
from app.core.web.access import signed_in
from app.core.web.params import row_number
from app.hearings.bench import answering, invitations
from app.hearings.models import Hearing, MemberInvitation
from app.members import lines, service
from app.members.lines import MemberLine, MemberState
from app.people.models import Role, User

bp = Blueprint("needed", __name__)


@bp.app_template_global()
def member_lines(hearing: Hearing) -> list[MemberLine]:
    """Return a line for each member of a hearing who is outside the court."""
    return lines.lines(db.session(), hearing, web.now())


class MemberToAsk(NamedTuple):
    """A member outside the court whom a round asks."""

    name: str
    role: str
    judge_id: int
    can_be_reached: bool


@bp.app_template_global()
def members_to_ask(owner: Hearing | Case) -> list[MemberToAsk]:
    """Return the members outside the court whom a round of a hearing, or of a case, asks."""
    return [
        MemberToAsk(each.judge.name, each.role, each.judge_id, bool(invitations.ways(each.judge)))
        for each in owner.members
        if each.role in invitations.OUTSIDE
    ]


@bp.app_template_global()
def absent_members(hearing: Hearing) -> list[MemberLine]:
    """Return the members who cannot come on the date of a hearing, unless that was seen."""
    declined = members_to_ask(hearing) and any(
        each.declined_revision == hearing.revision for each in hearing.member_invitations
    )
    if not declined:
        return []
    return [
        each
        for each in member_lines(hearing)
        if each.state is MemberState.CANNOT_COME and not each.is_noted
    ]


@bp.app_template_global()
def members_who_cannot_come(whose: str = "all") -> Sequence[MemberInvitation]:
    """Return who cannot come on a date that holds, in the user's court or their own hearings."""
    mine = whose == "mine" and current_user.role == Role.ASSISTANT
    user = current_user if mine else None
    return service.declined(db.session(), current_user.court_id, user, web.now())


def _back(hearing_id: int) -> ResponseReturnValue:
    return redirect(url_for("hearing.shown", hearing_id=hearing_id, _anchor="members"), 303)


def _carry_out(
    use_case: Callable[[Session, User], MemberInvitation], invitation_id: int, done: str
) -> ResponseReturnValue:
    """Carry out an act about a member; a refusal is shown on the hearing's page."""
    court_id, user_id = current_user.court_id, current_user.id

    def work(session: Session) -> int:
        return use_case(session, session.get_one(User, user_id)).hearing_id

    try:
        hearing_id = retrying(work)
    except Refusal as refusal:
        hearing_id = service.find(db.session(), court_id, invitation_id).hearing_id
        flash(web.translated(refusal.message), "bad")
    else:
        flash(done, "ok")
    return _back(hearing_id)


@bp.post("/members/invitations/<int:invitation_id>/seen")
@signed_in
def seen(invitation_id: int) -> ResponseReturnValue:
    """Take it off the list of the home page that somebody cannot come."""
    court_id, now = current_user.court_id, web.now()
    retrying(lambda session: answering.note(session, court_id, invitation_id, now))
    flash(gettext("It is off your list, and stays on the record."), "ok")
    hearing_id = row_number(request.form.get("hearing", ""))
    return _back(hearing_id) if hearing_id else redirect(url_for("home.home"), 303)


@bp.post("/members/invitations/<int:invitation_id>/called")
@signed_in
def called(invitation_id: int) -> ResponseReturnValue:
    """Record that the user told somebody by telephone."""
    court_id, now = current_user.court_id, web.now()
    return _carry_out(
        lambda session, user: service.note_call(session, court_id, invitation_id, user, now),
        invitation_id,
        gettext("The call is on the record."),
    )


@bp.post("/members/invitations/<int:invitation_id>/new-link")
@signed_in
def new_link(invitation_id: int) -> ResponseReturnValue:
    """Revoke the link of a member and send a new one."""
    court_id, now = current_user.court_id, web.now()
    version = row_number(request.form.get("version", "")) or 0

    def use_case(session: Session, user: User) -> MemberInvitation:
        return service.send_new_link(
            session, court_id, invitation_id, version, user, now, web.secret()
        )

    done = gettext("The old link has ended, and a new one goes out now.")
    return _carry_out(use_case, invitation_id, done)
