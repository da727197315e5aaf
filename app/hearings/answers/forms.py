"""Form by which counsel answers a proposal: parsing and validation. Pure."""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from marshmallow import ValidationError

from app.core.errors import N_, Invalid, Message
from app.core.forms import TextField
from app.core.half_days import HalfDay
from app.hearings.half_days import MOST_CHOSEN

CHOICES = ("yes", "if_needed", "no")
MAX_COMMENT = 2000  # characters
_SLOT = re.compile(r"slot-([0-9]{1,18})")


@dataclass(frozen=True)
class AnswerForm:
    """Form as typed, valid or not, so that a page that is shown again loses nothing.

    ``says`` maps slot ids to answers; ``none`` is checked if no slot suits, and ``half_days`` are
    when counsel could come then.
    """

    says: Mapping[int, str] = field(default_factory=dict)
    none: bool = False
    comment: str = ""
    half_days: tuple[str, ...] = ()


class AnswerData(Protocol):
    """A posted form: its fields with their first values, and all values of one field."""

    def items(self) -> Iterable[tuple[str, str]]: ...

    def get(self, key: str, default: str, /) -> str: ...

    def getlist(self, key: str, /) -> list[str]: ...


def parse(form: AnswerData) -> AnswerForm:
    """Parse the fields ``slot-12=yes``, ``none=1``, ``half-day=2026-12-17-am`` and ``comment``."""
    slots = ((_SLOT.fullmatch(name), choice) for name, choice in form.items())
    return AnswerForm(
        says={int(match.group(1)): choice for match, choice in slots if match},
        none=bool(form.get("none", "")),
        comment=form.get("comment", ""),
        # One more than can be right, so that too many are seen as such.
        half_days=tuple(dict.fromkeys(form.getlist("half-day")))[: MOST_CHOSEN + 1],
    )


def validate(form: AnswerForm, slots: Collection[int]) -> tuple[dict[int, str], str]:
    """Return an answer to each slot of the proposal, and the comment.

    Raises Invalid with all errors at once: slots without an answer, slots of another proposal, a
    "none of these" that the slots contradict, a comment that is too long or has control characters.
    """
    says = {**dict.fromkeys(slots, "no"), **form.says} if form.none else dict(form.says)
    errors = {
        f"slot-{slot}": Message(N_("Choose one of the slots that were asked about."))
        for slot in says
        if slot not in slots
    }
    for slot in slots:
        if says.get(slot) not in CHOICES:
            errors[f"slot-{slot}"] = Message(N_("Choose yes, if needed or no."))
    if form.none and any(choice != "no" for choice in form.says.values()):
        errors["none"] = Message(
            N_("You said that none suits, and also that some do. Choose which is meant.")
        )
    comment = ""
    try:
        comment = TextField(MAX_COMMENT, lines=True).deserialize(form.comment)
    except ValidationError as error:
        errors["comment"] = error.messages[0]  # type: ignore[assignment]
    if errors:
        raise Invalid(errors)
    return says, comment


def submission_key(
    nonce: str, says: Mapping[int, str], comment: str, half_days: Sequence[HalfDay] = ()
) -> str:
    """Return the idempotency key of an answer: 32 hex digits of SHA-256.

    Sending the same answer from the same page twice gives the same key; ``nonce`` is the page's.
    """
    payload = json.dumps([nonce, sorted(says.items()), comment, [*map(str, half_days)]])
    return hashlib.sha256(payload.encode("utf-8", "surrogatepass")).hexdigest()[:32]
