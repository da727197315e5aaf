"""The one file that checks an exported record, as somebody uses it who does not trust the court."""

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from app.cli import cli
from app.record import hashing, standalone_verifier
from app.record.models import Entry
from app.record.rules import Event
from app.record.standalone_verifier import EVENTS, SEALED, SEALING, canonical, sha
from tests.conftest import CASE, Scenario, at, proposal
from tests.counsel.test_answers import answer, browser
from tests.counsel.test_move_by_agreement import ask as ask_to_move
from tests.counsel.test_move_by_agreement import say
from tests.questions.test_questions import ask

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def exported(scenario: Scenario) -> dict[str, Any]:
    """The record of a case in which slots were proposed and answered, as the command writes it."""
    case_id = scenario.api("POST", "/cases", CASE)[1]["id"]
    scenario.api("POST", "/hearings", proposal(case_id, (at(14), "第三法庭")))
    scenario.beat()
    for who in ("li@", "zhao@"):
        answer(scenario.client, scenario.link(who), "yes", comment="可以 🙂 \u2028 “ok”")
        scenario.beat()
    return dict(
        json.loads(run(scenario, "record", "export", "--case", CASE["number"], "--format", "json"))
    )


def run(scenario: Scenario, *words: str) -> str:
    """Run a command of the house and return what it printed."""
    done = scenario.app.test_cli_runner().invoke(cli, list(words))
    assert done.exit_code == 0, done.output
    return str(done.stdout)


def check(scenario: Scenario, record: object, *head: str, verifier: str = "") -> tuple[int, str]:
    """Write the verifier and a record into an empty folder and check it there."""
    folder = scenario.folder / "elsewhere"
    folder.mkdir(exist_ok=True)
    program = verifier or run(scenario, "record", "verifier")
    (folder / "verify_record.py").write_text(program, encoding="utf-8")
    (folder / "record.json").write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    # -I and -S: nothing of this machine's packages or of Tingqi can help it.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify_record.py", "record.json", *head],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_whole_record_is_found_whole(scenario: Scenario, exported: dict[str, Any]) -> None:
    count = len(exported["lines"])
    assert count > 15
    status, said = check(scenario, exported)
    assert (status, f"{count} lines, whole. Head {exported['head']}" in said) == (0, True), said
    earlier = exported["lines"][3]["hash"]
    assert check(scenario, exported, earlier)[0] == 0
    assert check(scenario, exported, "ab" * 32) == (
        1,
        f"NOT WHOLE: no line has the hash {'ab' * 32}\n",
    )


def test_what_counsel_ask_and_agree_on_is_whole_and_known(
    scenario: Scenario, exported: dict[str, Any]
) -> None:
    """A question and its answer, a request for another date, an objection, consent, a refusal."""
    li, zhao = scenario.link("li@"), scenario.link("zhao@")
    assert ask(browser(scenario), li).status_code == 303
    [question] = scenario.api("GET", "/cases/1/questions")[1]["questions"]
    scenario.api("POST", f"/questions/{question['id']}/answer", {"words": "Yes."})
    assert ask_to_move(browser(scenario), zhao, reason="A trip 🧳.").status_code == 303
    assert say(browser(scenario), li, "object", words="No.").status_code == 303
    assert say(browser(scenario), li, "all").status_code == 303
    decision = {"decision": "refuse", "reason": "The court sits as planned."}
    assert scenario.api("POST", "/hearings/1/move-requests/1", decision)[0] == 200
    scenario.beat()
    written = run(scenario, "record", "export", "--case", CASE["number"], "--format", "json")
    record = json.loads(written)
    whats = {line["what"] for line in record["lines"]} - {x["what"] for x in exported["lines"]}
    assert whats >= {"asked", "replied", "agreed", "objected", "skipped"}
    status, said = check(scenario, record)
    assert (status, "MADE BY A NEWER" in said) == (0, False), said
    assert scenario.app.test_cli_runner().invoke(cli, ["record", "verify"]).exit_code == 0


def test_whatever_is_changed_is_named(scenario: Scenario, exported: dict[str, Any]) -> None:
    def changed(seq: int, name: str, value: object) -> dict[str, Any]:
        record = copy.deepcopy(exported)
        record["lines"][seq - 1][name] = value
        return record

    first = exported["lines"][0]
    cases = [
        (changed(2, "channel", "phone"), "line 2: it is not what was written"),
        (changed(1, "at", first["at"].replace("2026", "2025")), "line 1: it is not what was"),
        (changed(1, "body", {**first["body"], "name": "Somebody"}), "line 1: its contents"),
        (changed(4, "hash", "0" * 64), "line 4: it is not what was written"),
        ({**exported, "lines": exported["lines"][1:]}, "line 1: line 1 is missing"),
        ({**exported, "lines": exported["lines"][:-1]}, "NOT WHOLE: the lines end at"),
        ({**exported, "lines": exported["lines"][::-1]}, "line 1: line 1 is missing"),
    ]
    for record, words in cases:
        status, said = check(scenario, record)
        assert (status, words in said) == (1, True), (words, said)


