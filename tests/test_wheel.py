"""A built wheel carries everything: unpacked anywhere, it gives the same commands."""

import gettext
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import hatch_build

pytestmark = pytest.mark.extended

HOME = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel holds, and nothing of the sources beside it."""
    made = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(made)]
    subprocess.run(build, cwd=HOME, check=True, capture_output=True)
    [wheel] = made.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(made / "installed")
    return made / "installed"


def test_what_git_keeps_of_the_app_is_in_the_wheel(unpacked: Path) -> None:
    kept = subprocess.run(
        ["git", "ls-files", "app", "migrations"], cwd=HOME, capture_output=True, text=True
    ).stdout.split("\n")
    if not any(kept):  # a source archive has no git; then what lies in the folders counts
        kept = [str(p.relative_to(HOME)) for p in (HOME / "app").rglob("*") if p.is_file()]
    wanted = [
        name.replace("migrations/", "app/migrations/", 1) if name.startswith("migr") else name
        for name in kept
        if name and "__pycache__" not in name and (HOME / name).exists()
    ]
    assert [name for name in wanted if not (unpacked / name).exists()] == []


def test_the_front_end_parts_are_in_the_wheel_and_not_in_git(unpacked: Path) -> None:
    parts = {path.name for path in (unpacked / "app/static/parts").iterdir()}
    assert parts == {"event-calendar.css", "event-calendar.js", "htmx.js", "tus.js", "parts.json"}
    told = json.loads((unpacked / "app/static/parts/parts.json").read_text("utf-8"))["parts"]
    locked = json.loads((HOME / "package-lock.json").read_text("utf-8"))["packages"]
    for part in told.values():
        assert part["version"] == locked[f"node_modules/{part['package']}"]["version"]
        assert part["licence"]
    kept = subprocess.run(["git", "ls-files", "app/static/parts"], cwd=HOME, capture_output=True)
    assert kept.stdout == b""


def test_the_commands_of_a_wheel_run_in_an_empty_folder(unpacked: Path, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(unpacked)}

    def tingqi(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "app", *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "added" in tingqi("court", "add", "Dongwan District Court", "--zone", "Asia/Shanghai")
    tingqi("user", "add", "wang@court.example", "--role", "assistant")
    assert tingqi("token", "create", "wang@court.example").startswith("tq_")
    tingqi("worker", "--once")
    assert "(head)" in tingqi("db", "current")
    assert [p.name for p in tmp_path.iterdir()] == ["instance"]


def test_a_wheel_carries_the_catalogue_compiled_from_its_text(unpacked: Path) -> None:
    folder = unpacked / "app/translations/zh/LC_MESSAGES"
    with (folder / "messages.po").open("rb") as text, (folder / "messages.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
        messages = [each for each in read_po(text, locale="zh") if isinstance(each.id, str)]
    assert len(messages) > 500
    for message in messages:
        words = (
            compiled.pgettext(message.context, message.id)
            if message.context
            else compiled.gettext(message.id)
        )
        assert not message.id or words == message.string


def test_a_catalogue_is_compiled_again_once_its_text_is_newer(tmp_path: Path) -> None:
    folder = tmp_path / "zh/LC_MESSAGES"
    folder.mkdir(parents=True)
    text, compiled = folder / "messages.po", folder / "messages.mo"
    for chinese in ("庭期", "开庭"):
        text.write_text(f'msgid "Hearing"\nmsgstr "{chinese}"\n', "utf-8")
        hatch_build.compile_catalogue(text)
        with compiled.open("rb") as file:
            assert gettext.GNUTranslations(file).gettext("Hearing") == chinese
        before = compiled.stat().st_ino
        hatch_build.compile_catalogue(text)
        assert compiled.stat().st_ino == before  # nothing to do
