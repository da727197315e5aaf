"""Template context of letters: the facts of a notice, completed and put into words."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from itertools import chain
from typing import Any

from app.core import wording
from app.core.channels import CHANNELS, look

# Short names of the kinds of hearing, for text messages.
_ACTS = {
    "trial": ("hearing", "开庭"),
    "pretrial": ("pretrial meeting", "庭前会议"),
    "evidence": ("exchange of evidence", "证据交换"),
    "mediation": ("mediation", "调解"),
    "conference": ("conference", "会议"),
    "judgment": ("judgment", "宣判"),
}

# Participation status in a calendar's reply (RFC 5545, 3.2.12).
_PARTSTATS = {
    "ACCEPTED": ("accepted", "接受"),
    "TENTATIVE": ("tentative", "暂定"),
    "DECLINED": ("declined", "谢绝"),
}

Facts = Mapping[str, Any]


def template_context(facts: Facts, language: str) -> dict[str, Any]:
    """Return the context of the templates, in "en" or "zh"; every text on one line.

    Raises KeyError where court, case, person or hearing are missing, ValueError for a time
    without its offset.
    """
    facts = clean(facts)
    court, case, person, hearing = (facts[k] for k in ("court", "case", "person", "hearing"))
    hearing = {"minutes": None, "courtroom": "", **hearing}
    if any(each.get("sittings") for each in [hearing, *(facts.get("slots") or [])]):
        hearing["minutes"] = None  # each sitting has its own length
    hearing["judge"] = wording.bench_of(hearing, language)
    times = _Times(facts, court["zone"], language)
    return {
        "court": {"phone": "", **court, "short": court.get("short") or court["name"]},
        "case": {"title": "", **case, **_numbers(case["number"])},
        "person": {"party": "", "is_court": False, **person},
        "side": wording.side_name(person.get("side") or "", language),
        # What a member of the bench who is outside the court is needed as.
        "needed_as": (person.get("needed_as") or {}).get(language, ""),
        "assistant": {"name": "", **(facts.get("assistant") or {})},
        "hearing": hearing,
        "kind": wording.kind_name(hearing["kind"], language),
        # About no hearing: the case has none of a kind.
        "about_case": hearing.get("id") == 0,
        "act": _ACTS.get(hearing["kind"], ("hearing", "开庭"))[language == "zh"],
        "missed": _missed(facts, language),
        "said": _PARTSTATS.get(facts.get("said") or "", ("", ""))[language == "zh"],
        "choices": [
            {"move": False, **each, **_numbers(each["number"])}
            for each in facts.get("choices") or []
        ],
        "elsewhere": _elsewhere(facts, court["zone"], language),
        "request": _request(facts, times),
        "agreed": bool(facts.get("agreed")),
        "asked_by": facts.get("asked_by") or "",
        "question": _question(facts, language),
        "change": _change(facts, times),
        # The first message of a case says that one's address can be confirmed.
        "asks_address": bool(facts.get("asks_address")),
        "naming": _naming(facts, times),
        "absent": _absent(facts, language),
        "by_delegate": facts.get("by_delegate") or "",
        "filing": _filing(facts, language),
        "papers_filed": _papers_filed(facts, times),
        "exchange": _exchange(facts, times),
        "opinions": _opinions(facts, times),
        "bench_change": _bench_change(facts, language),
        "outcome": _outcome(facts, times),
        "receipt": facts.get("receipt") or [],
        "signed_receipt": _signed_receipt(facts, times),
        "set_aside": _set_aside(facts, times),
        "by_order": bool(facts.get("by_order")),
        "on_request": bool(facts.get("on_request")),
        # A notice on paper has no attachments, nor has the copy of a delegate.
        "paper": bool(facts.get("paper") or facts.get("delegate")),
        "corrects_calendar": bool(facts.get("in_calendars") and not facts.get("delegate")),
        # The date that remains valid until counsel agree on one of the slots.
        "holds": times.slot_time(hearing) if facts.get("slots") else "",
        "holds_short": times.short_slot(hearing) if facts.get("slots") else "",
        "silent": wording.listed(facts.get("silent") or (), language),
        **{key: facts.get(key) for key in ("days", "round")},
        **{key: facts.get(key) or "" for key in ("reason", "bring", "detail", "because")},
        **_times(facts, times),
    }


def clean(fact: Any) -> Any:
    """Put every text among the facts on one line, so that none can imitate lines of ours."""
    if isinstance(fact, str):
        return wording.one_line(fact)
    if isinstance(fact, dict):
        return {
            key: wording.one_line(value) if isinstance(value, str) else value and clean(value)
            for key, value in fact.items()
        }
    if isinstance(fact, list | tuple):
        return [clean(value) for value in fact]
    return fact


class _Times:
    """Formats the times of one letter in one zone, with UTC offsets if these differ."""

    def __init__(self, facts: Facts, zone: str, language: str) -> None:
        self.zone, self.language = zone, language
        self.comma = wording.comma(language)
        request = facts.get("request") or {}
        named = (facts.get(name) for name in ("slots", "answers", "given_up"))
        listed = chain.from_iterable(some or [] for some in (*named, request.get("times")))
        rows = [facts["hearing"], *listed]
        rows += chain.from_iterable(row.get("sittings") or [] for row in list(rows))
        changed_at = (facts.get("change") or {}).get("at")
        exchange = facts.get("exchange") or {}
        next_at = (facts.get("outcome") or {}).get("next_at")
        closes = (exchange.get("closes_at"), exchange.get("ends_at"), next_at)
        starts = (row.get("starts_at") for row in rows)
        times = [*starts, facts.get("answer_by"), changed_at, *closes]
        self.all = [wording.instant(at) for at in times if at]
        # Times on both sides of a clock change would share one offset that is wrong for some.
        self.steady = len({wording.utc_offset(at, zone) for at in self.all}) <= 1

    def zone_name(self) -> str:
        at = self.all[0] if self.steady and self.all else None
        return wording.zone_name(self.zone, at, self.language)

    def moment(self, at: str | None) -> str:
        return self._with_offset(wording.moment, wording.instant(at)) if at else ""

    def short(self, at: str | None, *, weekday: bool = True) -> str:
        if not at:
            return ""
        moment = wording.instant(at)
        day = wording.short_day(moment, self.zone, self.language, weekday=weekday)
        between = "" if self.language == "zh" else ", "
        return day + between + wording.clock(moment, self.zone)

    def span(self, slot: Facts) -> str:
        if not slot.get("starts_at"):
            return ""
        ends_at = wording.instant(slot["ends_at"]) if slot.get("ends_at") else None

        def span(at: datetime, zone: str, language: str) -> str:
            return wording.span(at, ends_at, zone, language)

        return self._with_offset(span, wording.instant(slot["starts_at"]))

    def count(self, slot: Facts) -> str:
        """Return how many days a slot has, or which of its hearing's it is; "" for the only one."""
        if on := slot.get("sitting_day"):
            return wording.day_of_days(on["number"], on["of"], self.language)
        sittings = slot.get("sittings") or []
        if len(sittings) < 2:
            return ""
        days = {wording.local(wording.instant(s["starts_at"]), self.zone).date() for s in sittings}
        return wording.sitting_count(len(days), len(sittings), self.language)

    def slot_time(self, slot: Facts) -> str:
        """Return from when to when a slot is; of several sittings the first, and how many."""
        count = self.count(slot)
        first = (slot.get("sittings") or [slot])[0]
        return self.span(first) + (wording.aside(count, self.language) if count else "")

    def short_slot(self, slot: Facts, *, weekday: bool = True) -> str:
        """Return when a slot begins, for a text message, and how many days it has."""
        short, count = self.short(slot.get("starts_at"), weekday=weekday), self.count(slot)
        if not count or self.language == "en":
            return short + (wording.aside(count, self.language) if count else "")
        # One segment is 70 characters: "12月15日周二09:00起3天", "12月16日周三09:00，第2/3天".
        on = slot.get("sitting_day")
        return f"{short}，第{on['number']}/{on['of']}天" if on else f"{short}起{count}"

    def slot(self, slot: Facts) -> str:
        if sittings := slot.get("sittings"):
            listed = map(self._place_and_time, sittings)
            between = wording.semicolon(self.language)
            return self.count(slot) + wording.colon(self.language) + between.join(listed)
        return self._place_and_time(slot)

    def sittings(self, hearing: Facts) -> list[str]:
        """Return the sittings of a hearing that has several, each with time and place."""
        return [self._place_and_time(each) for each in hearing.get("sittings") or []]

    def _place_and_time(self, slot: Facts) -> str:
        return self.comma.join(filter(None, [self.span(slot), self.where(slot)]))

    def answer(self, answer: Facts) -> str:
        says = wording.answer_name(answer["says"], self.language)
        return self.slot(answer) + wording.colon(self.language) + says

    def places(self, slot: Facts) -> str:
        """Return the places of a slot, each once."""
        places = [self.where(each) for each in slot.get("sittings") or [slot]]
        return wording.semicolon(self.language).join(dict.fromkeys(filter(None, places)))

    def where(self, slot: Facts) -> str:
        parts = [slot.get("courtroom"), slot.get("location")]
        return self.comma.join(part for part in parts if part)

    def _with_offset(self, say: Any, at: datetime) -> str:
        words: str = say(at, self.zone, self.language)
        if self.steady:
            return words
        offset = wording.utc_offset(at, self.zone)
        return words + wording.aside(offset, self.language)


