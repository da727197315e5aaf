"""The inbox: messages waiting for the assistant, and those handled automatically."""

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
from app.core.matters import Matter
from app.core.web.access import signed_in
from app.notices.inbound import Inbound, InboundKind, Mailbox
from app.people.models import Role

bp = Blueprint("inbound", __name__)
PER_PAGE = 50
MAX_ID = 2**62


def _visible_to_user() -> sa.ColumnElement[bool]:
    """Return the filter for messages the user may see; admins see unassigned ones, too."""
    of_court = Inbound.court_id == current_user.court_id
    unassigned = Inbound.court_id.is_(None)
    return sa.or_(of_court, unassigned) if current_user.role == Role.ADMIN else of_court


@bp.app_template_global()
def replies_waiting() -> int:
    """Return the number of waiting messages that the user may see."""
    query = sa.select(sa.func.count(Inbound.id)).where(
        _visible_to_user(), Inbound.done_at.is_(None)
    )
    return db.session.scalar(query) or 0


@bp.app_template_global()
def replies_about(hearing_id: int) -> Sequence[Inbound]:
    """Return the waiting messages about a hearing, oldest first."""
    query = (
        sa.select(Inbound)
        .where(
            Inbound.about == str(Matter.hearing(hearing_id)),
            Inbound.done_at.is_(None),
            _visible_to_user(),
        )
        .order_by(Inbound.id)
    )
    return db.session.scalars(query.limit(PER_PAGE)).all()


@bp.app_template_global()
def question_mails(question_id: int, case_id: int) -> Sequence[Inbound]:
    """Return the mails that answer messages about a question, the newest first."""
    query = (
        sa.select(Inbound)
        .where(
            Inbound.case_id == case_id,
            Inbound.kind == InboundKind.MAIL.value,
            _visible_to_user(),
        )
        .order_by(Inbound.id.desc())
    )
    mails = db.session.scalars(query.limit(PER_PAGE)).all()
    return [each for each in mails if each.detail.get("question") == question_id]


@bp.app_template_global()
def mailbox_fault() -> str:
    """Return the error of the last attempt to read the mailbox, or ""."""
    if web.services().external.mailbox is None:
        return ""
    name = web.services().external.mailbox.name  # type: ignore[union-attr]
    return db.session.scalar(sa.select(Mailbox.fault).where(Mailbox.name == name)) or ""


@bp.get("/inbox")
@signed_in
def listed() -> str:
    """Show waiting messages, oldest first; with ``all=1`` all messages, newest first."""
    show_all, before = bool(request.args.get("all")), request.args.get("before", "")
    query = (
        sa.select(Inbound, Case)
        .outerjoin(Case, Case.id == Inbound.case_id)
        .where(_visible_to_user())
    )
    if show_all:
        query = query.order_by(Inbound.id.desc())
        if before.isascii() and before.isdigit() and int(before[:20]) < MAX_ID:
            query = query.where(Inbound.id < int(before))
    else:
        query = query.where(Inbound.done_at.is_(None)).order_by(Inbound.id)
    rows = db.session.execute(query.limit(PER_PAGE + 1)).all()
    return render_template(
        "inbound/inbox.html",
        rows=rows[:PER_PAGE],
        show_all=show_all,
        zone=current_user.court.zone,
        older=rows[PER_PAGE - 1][0].id if show_all and len(rows) > PER_PAGE else 0,
        more=not show_all and len(rows) > PER_PAGE,
    )


@bp.post("/inbox/<int:inbound_id>/done")
@signed_in
def done(inbound_id: int) -> Any:
    """Mark a message as done."""
    visible, user_id, now = _visible_to_user(), current_user.id, web.now()

    def close(session: Session) -> None:
        message = session.scalar(
            sa.select(Inbound).where(Inbound.id == min(inbound_id, MAX_ID), visible)
        )
        if message is None:
            raise NotFound(N_("There is nothing at this address."))
        if message.done_at is None:
            message.done_at, message.user_id = now, user_id

    retrying(close)
    flash(gettext("Marked as done."), "ok")
    return redirect(url_for("inbound.listed"), 303)
