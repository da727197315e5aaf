"""Pure: what somebody who comes to a hearing can need, and what is wrong with it as typed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.core.errors import N_, Invalid, Message
from app.core.wording.presented import LabelledEnum

MAX_NAME, MAX_LANGUAGE, MAX_OTHER = 100, 60, 300  # characters
MOST = 30  # entries of one counsel in a case, and of the court itself


class PersonRole(LabelledEnum):
    """In what role somebody comes to a hearing."""

    PARTY = "party", N_("Party")
    WITNESS = "witness", N_("Witness")
    COUNSEL = "counsel", N_("Counsel")
    OTHER = "other", N_("Somebody else")


class Needed(Protocol):
    """The kinds of need of one person; "" or False where there is none."""

    @property
    def interpreter(self) -> str:
        """The language of the interpreter."""

    @property
    def hearing_loop(self) -> bool:
        """Whether a hearing loop is needed."""

    @property
    def step_free(self) -> bool:
        """Whether a way without steps is needed."""

    @property
    def other(self) -> str:
        """Anything else, in words."""


@dataclass(frozen=True)
class NeedInput:
    """What one person needs, as typed; ``hearing_id`` is None for every hearing of the case."""

    role: str = ""
    name: str = ""
    interpreter: str = ""
    hearing_loop: bool = False
    step_free: bool = False
    other: str = ""
    hearing_id: int | None = None


# The form before anything is typed.
EMPTY = NeedInput()


@dataclass(frozen=True)
class NeedItem:
    """One thing needed: its icon, its English label to be translated, and the words with it."""

    icon: str
    label: str
    words: str = ""


def items(need: Needed) -> Sequence[NeedItem]:
    """Return what is needed, item by item."""
    every = (
        NeedItem("translate", N_("Interpreter"), need.interpreter) if need.interpreter else None,
        NeedItem("ear", N_("Hearing loop")) if need.hearing_loop else None,
        NeedItem("person-wheelchair", N_("Step-free way")) if need.step_free else None,
        NeedItem("info-circle", N_("Other"), need.other) if need.other else None,
    )
    return [each for each in every if each is not None]


def check(typed: NeedInput) -> None:
    """Raise Invalid with every error of a need as typed, by field."""
    errors: dict[str, Message] = {}
    if typed.role not in list(PersonRole):
        errors["role"] = Message(N_("Choose who it is."))
    if not typed.name:
        errors["name"] = Message(N_("Enter the name of the person."))
    elif len(typed.name) > MAX_NAME:
        errors["name"] = _too_long(MAX_NAME, typed.name)
    if len(typed.interpreter) > MAX_LANGUAGE:
        errors["interpreter"] = _too_long(MAX_LANGUAGE, typed.interpreter)
    if len(typed.other) > MAX_OTHER:
        errors["other"] = _too_long(MAX_OTHER, typed.other)
    if not items(typed):
        errors["interpreter"] = Message(N_("Say what the person needs: at least one of the four."))
    if errors:
        raise Invalid(errors)


def _too_long(most: int, words: str) -> Message:
    return Message(
        N_("At most %(most)s characters: these are %(count)s."), most=most, count=len(words)
    )


def digest(salt: str, typed: NeedInput) -> str:
    """Return the SHA-256 of a need, in hex, which says nothing without the salt kept beside it."""
    texts = (typed.role, typed.name, typed.interpreter, typed.other)
    flags = (str(int(typed.hearing_loop)), str(int(typed.step_free)), str(typed.hearing_id or 0))
    joined = "\x00".join((salt, *texts, *flags))
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()