def _times(facts: Facts, times: _Times) -> dict[str, Any]:
    hearing, answers = facts["hearing"], facts.get("answers") or []
    listed = facts.get("slots") or (facts.get("request") or {}).get("times") or []
    return {
        "zone": times.zone_name(),
        "when": times.slot_time(hearing),
        "where": times.places(hearing),
        "sittings": times.sittings(hearing),
        "count": times.count(hearing),
        "when_and_where": times.slot(hearing),
        "at": times.short_slot(hearing),
        "by": times.moment(facts.get("answer_by")),
        "by_short": times.short(facts.get("answer_by"), weekday=False),
        "slots": [times.slot(slot) for slot in facts.get("slots") or []],
        # Days that no longer take place, as the outcome was entered before them.
        "given_up": [times.slot(each) for each in facts.get("given_up") or []],
        "given_up_from": times.short((facts.get("given_up") or [{}])[0].get("starts_at")),
        "numbered": [times.short_slot(slot, weekday=False) for slot in listed],
        "answers": [times.answer(each) for each in answers],
        "can": sum(map(_takes, answers)),
        "was": times.slot(facts.get("was") or {}),
    }


def _elsewhere(facts: Facts, zone: str, language: str) -> dict[str, str]:
    """Describe a contact beside the court's channels: with whom, how and when."""
    contact = facts.get("elsewhere") or {}
    if not contact:
        return {"name": "", "side": "", "way": "", "at": ""}
    return {
        "name": contact["name"],
        "side": wording.side_name(contact["side"], language) if contact["side"] else "",
        "way": look(contact["way"]).in_letters[language == "zh"],
        "at": wording.moment(wording.instant(contact["at"]), zone, language),
    }


