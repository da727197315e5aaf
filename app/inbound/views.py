"""The court's page of what came in: what waits for a person, and what rules were done with."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core import web
from app.core.db import db, retrying
from app.core.errors import N_, NotFound
from app.core.web.access import signed_in
from app.notices.inbound import Inbound, Mailbox
from app.people.models import Role

bp = Blueprint("inbound", __name__)
ON_A_PAGE = 50
LARGEST = 2**62


def _seen() -> sa.ColumnElement[bool]:
    """Return the condition that a message is a user's to see: their court's, or nobody's."""
    own = Inbound.court_id == current_user.court_id
    nobodys = Inbound.court_id.is_(None)
    return sa.or_(own, nobodys) if current_user.role == Role.ADMIN else own


@bp.app_template_global()
def replies_waiting() -> int:
    """Return how many messages wait for a person of the user's court."""
    wanted = sa.select(sa.func.count(Inbound.id)).where(_seen(), Inbound.done_at.is_(None))
    return db.session.scalar(wanted) or 0


@bp.app_template_global()
def replies_about(hearing_id: int) -> Sequence[Inbound]:
    """Return the messages about a hearing that wait, the oldest first."""
    wanted = (
        sa.select(Inbound)
        .where(Inbound.about == f"hearing/{hearing_id}", Inbound.done_at.is_(None), _seen())
        .order_by(Inbound.id)
    )
    return db.session.scalars(wanted.limit(ON_A_PAGE)).all()


@bp.app_template_global()
def mailbox_fault() -> str:
    """Return why the mailbox could not be read at the last look; empty where it could."""
    if web.services().gateways.mailbox is None:
        return ""
    name = web.services().gateways.mailbox.name  # type: ignore[union-attr]
    return db.session.scalar(sa.select(Mailbox.fault).where(Mailbox.name == name)) or ""


@bp.get("/inbox")
@signed_in
def listed() -> str:
    """Show what waits, the oldest first; with ``all=1`` everything, the newest first."""
    every, before = bool(request.args.get("all")), request.args.get("before", "")
    wanted = sa.select(Inbound, Case).outerjoin(Case, Case.id == Inbound.case_id).where(_seen())
    if every:
        wanted = wanted.order_by(Inbound.id.desc())
        if before.isascii() and before.isdigit() and int(before[:20]) < LARGEST:
            wanted = wanted.where(Inbound.id < int(before))
    else:
        wanted = wanted.where(Inbound.done_at.is_(None)).order_by(Inbound.id)
    found = db.session.execute(wanted.limit(ON_A_PAGE + 1)).all()
    return render_template(
        "inbound/inbox.html",
        rows=found[:ON_A_PAGE],
        every=every,
        zone=current_user.court.zone,
        older=found[ON_A_PAGE - 1][0].id if every and len(found) > ON_A_PAGE else 0,
        more=not every and len(found) > ON_A_PAGE,
    )


@bp.post("/inbox/<int:inbound_id>/done")
@signed_in
def done(inbound_id: int) -> Any:
    """Take note that a person has dealt with a message."""
    condition, user_id, now = _seen(), current_user.id, web.now()

    def close(session: Session) -> None:
        found = session.scalar(
            sa.select(Inbound).where(Inbound.id == min(inbound_id, LARGEST), condition)
        )
        if found is None:
            raise NotFound(N_("There is nothing at this address."))
        if found.done_at is None:
            found.done_at, found.user_id = now, user_id

    retrying(close)
    flash(gettext("Done: it waits no longer."), "yes")
    return redirect(url_for("inbound.listed"), 303)
