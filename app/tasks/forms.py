"""Pure: what a contact made by hand must look like; the page and the API agree."""

from marshmallow import fields

from app.core.forms import ChoiceField, Input, InstantField, RowIdField, TextField

# A conversation outside the channels of the house: who reached whom, and what came of it.
BY_HAND = ("phone", "letter", "in_person", "chat", "other")
OUTCOMES = ("spoke", "no_answer", "busy", "wrong_number", "left_word", "told")


class ContactIn(Input):
    """A contact that somebody of the court made, or had, by hand."""

    channel = ChoiceField(BY_HAND, required=True)
    direction = ChoiceField(("out", "in"), load_default="out")
    counsel_id = RowIdField(required=True)
    hearing_id = RowIdField(load_default=None, allow_none=True)
    at = InstantField(required=True)
    outcome = ChoiceField(OUTCOMES, required=True)
    # The number that was rung, the account that was written to (SPC Fa Fa [2017] 19, point 11).
    address = TextField(254, load_default="")
    note = TextField(4000, lines=True, load_default="")
    # Whether the other sides are told of the note; by itself for a chat, a corridor and the like.
    tell_others = fields.Boolean(load_default=None, allow_none=True)
    # The page that it was written on: pressing twice on one page is one contact.
    page = TextField(64, load_default="")
