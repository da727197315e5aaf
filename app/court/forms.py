"""Pure: what a courtroom must look like; page, API and imports agree."""

from app.core.forms import Input, TextField


class CourtroomIn(Input):
    """A courtroom."""

    name = TextField(200, blank=False, required=True)
    location = TextField(500, load_default="")
