"""How kinds of messages and channels are shown on pages."""

from flask import Blueprint
from flask_babel import gettext

from app.core import channels
from app.notices import kinds

bp = Blueprint("notices", __name__)


@bp.app_template_global()
def kind_label(kind: str) -> str:
    """Return the translated label of a kind of message or entry."""
    return gettext(kinds.label(kind))


@bp.app_template_global()
def channel_look(channel: str) -> channels.ChannelLook:
    """Return the label, icon and mark of a channel."""
    return channels.look(channel)