def _request(facts: Facts, times: _Times) -> dict[str, Any]:
    """Describe a request for another date: by whom, why, and which times would suit them.

    Also what one side says to it: the answer to each time, and in short those that they take.
    """
    request = facts.get("request") or {}
    language, name, side = times.language, request.get("name") or "", request.get("side") or ""
    words = [wording.move_reason_name(request.get("kind") or "", language), request.get("words")]
    why = wording.colon(language).join(filter(None, words))
    elsewhere = _hearing_elsewhere(request.get("elsewhere") or {}, times)
    answers = request.get("answers") or []
    return {
        "name": name,
        "who": _acting(name, request.get("delegate"), language)
        + (wording.aside(wording.side_name(side, language), language) if side else ""),
        "delegate": request.get("delegate") or "",
        "private": bool(request.get("private")),
        "why": why + (wording.aside(elsewhere, language) if elsewhere else ""),
        "times": [times.slot(slot) for slot in request.get("times") or []],
        "objects": request.get("stance") == "object",
        "answers": [times.answer(each) for each in answers],
        "taken": wording.listed(
            [times.short_slot(each, weekday=False) for each in answers if _takes(each)],
            language,
        ),
    }


def _takes(answer: Facts) -> bool:
    return answer["says"] in ("yes", "if_needed")


def _hearing_elsewhere(hearing: Facts, times: _Times) -> str:
    """Describe another court's hearing, in the way of which this one is: court, number, time."""
    if not hearing.get("court"):
        return ""
    at = times.moment(hearing.get("at"))
    return times.comma.join(filter(None, [hearing["court"], hearing.get("number"), at]))


# Reasons for which the words of a question stay with the court.
_PRIVATE = {
    "health": ("health", "健康"),
    "safety": ("safety", "安全"),
    "access": ("access to the court", "出庭便利"),
}


