"""Where a court is decides on its holidays; each period of its rules is in force everywhere."""

import datetime as dt
import html
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app import law
from app.core import wording
from app.core.db import transaction
from app.court.models import Court
from tests.conftest import CASE, NOW, Scenario, at, proposal
from tests.counsel.test_answers import words
from tests.flows.test_cli import sentence, tingqi
from tests.flows.test_propose_page import english, press, see, wall
from tests.flows.test_suggestions import ADMIN, days, settings, suggest

pytestmark = pytest.mark.database

RULES = law.rule_set("cn-civil")
BINDING = [
    (rule, procedure) for rule in RULES.periods if not rule.at_most for procedure in rule.procedures
]
LIMITS = [
    (rule, procedure) for rule in RULES.periods if rule.at_most for procedure in rule.procedures
]


def enter(scenario: Scenario, procedure: str) -> int:
    """A case of a procedure, entered now."""
    number = f"（2026）沪0115{procedure}"
    status, said = scenario.api(
        "POST", "/cases", {**CASE, "number": number, "procedure": procedure}
    )
    assert status == 201, said
    return int(said["id"])


def place(scenario: Scenario, country: str, subdivision: str = "", zone: str = "UTC") -> None:
    """Put the court elsewhere."""
    with scenario.app.app_context(), transaction() as session:
        court = session.scalars(sa.select(Court)).one()
        court.country, court.subdivision, court.zone = country, subdivision, zone
        court.rule_set = "plain"


def close(scenario: Scenario, *on: str) -> None:
    """Close the court on some days, as its admin does."""
    desk = scenario.sign_in(ADMIN)
    for day in on:
        assert desk.post("/settings/closed-days", data={"from": day}).status_code == 303


def free_on(scenario: Scenario, case_id: int, first: str, last: str) -> set[str]:
    """The days between two on which something is suggested."""
    asked = {"from": f"{first}T00:00:00Z", "to": f"{last}T12:00:00Z", "limit": 50}
    return {start[:10] for start in days(suggest(scenario, case_id, **asked))}


@pytest.mark.parametrize(
    ("country", "subdivision", "day", "works"),
    [
        ("GB", "ENG", "2027-03-29", False),  # Easter Monday
        ("GB", "SCT", "2027-03-29", True),
        ("GB", "", "2027-03-29", True),  # as far as is known without the part
        ("GB", "NIR", "2027-07-12", False),  # Battle of the Boyne
        ("GB", "ENG", "2027-07-12", True),
        ("DE", "BY", "2027-01-06", False),  # Epiphany
        ("DE", "BE", "2027-01-06", True),
        ("DE", "Augsburg", "2028-08-08", False),
        ("AU", "VIC", "2027-11-02", False),  # Melbourne Cup
        ("AU", "NSW", "2027-11-02", True),
        ("CA", "QC", "2027-06-24", False),  # Saint-Jean-Baptiste
        ("CA", "ON", "2027-06-24", True),
        ("CN", "", "2027-02-08", False),
    ],
)
def test_holidays_of_a_courts_part_of_the_country_are_heeded(
    scenario: Scenario, country: str, subdivision: str, day: str, works: bool
) -> None:
    case_id = enter(scenario, "summary")
    place(scenario, country, subdivision)
    near = (dt.date.fromisoformat(day) + dt.timedelta(days=n) for n in (-1, 0, 1))
    before, on, after = (each.isoformat() for each in near)
    assert (day in free_on(scenario, case_id, before, after)) == works
    page = scenario.sign_in().get(f"/calendar?view=day&on={on}").text
    assert ('<tbody class="closed">' in page) != works


def test_a_court_is_added_with_its_part_and_doctor_misses_it(environment: dict[str, str]) -> None:
    def added(name: str, country: str) -> Any:
        return tingqi(
            environment,
            "court",
            "add",
            name,
            "--country",
            country,
            "--zone",
            "Europe/London",
            "--language",
            "en",
        )

    without = added("Glasgow", "gb")  # the first command makes the database, and says so
    assert without.stdout == "Court Glasgow is added: Europe/London, GB, en.\n"
    assert "GB-SCT" in without.stderr
    refused = sentence(added("Leeds", "GB-YOR"))
    assert refused == (
        "country: GB has no region YOR with known holidays. Known: ENG England, "
        "NIR Northern Ireland, SCT Scotland, WLS Wales."
    )
    assert "(57)" in sentence(added("Austin", "US-TEX"))
    assert "CA California, AL Alabama" in sentence(added("Fresno", "us-californa"))
    assert "leave BJ out" in sentence(added("Haidian", "CN-BJ"))
    assert "No holidays are known for the country ENGLAND" in sentence(added("York", "England"))
    done = added("Leeds", "gb-england")
    assert done.stdout == "Court Leeds is added: Europe/London, GB-ENG, en.\n"
    assert "part" not in done.stderr
    [line] = [each for each in tingqi(environment, "doctor").stdout.splitlines() if "holid" in each]
    assert line.startswith("PROBLEM holidays: Glasgow: Holidays differ by part of GB")
    assert "Choose it on the settings page" in line


