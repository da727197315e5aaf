"""Would a notice bear a default judgment: evidence, consent, the last moment in time; the ladder."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import law
from app.law import InvalidRules, rule_set, working_days
from app.law.day_counting import earliest_day, latest_day, working_days_before
from app.law.verdict import Evidence, Verdict, Why, judge
from app.record.rules import EvidenceGrade
from app.reminders.rules import PATIENCE, escalation_steps

CHINA = rule_set("cn-civil")
RULE = CHINA.default_for("ordinary", dt.date(2026, 11, 23))
SHANGHAI = ZoneInfo("Asia/Shanghai")
DEADLINE = dt.datetime(2026, 12, 11, 9, 0, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 12, 1, 1, 0, tzinfo=dt.UTC)


def weekday(day: dt.date) -> bool:
    return day.weekday() < 5


def china(day: dt.date) -> bool:
    return working_days.is_working_day("CN", day)


def verdict(
    *grades: EvidenceGrade, consent: bool = False, at: dt.datetime = NOW, now: dt.datetime = NOW
) -> Verdict:
    assert RULE is not None
    shown = [Evidence(grade, at, n, consent) for n, grade in enumerate(grades, start=1)]
    return judge(RULE, CHINA.version, shown, consent=consent, deadline=DEADLINE, now=now)


def test_a_delivered_text_that_nobody_confirmed_bears_no_default_judgment() -> None:
    """SPC Interpretation (2022), art. 261."""
    found = verdict(EvidenceGrade.ACCEPTED, EvidenceGrade.DELIVERED)
    assert (found.bears, found.why) == (False, Why.NOT_SHOWN)
    assert found.needed is EvidenceGrade.OPENED


def test_of_somebody_who_agreed_to_electronic_service_delivery_is_enough() -> None:
    """CPL (2023), art. 90: arrival is when the system shows success."""
    assert verdict(EvidenceGrade.DELIVERED, consent=True).bears
    assert not verdict(EvidenceGrade.ACCEPTED, consent=True).bears


@pytest.mark.parametrize("grade", [EvidenceGrade.OPENED, EvidenceGrade.CONFIRMED])
def test_what_the_person_opened_or_confirmed_bears_it(grade: EvidenceGrade) -> None:
    found = verdict(EvidenceGrade.ACCEPTED, grade)
    assert found.bears
    assert found.evidence
    assert found.evidence.seq == 2


def test_evidence_after_the_last_moment_shows_knowledge_but_not_in_time() -> None:
    late = DEADLINE + dt.timedelta(seconds=1)
    assert verdict(EvidenceGrade.CONFIRMED, at=DEADLINE, now=late).bears
    found = verdict(EvidenceGrade.CONFIRMED, at=late, now=late)
    assert (found.bears, found.why) == (False, Why.SHOWN_LATE)
    assert verdict(now=late).why is Why.TOO_LATE


def test_of_several_ways_the_earliest_effective_one_counts() -> None:
    """SPC Online Litigation Rules (2021), art. 31."""
    assert RULE is not None
    shown = [
        Evidence(EvidenceGrade.CONFIRMED, DEADLINE + dt.timedelta(days=1), 9),
        Evidence(EvidenceGrade.OPENED, DEADLINE - dt.timedelta(days=1), 5),
    ]
    found = judge(RULE, "v", shown, consent=False, deadline=DEADLINE, now=NOW)
    assert found.bears
    assert found.evidence == shown[1]


def test_the_last_day_in_time_mirrors_the_first_day_of_a_hearing() -> None:
    """CPL (2023), art. 85: the first day is not counted, a last day on a holiday moves on."""
    tuesday = dt.date(2026, 12, 15)
    assert latest_day(tuesday, 3, weekday) == dt.date(2026, 12, 11)  # Friday; Saturday is too late
    assert latest_day(dt.date(2026, 12, 17), 3, weekday) == dt.date(2026, 12, 14)
    # Told on 30 September the third day is 3 October, in the holiday: it ends on the 8th.
    assert latest_day(dt.date(2026, 10, 9), 3, china) == dt.date(2026, 9, 30)
    assert latest_day(tuesday, 0, weekday) == dt.date(2026, 12, 14)


@given(st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 1)), st.integers(1, 20))
def test_told_on_the_last_day_is_in_time_and_a_working_day_later_is_not(
    hearing_on: dt.date, period: int
) -> None:
    last = latest_day(hearing_on, period, china)
    assert china(last)
    assert earliest_day(last, period, china) <= hearing_on
    later = last + dt.timedelta(days=1)
    while not china(later):
        later += dt.timedelta(days=1)
    assert later >= hearing_on or earliest_day(later, period, china) > hearing_on


def test_working_days_are_counted_back_over_weekends_and_holidays() -> None:
    assert working_days_before(dt.date(2026, 12, 15), 0, weekday) == dt.date(2026, 12, 15)
    assert working_days_before(dt.date(2026, 12, 15), 2, weekday) == dt.date(2026, 12, 11)
    assert working_days_before(dt.date(2026, 10, 9), 2, china) == dt.date(2026, 9, 30)


def ladder(now: dt.datetime) -> list[tuple[str, str, str, str]]:
    found = escalation_steps(
        CHINA.steps, DEADLINE, now=now, zone=SHANGHAI, office=CHINA.office, is_working_day=china
    )
    return [
        (
            rung.way,
            *(
                at.astimezone(SHANGHAI).strftime("%a %d %H:%M")
                for at in (rung.opens_at, rung.before, rung.latest_at)
            ),
        )
        for rung in found
    ]


def test_the_ladder_is_counted_backward_from_the_last_moment_in_time() -> None:
    assert ladder(NOW) == [
        ("text", "Thu 03 09:00", "Fri 04 09:00", "Fri 11 17:00"),
        ("email", "Fri 04 09:00", "Mon 07 09:00", "Fri 11 17:00"),
        ("call", "Mon 07 09:00", "Tue 08 09:00", "Fri 11 17:00"),
        ("paper", "Tue 08 09:00", "Tue 08 17:00", "Tue 08 17:00"),
    ]


def test_where_time_is_short_people_still_get_two_hours_before_anybody_rings() -> None:
    now = DEADLINE - dt.timedelta(hours=6)
    found = {way: (opens, latest) for way, opens, _, latest in ladder(now)}
    assert found["call"] == ("Fri 11 13:00", "Fri 11 17:00")
    # What would arrive too late has its turn, and is then written down as missed.
    assert found["paper"][1] == "Tue 08 17:00"
    assert dt.timedelta(hours=2) == PATIENCE


BROKEN = {
    "days = 3": ("days = 'three'", "line 7, notice[1].days: Not a valid integer"),
    'shown = "opened"': ('shown = "seen"', "default_judgment[1].shown: Must be one of: attempted"),
    'closes = "17:00"': ('closes = "08:00"', "office.closes: The office closes before it opens"),
    'way = "paper"': ('way = "fax"', "step[4].way: Must be one of: text, email, call, paper"),
    "valid_from = 2024-01-01": ("valid_from = 'soon'", "valid_from: Not a day"),
    "[office]": ("[office", "at line"),
    "takes_days = 3": ("takes = 3", "step[4]"),
}


@pytest.mark.parametrize("right", BROKEN)
def test_a_broken_file_of_rules_is_refused_with_its_line_and_field(
    tmp_path: Path, right: str
) -> None:
    wrong, said = BROKEN[right]
    good = (law.HERE / "plain.toml").read_text(encoding="utf-8")
    file = tmp_path / "mine.toml"
    file.write_text(good.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(InvalidRules) as fault:
        law.read(file)
    assert "mine.toml" in str(fault.value)
    assert said in str(fault.value)


def test_every_rule_has_an_article_and_speaks_both_languages() -> None:
    for name in law.names():
        rules = rule_set(name)
        for rule in [*rules.periods, *rules.default_judgment]:
            for words in (rule.name, rule.article, rule.source, rule.words):
                assert set(words) == {"en", "zh"}
        assert [step.way for step in rules.steps] == ["text", "email", "call", "paper"]
