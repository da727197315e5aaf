"""Compose letters: from plain facts to a subject, a text and its HTML."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from jinja2 import (
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateNotFound,
    select_autoescape,
)
from jinja2.sandbox import SandboxedEnvironment

from app.core import wording
from app.core.channels import Channel
from app.letters import custom_wording
from app.letters import text_length as texts
from app.letters.context import template_context
from app.letters.custom_wording import CustomWording
from app.notices.kinds import KINDS, NoticeKind

# A text message is at most 1,600 characters at most carriers; no fact may use them all up.
_ROOM_IN_TEXT = 80
_ROOM_IN_SUBJECT = 200
_WORDS = SandboxedEnvironment(
    loader=FileSystemLoader(Path(__file__).parent, encoding="utf-8"),
    autoescape=select_autoescape(["html"], default_for_string=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,  # templates change with a new version only, and so with a restart
)


_INCLUDED = re.compile(r'\{% include "([\w.]+)" %\}')
# What no fact can hold (wording.one_line takes controls away), and Jinja takes for no space.
_BETWEEN_FORMS = "\x01"
_KEPT_WHOLE = ("link", "page")


@dataclass(frozen=True)
class Letter:
    """A composed message; subject and HTML are "" where the channel has none."""

    subject: str
    text: str
    html: str
    # The version of the court's own wording; 0 for Tingqi's.
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
    """Compose a letter in the court's time zone from plain facts with ISO 8601 times.

    ``link`` is a key and therefore no fact; without it, ``code`` has to be typed at ``base``/r.
    ``own`` is a court's own wording, used if it says all that this letter has to say (see
    custom_wording). Raises ValueError for an unknown kind or channel and for a time without
    offset, KeyError where court, case, person or hearing are missing.
    """
    if kind not in KINDS or channel not in list(Channel):
        raise ValueError(f"no words for {kind} by {channel}")
    language = wording.language_of(language)
    context = template_context(facts, language) | {
        "copy_note": _copy_note(facts, channel, language),
        "link": wording.one_line(link),
        "code": wording.one_line(code),
        "page": f"{wording.one_line(base).rstrip('/')}/r",
    }
    if own and (letter := _own(kind, channel, language, facts, context, own)):
        return letter
    if Channel(channel).traits.by_segment:
        forms = _forms_of_text(kind, channel, facts)
        written = (_texts(kind, language, form, _short(context)) for form in forms)
        return Letter("", texts.cheapest(_as_copies(chain.from_iterable(written), context)), "")
    (subject, button, body) = _mail(kind, channel, language)
    text = context["copy_note"] + _written(body, context)
    heading = _clip(wording.one_line(subject.render(context)), _ROOM_IN_SUBJECT)
    return Letter(heading, text + "\n", _html(heading, text, button, context, language))


# By mail above the letter to counsel, by text behind the court's name.
_COPY_NOTES = {
    (
        "en",
        True,
    ): "This is a copy of a message to {counsel}, for whom you {may}. The link is your own.\n\n",
    ("zh", True): "本信系发给{counsel}的通知的抄送件。您受其委托，{may}。链接为您本人专用。\n\n",
    ("en", False): "copy of a message to {counsel}: ",
    ("zh", False): "抄送（原致{counsel}）：",
}
_MAY = {
    ("en", True): "may answer",
    ("en", False): "may read, but not answer",
    ("zh", True): "可以代为答复",
    ("zh", False): "可以查阅，不能代为答复",
}


def _copy_note(facts: Mapping[str, Any], channel: str, language: str) -> str:
    """Return what tells a delegate of counsel that a letter is a copy; "" for anybody else."""
    delegate = facts.get("delegate")
    if not delegate:
        return ""
    by_mail = not Channel(channel).traits.by_segment
    counsel = wording.one_line(delegate["counsel"])
    return _COPY_NOTES[language, by_mail].format(
        counsel=counsel if by_mail else _clip(counsel, _ROOM_IN_TEXT),
        may=_MAY[language, bool(delegate["may_answer"])],
    )


def _as_copies(forms: Iterable[str], context: Mapping[str, Any]) -> list[str]:
    """Return the wordings of a text with the note that it is a copy behind the court's name."""
    note, short = context["copy_note"], context["court"]["short"]
    if not note:
        return list(forms)
    copied = []
    for form in forms:
        sender = next((s for s in (f"【{short}】", f"{short}: ") if form.startswith(s)), "")
        copied.append(f"{sender}{note}{form.removeprefix(sender)}")
    return copied


def _own(
    kind: str,
    channel: str,
    language: str,
    facts: Mapping[str, Any],
    context: dict[str, Any],
    own: CustomWording,
) -> Letter | None:
    """Return a letter to counsel in the court's own wording; None where it does not suit."""
    if context["person"]["is_court"] or NoticeKind(kind).traits.wording is None:
        return None
    by_segment = Channel(channel).traits.by_segment
    filled = custom_wording.values(_short(context) if by_segment else context, channel, language)
    written = custom_wording.written(kind, channel, own, filled)
    numberless = by_segment and "slots" not in custom_wording.places(own.text)
    if written is None or (numberless and _numbered(kind, facts)):
        return None
    if by_segment:
        return Letter("", texts.cheapest(_as_copies(written[1], context)), "", own.version)
    heading = _clip(wording.one_line(written[0]), _ROOM_IN_SUBJECT)
    text = context["copy_note"] + written[1][0]
    html = _html(heading, text, _mail(kind, channel, language)[1], context, language)
    return Letter(heading, text + "\n", html, own.version)


