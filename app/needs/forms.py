"""Pure: the fields of the form by which counsel or the court enters a need."""

from collections.abc import Mapping

from app.core.characters import clean
from app.core.wording import MOST_TYPED, one_line
from app.needs.rules import NeedInput


def read(form: Mapping[str, str], hearing_id: int | None) -> NeedInput:
    """Return a need as typed, each text on one line; ``hearing_id`` was parsed by the caller."""

    def text(name: str) -> str:
        return one_line(clean(form.get(name, "")[:MOST_TYPED])).strip()

    return NeedInput(
        role=form.get("role", "")[:20],
        name=text("name"),
        interpreter=text("interpreter"),
        hearing_loop=form.get("hearing_loop") == "1",
        step_free=form.get("step_free") == "1",
        other=text("other"),
        hearing_id=hearing_id,
    )