def _question(facts: Facts, language: str) -> dict[str, str]:
    """Describe a question to the court, and its answer; every value is "" in other letters."""
    names = ("subject", "words", "answer", "outcome", "added")
    question = facts.get("question") or {}
    private = _PRIVATE.get(question.get("private") or "", ("", ""))
    return {
        **{name: question.get(name) or "" for name in names},
        "by": _acting(question.get("by") or "", question.get("delegate"), language),
        "added_by": _acting(
            question.get("added_by") or "", question.get("added_delegate"), language
        ),
        "side": wording.side_name(question.get("side") or "", language),
        "private": private[language == "zh"],
    }


_CHANGED = {
    "email": ("e-mail address", "电子邮箱"),
    "phone": ("mobile number", "手机号码"),
}


def _change(facts: Facts, times: _Times) -> dict[str, str]:
    """Describe a change of address: of which one, and when; "" in other letters."""
    change = facts.get("change") or {}
    return {
        "field": _CHANGED.get(change.get("field") or "", ("", ""))[times.language == "zh"],
        "at": times.moment(change.get("at")),
        "at_short": times.short(change.get("at"), weekday=False),
    }


def _acting(name: str, delegate: str | None, language: str) -> str:
    """Return counsel's name, with the delegate's before it if they acted for counsel."""
    if not delegate:
        return name
    return f"{delegate}代{name}" if language == "zh" else f"{delegate} for {name}"


def _naming(facts: Facts, times: _Times) -> dict[str, Any]:
    """Describe the naming of a delegate: who acts for whom, whether they may answer, until when."""
    naming = facts.get("naming") or {}
    flags = ("to_counsel", "may_answer", "copies", "for_hearing")
    until = naming.get("until")
    local = wording.local(wording.instant(until), facts["court"]["zone"]) if until else None
    return {
        "name": naming.get("name") or "",
        "counsel": naming.get("counsel") or "",
        **{flag: bool(naming.get(flag)) for flag in flags},
        "until": wording.day_name(local.date(), times.language) if local else "",
    }


def _absent(facts: Facts, language: str) -> dict[str, str]:
    """Describe who cannot come to a hearing, what they are needed as, and why; "" for nobody."""
    absent = facts.get("absent") or {}
    return {
        **{key: absent.get(key) or "" for key in ("name", "reason")},
        "needed_as": (absent.get("needed_as") or {}).get(language, ""),
    }


def _filing(facts: Facts, language: str) -> dict[str, str]:
    """Describe papers that came in, or a day that evidence is due; "" in other letters."""
    filing = facts.get("filing") or {}
    on = filing.get("on") or ""
    return {
        **{name: filing.get(name) or "" for name in ("state", "party", "note")},
        "side": wording.side_name(filing.get("side") or "", language),
        "kind": wording.filing_kind_name(filing.get("kind") or "", language),
        "on": wording.date_with_weekday(date.fromisoformat(on), language) if on else "",
    }


def _papers_filed(facts: Facts, times: _Times) -> dict[str, Any]:
    """Describe papers that were filed together: by whom, when, how many, and the first ones."""
    filing = facts.get("papers_filed") or {}
    return {
        "by": _acting(filing.get("by") or "", filing.get("delegate"), times.language),
        "side": wording.side_name(filing.get("side") or "", times.language),
        "is_court": filing.get("side") == "court",
        "count": filing.get("count") or 0,
        "names": filing.get("names") or [],
        "more": filing.get("more") or 0,
        "sealed": bool(filing.get("sealed")),
        "late": filing.get("late") or "",
        "at": times.moment(filing.get("filed_at")),
    }


def _signed_receipt(facts: Facts, times: _Times) -> dict[str, Any]:
    """Describe a receipt that the court signed: of which entry, and where it is checked."""
    signed = facts.get("signed_receipt") or {}
    named = {name: signed.get(name) or "" for name in ("number", "address")}
    return {**named, "at": times.moment(signed.get("at"))}


def _opinions(facts: Facts, times: _Times) -> dict[str, Any]:
    """Describe opinions on papers that were given in one press, and the papers objected to."""
    opinions = facts.get("opinions") or {}
    return {
        "by": _acting(opinions.get("by") or "", opinions.get("delegate"), times.language),
        "side": wording.side_name(opinions.get("side") or "", times.language),
        "at": times.moment(opinions.get("given_at")),
        "due": times.moment(opinions.get("due_at")),
        "count": opinions.get("count") or 0,
        "withdrawn": opinions.get("withdrawn") or 0,
        "objections": [
            {
                "paper": each["paper"],
                "denied": [
                    [wording.objection_name(aspect, times.language), reason]
                    for aspect, reason in each["denied"]
                ],
            }
            for each in opinions.get("objections") or []
        ],
        "more": opinions.get("more") or 0,
        "missing": opinions.get("missing") or 0,
        "due_short": times.short(opinions.get("due_at")),
    }


