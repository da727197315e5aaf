"""Resending a message, and how kinds and channels are shown on pages."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from app.core import channels, web
from app.core.db import retrying
from app.core.matters import Matter
from app.core.web.access import signed_in
from app.notices import kinds, resending

bp = Blueprint("notices", __name__)


@bp.app_template_global()
def kind_label(kind: str) -> str:
    """Return the translated label of a kind of message or entry."""
    return gettext(kinds.label(kind))


@bp.app_template_global()
def channel_look(channel: str) -> channels.ChannelLook:
    """Return the label, icon and mark of a channel."""
    return channels.look(channel)


@bp.post("/notices/<int:notice_id>/again")
@signed_in
def again(notice_id: int) -> Any:
    """Resend a message that failed, was missed or has an unknown outcome."""
    court_id = current_user.court_id

    def queue_again(session: Session) -> tuple[str, int, str]:
        notice = resending.find(session, court_id, notice_id)
        resending.again(session, notice, web.now())
        return notice.about, notice.case_id, notice.name

    about, case_id, name = retrying(queue_again)
    flash(gettext("The message to %(name)s is being sent again.", name=name), "ok")
    if hearing_id := Matter.hearing_id(about):
        return redirect(url_for("hearing.shown", hearing_id=hearing_id), 303)
    return redirect(url_for("record.case_record", case_id=case_id), 303)
