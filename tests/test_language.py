"""The catalogue of Simplified Chinese: whole, with the places of the English, well written."""

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
PLACE = re.compile(r"%\((\w+)\)s")
HAN = r"[\u4e00-\u9fff]"
HALF_WIDTH = re.compile(rf"{HAN}[,;:!?]|[,;!?]{HAN}|{HAN}\(|\){HAN}|{HAN}\.(?=\s|$)|\)s[,;:!?] ")


def in_code() -> set[str]:
    """Every message id that the code and the templates use; of plurals the singular."""
    with (HOME / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    within = [(pattern.removeprefix("app/"), how) for pattern, how in methods]
    found = extract_from_dir(HOME / "app", within, options, KEYWORDS)  # type: ignore[arg-type]
    return {ids if isinstance(ids, str) else ids[0] for _, _, ids, _, _ in found}


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    """The Chinese catalogue as it is written."""
    file = HOME / "app/translations/zh/LC_MESSAGES/messages.po"
    with file.open("rb") as words:
        return read_po(words, locale="zh")


def entries(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    """Each message's English and Chinese."""
    for message in catalogue:
        if message.id:
            english = message.id if isinstance(message.id, str) else message.id[-1]
            chinese = message.string if isinstance(message.string, str) else message.string[0]
            yield english, chinese or ""


def test_no_string_is_missing_and_none_is_left_over(catalogue: Catalog) -> None:
    used = in_code()
    assert len(used) > 500  # they are found at all
    known = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id
    }
    assert (sorted(used - known), sorted(known - used)) == ([], [])
    assert [str(message.id) for message in catalogue if message.id and message.fuzzy] == []
    assert list(catalogue.obsolete) == []


def test_every_string_is_translated_with_its_places(catalogue: Catalog) -> None:
    assert [english for english, chinese in entries(catalogue) if not chinese.strip()] == []
    wrong = [
        (english, chinese)
        for english, chinese in entries(catalogue)
        if set(PLACE.findall(english)) != set(PLACE.findall(chinese))
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
        facts = dict.fromkeys(PLACE.findall(english), "（2026）沪0115民初1号")
        for words in (english, chinese) if facts else ():
            said = words % facts
            assert "%(" not in said
            assert said.count("（2026）") == len(PLACE.findall(words))
