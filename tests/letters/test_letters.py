"""Letters as prose: golden files per kind, channel and language, and what must never happen."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.channels import Channel
from app.letters import composing, text_length
from app.notices.kinds import NoticeKind
from tests.letters.golden_case import KEYLESS, LINK, agrees, case, facts, link

# The words by which carriers take somebody off or put somebody on (Twilio, "opt-out keywords").
RESERVED = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
RESERVED |= {"START", "YES", "UNSTOP", "HELP", "INFO"}
NO_TIME = ("withdrawn", "not_reached", "which", "not_understood", "released")
NO_TIME += ("question_answered", "filing", "ask_by_link", "new_link", "address_code")
TO_COUNSEL = list(NoticeKind)[:14]
EACH = [(kind, language) for kind in NoticeKind for language in ("en", "zh")]
WITH_KEY = [(kind, language) for kind, language in EACH if kind not in KEYLESS]


def letter(kind: str, channel: str, language: str, **more: Any) -> composing.Letter:
    told = facts(kind, language) | more
    code = "482913" if kind == "address_code" else ""
    return composing.compose(kind, channel, language, told, link=link(kind), code=code)


class Page(HTMLParser):
    """What a reader of an HTML mail sees and can press."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.links, self.tags = "", [], []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"])

    def handle_data(self, data: str) -> None:
        self.words += data


def squeezed(words: str) -> str:
    return re.sub(r"[\s-]+", "", words)


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_a_mail_reads_as_reviewed(kind: str, language: str) -> None:
    mail = letter(kind, "email", language)
    assert agrees(f"{kind}/email.{language}.txt", f"Subject: {mail.subject}\n\n{mail.text}")


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_a_text_message_reads_as_reviewed(kind: str, language: str) -> None:
    assert agrees(f"{kind}/sms.{language}.txt", letter(kind, "sms", language).text)


def test_the_html_of_a_mail_looks_as_reviewed() -> None:
    assert agrees("proposal/email.zh.html", letter("proposal", "email", "zh").html)


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_html_and_text_of_a_mail_say_the_same(kind: str, language: str) -> None:
    mail = letter(kind, "email", language)
    said = squeezed(Page(mail.html.partition("<body")[2]).words)
    for line in mail.text.splitlines():
        assert squeezed(line) in said


@pytest.mark.parametrize(("kind", "language"), WITH_KEY)
def test_a_mail_has_one_button_and_it_is_the_link(kind: str, language: str) -> None:
    assert Page(letter(kind, "email", language).html).links == [link(kind)]


@pytest.mark.parametrize("kind", KEYLESS)
def test_what_may_reach_a_stranger_has_neither_a_link_nor_the_case(kind: str) -> None:
    for channel in Channel:
        told = letter(kind, channel, "en")
        whole = told.subject + told.text + told.html
        for secret in ("http", "CV-2026-12345", "Ash Ltd"):
            assert secret not in whole.replace("http-equiv", "")


@pytest.mark.parametrize(("kind", "language"), WITH_KEY)
def test_without_a_link_a_mail_names_the_page_and_the_code(kind: str, language: str) -> None:
    told = facts(kind, language)
    mail = composing.compose(
        kind, "email", language, told, code="K7M2 P9", base="https://court.example/"
    )
    assert "https://court.example/r " in mail.text
    assert "K7M2 P9" in mail.text
    assert Page(mail.html).links == []


@pytest.mark.parametrize("kind", [k for k in NoticeKind if k not in NO_TIME])
def test_a_mail_with_a_time_names_its_zone(kind: str) -> None:
    assert "Shanghai time (Asia/Shanghai, UTC+8)" in letter(kind, "email", "en").text
    assert "上海时间（Asia/Shanghai，UTC+8）" in letter(kind, "email", "zh").text


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_chinese_text_message_is_one_segment(kind: str) -> None:
    assert text_length.segments(letter(kind, "sms", "zh").text) == 1


