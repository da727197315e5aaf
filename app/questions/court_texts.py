"""The court's own words for what counsel often ask, in each language, as versions.

They are kept with the wording of messages, under a channel of their own, so that each version, its
author and its day stay known. Without words of the court, Tingqi's are shown.
"""

from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy.orm import Session

from app.core import wording
from app.core.characters import clean
from app.core.errors import N_, Invalid, Message
from app.core.wording import LANGUAGES
from app.court.change_log import ChangeAuthor
from app.letters import wording_versions

MAX_TEXT = 1000  # characters
PAGE = "page"  # the channel of these words: they are read on counsel's page


class CourtText(StrEnum):
    """A question that the court answers in its own words; ``default`` is what Tingqi says."""

    label: str
    default: str

    def __new__(cls, value: str, label: str = "", default: str = "") -> "CourtText":
        """Create a text with its label; looking one up by its value needs none."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label, member.default = label, default
        return member

    BRING = (
        "bring",
        N_("What shall I bring?"),
        N_(
            "Your licence or proof of identity, your authority to act, and the originals of your "
            "evidence."
        ),
    )
    PAPERS = (
        "papers",
        N_("How do I hand in papers?"),
        N_("By link, under Papers on your page; or at the court's registry, in person or by post."),
    )
    VIDEO = (
        "video",
        N_("Can I take part by video?"),
        N_("The court has written nothing on this. Ask it below, in good time."),
    )


# A kind of hearing may want other things to be brought.
KINDS = ("trial", "pretrial", "evidence", "mediation", "conference", "judgment")


def text_keys() -> list[str]:
    """Return the keys of all texts: ``bring``, ``bring-trial``, …, ``papers``, ``video``."""
    by_kind = [f"{CourtText.BRING}-{kind}" for kind in KINDS]
    return [CourtText.BRING.value, *by_kind, CourtText.PAPERS.value, CourtText.VIDEO.value]


def current(session: Session, court_id: int) -> dict[tuple[str, str], str]:
    """Return the court's own texts that are in force, by key and language."""
    rows = wording_versions.current(session, [court_id])
    return {
        (kind, language): words.text
        for (_, kind, channel, language), words in rows.items()
        if channel == PAGE
    }


def words_of(texts: Mapping[tuple[str, str], str], key: str, language: str) -> str:
    """Return the court's words in a language, else in its other one; "" where it has none."""
    chosen = wording.language_of(language)
    order = sorted(LANGUAGES, key=lambda each: each != chosen)
    return next((texts[key, each] for each in order if (key, each) in texts), "")


def bring(texts: Mapping[tuple[str, str], str], kind: str, language: str) -> str:
    """Return what to bring to a kind of hearing in the court's words; "" where it has none."""
    own = words_of(texts, f"{CourtText.BRING}-{kind}", language) if kind else ""
    return own or words_of(texts, CourtText.BRING, language)


def save(session: Session, by: ChangeAuthor, texts: Mapping[tuple[str, str], str]) -> int:
    """Add a version of each text that differs from the one in force; return how many did.

    An empty text ends the court's own words. Raises Invalid by field, ``<key>-<language>``.
    """
    errors: dict[str, Message] = {}
    for (key, language), text in texts.items():
        if len(text) > MAX_TEXT:
            errors[f"{key}-{language}"] = Message(
                N_("Shorten this to %(most)s characters or fewer."), most=MAX_TEXT
            )
    if errors:
        raise Invalid(errors)
    changed = [
        wording_versions.add(session, by, (key, PAGE, language), "", text)
        for (key, language), text in texts.items()
    ]
    return sum(each is not None for each in changed)


def tidied(text: str) -> str:
    """Return a typed text as it is stored: no control characters, no blank lines at its ends."""
    lines = clean(text.replace("\r\n", "\n"), "\n").split("\n")
    return "\n".join(wording.one_line(line) for line in lines).strip()
