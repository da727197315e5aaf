"""The Simplified Chinese catalogue: complete, with the placeholders of the English, well written."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

HOME = Path(__file__).parent.parent
KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
CLICK_PLACEHOLDER = re.compile(r"\{(\w+)(?:!r)?\}")
HAN = r"[\u4e00-\u9fff]"
HALF_WIDTH = re.compile(rf"{HAN}[,;:!?]|[,;!?]{HAN}|{HAN}\(|\){HAN}|{HAN}\.(?=\s|$)|\)s[,;:!?] ")


def used_message_ids() -> set[str]:
    """All message ids used in code and templates; of plurals the singular."""
    with (HOME / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    paths = [(pattern.removeprefix("app/"), method) for pattern, method in methods]
    extracted = extract_from_dir(HOME / "app", paths, options, KEYWORDS)  # type: ignore[arg-type]
    return {ids if isinstance(ids, str) else ids[0] for _, _, ids, _, _ in extracted}


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    """The Chinese catalogue."""
    file = HOME / "app/translations/zh/LC_MESSAGES/messages.po"
    with file.open("rb") as stream:
        return read_po(stream, locale="zh")


def entries(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    """English and Chinese of each message."""
    for message in catalogue:
        if message.id:
            english = message.id if isinstance(message.id, str) else message.id[-1]
            chinese = message.string if isinstance(message.string, str) else message.string[0]
            yield english, chinese or ""


def test_no_string_is_missing_and_none_is_left_over(catalogue: Catalog) -> None:
    used = used_message_ids()
    assert len(used) > 500  # extraction works
    translated = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id
    }
    assert (sorted(used - translated), sorted(translated - used)) == ([], [])
    assert [str(message.id) for message in catalogue if message.id and message.fuzzy] == []
    assert list(catalogue.obsolete) == []


def test_every_string_is_translated_with_its_places(catalogue: Catalog) -> None:
    assert [english for english, chinese in entries(catalogue) if not chinese.strip()] == []
    wrong = [
        (english, chinese)
        for english, chinese in entries(catalogue)
        if set(PLACEHOLDER.findall(english)) != set(PLACEHOLDER.findall(chinese))
        or len(chinese) - len(chinese.strip()) != len(english) - len(english.strip())
    ]
    assert wrong == []


def test_chinese_is_written_as_a_court_writes_it(catalogue: Catalog) -> None:
    wrong = [
        chinese
        for _, chinese in entries(catalogue)
        if HALF_WIDTH.search(chinese)
        or "!" in CLICK_PLACEHOLDER.sub("", chinese)
        or "！" in chinese
        or "你" in chinese
    ]
    assert wrong == []


def test_every_sentence_takes_what_fills_it(catalogue: Catalog) -> None:
    for english, chinese in entries(catalogue):
        values = dict.fromkeys(PLACEHOLDER.findall(english), "（2026）沪0115民初1号")
        for text in (english, chinese) if values else ():
            filled = text % values
            assert "%(" not in filled
            assert filled.count("（2026）") == len(PLACEHOLDER.findall(text))


# Words that a court's clerk would not say, and what to write instead. Each is a pattern over the
# English of pages, messages and documents.
NOT_SAID = {
    r"\b(the|this|a|our|your) house\b|\bhouse's\b": "the court, Tingqi, or this system",
    r"\bthe line is (lost|back)\b": "connection lost, connected again",
    r"\bopens nothing\b": "does not work",
    r"\bdo not fit\b": "is wrong",
    r"\b[Ss]hut out\b|\b[Ll]et in\b": "deactivate, reactivate",
    r"\b[Tt]o the first page\b": "Home",
    r"\bTingqi's (own )?words\b": "default wording",
    r"\b[Ww]orker heard\b": "sending service OK",
    r"\bWhat (waits|came of it|holds now|can be done)\b": "To do, Outcome, Currently, Actions",
    r"\bWho (was reached how|has said what)\b": "Delivery, Answers",
    r"\b[Ll]eft word\b": "left a message",
    r"\bKeep (this|it|the settings|as)\b": "Save",
    r"\bLeave (it|this (counsel|party) out)\b": "Cancel, Remove",
    r"^Enter (it|the case)$": "Import, Save case",
    r"\bbears? (a|no) default judgment\b": "enough for default judgment",
    r"\bon one time axis\b": "contact timeline",
    r"\bFor the (house|door)\b": "Internal, Public notice",
    r"\ba habit of\b": "court practice",
    r"\b[Rr]ing (them|the|%\()": "call",
    r"\bBe there ten\b": "Please arrive ten",
    r"\b[Ss]ay it otherwise\b|\bthrow it away\b": "use another word, delete",
    r"\bis spent\b|\bnot whole\b": "was used already, incomplete",
    r"\bnobody can mean\b|\byours to do\b": "out of range, allowed",
    r"\bin vain\b": "without success",
}


def english_texts() -> Iterator[tuple[str, str]]:
    """All that is written in English for a user, with where it stands."""
    for text in used_message_ids():
        yield "message", text
    for file in sorted((HOME / "app/letters").rglob("*.en.txt")):
        yield str(file.relative_to(HOME)), file.read_text(encoding="utf-8")
    for file in sorted((HOME / "app/law").glob("*.toml")):
        yield str(file.relative_to(HOME)), file.read_text(encoding="utf-8")
    for file in [HOME / "README.md", *sorted((HOME / "docs").glob("*.md"))]:
        yield str(file.relative_to(HOME)), file.read_text(encoding="utf-8")


def test_english_is_what_a_clerk_would_say() -> None:
    found = [
        f"{place}: {match[0]!r} in {text[max(0, match.start() - 40) : match.end() + 40]!r}; write {plain}"
        for place, text in english_texts()
        for pattern, plain in NOT_SAID.items()
        if (match := re.search(pattern, text))
    ]
    assert found == []


# Terms of Chinese that were replaced, by a term of docs/languages.md.
NOT_WRITTEN = {
    "庭审": "开庭",
    "补记": "登记",
    "期满未定": "逾期未定",
    "决定排定": "依职权排定",
    "通道": "运营商",
    "后台进程": "发送服务",
    "后台程序": "发送服务",
    "消息": "通知",
    "输入编码": "输入查询码",
    "休庭日": "不开庭日",
    "放弃": "取消",
    "删去": "删除",
    "封印": "封存码",
    "发件夹": "发件箱",
    "原告方": "原告",
    "被告方": "被告",
}


def test_chinese_has_one_term_for_one_thing(catalogue: Catalog) -> None:
    texts = [chinese for _, chinese in entries(catalogue)]
    texts += [file.read_text(encoding="utf-8") for file in (HOME / "app/letters").rglob("*.zh.txt")]
    found = [
        f"{old} in {text[:60]!r}; write {new}"
        for text in texts
        for old, new in NOT_WRITTEN.items()
        if old in text.replace("开庭审理", "")
    ]
    assert found == []