@pytest.mark.parametrize("kind", NoticeKind)
def test_an_english_text_message_is_one_segment(kind: str) -> None:
    assert text_length.segments(letter(kind, "sms", "en").text) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_variants_of_letters_about_another_date_read_as_reviewed(language: str) -> None:
    """What is private, another court's hearing, no times, numbers in texts, a text's objection."""
    zh = language == "zh"
    elsewhere = {
        "court": "上海市第一中级人民法院" if zh else "Shanghai No. 1 Intermediate Court",
        "number": "（2026）沪01民终77号" if zh else "A-2026-77",
        "at": "2026-12-15T01:00:00Z",
    }
    variants = {
        "private": ("move_asked", {"private": True, "words": ""}),
        "clash": ("move_asked", {"kind": "clash", "words": "", "elsewhere": elsewhere}),
        "no_times": ("move_asked", {"times": []}),
        "by_text": ("move_objected", {"words": ""}),
        "objects": ("move_answered", {"stance": "object"}),
        "no_times_agreed": ("move_answered", {"times": [], "answers": []}),
    }
    for name, (kind, changed) in variants.items():
        told = facts(kind, language)
        told["request"] |= changed
        mail = composing.compose(kind, "email", language, told, link=LINK)
        text = composing.compose(kind, "sms", language, told, link=LINK).text
        words = f"Subject: {mail.subject}\n\n{mail.text}\n---\n{text}\n"
        assert agrees(f"{kind}/{name}.{language}.txt", words)
    for name, asked in (("asked_by", "孟二" if zh else "Ben Meng"), ("asked_by_you", "")):
        told = facts("stays", language) | {
            "asked_by": asked or facts("stays", language)["person"]["name"]
        }
        assert agrees(
            f"stays/{name}.{language}.txt",
            composing.compose("stays", "email", language, told, link=LINK).text,
        )
    told = facts("moved", language) | {"agreed": True, "reason": ""}
    assert agrees(
        f"moved/agreed.{language}.txt",
        composing.compose("moved", "email", language, told, link=LINK).text,
    )
    told = facts("which", language)
    told["choices"][1]["move"] = True
    for name, choices in (("move", told["choices"]), ("one", told["choices"][1:])):
        text = composing.compose(
            "which", "sms", language, told | {"choices": choices}, link=LINK
        ).text
        assert agrees(f"which/{name}.{language}.txt", text)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_request_to_move_lists_its_times_where_that_costs_nothing(language: str) -> None:
    told = facts("move_asked", language)
    free = composing.compose("move_asked", "sms", language, told, link=LINK).text
    assert text_length.segments(free) == 1
    assert ("0 = object" in free) == (language == "en")
    told["court"]["text_slots"] = True
    said = composing.compose("move_asked", "sms", language, told, link=LINK).text
    assert agrees(f"move_asked/sms_slots.{language}.txt", said)
    told["request"]["times"] = [{**told["request"]["times"][0]} for _ in range(5)]
    said = composing.compose("move_asked", "sms", language, told, link=LINK).text
    assert agrees(f"move_asked/sms_five_slots.{language}.txt", said)
    assert text_length.segments(said) <= 2


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", ["proposal", "nudge"])
def test_a_court_may_have_the_slots_listed_by_number_in_texts(kind: str, language: str) -> None:
    told = facts("proposal", language)
    told["court"]["text_slots"] = True
    said = composing.compose(kind, "sms", language, told, link=link(kind)).text
    assert agrees(f"{kind}/sms_slots.{language}.txt", said)
    assert text_length.segments(said) <= 3


def test_the_date_is_never_what_is_shortened() -> None:
    told = facts("fixed", "zh")
    told["case"]["title"] = "长" * 190
    told["hearing"]["courtroom"] = "法庭" * 60
    said = composing.compose("fixed", "sms", "zh", told, link=LINK).text
    assert "12月15日周二09:30" in said
    assert said.endswith(LINK)


def test_a_shorter_wording_is_taken_only_when_it_saves_a_segment() -> None:
    assert text_length.cheapest(["a" * 160, "a"]) == "a" * 160
    assert text_length.cheapest(["a" * 161, "a" * 100, "a"]) == "a" * 100


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_no_reserved_word_is_asked_for_or_stands_alone(kind: str, language: str) -> None:
    said = letter(kind, "sms", language).text
    assert not RESERVED & set(re.findall(r"\b[A-Z]{3,}\b", said))
    assert "\n" not in said


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_words_are_calm(kind: str, language: str) -> None:
    for channel in Channel:
        said = letter(kind, channel, language)
        whole = (said.subject + said.text).lower()
        assert not re.search(r"[!！]|please note|none\b(?! suits)|\{|\}|undefined", whole)


