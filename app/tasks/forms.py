"""Pure: form of a contact made by hand; page and API share it."""

import datetime as dt
from dataclasses import dataclass

from marshmallow import fields

from app.core.channels import BY_HAND
from app.core.errors import N_
from app.core.forms import ChoiceField, Form, InstantField, RowIdField, TextField, posted
from app.record.rules import LOGGED

OUTCOMES = tuple(outcome.value for outcome in LOGGED)


@dataclass(frozen=True, kw_only=True)
class ContactIn(Form):
    """A contact that somebody of the court made, or had, by hand.

    ``address`` is the number that was rung or the account that was written to (SPC Fa Fa [2017]
    19, point 11). ``tell_others``: whether the other sides are told of the note; None decides by
    the channel. ``page`` names the page on which it was written: pressing twice is one contact.
    """

    channel: str = posted(
        ChoiceField(
            tuple(each.value for each in BY_HAND),
            required=True,
            absent=N_("Choose how the contact was made."),
        )
    )
    direction: str = posted(ChoiceField(("out", "in"), load_default="out"))
    counsel_id: int = posted(
        RowIdField(required=True, absent=N_("Choose whom the contact was with."))
    )
    hearing_id: int | None = posted(RowIdField(load_default=None, allow_none=True))
    at: dt.datetime = posted(
        InstantField(required=True, absent=N_("Enter when the contact took place."))
    )
    outcome: str = posted(ChoiceField(OUTCOMES, required=True, absent=N_("Choose the outcome.")))
    address: str = posted(TextField(254, load_default=""))
    note: str = posted(TextField(4000, lines=True, load_default=""))
    tell_others: bool | None = posted(fields.Boolean(load_default=None, allow_none=True))
    page: str = posted(TextField(64, load_default=""))
