"""Pure: what an opinion on a paper says, when one can be given, and what is in dispute."""

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import N_, Message
from app.core.wording.presented import LabelledEnum, PresentedState
from app.papers.rules import COURT_SIDE

MAX_REASON = 2000  # characters
ASPECT_MISSING = N_("Choose yes or no.")
REASON_MISSING = N_("Say why: each no needs its own reason.")


class Aspect(LabelledEnum):
    """What an opinion is about: the three properties of evidence, with their labels."""

    AUTHENTIC = "authentic", N_("Authentic")
    LAWFUL = "lawful", N_("Lawful")
    RELEVANT = "relevant", N_("Relevant")

    @property
    def reason_field(self) -> str:
        """The name of the field for the reason of its answer."""
        return f"{self.value}_reason"


@dataclass(frozen=True)
class OpinionInput:
    """An opinion as typed: yes, no or nothing (None) to each aspect, with a reason of its own."""

    authentic: bool | None = None
    lawful: bool | None = None
    relevant: bool | None = None
    authentic_reason: str = ""
    lawful_reason: str = ""
    relevant_reason: str = ""

    def says(self, aspect: Aspect) -> bool | None:
        """Return yes (True), no (False) or nothing (None) to one aspect."""
        answer: bool | None = getattr(self, aspect.value)
        return answer

    def reason_for(self, aspect: Aspect) -> str:
        """Return the reason of the answer to one aspect, "" without one."""
        reason: str = getattr(self, aspect.reason_field)
        return reason

    @property
    def reasons(self) -> dict[Aspect, str]:
        """The reasons that were typed, by aspect."""
        return {aspect: text for aspect in Aspect if (text := self.reason_for(aspect))}

    @property
    def denied(self) -> list[Aspect]:
        """The aspects that it answers by no."""
        return [aspect for aspect in Aspect if self.says(aspect) is False]

    @property
    def objects(self) -> bool:
        """Whether it answers an aspect by no."""
        return bool(self.denied)

    @property
    def is_empty(self) -> bool:
        """Whether it answers nothing."""
        return all(self.says(aspect) is None for aspect in Aspect)

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 of each reason in hex, by aspect: the record keeps them for ever."""
        return {
            aspect.value: hashlib.sha256(text.encode()).hexdigest()
            for aspect, text in self.reasons.items()
        }


def check(opinion: OpinionInput) -> dict[str, Message]:
    """Return the errors of an opinion, by field: all three aspects, and a reason for each no."""
    errors = {
        aspect.value: Message(ASPECT_MISSING) for aspect in Aspect if opinion.says(aspect) is None
    }
    for aspect in Aspect:
        reason = opinion.reason_for(aspect)
        if len(reason) > MAX_REASON:
            errors[aspect.reason_field] = Message(
                N_("At most %(most)s characters; these are %(count)s."),
                most=MAX_REASON,
                count=len(reason),
            )
        elif opinion.says(aspect) is False and not reason.strip():
            errors[aspect.reason_field] = Message(REASON_MISSING)
    return errors


class OpinionBar(StrEnum):
    """Why no opinion can be given on a paper."""

    words: str

    def __new__(cls, value: str, words: str = "") -> "OpinionBar":
        """Create a bar with its words; looking one up by its value needs none."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words
        return member

    OWN_SIDE = "own_side", N_("Paper %(number)s is of your own side: opinions are on the others'.")
    OF_COURT = "of_court", N_("Paper %(number)s is of the court: it is no evidence of a side.")
    NOT_EXCHANGED = (
        "not_exchanged",
        N_("Paper %(number)s is in no exchange of evidence: opinions are on evidence exchanged."),
    )
    WITHHELD = "withheld", N_("Paper %(number)s is not open to you, so there is no opinion on it.")
    ERASED = "erased", N_("The files of paper %(number)s were erased.")
    OVER = "over", N_("The time for opinions on paper %(number)s is over. Call the court.")

    def message(self, number: int) -> Message:
        """Return what is said to who gives an opinion on such a paper."""
        return Message(self.words, number=number)


@dataclass(frozen=True)
class OpinionSubject:
    """A paper on which opinions may be given: of which side, until when, and whether it is there.

    ``due_at`` None: it is in no exchange of evidence that holds.
    """

    side: str
    due_at: dt.datetime | None
    is_withheld: bool = False
    is_erased: bool = False


def bar(subject: OpinionSubject, side: str, now: dt.datetime) -> OpinionBar | None:
    """Return why counsel of a side can give no opinion on a paper now, or None if they can."""
    if subject.is_withheld:
        return OpinionBar.WITHHELD
    if subject.side == COURT_SIDE:
        return OpinionBar.OF_COURT
    if subject.side == side:
        return OpinionBar.OWN_SIDE
    if subject.is_erased:
        return OpinionBar.ERASED
    if subject.due_at is None:
        return OpinionBar.NOT_EXCHANGED
    if now >= subject.due_at:
        return OpinionBar.OVER
    return None


class DisputeState(PresentedState):
    """Whether a paper is disputed, from the opinions on it."""

    UNDISPUTED = "undisputed", N_("Undisputed"), "check-lg", "ok"
    DISPUTED = "disputed", N_("Disputed"), "exclamation-triangle", "due"
    NO_OPINION = "no_opinion", N_("No opinion yet"), "circle", "off"


@dataclass(frozen=True)
class GivenOpinion:
    """An opinion that holds, and the party for which it was given."""

    party_id: int
    opinion: OpinionInput


def dispute_state(opinions: Iterable[GivenOpinion], expected: Collection[int]) -> DisputeState:
    """Return whether a paper is disputed: one objection is enough.

    Undisputed is what every party in ``expected``, and at least one, said yes to; silence is no
    consent here, whatever the law makes of it.
    """
    stated = [each for each in opinions if not each.opinion.is_empty]
    if any(each.opinion.objects for each in stated):
        return DisputeState.DISPUTED
    parties = {each.party_id for each in stated}
    if parties and parties >= set(expected):
        return DisputeState.UNDISPUTED
    return DisputeState.NO_OPINION


class CopyState(StrEnum):
    """What follows for a paper of which only a copy is held, until the court decides."""

    NONE = ""  # the original is held
    PENDING = "pending"  # objections may still come
    UNCONTESTED = "uncontested"  # nobody objected by the date
    CONTESTED = "contested"


def copy_state(
    opinions: Iterable[GivenOpinion], original: bool, due_at: dt.datetime, now: dt.datetime
) -> CopyState:
    """Return whether anybody objects to a copy as being authentic, and whether one still may."""
    if original:
        return CopyState.NONE
    if any(each.opinion.authentic is False for each in opinions):
        return CopyState.CONTESTED
    return CopyState.UNCONTESTED if now >= due_at else CopyState.PENDING
