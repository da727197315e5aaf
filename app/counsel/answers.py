"""An answer given on counsel's page: whose it is, whether the page was current, then taken."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.core.errors import Invalid
from app.hearings.answers import forms, locking, service
from app.hearings.answers.locking import LockedInvitation
from app.hearings.availability import away
from app.hearings.models import ProposalState


class StalePage(Exception):  # noqa: N818
    """No page that can be answered on now: none of this link's, of this round, or none at all."""


def answer(
    session: Session,
    token: str,
    typed: forms.AnswerForm,
    days: Mapping[str, Any],
    key: str,
    now: dt.datetime,
    secret: bytes,
) -> None:
    """Take what was typed on the page whose nonce is ``key``; ``days`` are when counsel is away.

    What the page holds already is no new choice: whoever presses may be a machine. Raises OldPage,
    Invalid for all that cannot be taken, Gone where the round is over, Refusal.
    """
    held = locking.by_link(session, token)
    chance = _chance(held, key, secret) if held else None
    if held is None or chance is None:
        raise StalePage
    try:
        says, comment = forms.checked(typed, {slot.id for slot in held.slots})
    except Invalid as invalid:
        today = now.astimezone(ZoneInfo(held.hearing.case.court.zone)).date()
        raise Invalid({**invalid.errors, **away.faults(days, today)}) from None
    if days == away.NOTHING and _stands(held, says, comment, now):
        return
    given = service.AnswerInput(says, comment, forms.press(chance, says, comment))
    service.take(session, held, given, now, secret)
    if days != away.NOTHING:
        away.add_days(session, held.seat.id, days, now)


def _chance(held: LockedInvitation, key: str, secret: bytes) -> str | None:
    if held.revoked or not held.own.acting:
        return None
    return forms.chance_of(secret, key, held.seat.id, held.round.id)


def _stands(
    held: LockedInvitation, says: Mapping[int, str], comment: str, now: dt.datetime
) -> bool:
    """Tell whether an answer that can still be changed is this one already."""
    taken = held.round.state == ProposalState.OPEN and now < held.round.answer_by
    return taken and held.own.says == says and held.seat.comment == comment
