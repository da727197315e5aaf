"""What browsers keep: static files under names of their contents, fetched once."""

import gzip
import json
import re
from pathlib import Path

import pytest

from app.core.web.static_files import IMMUTABLE
from tests.conftest import Scenario, make_scenario

HOME = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def scenario(empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """A house without a court: the sign-in page is enough."""
    return make_scenario(tmp_path_factory.mktemp("static"), f"sqlite:///{empty_sqlite}")


def linked(scenario: Scenario, page: str = "/sign-in") -> list[str]:
    """The addresses of the files that a page asks for."""
    text = scenario.client.get(page).get_data(as_text=True)
    return re.findall(r'(?:href|src)="([^"]*/static/[^"]+)"', text)


def test_every_file_that_a_page_asks_for_is_kept_for_good(scenario: Scenario) -> None:
    files = linked(scenario)
    assert len(files) >= 3
    for file in files:
        answer = scenario.client.get(file)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, IMMUTABLE), file
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_stylesheet_is_sent_without_what_is_for_people_alone(scenario: Scenario) -> None:
    sent = scenario.client.get("/static/tingqi.css").text
    written = (HOME / "app/static/tingqi.css").read_text(encoding="utf-8")
    assert "/*" in written
    assert "/*" not in sent
    assert len(sent) < 0.85 * len(written)
    assert re.findall(r"--[a-z0-9-]+(?=:)", sent) == re.findall(r"--[a-z0-9-]+(?=:)", written)


def test_a_name_of_another_edition_gets_this_one_and_is_asked_for_again(scenario: Scenario) -> None:
    for name in ("/static/home.js", "/static/home.0123456789ab.js"):
        answer = scenario.client.get(name)
        assert answer.data == (HOME / "app/static/home.js").read_bytes()
        assert answer.headers["Cache-Control"] == "no-cache"
        again = scenario.client.get(name, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


def test_words_are_sent_small_to_those_who_can_read_that(scenario: Scenario) -> None:
    plain = scenario.client.get("/static/tingqi.css")
    small = scenario.client.get("/static/tingqi.css", headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert small.headers["ETag"] != plain.headers["ETag"]


def test_nothing_outside_the_folder_and_no_file_that_is_not_there(scenario: Scenario) -> None:
    for name in ("/static/../config.py", "/static/%2e%2e/config.py", "/static/no.css", "/static/"):
        assert scenario.client.get(name).status_code == 404, name
    assert scenario.client.post("/static/tingqi.css").status_code == 405


def test_the_list_of_front_end_parts_names_no_host(scenario: Scenario) -> None:
    lock = (HOME / "package-lock.json").read_text("utf-8")
    assert "://" not in lock
    wanted = json.loads((HOME / "package.json").read_text("utf-8"))["dependencies"]
    locked = json.loads(lock)["packages"]
    assert all(locked[f"node_modules/{name}"]["integrity"] for name in wanted)
