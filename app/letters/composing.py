"""Composing what a person is told: from plain facts to a subject, a text and its HTML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, Template, select_autoescape
from jinja2.sandbox import SandboxedEnvironment

from app.core import wording
from app.core.channels import Channel
from app.letters import custom_wording
from app.letters import text_length as texts
from app.letters.context import in_words
from app.letters.custom_wording import CustomWording
from app.notices.kinds import KINDS, NoticeKind

# A text message is at most 1,600 characters at Twilio; no fact may use them all up.
_ROOM_IN_TEXT = 80
_ROOM_IN_SUBJECT = 200
_WORDS = SandboxedEnvironment(
    loader=FileSystemLoader(Path(__file__).parent, encoding="utf-8"),
    autoescape=select_autoescape(["html"], default_for_string=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,  # the words of a running house are those that it began with
)


_INCLUDED = re.compile(r'\{% include "([\w.]+)" %\}')
# What no fact can hold (wording.one_line takes controls away), and Jinja takes for no space.
_BETWEEN_FORMS = "\x01"
_KEPT_WHOLE = ("link", "page")


@dataclass(frozen=True)
class Letter:
    """What one person is told: a subject and HTML only where the channel has them, else ""."""

    subject: str
    text: str
    html: str
    # Which version of the court's own words it is; 0: the house's.
    wording: int = 0


def compose(
    kind: str,
    channel: str,
    language: str,
    facts: Mapping[str, Any],
    *,
    link: str = "",
    code: str = "",
    base: str = "",
    own: CustomWording | None = None,
) -> Letter:
    """Compose a letter in the court's zone from plain facts, whose times are ISO 8601 strings.

    ``link`` is a key and therefore no fact; without it ``code`` is to be typed at ``base``/r.
    ``own`` is a court's own words, taken where they say all that is to be said (own_words).
    Raises ValueError for a kind or channel without words and for a time without offset, KeyError
    where court, case, person or hearing are missing.
    """
    if kind not in KINDS or channel not in list(Channel):
        raise ValueError(f"no words for {kind} by {channel}")
    said = wording.language_of(language)
    seen = in_words(facts, said) | {
        "link": wording.one_line(link),
        "code": wording.one_line(code),
        "page": f"{wording.one_line(base).rstrip('/')}/r",
    }
    if own and (letter := _own(kind, channel, said, facts, seen, own)):
        return letter
    if Channel(channel).traits.by_segment:
        form = f"{channel}_slots" if _numbered(kind, facts) else channel
        return Letter("", texts.cheapest(_texts(kind, said, form, _short(seen))), "")
    (subject, button, body) = _mail(kind, channel, said)
    text = _written(body, seen)
    heading = _clip(wording.one_line(subject.render(seen)), _ROOM_IN_SUBJECT)
    return Letter(heading, text + "\n", _html(heading, text, button, seen, said))


def _own(
    kind: str,
    channel: str,
    said: str,
    facts: Mapping[str, Any],
    seen: dict[str, Any],
    own: CustomWording,
) -> Letter | None:
    """Write a letter to counsel in the court's own words; None where these do not suit."""
    if seen["person"]["is_court"] or NoticeKind(kind).traits.wording is None:
        return None
    by_segment = Channel(channel).traits.by_segment
    filled = custom_wording.values(_short(seen) if by_segment else seen, channel, said)
    written = custom_wording.written(kind, channel, own, filled)
    numberless = by_segment and "slots" not in custom_wording.places(own.text)
    if written is None or (numberless and _numbered(kind, facts)):
        return None
    if by_segment:
        return Letter("", texts.cheapest(written[1]), "", own.version)
    heading, text = _clip(wording.one_line(written[0]), _ROOM_IN_SUBJECT), written[1][0]
    html = _html(heading, text, _mail(kind, channel, said)[1], seen, said)
    return Letter(heading, text + "\n", html, own.version)


def first_draft(kind: str, channel: str, language: str) -> tuple[str, str]:
    """Return subject and text of a kind as the house words it, with places where facts would be.

    From there a court goes on. What the house says only in some cases is left out.
    """
    seen = _SEEN_AS_PLACES
    if Channel(channel).traits.by_segment:
        written = [_drafted(form) for form in _texts(kind, language, channel, seen)]
        whole = [
            form
            for form in dict.fromkeys(written)
            if not custom_wording.faults(kind, channel, "", form)
        ]
        return "", "\n---\n".join(whole)
    subject, _, body = _mail(kind, channel, language)
    return _drafted(wording.one_line(subject.render(seen))), _drafted(_written(body, seen))


