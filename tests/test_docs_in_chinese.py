"""README and docs in Chinese say the same as in English: headings, commands, code, tables, links."""

import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

HOME = Path(__file__).parent.parent
DOCS = HOME / "docs"
PAIRS = [(HOME / "README.md", HOME / "README.zh.md")]
PAIRS += [(DOCS / page.name, page) for page in sorted((DOCS / "zh").glob("*.md"))]
# What the people of a court themselves need.
OF_A_COURT = {"counsel.md", "import.md", "outcomes.md", "paper.md", "papers.md", "questions.md"}
OF_A_COURT |= {"settings.md"}
# Who put it into a court's machines, and connect other systems.
OF_ENGINEERS = {"installation.md", "integrations.md", "security.md", "webhooks.md"}
HAN = r"[\u4e00-\u9fff]"
HALF_WIDTH = re.compile(rf"{HAN}[,;:!?]|[,;!?]{HAN}|{HAN}\(|\){HAN}|{HAN}\.(?=\s|$)")


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """The text without code: blocks, spans, and what lies in the address of a link."""
    lines = [line for line in text_of(page).splitlines() if not line.startswith("    ")]
    return re.sub(r"`[^`]*`|\]\([^)]*\)", "", "\n".join(lines))


def headings(page: Path) -> list[int]:
    """The level of each heading, in order."""
    return [len(mark) for mark in re.findall(r"^(#+) ", text_of(page), re.MULTILINE)]


def code_lines(page: Path) -> list[str]:
    """The lines of code blocks, without comments, and with Chinese examples in place of English."""
    lines = [line for line in text_of(page).splitlines() if line.startswith("    ")]
    bare = [re.sub(r"\s+# .*", "", line).strip() for line in lines]
    bare = [re.sub(r'"[^"]*(?:Court|法院)"', '"…"', line) for line in bare]
    return [re.sub(r"=….*", "=…", line) for line in bare]


def spans(page: Path) -> Counter[str]:
    """Commands, settings, options, addresses and other code within the text."""
    outside = "\n".join(line for line in text_of(page).splitlines() if not line.startswith("    "))
    return Counter(re.findall(r"`([^`]+)`", outside))


def table_rows(page: Path) -> list[int]:
    """The number of columns of each row of each table, in order."""
    rows = [line for line in text_of(page).splitlines() if line.startswith("|")]
    return [row.count("|") - row.count("`|`") for row in rows]


def list_items(page: Path) -> list[str]:
    """The mark of each item of a list, in order."""
    return re.findall(r"^(-|\d+\.) ", text_of(page), re.MULTILINE)


def links(page: Path) -> Counter[str]:
    """The names of the files that a page links to, of other languages too."""
    targets = re.findall(r"\]\(([^)#]+)", text_of(page))
    names = (target.rpartition("/")[2].replace(".zh.md", ".md") for target in targets)
    return Counter(names)


def test_what_a_court_needs_is_there_in_chinese() -> None:
    assert {chinese.name for _, chinese in PAIRS[1:]} == OF_A_COURT | OF_ENGINEERS


@pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=lambda page: page.name)
def test_both_languages_have_the_same_parts(english: Path, chinese: Path) -> None:
    assert headings(chinese) == headings(english)
    assert code_lines(chinese) == code_lines(english)
    assert table_rows(chinese) == table_rows(english)
    assert list_items(chinese) == list_items(english)
    paragraphs = [text_of(page).count("\n\n") for page in (english, chinese)]
    assert abs(paragraphs[0] - paragraphs[1]) <= 1  # README.zh links to two lists of documents


@pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=lambda page: page.name)
def test_both_languages_name_the_same_commands_and_settings(english: Path, chinese: Path) -> None:
    assert spans(chinese) == spans(english)


@pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=lambda page: page.name)
def test_both_languages_link_to_the_same_pages(english: Path, chinese: Path) -> None:
    assert links(chinese) == links(english)


def anchors(page: Path) -> set[str]:
    """The anchors of headings, as Git hosts make them."""
    found = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in found)
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", [page for pair in PAIRS for page in pair], ids=str)
def test_an_anchor_is_a_heading_of_the_page_that_it_names(page: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", text_of(page)):
        assert anchor in anchors((page.parent / target) if target else page)


@pytest.mark.parametrize("page", [chinese for _, chinese in PAIRS], ids=lambda page: page.name)
def test_chinese_is_written_with_its_own_punctuation(page: Path) -> None:
    text = prose(page)
    assert HALF_WIDTH.findall(text) == []
    assert not re.search(r"你|！", text)


@pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=lambda page: page.name)
def test_each_language_leads_to_the_other_where_a_reader_begins(
    english: Path, chinese: Path
) -> None:
    for page, other in ((english, chinese), (chinese, english)):
        first = re.search(r"\]\(([^)]+)\)", text_of(page))
        assert first is not None
        assert (page.parent / first[1]).resolve() == other


# In the documents of a court: parts of a page that are no label of one piece, and no labels.
NO_LABELS = {"Sheet", "Columns", "Import N cases", "Propose for these", "为这些案件征询庭期"}


@pytest.mark.parametrize("pair", PAIRS[1:], ids=lambda pair: pair[0].name)
def test_a_button_is_called_as_on_the_page(pair: tuple[Path, Path]) -> None:
    """In English it is in italics, in Chinese in quotation marks."""
    with (HOME / "app/translations/zh/LC_MESSAGES/messages.po").open("rb") as file:
        messages = [(each.id, each.string) for each in read_po(file, locale="zh")]
    labels = {(text if isinstance(text, str) else text[0]) for each in messages for text in each}
    english = re.findall(r"(?<![\w*])\*([A-Z][^*]+)\*", prose(pair[0]))
    chinese = re.findall(rf"“({HAN}[^”]*)”", prose(pair[1]))
    assert {each for each in [*english, *chinese] if each not in labels} <= NO_LABELS
