"""Calendar file of the fixed date."""

from tests.conftest import Scenario
from tests.counsel.test_answers import LI, ZHAO, answer, browser, propose


def test_the_calendar_file_has_the_date_and_no_link(scenario: Scenario) -> None:
    propose(scenario)
    for whom in (LI, ZHAO):
        answer(browser(scenario), scenario.link(whom), "yes", "yes")
    file = browser(scenario).get(scenario.link(ZHAO) + "/hearing.ics")
    assert file.content_type.startswith("text/calendar")
    assert b"DTSTART;TZID=Asia/Shanghai:20261207T093000" in file.data
    assert b"METHOD:PUBLISH" in file.data
    assert b"/r/" not in file.data
