"""Reminders of a hearing of several days: before the first as ever, and before each further day."""

import datetime as dt

from tests.conftest import NOW, Scenario
from tests.sittings.conftest import LI, answer_all, propose, sittings


def reminded(court: Scenario, to: str, channel: str) -> list[str]:
    """Return the subjects of reminders, or texts where there is none."""
    return [
        letter.subject or letter.body
        for letter in court.letters(to=to, channel=channel)
        if "提醒" in (letter.subject or letter.body) or "eminder" in (letter.subject or letter.body)
    ]


def until(court: Scenario, day: float) -> None:
    """Let every day until so many after NOW pass, with the worker at work."""
    while court.clock.now() < NOW + dt.timedelta(days=day):
        court.wait(hours=12)
        court.beat()
        court.beat()


def test_each_further_day_has_a_reminder_of_its_own(court: Scenario) -> None:
    propose(court)
    court.beat()
    answer_all(court)
    until(court, 18)
    mails = reminded(court, LI, "email")
    assert [each.split("：")[0] for each in mails] == [
        "开庭提醒（7日后）",
        "开庭提醒（3日后）",
        "开庭提醒（1日后）",
        "开庭提醒（1日后）",
        "开庭提醒（1日后）",
    ]
    assert "12月7日 周一 09:00–17:00（3天）" in mails[2]
    assert "12月8日 周二 09:00–17:00（第2天，共3天）" in mails[3]
    assert "12月10日 周四 13:30–16:30（第3天，共3天）" in mails[4]
    texts = reminded(court, "13800138002", "sms")
    assert "Tue 8 Dec 2026, 09:00 (day 2 of 3), 第三法庭" in texts[3]
    assert "Thu 10 Dec 2026, 13:30 (day 3 of 3), 第五法庭" in texts[4]
    third = court.letters(to=LI, channel="email", containing="第3天")[0]
    assert "第五法庭" in third.body
    assert "第三法庭" not in third.body


def test_a_move_withdraws_the_reminders_of_all_days(court: Scenario) -> None:
    hearing = propose(court)[1]["id"]
    court.beat()
    answer_all(court)
    until(court, 13)
    body = {"slots": [sittings((21, "09:00", 60, "第三法庭"))], "reason": "法官生病"}
    assert court.api("POST", f"/hearings/{hearing}/move", body)[0] == 200
    before = len(reminded(court, LI, "email"))
    until(court, 18)
    later = reminded(court, LI, "email")[before:]
    assert later
    assert all("12月14日" in each and "天）" not in each for each in later), later
