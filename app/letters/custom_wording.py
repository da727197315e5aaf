"""Pure: a court's own wording of its messages: plain text with placeholders such as {date}.

A place is a name from a fixed list in braces, and stands for one text or a list of texts. A part
in square brackets is left out when its places are empty, as in ``{case}[, {title}]``. There is
nothing else: no attributes, no code. The value of a place is never searched for places.

A court's standard answers to questions are worded in the same way, as the kinds ``answer/<number>``
of no channel in particular; their subject is the title by which an assistant chooses one.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.core.channels import Channel
from app.core.errors import N_, Message
from app.notices.kinds import KINDS as NOTICE_KINDS
from app.notices.kinds import NoticeKind, WordingRules

# Carriers' opt-out keywords that stop and resume texts: never invite them as an answer.
RESERVED = (
    "STOP",
    "STOPALL",
    "UNSUBSCRIBE",
    "CANCEL",
    "END",
    "QUIT",
    "REVOKE",
    "OPTOUT",
    "START",
    "YES",
    "UNSTOP",
)
LONGEST_SUBJECT = 150  # characters
FORMS = re.compile(r"^---[ \t]*$\n?", re.M)
_PLACE = re.compile(r"\{([^{}\n]*)\}")
_IF_THERE = re.compile(r"\[([^\[\]\n]*\{[^\[\]\n]*)\]")
_WORD = re.compile(r"(?<![A-Za-z0-9])(" + "|".join(RESERVED) + r")(?![A-Za-z0-9])", re.I)

ANSWERS = "answer/"
LONGEST_TITLE, LONGEST_ANSWER = 100, 2000  # characters
# Facts that are the same for all sides, who are all sent the answer.
ANSWER_PLACES = (
    "case",
    "case_short",
    "title",
    "date",
    "place",
    "judge",
    "kind",
    "minutes",
    "answer_by",
    "evidence_due",
    "zone",
    "court",
    "court_short",
    "phone",
    "assistant",
)
LISTS = frozenset({"slots", "answers"})
EVERYWHERE = (
    "person",
    "party",
    "side",
    "court",
    "court_short",
    "phone",
    "assistant",
    "case",
    "case_short",
    "title",
    "judge",
    "kind",
    "act",
    "minutes",
    "zone",
    "link",
)
KINDS = tuple(kind for kind, row in NOTICE_KINDS.items() if row.wording)
# Places that can stand for a needed one.
ALSO = {"case": ("case", "case_short", "case_tail")}
# A message that has one of these is not sent in a wording without a place for it.
ALWAYS_SAID = ("reason", "bring")


@dataclass(frozen=True)
class CustomWording:
    """One version of a court's own words."""

    version: int
    subject: str
    text: str


def rules_of(kind: str) -> WordingRules:
    """Return what the words of a kind may and must say. Raises ValueError for the other kinds."""
    if (rules := NoticeKind(kind).traits.wording) is None:
        raise ValueError(f"a court does not word {kind} itself")
    return rules


def allowed(kind: str, channel: str) -> tuple[str, ...]:
    """Return the places that the words of a kind may use."""
    short = ("case_tail",) if Channel(channel).traits.by_segment else ()
    return (*EVERYWHERE, *short, *rules_of(kind).places)


def needed(kind: str, channel: str) -> tuple[str, ...]:
    """Return the places that the words of a kind must use."""
    return rules_of(kind).needed[Channel(channel)]


def forms(text: str, channel: str) -> list[str]:
    """Return the wordings of a text message, longest first, that a line ``---`` parts; else one."""
    if not Channel(channel).traits.by_segment:
        return [text]
    return [form.strip("\n") for form in FORMS.split(text)]


def places(text: str) -> set[str]:
    """Return the names of the places in a text, known or not."""
    return set(_PLACE.findall(text))


def faults(kind: str, channel: str, subject: str, text: str) -> dict[str, Message]:
    """Return the errors of a wording by field; none if it can be sent."""
    if kind.startswith(ANSWERS):
        fields = {"subject": _fault(subject, (), LONGEST_TITLE)}
        fields["text"] = _fault(text, ANSWER_PLACES, LONGEST_ANSWER)
        return {name: fault for name, fault in fields.items() if fault}
    errors: dict[str, Message] = {}
    if Channel(channel).traits.rich:
        fault = _fault(subject, allowed(kind, channel), LONGEST_SUBJECT)
        listed = places(subject) & LISTS
        if not fault and ("\n" in subject or listed):
            fault = Message(N_("Write the subject on one line, without lists."))
        if fault:
            errors["subject"] = fault
    fault = _fault(text, allowed(kind, channel), Channel(channel).traits.longest)
    for form in forms(text, channel):
        fault = fault or _form_fault(kind, channel, form)
    if fault:
        errors["text"] = fault
    return errors


def _fault(text: str, known: Iterable[str], most: int) -> Message | None:
    if not text.strip():
        return Message(N_("Fill this in."))
    if len(text) > most:
        return Message(N_("Shorten this to %(most)s characters or fewer."), most=most)
    for name in _PLACE.findall(text):
        if name not in known:
            return Message(N_("There is no placeholder {%(name)s} here."), name=name[:40])
    if "{" in _PLACE.sub("", text) or "}" in _PLACE.sub("", text):
        return Message(N_("There is a single brace: write a placeholder as {date}."))
    return None


