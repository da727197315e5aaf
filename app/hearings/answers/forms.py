"""Pure: what counsel's form says, and the key of the page that it was given on."""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from itsdangerous import BadData, URLSafeSerializer
from marshmallow import ValidationError

from app.core.errors import N_, Invalid, Message
from app.core.forms import TextField

SAYS = ("yes", "if_needed", "no")
MOST_COMMENT = 2000  # characters
_SLOT = re.compile(r"slot-([0-9]{1,18})")


@dataclass(frozen=True)
class AnswerForm:
    """What stands in the form, right or wrong: a page that is shown again loses nothing."""

    says: Mapping[int, str] = field(default_factory=dict)
    none: bool = False
    comment: str = ""


def typed(form: Mapping[str, str]) -> AnswerForm:
    """Return what a form holds: ``slot-12=yes``, ``none=1`` and ``comment``."""
    slots = ((_SLOT.fullmatch(name), word) for name, word in form.items())
    return AnswerForm(
        says={int(found.group(1)): word for found, word in slots if found},
        none=bool(form.get("none")),
        comment=form.get("comment", ""),
    )


def checked(given: AnswerForm, slots: Collection[int]) -> tuple[dict[int, str], str]:
    """Return a word to each slot of the round, and the comment.

    Raises Invalid for slots without a word, for one that is not of this round, for a "none of
    these" that the slots contradict, and for a comment that cannot be taken; all at once.
    """
    says = {**dict.fromkeys(slots, "no"), **given.says} if given.none else dict(given.says)
    errors = {
        f"slot-{slot}": Message(N_("This slot is not of this proposal."))
        for slot in says
        if slot not in slots
    }
    for slot in slots:
        if says.get(slot) not in SAYS:
            errors[f"slot-{slot}"] = Message(N_("Choose yes, if needed or no."))
    if given.none and any(word != "no" for word in given.says.values()):
        errors["none"] = Message(
            N_("You said that none suits, and also that some do. Choose which is meant.")
        )
    comment = ""
    try:
        comment = TextField(MOST_COMMENT, lines=True).deserialize(given.comment)
    except ValidationError as fault:
        errors["comment"] = fault.messages[0]  # type: ignore[assignment]
    if errors:
        raise Invalid(errors)
    return says, comment


@lru_cache(8)
def _signer(secret: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret, salt="counsel's page", signer_kwargs={"digest_method": hashlib.sha256}
    )


def page_key(secret: bytes, seat_id: int, proposal_id: int, chance: str) -> str:
    """Return the nonce of one rendered page: good for this seat in this round only.

    ``chance`` is what tells this page from the same page rendered again.
    """
    return str(_signer(secret).dumps([seat_id, proposal_id, chance]))


def chance_of(secret: bytes, key: str, seat_id: int, proposal_id: int) -> str | None:
    """Return what tells a nonce's page from others; None unless it is of this seat and round."""
    try:
        seat, proposal, chance = _signer(secret).loads(key)
    except (BadData, ValueError, TypeError):
        return None
    return str(chance) if (seat, proposal) == (seat_id, proposal_id) else None


def press(chance: str, says: Mapping[int, str], comment: str) -> str:
    """Return the name of one answer from one page, 32 characters: pressing twice gives it twice."""
    said = json.dumps([chance, sorted(says.items()), comment])
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]
