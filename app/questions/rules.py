"""Pure: states, limits and dates of questions, and the checks of what is typed."""

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.core.errors import N_, Invalid, Message
from app.core.wording.presented import LabelledEnum
from app.letters.custom_wording import ANSWER_PLACES

MAX_SUBJECT, MAX_WORDS, MAX_ADDED, MAX_ANSWER = 100, 1000, 300, 2000  # characters
_PLACE = re.compile(r"\{(" + "|".join(ANSWER_PLACES) + r")\}")
MAX_OPEN = 3  # of one counsel in a case
MAX_IN_WEEK = 10
WEEK = dt.timedelta(days=7)
SAME_WITHIN = dt.timedelta(minutes=10)
FILLED_ANEW = N_(
    "What fills the standard answer has changed meanwhile: it is filled in anew, please check it."
)


class QuestionState(StrEnum):
    """State of a question."""

    OPEN = "open"
    ANSWERED = "answered"


class PrivateReason(LabelledEnum):
    """A reason for which the words of a question stay with the court."""

    HEALTH = "health", N_("health")
    SAFETY = "safety", N_("safety")
    ACCESS = "access", N_("access to the court")


class QuestionOutcome(StrEnum):
    """What the court did with a question; its label names it, and some need no words."""

    label: str
    wordless: bool

    def __new__(cls, value: str, label: str = "", wordless: bool = False) -> "QuestionOutcome":
        """Create an outcome with its label; looking one up by its value needs none."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label, member.wordless = label, wordless
        return member

    ANSWER = "answer", N_("Answer")
    PAPER = "paper", N_("This belongs in a paper"), True
    MERITS = "merits", N_("On the merits: not answered here"), True
    JOINED = "joined", N_("Answered with an earlier question"), True


@dataclass(frozen=True)
class QuestionInput:
    """A question as typed. ``all_sides`` is the tick that all sides read it and the answer.

    ``private`` is a PrivateReason, "" for a question to be read by all; ``follows_id`` is the
    answered question that it asks on.
    """

    subject: str = ""
    words: str = ""
    all_sides: bool = False
    private: str = ""
    follows_id: int | None = None


@dataclass(frozen=True)
class ReplyInput:
    """The court's answer: its outcome and words; ``joined_id`` is an earlier question.

    ``standard_answer_id`` is the number of the standard answer that the words came from, and
    ``filled`` the digest of the words as they were filled in; without words its own are sent.
    """

    words: str = ""
    outcome: str = QuestionOutcome.ANSWER.value
    joined_id: int | None = None
    standard_answer_id: int | None = None
    filled: str = ""

    @property
    def is_as_filled(self) -> bool:
        """Whether nobody has changed the words since they were filled in."""
        return bool(self.words) and digest(self.words, salt="") == self.filled

    def filled_with(self, number: int | None, text: str) -> "ReplyInput":
        """Return the answer with a standard answer filled in, below words of the user's own."""
        if self.words and not self.is_as_filled:
            return replace(self, words=f"{self.words}\n{text}".rstrip(), standard_answer_id=number)
        return replace(self, words=text, standard_answer_id=number, filled=digest(text, salt=""))


def check_question(typed: QuestionInput) -> None:
    """Raise Invalid with every error of a question as typed, by field."""
    errors: dict[str, Message] = {}
    if not typed.subject.strip():
        errors["subject"] = Message(N_("Say in a few words what you ask about."))
    elif len(typed.subject) > MAX_SUBJECT:
        errors["subject"] = Message(N_("At most %(most)s characters."), most=MAX_SUBJECT)
    if not typed.words.strip():
        errors["words"] = Message(N_("Write your question."))
    elif len(typed.words) > MAX_WORDS:
        errors["words"] = _too_long(MAX_WORDS, typed.words)
    if typed.private and typed.private not in list(PrivateReason):
        errors["private"] = Message(N_("Choose one of the reasons."))
    if not typed.private and not typed.all_sides:
        errors["all_sides"] = Message(N_("Confirm that all sides read this, or ask in private."))
    if errors:
        raise Invalid(errors)


def check_words(words: str, most: int) -> None:
    """Raise Invalid if words are missing or longer than ``most`` characters."""
    if not words.strip():
        raise Invalid({"words": Message(N_("Write what you want to say."))})
    if len(words) > most:
        raise Invalid({"words": _too_long(most, words)})


def check_answer(typed: ReplyInput) -> QuestionOutcome:
    """Return the outcome of an answer as typed. Raises Invalid."""
    try:
        outcome = QuestionOutcome(typed.outcome)
    except ValueError:
        raise Invalid({"outcome": Message(N_("Choose one of the answers."))}) from None
    if len(typed.words) > MAX_ANSWER:
        raise Invalid({"words": _too_long(MAX_ANSWER, typed.words)})
    if not outcome.wordless and not typed.words.strip() and not typed.standard_answer_id:
        raise Invalid({"words": Message(N_("Write the answer; all sides are sent it."))})
    check_places(_PLACE.findall(typed.words))
    return outcome


def check_places(names: Iterable[str]) -> None:
    """Raise Invalid, naming the places of a standard answer that nothing was filled in for."""
    if found := list(dict.fromkeys(names)):
        raise Invalid(
            {
                "words": Message(
                    N_(
                        "Nothing is known of this case to fill in for %(places)s. "
                        "Write it yourself, or leave it out."
                    ),
                    places=" ".join(f"{{{name}}}" for name in found),
                )
            }
        )


def _too_long(most: int, words: str) -> Message:
    return Message(
        N_("At most %(most)s characters: these are %(count)s."), most=most, count=len(words)
    )


def digest(*texts: str, salt: str) -> str:
    """Return the SHA-256 of texts, in hex, by which the record knows them when they are blanked.

    ``salt`` is random, and blanked with the words: few words could be found by trying all.
    """
    joined = "\x00".join((salt, *texts))
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


def due_at(
    now: dt.datetime, zone: str, closes: str, days: int, is_working_day: Callable[[dt.date], bool]
) -> dt.datetime:
    """Return when an answer is due: closing time on the last of ``days`` working days, in UTC.

    The day of asking is not counted (Civil Procedure Law of the PRC (2023), art. 85).
    """
    local = now.astimezone(ZoneInfo(zone))
    day, left = local.date(), days
    while left:
        day += dt.timedelta(days=1)
        left -= is_working_day(day)
    at = dt.datetime.combine(day, dt.time.fromisoformat(closes), tzinfo=ZoneInfo(zone))
    return at.astimezone(dt.UTC)
