"""The README and the docs say what is there: commands, settings, files, pictures."""

import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest

from app import config
from app.cli import cli

HOME = Path(__file__).parent.parent
READMES = {
    name: (HOME / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md")
}
PAGES = [HOME / name for name in (*READMES, "CHANGELOG.md")]
PAGES += sorted((HOME / "docs").rglob("*.md"))
LARGEST_PICTURE = 200 * 1024  # bytes


def said_commands() -> list[str]:
    """Every command line of ours that a reader is told to type."""
    lines = [line for page in PAGES for line in page.read_text(encoding="utf-8").splitlines()]
    typed = [line.strip() for line in lines if line.startswith("    ")]
    typed += re.findall(r"`((?:\.venv/bin/)?tingqi [a-z][^`]*)`", "\n".join(lines))
    ours = (re.search(r"(?:^|/bin/|\$\()(tingqi [a-z][^#)]*)", line) for line in typed)
    return sorted({found[1].strip() for found in ours if found and "=/" not in found[1]})


@pytest.mark.parametrize("line", said_commands())
def test_a_command_that_a_reader_is_told_to_type_is_understood(line: str) -> None:
    words = shlex.split(line)[1:]
    command: click.Command = cli
    context = click.Context(cli)
    while isinstance(command, click.Group):
        assert words, f"{line} is not whole"
        try:
            _, found, words = command.resolve_command(context, words)
        except click.UsageError:
            raise AssertionError(f"{words[0]} of “{line}” is no command") from None
        assert found is not None
        command = found
    options = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
    assert {word.split("=")[0] for word in words if word.startswith("--")} <= options | {"--help"}


def test_commands_are_found_in_the_docs() -> None:
    assert {"tingqi doctor", "tingqi worker", "tingqi rehearse"} <= set(said_commands())


@pytest.mark.parametrize(
    ("readme", "heading"), [("README.md", "## Settings"), ("README.zh.md", "## 设置")]
)
def test_every_setting_is_told_and_none_that_is_not_there(readme: str, heading: str) -> None:
    table = READMES[readme].split(heading)[1].split("\n## ")[0]
    assert set(re.findall(r"`(TINGQI_[A-Z0-9_]+)`", table)) == config.known()
    everywhere = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    mentioned = set(re.findall(r"\bTINGQI_[A-Z0-9_]+[A-Z0-9]", everywhere))
    examples = {name for name in mentioned if name.startswith("TINGQI_COURIER_")}
    assert mentioned - examples <= config.known()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(HOME).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    own = [target for target in targets if not urlsplit(target).scheme]
    missing = [target for target in own if not (page.parent / target.split("#")[0]).exists()]
    assert missing == []


@pytest.mark.parametrize("readme", READMES)
def test_two_pictures_of_real_pages_are_small_enough(readme: str) -> None:
    targets = re.findall(r"!\[[^]]+\]\(([^)]+)\)", READMES[readme])
    pictures = [HOME / target for target in targets]
    assert len(pictures) == 2
    for picture in pictures:
        assert picture.read_bytes().startswith(b"\x89PNG\r\n")
        assert picture.stat().st_size < LARGEST_PICTURE


@pytest.mark.parametrize(
    ("readme", "heading"),
    [("README.md", "## The map of `app/`"), ("README.zh.md", "## `app/` 的结构")],
)
def test_the_map_of_app_names_every_place_and_none_that_is_not_there(
    readme: str, heading: str
) -> None:
    table = READMES[readme].split(heading)[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = {name.rstrip("/") for row in rows for name in re.findall(r"`([^`]+)`", row)}
    there = {
        each.name
        for each in (HOME / "app").iterdir()
        if not each.name.startswith("__p") and (each.suffix == ".py" or each.is_dir())
    }
    assert named == there
