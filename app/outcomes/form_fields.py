"""Pure: the fields of outcomes as they are posted and shown again, one set for each hearing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.core.wording import MOST_TYPED

_NAME = re.compile(r"(outcome|cause|reason|absent|version)-([1-9][0-9]{0,17})", re.ASCII)
_MEMBER = re.compile(r"m(\d+)", re.ASCII)
_VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})", re.ASCII)


@dataclass
class OutcomeFields:
    """The fields of one hearing as somebody typed them.

    ``version`` is the hearing's when the page was made: "revision.number of its outcome".
    """

    outcome: str = ""
    cause: str = ""
    reason: str = ""
    version: str = ""
    absent: list[str] = field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was chosen or typed."""
        return not (self.outcome or self.reason.strip() or self.absent)

    @property
    def revision(self) -> int | None:
        """The hearing's revision when the page was made; None where the page did not say."""
        match = _VERSION.fullmatch(self.version)
        return int(match[1]) if match else None

    @property
    def replaces(self) -> int | None:
        """The number of the outcome that the page showed; None where it showed none."""
        match = _VERSION.fullmatch(self.version)
        return int(match[2]) or None if match else None

    def as_input(self) -> dict[str, object]:
        """Return the fields as input of the form ``OutcomeIn``."""
        values = {"outcome": self.outcome, "cause": self.cause, "reason": self.reason}
        filled: dict[str, object] = {name: text for name, text in values.items() if text}
        return {**filled, "absent": list(map(_absent, self.absent)), "replaces": self.replaces}


def _absent(typed: str) -> object:
    """Return a ticked person as input of the form: counsel by id, a member by "m" and id."""
    match = _MEMBER.fullmatch(typed)
    return {"member_id": match[1]} if match else typed


def parse(posted: Iterable[tuple[str, str]]) -> dict[int, OutcomeFields]:
    """Return posted fields by hearing id; what is no field of an outcome is left out."""
    found: dict[int, OutcomeFields] = {}
    for name, value in posted:
        if (match := _NAME.fullmatch(name)) is None:
            continue
        fields = found.setdefault(int(match[2]), OutcomeFields())
        if match[1] == "absent":
            fields.absent.append(value[:MOST_TYPED])
        else:
            setattr(fields, match[1], value[:MOST_TYPED])
    return found