def _bench_change(facts: Facts, language: str) -> dict[str, Any]:
    """Name who sat and who sits now, or who else is needed at a hearing."""
    change = facts.get("bench_change") or {}
    lines = {name: wording.bench_line(change.get(name) or (), language) for name in ("was", "now")}
    return {**lines, "of_bench": bool(change.get("of_bench"))}


def _outcome(facts: Facts, times: _Times) -> dict[str, Any]:
    """Describe the outcome of a hearing: why, who was absent, and the next date.

    ``why`` joins the cause and the court's words; a cause that says no more than those who were
    absent, or than that there was a reason, is left out.
    """
    outcome, person = facts.get("outcome") or {}, facts["person"]
    language, cause = times.language, outcome.get("cause") or ""
    named = "" if cause in ("", "absence", "other") else wording.outcome_cause_name(cause, language)
    words = [named, facts.get("reason") or ""]
    absent = outcome.get("absent") or []
    return {
        "name": outcome.get("name") or "held",
        "corrects": bool(outcome.get("corrects")),
        "why": wording.semicolon(language).join(filter(None, words)),
        "absent": [_absent_person(each, language) for each in absent],
        "reader_absent": any(
            (each["name"], each["side"]) == (person.get("name"), person.get("side"))
            for each in absent
        ),
        "next": times.moment(outcome.get("next_at")),
        "next_is_asked": bool(outcome.get("next_is_asked")),
    }


def _absent_person(absent: Facts, language: str) -> str:
    """Name somebody who did not come, with their side or what they were needed as.

    Who is needed, but does not sit, has no name in letters to the parties.
    """
    role = (absent.get("role") or {}).get(language, "")
    also = role or wording.side_name(absent["side"], language)
    return absent["name"] + wording.aside(also, language) if absent["name"] else also


def _set_aside(facts: Facts, times: _Times) -> dict[str, str]:
    """Describe a file in which the scanner found something, and its release by the court."""
    file = facts.get("set_aside") or {}
    return {
        **{name: file.get(name) or "" for name in ("paper", "file", "finding", "by", "reason")},
        "side": wording.side_name(file.get("side") or "", times.language),
        "sent": times.moment(file.get("sent_at")),
        "at": times.moment(file.get("at")),
    }


def _missed(facts: Facts, language: str) -> dict[str, str] | None:
    """Describe who was not reached and the next channel, if the facts name them."""
    failed, about = facts.get("failed"), facts.get("about_person")
    if not failed or not about:
        return None
    zh = language == "zh"
    named = {channel.value: row.in_letters[zh] for channel, row in CHANNELS.items()}
    following = facts.get("next_channel") or ""
    return {
        "name": about["name"],
        "channel": named.get(failed["channel"], failed["channel"]),
        "next": named.get(following, following),
        "unknown": "yes" if failed.get("state") == "unknown" else "",
    }


def _numbers(number: str) -> dict[str, str]:
    """Shorten a Chinese case number by its year, then its court, then all but the running number.

    （2026）沪0115民初12345号 -> 沪0115民初12345号 -> 民初12345号 -> 12345号; any other stays whole.
    """
    found = re.fullmatch(r"[（(]\d{4}[)）]\s*(\D{1,3}\d*(\D{1,6}(\d+号)))", number)
    plain, core, tail = found.groups() if found else (number, number, number)
    return {"plain": plain, "core": core, "tail": tail}


def _exchange(facts: Facts, times: _Times) -> dict[str, Any]:
    """Describe an exchange of evidence and what became of it; "" in other letters.

    ``closes`` is the time for the person who reads, ``ends`` the last of all sides.
    """
    exchange = facts.get("exchange") or {}
    return {
        **{name: exchange.get(name) or "" for name in ("state", "by", "words")},
        "side": wording.side_name(exchange.get("side") or "", times.language),
        "is_sealed": exchange.get("mode") == "sealed",
        "count": exchange.get("count") or 0,
        "closes": times.moment(exchange.get("closes_at")),
        "closes_short": times.short(exchange.get("closes_at"), weekday=False),
        "ends": times.moment(exchange.get("ends_at")),
    }
