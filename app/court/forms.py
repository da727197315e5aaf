"""Pure: schema of a courtroom, shared by page, API and imports."""

from app.core.forms import Input, TextField


class CourtroomIn(Input):
    """A courtroom as it is submitted."""

    name = TextField(200, blank=False, required=True)
    location = TextField(500, load_default="")