def call_script(kind: str, language: str, facts: Mapping[str, Any]) -> list[str]:
    """Compose what to read out to a person on the telephone: who calls, the news, what to ask.

    The last paragraph asks. Empty for a kind that is never read out; otherwise as `compose`.
    """
    language = wording.language_of(language)
    template = _script(kind, language)
    if template is None:
        return []
    return _written(template, template_context(facts, language)).split("\n\n")


@lru_cache
def _script(kind: str, language: str) -> Template | None:
    try:
        return _WORDS.from_string(_source(kind, "call", language))
    except TemplateNotFound:
        return None


def first_draft(kind: str, channel: str, language: str) -> tuple[str, str]:
    """Return subject and text of Tingqi's own wording, with placeholders instead of facts.

    A court edits it to a wording of its own. Parts that depend on the case are left out.
    """
    context = _PLACEHOLDERS
    if Channel(channel).traits.by_segment:
        written = [_drafted(form) for form in _texts(kind, language, channel, context)]
        valid = [
            form
            for form in dict.fromkeys(written)
            if not custom_wording.faults(kind, channel, "", form)
        ]
        return "", "\n---\n".join(valid)
    subject, _, body = _mail(kind, channel, language)
    return _drafted(wording.one_line(subject.render(context))), _drafted(_written(body, context))


def _drafted(words: str) -> str:
    """Put into brackets the parts that Tingqi's templates leave out when their fact is empty."""
    words = words.replace("{days} days", "{days}")
    return _WHERE_KNOWN.sub(r"[\1]", words)


_WHERE_KNOWN = re.compile(
    r"(, ?\{title\}|\{title\}, ?|（\{title\}）| ?[(（]\{side\}[)）]|, \{place\}|\{place\}, "
    r"|(?<=\S)[:：] ?\{phone\}(?=[;.。]|$)|，电话：\{phone\}|（电话：\{phone\}）)"
)


_PLACEHOLDERS: dict[str, Any] = {
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
    "about_case": False,
    "answers": ["{answers}"],
    "by_order": False,
    "on_request": False,
    "by_delegate": "",
    "paper": False,
    "agreed": False,
    "asks_address": False,
    "when": "{date}",
    "sittings": [],
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
    """Return subject, button label and body, split before any fact is filled in."""
    head, _, body = _source(kind, channel, language).partition("\n\n")
    lines = dict(line.split(": ", 1) for line in head.splitlines())
    return _WORDS.from_string(lines["Subject"]), lines["Button"], _WORDS.from_string(body)


@lru_cache
def _forms(kind: str, language: str, form: str) -> Template:
    """Return the wordings of a text message, the longest first, as one template.

    Starting a template costs more than rendering it.
    """
    source = _INCLUDED.sub(_included, _source(kind, form, language))
    return _WORDS.from_string(re.sub(r"^---\n", _BETWEEN_FORMS, source, flags=re.M))


def _texts(kind: str, language: str, form: str, context: dict[str, Any]) -> list[str]:
    written = _forms(kind, language, form).render(context).split(_BETWEEN_FORMS)
    return [_tidied(each) for each in written]


def _numbered(kind: str, facts: Mapping[str, Any]) -> bool:
    """Tell whether a text lists the slots by number, which a court can choose."""
    listed = facts.get("slots") or facts.get("request")
    return NoticeKind(kind).traits.numbered and bool(facts["court"].get("text_slots") and listed)


def _forms_of_text(kind: str, channel: str, facts: Mapping[str, Any]) -> list[str]:
    """Return the templates of a text; one that lists its times by number comes first.

    The times of a request to move are listed wherever that costs no further segment.
    """
    if _numbered(kind, facts):
        return [f"{channel}_slots"]
    if NoticeKind(kind).traits.numbered and facts.get("request") and not facts.get("delegate"):
        return [f"{channel}_slots", channel]
    return [channel]


def _source(kind: str, form: str, language: str) -> str:
    assert _WORDS.loader is not None
    return _WORDS.loader.get_source(_WORDS, f"{kind}/{form}.{language}.txt")[0]


def _included(found: re.Match[str]) -> str:
    """Return the contents of an included file, without the line break at its end."""
    assert _WORDS.loader is not None
    return _WORDS.loader.get_source(_WORDS, found[1])[0].removesuffix("\n")


def _written(template: Template, context: dict[str, Any]) -> str:
    return _tidied(template.render(context))


def _tidied(words: str) -> str:
    """Remove the blank lines and spaces that omitted parts left behind."""
    if (line := words.strip()).isprintable():
        return line  # one line, as most texts are
    lines = (line.rstrip() for line in words.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _clip(words: str, room: int) -> str:
    return words if len(words) <= room else words[: room - 3].rstrip() + "..."


def _short(context: dict[str, Any]) -> dict[str, Any]:
    """Clip long facts, so that carriers accept the text message."""
    clipped: dict[str, Any] = {}
    for key, value in context.items():
        kind = type(value)
        if kind is dict:
            if (short := _short(value)) is not value:
                clipped[key] = short
        elif kind is str and len(value) > _ROOM_IN_TEXT and key not in _KEPT_WHOLE:
            clipped[key] = _clip(value, _ROOM_IN_TEXT)
    return {**context, **clipped} if clipped else context


def _html(heading: str, text: str, button: str, context: dict[str, Any], language: str) -> str:
    """Render a mail's text as HTML: paragraphs, lists, and a button for a link on its own line."""
    link = context["link"] if re.match(r"https?://", context["link"]) else ""
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
        court=context["court"]["name"],
        language="zh-Hans" if language == "zh" else "en",
    )
