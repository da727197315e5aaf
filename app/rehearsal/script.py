"""The script of a rehearsal: the people of its court, its days, and what steps learn."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from app.carriers.standin import ReceivedMessage
from app.law.working_days import is_working_day
from app.rehearsal.browser import HtmlForm

COURT = "Rehearsal Court 预演法院"
ZONE = "Asia/Shanghai"
ASSISTANT = "assistant@rehearsal.example"
PASSWORD = "one rehearsal only"  # noqa: S105  (of a database that is thrown away)
ROOMS = (("Courtroom 1", "Main building, 1st floor"), ("第二法庭", "主楼二层"))
JUDGE = "Deng Example"


@dataclass(frozen=True)
class RehearsalCounsel:
    """One lawyer of the script."""

    name: str
    side: str
    email: str
    phone: str
    language: str
    channels: str


COUNSEL = (
    RehearsalCounsel(
        "甲律师", "claimant", "jia@rehearsal.example", "+8613800138001", "zh", "sms,email"
    ),
    RehearsalCounsel(
        "Bea Example", "respondent", "bea@rehearsal.example", "+8613800138002", "en", "email,sms"
    ),
)
# The second case is there to ask for time that is taken.
NUMBERS = ("（2026）演0001民初1号", "（2026）演0001民初2号")


def rows() -> list[dict[str, str]]:
    """Return the rows of the file that is imported: two cases, both sides with counsel."""
    result = []
    for number, people in zip(NUMBERS, (COUNSEL, COUNSEL[:1]), strict=True):
        for who in people:
            result.append(
                {
                    "number": number,
                    "title": "Rehearsal 预演",
                    "procedure": "ordinary",
                    "judge": JUDGE,
                    "party": f"Party of {who.name}",
                    "role": who.side,
                    "side": who.side,
                    "counsel": who.name,
                    "firm": "Example Chambers",
                    "email": who.email,
                    "phone": who.phone,
                    "language": who.language,
                    "channels": who.channels,
                }
            )
    return result


@dataclass
class RehearsalScript:
    """The plan, and the results of steps that later steps need; times are aware."""

    start: dt.datetime
    slots: list[dt.datetime]
    answer_by: dt.datetime
    moved_to: dt.datetime
    case_ids: list[int] = field(default_factory=list)
    hearing: dict[str, Any] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    forms: dict[str, HtmlForm] = field(default_factory=dict)
    # The messages of the newest turn of the worker.
    arrived: list[ReceivedMessage] = field(default_factory=list)
    uid: str = ""
    question_id: int = 0
    feed: str = ""

    @classmethod
    def beginning(cls, now: dt.datetime) -> "RehearsalScript":
        """Plan: propose on the next working day at ten, hear after the evidence period."""
        start = _working(now.astimezone(ZoneInfo(ZONE)).date() + dt.timedelta(days=1))
        evidence_until = _working(start + dt.timedelta(days=15))
        first = _working(evidence_until + dt.timedelta(days=1))
        second = _working(first + dt.timedelta(days=1))
        return cls(
            start=_at(start, 10),
            slots=[_at(first, 9, 30), _at(second, 14)],
            answer_by=_at(start + dt.timedelta(days=7), 17),
            moved_to=_at(_working(second + dt.timedelta(days=14)), 9, 30),
        )

    @property
    def hearing_id(self) -> int:
        """The hearing's number in the API."""
        return int(self.hearing["id"])


def _working(day: dt.date) -> dt.date:
    while not is_working_day("CN", day):
        day += dt.timedelta(days=1)
    return day


def _at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=ZoneInfo(ZONE))