def _drafted(words: str) -> str:
    """Put into brackets what the house leaves out where it has nothing to say."""
    words = words.replace("{days} days", "{days}")
    return _WHERE_KNOWN.sub(r"[\1]", words)


_WHERE_KNOWN = re.compile(
    r"(, ?\{title\}|\{title\}, ?|（\{title\}）| ?[(（]\{side\}[)）]|, \{place\}|\{place\}, "
    r"|(?<=\S)[:：] ?\{phone\}(?=[;.。]|$)|，电话：\{phone\}|（电话：\{phone\}）)"
)


_SEEN_AS_PLACES: dict[str, Any] = {
    "court": {"name": "{court}", "short": "{court_short}", "phone": "{phone}"},
    "case": {
        "number": "{case}",
        "title": "{title}",
        "plain": "{case_short}",
        "core": "{case_short}",
        "tail": "{case_tail}",
    },
    "person": {"name": "{person}", "party": "{party}", "is_court": False},
    "assistant": {"name": "{assistant}"},
    "hearing": {"judge": "{judge}", "minutes": "{minutes}", "courtroom": "{place}"},
    "slots": ["{slots}"],
    "numbered": [],
    "answers": ["{answers}"],
    "by_order": False,
    "paper": False,
    "when": "{date}",
    "at": "{date}",
    "where": "{place}",
    "by": "{answer_by}",
    "by_short": "{answer_by}",
    "code": "",
    "page": "",
    "detail": "",
    "can": "{can}",
    "round": "",
    "missed": None,
    "choices": [],
    "elsewhere": {},
    **{
        name: f"{{{name}}}"
        for name in ("kind", "zone", "link", "was", "days", "said", "act", "side")
    },
    "reason": "",
    "bring": "",
    "holds": "",
    "holds_short": "",
    "silent": "",
}


@lru_cache
def _mail(kind: str, channel: str, language: str) -> tuple[Template, str, Template]:
    """Return subject, the button's words and the body; cut before anything foreign is put in."""
    head, _, body = _source(kind, channel, language).partition("\n\n")
    lines = dict(line.split(": ", 1) for line in head.splitlines())
    return _WORDS.from_string(lines["Subject"]), lines["Button"], _WORDS.from_string(body)


@lru_cache
def _forms(kind: str, language: str, form: str) -> Template:
    """Return the wordings of a text message, the longest first, as one template.

    To begin a template costs more than to fill it in.
    """
    source = _INCLUDED.sub(_included, _source(kind, form, language))
    return _WORDS.from_string(re.sub(r"^---\n", _BETWEEN_FORMS, source, flags=re.M))


def _texts(kind: str, language: str, form: str, seen: dict[str, Any]) -> list[str]:
    written = _forms(kind, language, form).render(seen).split(_BETWEEN_FORMS)
    return [_tidied(each) for each in written]


def _numbered(kind: str, facts: Mapping[str, Any]) -> bool:
    """Tell whether a text lists the slots by number, as a court may wish (replies.digits)."""
    court = facts["court"]
    return NoticeKind(kind).traits.asks and bool(court.get("text_slots") and facts.get("slots"))


def _source(kind: str, form: str, language: str) -> str:
    assert _WORDS.loader is not None
    return _WORDS.loader.get_source(_WORDS, f"{kind}/{form}.{language}.txt")[0]


def _included(found: re.Match[str]) -> str:
    """Return the words that a text message takes from another file, which is a line of its own."""
    assert _WORDS.loader is not None
    return _WORDS.loader.get_source(_WORDS, found[1])[0].removesuffix("\n")


def _written(template: Template, seen: dict[str, Any]) -> str:
    return _tidied(template.render(seen))


def _tidied(words: str) -> str:
    """Return words in which parts that fell away leave no hole behind."""
    if (line := words.strip()).isprintable():
        return line  # one line, as most texts are
    lines = (line.rstrip() for line in words.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _clip(words: str, room: int) -> str:
    return words if len(words) <= room else words[: room - 3].rstrip() + "..."


def _short(seen: dict[str, Any]) -> dict[str, Any]:
    """Clip what the facts say, so that a text message stays one that a carrier takes."""
    clipped: dict[str, Any] = {}
    for key, value in seen.items():
        kind = type(value)
        if kind is dict:
            if (short := _short(value)) is not value:
                clipped[key] = short
        elif kind is str and len(value) > _ROOM_IN_TEXT and key not in _KEPT_WHOLE:
            clipped[key] = _clip(value, _ROOM_IN_TEXT)
    return {**seen, **clipped} if clipped else seen


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
        heading=heading,
        blocks=blocks,
        button=button,
        court=seen["court"]["name"],
        language="zh-Hans" if said == "zh" else "en",
    )