def _form_fault(kind: str, channel: str, form: str) -> Message | None:
    if not form.strip():
        return Message(N_("There is no text between two lines of ---."))
    always = places(_IF_THERE.sub("", form))
    for name in needed(kind, channel):
        if not always & set(ALSO.get(name, (name,))):
            return Message(N_("{%(name)s} is required: add it to the text."), name=name)
    if Channel(channel).traits.can_be_stopped and (word := _WORD.search(_PLACE.sub("", form))):
        return Message(
            N_(
                "Carriers reserve the word %(word)s: answering with it stops or starts all texts. "
                "Use another word."
            ),
            word=word[1],
        )
    return None


def values(context: Mapping[str, Any], channel: str, language: str) -> dict[str, str | list[str]]:
    """Return what fills each place, from what letters see (letters.context)."""
    short = Channel(channel).traits.by_segment
    case, hearing = context["case"], context["hearing"]
    days = context["days"]
    if days and language == "en":
        days = f"{days} days" if days != 1 else "1 day"
    numbered = [f"{n} {at}" for n, at in enumerate(context["numbered"], start=1)]
    return {
        "person": context["person"]["name"],
        "party": context["person"]["party"],
        "side": context["side"],
        "court": context["court"]["name"],
        "court_short": context["court"]["short"],
        "phone": context["court"]["phone"],
        "assistant": context["assistant"]["name"],
        "case": case["number"],
        "case_short": case["plain"],
        "case_tail": case["tail"],
        "title": case["title"],
        "judge": hearing["judge"] or "",
        "kind": context["kind"],
        "act": context["act"],
        "minutes": str(hearing["minutes"] or ""),
        "zone": context["zone"],
        "link": _way(context, language),
        "date": context["at"] if short else _date(context),
        "place": (hearing["courtroom"] or "") if short else context["where"],
        "answer_by": context["by_short"] if short else context["by"],
        "slots": numbered if short else context["slots"],
        "answers": context["answers"],
        "was": context["was"],
        "days": str(days or ""),
        "said": context["said"],
        **{name: context[name] for name in ("reason", "bring")},
    }


def _date(context: Mapping[str, Any]) -> str:
    """Return the date; of several sittings all of them."""
    return str(context["when_and_where"] if context["sittings"] else context["when"])


def _way(context: Mapping[str, Any], language: str) -> str:
    """Return the link, or how to use the code where a message may carry no link."""
    if context["link"] or not context["code"]:
        return str(context["link"])
    if language == "zh":
        return f"打开 {context['page']} 输入 {context['code']}"
    return f"open {context['page']} and type {context['code']}"


def written(
    kind: str, channel: str, own: CustomWording, filled: Mapping[str, str | list[str]]
) -> tuple[str, list[str]] | None:
    """Return subject and wordings with their places filled; None where they do not suit.

    They do not suit when a needed place would be empty (a date was withdrawn, and no new one is
    fixed), or when a mail has no place for a reason or for what to bring.
    """
    if not all(filled[name] for name in needed(kind, channel)):
        return None
    texts = [fill(form, filled, channel) for form in forms(own.text, channel)]
    rich = Channel(channel).traits.rich
    required = [str(filled[name]) for name in ALWAYS_SAID if rich and filled[name]]
    if any(each not in texts[0] for each in required):
        return None
    return fill(own.subject, filled, channel), texts


def fill_answer(text: str, known: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return a standard answer with its places filled, and the names of those that are unknown.

    An unknown place stays as it is written, unless it is in a part that is left out without it.
    """
    always = _PLACE.findall(_IF_THERE.sub("", text))
    missing = [name for name in dict.fromkeys(always) if not known[name]]
    unfilled = {name: f"{{{name}}}" for name in missing}
    return fill(text, {**known, **unfilled}, Channel.EMAIL), missing


def fill(text: str, filled: Mapping[str, str | list[str]], channel: str) -> str:
    """Return words with their places filled, each text in full, in one pass.

    A line whose places are all empty falls away; one with a list is written once for each of its
    entries, in a text message once with all of them.
    """
    lines: list[str] = []
    for line in text.splitlines():
        names = _PLACE.findall(line)
        if names and not any(filled[name] for name in names):
            continue
        kept = _IF_THERE.sub(lambda at: _if_there(at[1], filled), line)
        several = next((name for name in _PLACE.findall(kept) if name in LISTS), None)
        entries: Iterable[Any] = filled[several] if several else [""]
        if several and Channel(channel).traits.by_segment:
            entries = ["; ".join(filled[several])]
        for entry in entries:
            one = {**filled, several: entry} if several else filled
            lines.append(_PLACE.sub(lambda at: _text(one[at[1]]), kept).rstrip())  # noqa: B023
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _if_there(words: str, filled: Mapping[str, str | list[str]]) -> str:
    return words if all(filled[name] for name in _PLACE.findall(words)) else ""


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "; ".join(value)
