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
        if HALF_WIDTH.search(chinese) or "!" in chinese or "！" in chinese or "你" in chinese
    ]
    assert wrong == []


def test_every_sentence_takes_what_fills_it(catalogue: Catalog) -> None:
    for english, chinese in entries(catalogue):
        values = dict.fromkeys(PLACEHOLDER.findall(english), "（2026）沪0115民初1号")
        for text in (english, chinese) if values else ():
            filled = text % values
            assert "%(" not in filled
            assert filled.count("（2026）") == len(PLACEHOLDER.findall(text))