def chosen(scenario: Scenario) -> tuple[str, str]:
    """Country and subdivision as they are stored."""
    with scenario.app.app_context(), transaction() as session:
        court = session.scalars(sa.select(Court)).one()
        return court.country, court.subdivision


def test_an_admin_chooses_the_part_among_those_of_the_country(scenario: Scenario) -> None:
    english(scenario, ADMIN)
    desk = scenario.sign_in(ADMIN)
    assert 'name="subdivision"' not in desk.get("/settings").text  # China's holidays are one
    assert settings(scenario, country="GB").status_code == 303
    page = desk.get("/settings")
    assert "hearings may be suggested on a regional holiday" in page.text
    assert re.findall(r'<option value="([A-Z]{3})">', page.text.partition('id="parts"')[2]) == [
        "ENG",
        "NIR",
        "SCT",
        "WLS",
    ]
    assert settings(scenario, country="gb", subdivision="NIR").status_code == 303
    assert chosen(scenario) == ("GB", "NIR")
    page = desk.get("/settings")
    assert '<option value="NIR" selected>Northern Ireland (GB-NIR)</option>' in page.text
    assert "hearings may be suggested" not in page.text
    assert "United Kingdom, Northern Ireland (GB-NIR)" in words(desk.get("/court"))
    assert settings(scenario).status_code == 303  # a form that does not know of parts keeps it
    assert chosen(scenario) == ("GB", "NIR")
    wrong = settings(scenario, country="DE", subdivision="NIR")
    assert wrong.status_code == 422
    assert "DE has no region NIR with known holidays" in words(wrong)
    assert "Bayern (DE-BY)" in wrong.text
    assert chosen(scenario) == ("GB", "NIR")
    assert settings(scenario, country="de-bayern", subdivision="NIR").status_code == 303
    assert chosen(scenario) == ("DE", "BY")
    assert settings(scenario, country="CN", subdivision="BY").status_code == 303
    assert chosen(scenario) == ("CN", "")
    assert "region" in words(desk.get("/settings/changes")).lower()
    fragment = desk.get("/settings/subdivisions?country=ca").text
    assert "Ontario (CA-ON)" in fragment
    assert "<option" not in desk.get("/settings/subdivisions?country=%00x").text
    assert scenario.sign_in().get("/settings/subdivisions?country=GB").status_code == 403


def test_the_courts_own_closed_days_count_in_every_period(scenario: Scenario) -> None:
    """NOW is Monday 23 November: told then, a case of three days can be heard on the 26th."""
    case_id = enter(scenario, "other")
    thursday = proposal(case_id, (at(3), "第三法庭"), answer_by=at(1, "17:00"))
    close(scenario, "2026-11-26")  # the notice ends on the next working day, the 27th
    status, said = scenario.api("POST", "/hearings", thursday)
    assert (status, said["type"].rpartition("/")[2] != "") == (422, True)
    assert (
        "come before Fri 27 Nov 2026: notice of the hearing (at least 3 days, CPL art. 139)"
        in said["detail"]
    )
    # The date to answer by that is offered, three days from now, is none of the closed days.
    assert (
        scenario.sign_in()
        .get(f"/hearings/new?case_id={case_id}")
        .text.count('value="2026-11-27T17:00"')
    )


def test_a_long_vacation_of_the_court_is_no_working_day(scenario: Scenario) -> None:
    case_id = enter(scenario, "other")
    desk = scenario.sign_in(ADMIN)
    for first, last in (("2026-11-25", "2027-01-20"), ("2027-01-21", "2027-03-09")):
        posted = desk.post("/settings/closed-days", data={"from": first, "until": last})
        assert posted.status_code == 303
    page = scenario.sign_in().get(f"/hearings/new?case_id={case_id}").text
    assert 'value="2027-03-10T17:00"' in page
    early = proposal(case_id, (at(3), "第三法庭"), answer_by=at(1, "17:00"))
    assert "come before Wed 10 Mar 2027" in scenario.api("POST", "/hearings", early)[1]["detail"]


