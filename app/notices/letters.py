"""Composing what a person is told: from plain facts to a subject, a text and its HTML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, Template, select_autoescape
from jinja2.sandbox import SandboxedEnvironment

from app import wording
from app.notices import text as texts
from app.notices.said import in_words

KINDS = (
    "proposal", "nudge", "answered", "fixed", "moved", "cancelled", "withdrawn", "reminder",
    "off_channel", "confirm", "which", "not_understood", "released", "left", "none_suits", "ready",
    "lapsed", "not_reached",
)  # fmt: skip
CHANNELS = ("email", "sms")

# A text message is at most 1,600 characters at Twilio; no fact may use them all up.
_ROOM_IN_TEXT = 80
_ROOM_IN_SUBJECT = 200
_WORDS = SandboxedEnvironment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "letters", encoding="utf-8"),
    autoescape=select_autoescape(["html"], default_for_string=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Letter:
    """What one person is told: a subject and HTML only where the channel has them, else ""."""

    subject: str
    text: str
    html: str


def compose(
    kind: str,
    channel: str,
    language: str,
    facts: Mapping[str, Any],
    *,
    link: str = "",
    code: str = "",
    base: str = "",
) -> Letter:
    """Compose a letter in the court's zone from plain facts, whose times are ISO 8601 strings.

    ``link`` is a key and therefore no fact; without it ``code`` is to be typed at ``base``/r.
    Raises ValueError for a kind or channel without words and for a time without offset, KeyError
    where court, case, person or hearing are missing.
    """
    if kind not in KINDS or channel not in CHANNELS:
        raise ValueError(f"no words for {kind} by {channel}")
    said = wording.language_of(language)
    seen = in_words(facts, said) | {
        "link": wording.one_line(link),
        "code": wording.one_line(code),
        "page": f"{wording.one_line(base).rstrip('/')}/r",
    }
    if channel == "sms":
        short = _short(seen)
        form = "sms_slots" if _numbered(kind, facts) else "sms"
        return Letter("", texts.cheapest(_written(f, short) for f in _forms(kind, said, form)), "")
    (subject, button, body) = _mail(kind, said)
    text = _written(body, seen)
    heading = _clip(wording.one_line(subject.render(seen)), _ROOM_IN_SUBJECT)
    return Letter(heading, text + "\n", _html(heading, text, button, seen, said))


@lru_cache
def _mail(kind: str, language: str) -> tuple[Template, str, Template]:
    """Return subject, the button's words and the body; cut before anything foreign is put in."""
    head, _, body = _source(kind, "email", language).partition("\n\n")
    lines = dict(line.split(": ", 1) for line in head.splitlines())
    return _WORDS.from_string(lines["Subject"]), lines["Button"], _WORDS.from_string(body)


@lru_cache
def _forms(kind: str, language: str, form: str) -> tuple[Template, ...]:
    """Return the wordings of a text message, the longest first."""
    source = _source(kind, form, language)
    return tuple(_WORDS.from_string(form) for form in re.split(r"^---\n", source, flags=re.M))


def _numbered(kind: str, facts: Mapping[str, Any]) -> bool:
    """Tell whether a text lists the slots by number, as a court may wish (replies.digits)."""
    court = facts["court"]
    return kind in ("proposal", "nudge") and bool(court.get("text_slots") and facts.get("slots"))


def _source(kind: str, channel: str, language: str) -> str:
    assert _WORDS.loader is not None
    return _WORDS.loader.get_source(_WORDS, f"{kind}/{channel}.{language}.txt")[0]


def _written(template: Template, seen: dict[str, Any]) -> str:
    """Fill in the words; parts that fell away leave no hole behind."""
    lines = (line.rstrip() for line in template.render(seen).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _clip(words: str, room: int) -> str:
    return words if len(words) <= room else words[: room - 3].rstrip() + "..."


def _short(seen: Any) -> Any:
    """Clip what the facts say, so that a text message stays one that a carrier takes."""
    if isinstance(seen, dict):
        return {k: v if k in ("link", "page") else _short(v) for k, v in seen.items()}
    return _clip(seen, _ROOM_IN_TEXT) if isinstance(seen, str) else seen


def _html(heading: str, text: str, button: str, seen: dict[str, Any], said: str) -> str:
    """Lay out the text of a mail: paragraphs, lists, and a button where the link stands alone."""
    link = seen["link"] if re.match(r"https?://", seen["link"]) else ""
    blocks = []
    for paragraph in text.split("\n\n"):
        lines = paragraph.split("\n")
        at = lines.index(link) if link and link in lines else len(lines)
        before, after = lines[:at], lines[at + 1 :]
        blocks += [{"lines": before, "link": ""}] if before else []
        blocks += [{"lines": after, "link": link}] if at < len(lines) else []
    page = _WORDS.get_template("layout.html")
    return page.render(
        heading=heading, blocks=blocks, button=button, court=seen["court"]["name"],
        language="zh-Hans" if said == "zh" else "en",
    )  # fmt: skip