def test_blanked_contents_need_a_line_that_says_why(
    scenario: Scenario, exported: dict[str, Any]
) -> None:
    for line in exported["lines"][:2]:
        line["body"] = None
    said = "NOT WHOLE at line 2: its contents are gone, and no line says why\n"
    assert check(scenario, exported) == (1, said)


def test_what_a_newer_version_wrote_is_not_called_broken(
    scenario: Scenario, exported: dict[str, Any]
) -> None:
    """A file of a later Tingqi, checked with the copy that today's writes."""

    def later(**changed: object) -> dict[str, Any]:
        """The record with its last line changed, hashed anew as its writer would have."""
        record = copy.deepcopy(exported)
        line = record["lines"][-1] | changed
        line["hash"] = sha({name: line[name] for name in SEALED})
        record["lines"][-1], record["head"] = line, line["hash"]
        return record

    count = len(exported["lines"])
    cases = [
        ({**exported, "format": 2}, 3, "the file has format 2, and this copy knows format 1"),
        ({"format": 2, "entries": []}, 3, "the file has format 2"),
        (later(v=2), 3, f"at line {count}: it is hashed by rule 2, and this copy knows rule 1"),
        (later(v=2), 3, f"The {count - 1} lines before it are whole."),
        (later(place="Room 3"), 3, "no hash that it knows covers them: place"),
        ({**exported, "signature": "…"}, 3, "covers them: signature"),
        (later(what="adjourned"), 0, "this copy does not know what adjourned means"),
        (later(what="adjourned", body=None), 1, "its contents are gone"),
    ]
    for record, expected, words in cases:
        status, said = check(scenario, record)
        assert (status, words in said) == (expected, True), (words, said)
        assert ("MADE BY A NEWER VERSION" in said, "NOT WHOLE" in said) == (
            expected != 1,
            expected == 1,
        )
    # A later event may be what erased contents, as "erased" is today.
    blanked = later(what="adjourned")
    blanked["lines"][0]["body"] = None
    status, said = check(scenario, blanked)
    assert (status, "does not know whether" in said) == (3, True), said
    broken = later(what="adjourned")
    broken["lines"][0]["channel"] = "phone"
    assert check(scenario, broken)[0] == 1


def test_the_copy_knows_the_versions_and_events_of_today() -> None:
    assert set(EVENTS) == {event.value for event in Event}
    columns = Entry.__table__.columns.keys()
    covered = hashing.covered(dict.fromkeys(columns), None)
    assert (tuple(covered), covered["v"]) == (SEALED, SEALING)


def test_a_copy_that_was_given_out_earlier_reads_the_record_of_today(
    scenario: Scenario, exported: dict[str, Any]
) -> None:
    """Copies from before files named their format know one rule of hashing, and any event."""
    earlier = (DATA / "verify_record.before_formats.txt").read_text(encoding="utf-8")
    status, said = check(scenario, exported, verifier=earlier)
    assert (status, f"{len(exported['lines'])} lines, whole." in said) == (0, True), said
    # What they cannot say: a later rule of hashing would be called a change.
    exported["lines"][-1]["v"] = 2
    assert check(scenario, exported, verifier=earlier)[0] == 1


@pytest.mark.parametrize("record", [[], {}, {"lines": [1]}, {"lines": [], "head": 1.5}, "x"])
def test_what_is_no_record_is_said_to_be_none(tmp_path: Path, record: object) -> None:
    (tmp_path / "record.json").write_text(json.dumps(record), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-S", standalone_verifier.__file__, str(tmp_path / "record.json")],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode in (1, 2), "Traceback" in done.stderr) == (True, False), done.stderr


def test_a_hostile_file_is_named_and_ends_in_no_traceback(
    tmp_path: Path, exported: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """A line that is none is named; values that no hash can cover are not what was written."""

    def check_text(text: str) -> tuple[int, str]:
        (tmp_path / "record.json").write_text(text, encoding="utf-8")
        capsys.readouterr()
        status = standalone_verifier.main([str(tmp_path / "record.json")])
        return status, "".join(capsys.readouterr())

    for value in (float("nan"), 1e400, 2.5, "\ud800", 10**400, "[" * 2000, [], True, None):
        for name in exported["lines"][0]:
            record = copy.deepcopy(exported)
            if record["lines"][1][name] == value or (name, value) == ("body", None):
                continue
            record["lines"][1][name] = value
            status, said = check_text(json.dumps(record))
            assert (status, "NOT WHOLE at line 2: " in said, "Traceback" in said) == (
                1,
                True,
                False,
            ), (name, value, said)
    for lines in ("x", {"1": 2}, [1], [None], 5, [[]]):
        status, said = check_text(json.dumps({**exported, "lines": lines}))
        assert (status in (1, 2), "Traceback" in said) == (True, False), said
    twice = json.dumps(exported).replace('"what": ', '"what": "told", "what": ', 1)
    for text in (twice, "[" * 100_000, '{"lines": ' + "9" * 5000 + "}", "\x00"):
        status, said = check_text(text)
        assert (status, "is no exported record" in said) == (2, True), said


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_it_writes_canonical_json_as_the_house_does(value: object) -> None:
    assert canonical(value).encode() == rfc8785.dumps(value)  # type: ignore[arg-type]