def test_a_subject_stays_one_line_whatever_the_case_is_called() -> None:
    told = facts("proposal", "en")
    told["case"]["number"] = "1\r\nBcc: everybody@court.example\x00\u2028x"
    mail = composing.compose("proposal", "email", "en", told, link=LINK)
    assert len(mail.subject.splitlines()) == 1
    assert "\x00" not in mail.subject + mail.text + mail.html


def test_markup_in_a_name_stays_words() -> None:
    told = facts("proposal", "en")
    told["person"]["name"] = "<script>alert(1)</script>"
    told["case"]["title"] = '{{ 7 * 7 }} <a href="https://evil.example">press</a>'
    mail = composing.compose("proposal", "email", "en", told, link=LINK)
    page = Page(mail.html)
    assert "script" not in page.tags
    assert page.links == [LINK]
    assert "{{ 7 * 7 }}" in mail.text


def test_a_fact_cannot_pose_as_a_shorter_wording() -> None:
    told = facts("proposal", "en")
    told["case"]["title"] = "\n---\nwon\n---\n"
    said = composing.compose("proposal", "sms", "en", told, link=LINK).text
    assert said.startswith("Pudong Court: choose")


def test_another_language_is_answered_in_english() -> None:
    told = facts("proposal", "en")
    assert composing.compose("proposal", "email", "fr", told).text.startswith("Dear Ada Lin,")
    assert composing.compose("proposal", "email", "zh-Hans-CN", told).text.startswith("Ada Lin：")


def test_slots_on_both_sides_of_a_clock_change_carry_each_their_offset() -> None:
    told = facts("proposal", "en")
    told["court"]["zone"] = "Europe/London"
    told["slots"] = [
        {"starts_at": "2027-03-26T10:00:00Z", "ends_at": "2027-03-26T11:00:00Z"},
        {"starts_at": "2027-03-29T09:00:00Z", "ends_at": "2027-03-29T10:00:00Z"},
    ]
    said = composing.compose("proposal", "email", "en", told, link=LINK).text
    assert "London time (Europe/London)" in said
    assert "- Fri 26 Mar 2027, 10:00–11:00 (UTC)\n" in said
    assert "- Mon 29 Mar 2027, 10:00–11:00 (UTC+1)\n" in said


def test_a_time_without_its_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="without its offset"):
        letter("proposal", "email", "en", answer_by="2026-12-04T09:00:00")


def test_a_kind_or_channel_without_words_is_refused() -> None:
    for kind, channel in (("../proposal", "email"), ("proposal", "fax")):
        with pytest.raises(ValueError, match="no words"):
            composing.compose(kind, channel, "en", case("en"))


def test_little_is_needed_to_write_a_letter() -> None:
    least = {
        "court": {"name": "C", "zone": "UTC"},
        "case": {"number": "1"},
        "person": {"name": "P"},
        "hearing": {"kind": "site visit"},
    }
    for kind in NoticeKind:
        for language in ("en", "zh"):
            for channel in Channel:
                said = composing.compose(kind, channel, language, least).text
                assert said
                assert "None" not in said


names = st.text(max_size=200)


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(NoticeKind),
    channel=st.sampled_from(Channel),
    language=st.sampled_from(["en", "zh"]),
    words=st.lists(names, min_size=9, max_size=9),
)
def test_any_words_make_a_letter(kind: str, channel: str, language: str, words: list[str]) -> None:
    told = facts(kind, language)
    court, title, number, name, party, room, reason, detail, bring = words
    told["court"] |= {"name": court, "short": court, "phone": detail}
    told["case"] = {"number": number, "title": title}
    told["person"] |= {"name": name, "party": party}
    told["hearing"] |= {"courtroom": room, "location": room, "kind": room, "judge": name}
    told |= {"reason": reason, "detail": detail, "bring": bring}
    said = composing.compose(kind, channel, language, told, link=LINK)
    assert len(said.subject.splitlines()) <= 1
    assert len(said.subject) <= 200
    assert "\x00" not in said.text
    if channel == "sms":
        assert len(said.text) <= 1600
        assert "\n" not in said.text
    else:
        assert Page(said.html).links == ([] if kind in KEYLESS else [LINK])