def test_the_last_day_in_time_is_no_day_on_which_the_court_is_closed(scenario: Scenario) -> None:
    """A hearing on Monday 7 December: telling is in time until Friday 4, unless that is closed."""
    english(scenario)
    case_id = enter(scenario, "other")
    made = scenario.api("POST", "/hearings", proposal(case_id, (at(14), "第三法庭")))[1]
    order = {"slot_id": made["slots"][0]["id"], "reason": "as agreed"}
    assert scenario.api("POST", f"/hearings/{made['id']}/fix", order)[0] == 200
    page = see(scenario.sign_in(), f"/hearings/{made['id']}").words
    assert "4 Dec, 17:00" in page
    close(scenario, "2026-12-04")
    page = see(scenario.sign_in(), f"/hearings/{made['id']}").words
    assert "3 Dec, 17:00" in page
    assert "4 Dec, 17:00" not in page


def test_the_steps_before_a_deadline_are_no_closed_days(scenario: Scenario) -> None:
    case_id = enter(scenario, "other")
    close(scenario, "2026-12-03", "2026-12-04")
    made = scenario.api("POST", "/hearings", proposal(case_id, (at(14), "第三法庭")))[1]
    order = {"slot_id": made["slots"][0]["id"], "reason": "as agreed"}
    assert scenario.api("POST", f"/hearings/{made['id']}/fix", order)[0] == 200
    scenario.beat()
    with scenario.app.app_context(), transaction() as session:
        found = session.execute(sa.text("SELECT way, opens_at, latest_at FROM task")).all()
    assert {row[0] for row in found} == {"text", "email", "call", "paper"}
    on = {str(moment)[:10] for row in found for moment in row[1:]}
    assert on, found
    assert not on & {"2026-12-03", "2026-12-04"}


def first_day(scenario: Scenario, case_id: int) -> tuple[str, str]:
    """The first day that suggestions look at, and what they name as the cause."""
    status, said = scenario.api("GET", f"/suggestions?case_id={case_id}&minutes=90&limit=1")
    assert status == 200, said
    [found] = said["suggestions"]
    assert found["reasons"][: len(said["periods"])] == said["periods"]
    return said["not_before"], "; ".join(said["periods"])


@pytest.mark.parametrize(("rule", "procedure"), BINDING, ids=[f"{r.id}-{p}" for r, p in BINDING])
def test_each_period_bounds_suggestions_is_warned_of_and_is_shown(
    scenario: Scenario, rule: law.PeriodRule, procedure: str
) -> None:
    english(scenario)
    case_id = enter(scenario, procedure)
    # Told today, and entered today: every period counts from the tests' Monday.
    last = dt.date(2026, 11, 23) + dt.timedelta(days=rule.days)
    first = last + dt.timedelta(days=rule.counted is law.Counted.FROM_ENTRY)
    name = f"{rule.name['en'][0].lower()}{rule.name['en'][1:]} (at least {rule.days} days, "
    said = name + rule.article["en"] + ")"

    def warned(day: dt.date) -> str:
        slot = (f"{day}T09:30:00+08:00", "第三法庭")
        body = proposal(case_id, slot, answer_by=at(0.5, "17:00"))
        status, answer = scenario.api("POST", "/hearings", body)
        if status == 201:
            scenario.api("POST", f"/hearings/{answer['id']}/cancel", {"reason": "a test"})
            # The time to bring evidence is said and asks for no reason; that of the notice does.
            return " ".join(answer["warnings"])
        assert (status, answer["type"].rpartition("/")[2]) == (422, "reason-needed"), answer
        return str(answer["detail"])

    assert said in warned(first - dt.timedelta(days=1))
    assert f"come before {wording.date_with_weekday(first, 'en')}" in warned(
        first - dt.timedelta(days=1)
    )
    assert rule.words["en"] in warned(first - dt.timedelta(days=1))
    assert said not in warned(first)
    # By page, beside the messages.
    browser = scenario.sign_in()
    form = see(browser, f"/hearings/new?case_id={case_id}")
    early = (first - dt.timedelta(days=1) - NOW.date()).days
    near = {"slots.0.starts_at": wall(early), "answer_by": wall(0, "17:00")}
    page = press(browser, form, "preview", **near)
    assert said in page.words
    # Among the rules, for everybody of the court.
    shown = html.unescape(browser.get("/rules").text)
    for each in (rule.name, rule.words, rule.source, rule.article):
        assert each["en"] in shown
    assert f"at least {rule.days}" in shown
    # Suggestions never break it; where it decides, they say so.
    not_before, because = first_day(scenario, case_id)
    assert dt.date.fromisoformat(not_before) >= first
    others = [r for r in RULES.periods_for(procedure, first) if r.days > rule.days]
    assert (said in because) == (not others)
    if not others:
        assert said in see(browser, f"/hearings/new?case_id={case_id}").words


