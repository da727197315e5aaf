"""A notice on paper, for who is not shown to know a date: to be printed, posted, and logged."""

import secrets
from typing import Any

import segno
from flask import redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.orm import Session

from app import links, web
from app.cases import service as cases
from app.db import db, retrying
from app.errors import N_, NotFound, Refusal
from app.hearings import case_views, facts, off_channel, queries
from app.hearings.models import Hearing, Invitation
from app.hearings.views import bp
from app.notices import letters
from app.people.models import User
from app.people.views import signed_in


@bp.get("/hearings/<int:hearing_id>/paper/<int:counsel_id>")
@signed_in
def paper(hearing_id: int, counsel_id: int) -> Any:
    """Show the notice as it is printed: the same words as the letter, a QR code and the code."""
    hearing, seat = _find(db.session(), hearing_id, counsel_id)
    secret, public = web.secret(), web.house().settings.public_url
    link = f"{public}/r/{links.token(secret, 'reply', seat.id, seat.version)}"
    code = links.spoken(links.code(secret, seat.id, seat.version))
    kind = "moved" if hearing.revision > 1 else "fixed"
    told = facts.of(hearing, person=facts.person(seat), was={}, reason=hearing.reason,
                    by_order=bool(hearing.reason))  # fmt: skip
    letter = letters.compose(kind, "email", seat.counsel.language, told, link="", code=code,
                             base=public)  # fmt: skip
    picture = segno.make(link, error="m").svg_inline(scale=4, border=2, dark="#000", light="#fff")
    return render_template(
        "hearings/paper.html", hearing=hearing, case=hearing.case, court=hearing.case.court,
        seat=seat, letter=letter, code=code, page=secrets.token_urlsafe(16),
        qr=Markup(picture),  # noqa: S704 - made by segno of our own address
    )  # fmt: skip


@bp.post("/hearings/<int:hearing_id>/paper/<int:counsel_id>")
@signed_in
def posted(hearing_id: int, counsel_id: int) -> Any:
    """Write down that the notice was handed to the post or to a messenger."""
    court_id, user_id, now = current_user.court_id, current_user.id, web.now()
    page = request.form.get("page", "")[:32]

    def write(session: Session) -> str:
        hearing, seat = _find(session, hearing_id, counsel_id, court_id)
        given = {"channel": "letter", "direction": "out", "counsel_id": counsel_id,
                 "hearing_id": hearing.id, "at": now, "outcome": "told", "address": "",
                 "note": "", "tell_others": False, "page": page}  # fmt: skip
        case = cases.find_case(session, court_id, hearing.case_id)
        user = session.get_one(User, user_id)
        off_channel.log(session, case, seat.counsel, given, user, now)
        return seat.counsel.name

    case_views.say_logged(retrying(write), [])
    return redirect(url_for("hearings.shown", hearing_id=hearing_id), 303)


def _find(
    session: Session, hearing_id: int, counsel_id: int, court_id: int = 0
) -> tuple[Hearing, Invitation]:
    hearing = queries.find(session, court_id or current_user.court_id, hearing_id)
    seat = queries.last_seats(session, hearing).get(counsel_id)
    if seat is None:
        raise NotFound(N_("This person was told nothing about this hearing."))
    if hearing.starts_at is None:
        raise Refusal(N_("There is no date yet of which a notice could tell."))
    return hearing, seat