READ_OUT = ("proposal", "fixed", "moved", "reminder", "cancelled", "withdrawn")


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_what_is_read_out_on_the_telephone_reads_as_reviewed(kind: str, language: str) -> None:
    script = composing.call_script(kind, language, facts(kind, language))
    assert bool(script) == (kind in READ_OUT)
    if script:
        assert agrees(f"{kind}/call.{language}.txt", "\n\n".join(script))
        assert len(script) == 3


@pytest.mark.parametrize("kind", READ_OUT)
def test_a_script_with_few_facts_has_no_hole(kind: str) -> None:
    for language in ("en", "zh"):
        told = facts(kind, language)
        told["case"]["title"] = told["assistant"]["name"] = told["reason"] = told["bring"] = ""
        told["person"]["party"] = told["hearing"]["judge"] = ""
        told["hearing"] |= {"minutes": None, "courtroom": None, "location": None}
        for name in ("was", "answer_by"):
            told.pop(name, None)
        words = "\n".join(composing.call_script(kind, language, told))
        assert not re.search(r"None|[,，][.。,，]|  |：$|\(\)|（）", words), words


PRIVATE = {"subject": "", "words": "", "private": "health", "by": "Ben Meng", "side": "respondent"}
ADDED = {"subject": "Video", "added": "We agree.", "added_by": "Ada Lin", "by": "Ben Meng"}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("form", "question"), [("private", PRIVATE), ("added", ADDED)])
def test_a_private_question_and_an_added_word_read_as_reviewed(
    form: str, question: dict[str, str], language: str
) -> None:
    mail = letter("question", "email", language, question=question)
    name = f"question/email_{form}.{language}.txt"
    assert agrees(name, f"Subject: {mail.subject}\n\n{mail.text}")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("outcome", ["paper", "merits"])
def test_an_answer_that_is_none_reads_as_reviewed(outcome: str, language: str) -> None:
    question = {**facts("question", language)["question"], "outcome": outcome}
    mail = letter("question_answered", "email", language, question=question)
    name = f"question_answered/email_{outcome}.{language}.txt"
    assert agrees(name, f"Subject: {mail.subject}\n\n{mail.text}")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("channel", ["email", "sms"])
def test_what_counsel_is_told_of_their_delegate_reads_as_reviewed(
    channel: str, language: str
) -> None:
    told = facts("delegated", language)
    told["person"]["name"] = told["naming"]["counsel"]
    told["naming"] |= {"to_counsel": True, "may_answer": False, "copies": False, "until": ""}
    said = composing.compose("delegated", channel, language, told, link=LINK).text
    assert agrees(f"delegated/{channel}.counsel.{language}.txt", said)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("channel", ["email", "sms"])
@pytest.mark.parametrize("kind", ["proposal", "fixed"])
def test_a_copy_for_a_delegate_reads_as_reviewed(kind: str, channel: str, language: str) -> None:
    copied = {"delegate": {"counsel": "林一" if language == "zh" else "Ada Lin"}}
    copied["delegate"]["may_answer"] = kind == "proposal"
    said = letter(kind, channel, language, asks_address=False, **copied).text
    assert agrees(f"{kind}/{channel}.copy.{language}.txt", said)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("channel", ["email", "sms"])
@pytest.mark.parametrize("kind", ["answered", "move_answered", "move_agreed"])
def test_an_answer_by_a_delegate_is_confirmed_as_such(
    kind: str, channel: str, language: str
) -> None:
    by = "江北" if language == "zh" else "Kit Shaw"
    told = facts(kind, language) | {"by_delegate": by}
    if "request" in told:
        told["request"]["delegate"] = by
    said = composing.compose(kind, channel, language, told, link=LINK).text
    assert agrees(f"{kind}/{channel}.delegate.{language}.txt", said)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("form", "filing"),
    [
        ("removed", {"state": "removed"}),
        ("due", {"state": "due", "on": "2026-12-08"}),
        ("due_no_more", {"state": "due", "on": ""}),
    ],
)
def test_a_correction_and_a_day_for_evidence_read_as_reviewed(
    form: str, filing: dict[str, str], language: str
) -> None:
    mail = letter(
        "filing", "email", language, filing={**facts("filing", language)["filing"], **filing}
    )
    assert agrees(f"filing/email_{form}.{language}.txt", f"Subject: {mail.subject}\n\n{mail.text}")
