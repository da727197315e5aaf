"""Pure: form of a courtroom, shared by page, API and imports."""

from dataclasses import dataclass

from marshmallow import fields

from app.core.errors import N_
from app.core.forms import Form, TextField, posted


@dataclass(frozen=True, kw_only=True)
class CourtroomIn(Form):
    """A courtroom as it is submitted; ``by_video``: hearings there are held by video."""

    name: str = posted(
        TextField(200, blank=False, required=True, absent=N_("Enter the name of the courtroom."))
    )
    location: str = posted(TextField(500, load_default=""))
    by_video: bool = posted(
        fields.Boolean(load_default=False, error_messages={"invalid": N_("Enter true or false.")})
    )
