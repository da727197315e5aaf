"""A court's own words: what they may say, what they must, how their places are filled."""

import datetime as dt

import pytest

from app.core.channels import Channel
from app.letters import composing, custom_wording, sample_hearing
from app.letters.custom_wording import CustomWording
from app.letters.text_length import segments

NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
COURT = {
    "name": "浦东新区人民法院",
    "short": "浦东法院",
    "zone": "Asia/Shanghai",
    "phone": "",
    "text_links": True,
    "text_slots": False,
}
LINK = f"https://t.example/r/{sample_hearing.LINK}"
GOOD = "{court_short}: {case} on {date}, {link}"


def written(
    kind: str, channel: str, own: CustomWording | None, language: str = "zh", **more: object
) -> composing.Letter:
    """A letter about the sample hearing."""
    facts = sample_hearing.facts({**COURT}, language, NOW) | more
    return composing.compose(kind, channel, language, facts, link=LINK, code="K", base="b", own=own)


@pytest.mark.parametrize("kind", custom_wording.KINDS)
@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_first_draft_of_every_kind_can_be_kept_as_it_is_and_is_sent(
    kind: str, channel: str, language: str
) -> None:
    subject, text = composing.first_draft(kind, channel, language)
    assert custom_wording.faults(kind, channel, subject, text) == {}
    letter = written(kind, channel, CustomWording(4, subject, text), language)
    assert letter.wording == 4
    assert "{" not in letter.subject + letter.text + letter.html
    assert "[" not in letter.text
    if channel == "sms":
        assert segments(letter.text) <= segments(written(kind, channel, None, language).text) + 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Fill this in."),
        (GOOD + " {judge.name}", "There is no placeholder {judge.name} here."),
        (GOOD + " {{ 7 * 7 }}", "There is no placeholder { 7 * 7 } here."),
        (GOOD + " {__class__}", "There is no placeholder {__class__} here."),
        (GOOD + " {", "There is a single brace"),
        ("{court}: {case} {date}", "{link} is required: add it to the text."),
        ("{court}: {case} {link}", "{date} is required: add it to the text."),
        ("{case} {date} [{phone} {link}]", "{link} is required: add it to the text."),
        (GOOD + " Reply stop.", "Carriers reserve the word stop"),
        (GOOD + " 回复YES确认", "Carriers reserve the word YES"),
        (GOOD + "\n---\n\n---\n" + GOOD, "There is no text between two lines of ---."),
        (GOOD + "\n---\n{case} {date}", "{link} is required: add it to the text."),
        (GOOD + "x" * 1500, "Shorten this to"),
    ],
)
def test_words_that_cannot_be_sent_are_refused_with_what_is_wrong(text: str, said: str) -> None:
    assert said in str(custom_wording.faults("fixed", "sms", "", text)["text"])


@pytest.mark.parametrize("text", ["cancelled", "unstoppable", "the weekend", "yesterday"])
def test_a_reserved_word_within_another_is_none(text: str) -> None:
    assert custom_wording.faults("fixed", "sms", "", f"{GOOD} {text}") == {}


def test_a_subject_is_one_line_without_lists() -> None:
    text = composing.first_draft("proposal", "email", "en")[1]
    for subject in ("a\nb", "{slots}", ""):
        assert "subject" in custom_wording.faults("proposal", "email", subject, text)


def test_what_fills_a_place_is_never_read_for_places_again_and_stays_words_in_html() -> None:
    hostile = {"number": "{link} <b>x</b> {{7*7}}", "title": "[{phone}]"}
    letter = written(
        "withdrawn", "email", CustomWording(1, "{case}", "{case} {title}"), case=hostile
    )
    assert "{link} <b>x</b> {{7*7}} [{phone}]" in letter.text
    assert "&lt;b&gt;x&lt;/b&gt;" in letter.html
    assert letter.subject == "{link} <b>x</b> {{7*7}}"


def test_lines_and_brackets_fall_away_where_their_places_are_empty() -> None:
    own = CustomWording(1, "s", "{case}[, {phone}]\nTel. {phone}\n- {answers}")
    letter = written("answered", "email", own, "en")
    number, first, second = letter.text.splitlines()
    assert number == sample_hearing.CASE["en"][0]
    assert first.startswith("- ")
    assert second.endswith(": no")


def test_where_own_words_cannot_say_all_the_house_says_it() -> None:
    own = CustomWording(2, *composing.first_draft("moved", "email", "zh"))
    assert written("moved", "email", own).wording == 2
    undated = {"kind": "trial", "minutes": 90, "judge": "陈法官", "starts_at": None}
    assert written("moved", "email", own, hearing=undated).wording == 0
    why = written("moved", "email", own, reason="法官生病")
    assert (why.wording, "法官生病" in why.text) == (0, True)
    own = CustomWording(3, own.subject, own.text + "\n理由：{reason}")
    assert written("moved", "email", own, reason="法官生病").wording == 3


def test_texts_that_are_answered_by_digit_keep_their_numbers() -> None:
    numbered = {**COURT, "text_slots": True}
    own = CustomWording(1, "", "{case} {answer_by} {link}")
    assert written("proposal", "sms", own, court=numbered).wording == 0
    own = CustomWording(1, "", "{case} {answer_by} {link} {slots}")
    letter = written("proposal", "sms", own, court=numbered)
    assert (letter.wording, "1 12月" in letter.text) == (1, True)


def test_of_several_wordings_the_cheapest_is_sent() -> None:
    long = "{court} {case} {title} {date} {place} {judge} {link}" + "请准时到庭。" * 9
    own = CustomWording(1, "", f"{long}\n---\n{{case_tail}} {{date}} {{link}}")
    assert written("fixed", "sms", own).text.startswith("12345号")


def test_a_letter_to_the_court_itself_is_the_houses() -> None:
    own = CustomWording(1, *composing.first_draft("fixed", "email", "zh"))
    person = {"name": "王书记员", "party": "", "side": "", "is_court": True}
    assert written("fixed", "email", own, person=person).wording == 0