@pytest.mark.parametrize(("rule", "procedure"), LIMITS, ids=[f"{r.id}-{p}" for r, p in LIMITS])
def test_a_limit_of_the_courts_own_period_is_shown_and_bounds_no_slot(
    scenario: Scenario, rule: law.PeriodRule, procedure: str
) -> None:
    case_id = enter(scenario, procedure)
    body = proposal(case_id, (at(2), "第三法庭"), answer_by=at(1, "17:00"))
    assert scenario.api("POST", "/hearings", body)[0] == 201
    english(scenario)
    shown = words(scenario.sign_in().get("/rules"))
    assert f"at most {rule.days}" in shown
    assert rule.words["en"] in shown


def test_the_evidence_period_is_named_in_each_place(scenario: Scenario) -> None:
    """Entered on Monday 23 November, fifteen days end on Tuesday 8 December."""
    case_id = enter(scenario, "ordinary")
    said = "evidence period (at least 15 days, SPC Interpretation art. 99) ends on Tue 8 Dec 2026"
    found = suggest(scenario, case_id, limit=3)
    assert days(found)[0] == "2026-12-09T09:00"
    assert found[0]["reasons"][0].startswith(said)
    assert found[0]["reasons"][1] == "the first day after that on which all are free"
    body = proposal(case_id, (at(15), "第三法庭"))
    status, made = scenario.api("POST", "/hearings", body)
    assert (status, len(made["warnings"])) == (201, 1)
    assert said in made["warnings"][0]
    assert scenario.api("GET", f"/hearings/{made['id']}")[1]["warnings"] == made["warnings"]
    browser = scenario.sign_in()  # the assistant reads Chinese
    page = browser.get(f"/hearings/new?case_id={case_id}").text
    assert "举证期限（不少于15日，民诉法解释第99条）" in page
    assert "不超过7日" in browser.get("/rules").text
    # A closed day on the last of them puts the end off, in both.
    close(scenario, "2026-12-08")
    other = enter(scenario, "second_instance")
    assert days(suggest(scenario, case_id, limit=1))[0] == "2026-12-10T09:00"
    made = scenario.api("POST", "/hearings", proposal(case_id, (at(16), "第五法庭")))[1]
    assert "ends on Wed 9 Dec 2026" in made["warnings"][0]
    assert first_day(scenario, other)[0] == "2026-12-04"


def test_a_moved_hearing_is_warned_of_as_well(scenario: Scenario) -> None:
    case_id = enter(scenario, "ordinary")
    made = scenario.api("POST", "/hearings", proposal(case_id, (at(20), "第三法庭")))[1]["id"]
    sooner = {"starts_at": at(10), "courtroom": "第三法庭", "reason": "sooner"}
    status, said = scenario.api("POST", f"/hearings/{made}/move", sooner)
    assert (status, "ends on Tue 8 Dec 2026" in said["warnings"][0]) == (200, True)


def test_a_courts_own_period_is_in_force_in_all_places_without_a_line_of_code(
    scenario: Scenario,
) -> None:
    own = scenario.folder / "rules"
    own.mkdir()
    text = (law.HERE / "cn-civil.toml").read_text(encoding="utf-8")
    extra = """
[[evidence]]
id = "own-30-days"
name = { en = "Local pleading period", zh = "本院答辩期" }
days = 30
procedures = ["small_claims"]
article = { en = "Local rule 7", zh = "本院规则第7条" }
source = { en = "Rules of this court, no. 7", zh = "《本院规则》第7条" }
words = { en = "pleadings close after 30 days", zh = "答辩期为三十日" }
valid_from = 2026-01-01
"""
    (own / "cn-civil.toml").write_text(text + extra, encoding="utf-8")
    try:
        law.load_rules_folder(own)
        case_id = enter(scenario, "small_claims")
        assert (
            "local pleading period (at least 30 days, Local rule 7) ends on Wed 23 Dec 2026"
            in (first_day(scenario, case_id)[1])
        )
        status, made = scenario.api("POST", "/hearings", proposal(case_id, (at(29), "第三法庭")))
        assert status == 201
        assert "local pleading period (at least 30 days" in made["warnings"][0]
        assert "《本院规则》第7条" in scenario.sign_in().get("/rules").text
    finally:
        law.load_rules_folder(Path(scenario.folder / "nothing"))
