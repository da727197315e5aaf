"""The demo's court: reads the story and lets it happen, day by day, through the real services."""

import datetime as dt
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy.orm import Session

from app.cases import service as cases
from app.cases.forms import CaseIn
from app.core.db import retrying
from app.core.forms import load
from app.core.runtime.clock import SetClock
from app.court import service
from app.hearings import forms, queries
from app.hearings import service as hearings
from app.hearings.service import AnswerInput, CourtContext
from app.law.working_days import is_working_day
from app.people import service as people
from app.worker import beat

STORY: dict[str, Any] = tomllib.loads(Path(__file__).with_name("story.toml").read_text("utf-8"))
COURT: dict[str, Any] = STORY["court"]
ASSISTANT: str = STORY["users"][0]["email"]
ZONE: str = COURT["zone"]
# The worker comes by at these times of each day of the story: reminders go, rounds lapse.
ROUNDS = (dt.time(9, 0, 1), dt.time(17, 0, 1))
CONFIRMED_BEFORE = dt.timedelta(days=60)
ENTERED_BEFORE = dt.timedelta(days=40)  # so that the time to bring evidence is over


def desk(session: Session, now: dt.datetime, secret: bytes) -> CourtContext:
    """Return the assistant's desk, in a session."""
    user = people.find_user(session, ASSISTANT)
    return CourtContext(user.court, user, now, secret)


def working_day(now: dt.datetime, count: int) -> dt.date:
    """Return a working day of the court: 0 is today or the next one, -2 the second before today."""
    country, one = COURT["country"], dt.timedelta(days=1)
    day = now.astimezone(ZoneInfo(ZONE)).date()
    step, left = (one, count) if count >= 0 else (-one, -count)
    if count >= 0:
        while not is_working_day(country, day):
            day += one
    while left:
        day += step
        left -= is_working_day(country, day)
    return day


@dataclass(frozen=True)
class StoryEvent:
    """Something that happened in the story, and when."""

    at: dt.datetime
    what: Callable[[], None]


class StoryPlayer:
    """One telling of the story, up to now; the clock is the app's own and is set on the way."""

    def __init__(self, app: Flask, clock: SetClock, secret: bytes) -> None:
        self.app, self.clock, self.secret = app, clock, secret
        self.now = clock.now()
        self.ids: dict[int, int] = {}

    def tell(self) -> None:
        """Set up the court, then let everything happen in its order, with the worker beside."""
        events = sorted(self._events(), key=lambda event: event.at)
        self.clock.set(events[0].at - dt.timedelta(days=1))
        retrying(self._set_up)
        for event in events:
            self.clock.set(event.at)
            event.what()
            beat.beat(self.app)
        self.clock.set(self.now)

    def at(self, count: int, clock: str) -> dt.datetime:
        """Return an instant by working day and the court's clock, as ``(-3, "09:30")``."""
        time = dt.time.fromisoformat(clock)
        return dt.datetime.combine(working_day(self.now, count), time, tzinfo=ZoneInfo(ZONE))

    def _set_up(self, session: Session) -> None:
        now = self.clock.now()
        court = people.add_court(
            session,
            COURT["name"],
            short=COURT["short"],
            zone=COURT["zone"],
            country=COURT["country"],
            language=COURT["language"],
            phone=COURT["phone"],
        )
        for each in STORY["users"]:
            people.add_user(session, court, **each, password=STORY["password"], now=now)
        for room in STORY["courtrooms"]:
            service.add_courtroom(session, court, **room)
        for n, each in enumerate(STORY["cases"]):
            given = load(CaseIn, self._case(each))
            user = people.find_user(session, ASSISTANT)
            self.ids[n] = cases.enter(session, court, user, given, now - ENTERED_BEFORE).id

    def _case(self, told: dict[str, Any]) -> dict[str, Any]:
        year = self.now.astimezone(ZoneInfo(ZONE)).year
        sides = (("原告", "claimant"), ("被告", "respondent"))
        return {
            "number": told["number"].format(year=year),
            "title": told["title"],
            "procedure": told["procedure"],
            "judge": told["judge"],
            "parties": [
                {
                    "role": role,
                    "side": side,
                    "name": told[side][0],
                    "counsel": [self._counsel(told[side][1])],
                }
                for role, side in sides
            ],
        }

    def _counsel(self, key: str) -> dict[str, Any]:
        told = dict(STORY["counsel"][key])
        if told.pop("confirmed", False):
            on = (self.now.astimezone(ZoneInfo(ZONE)).date() - CONFIRMED_BEFORE).isoformat()
            told |= {"address_confirmed_on": on, "electronic_consent_on": on}
        return told

    def _events(self) -> Iterator[StoryEvent]:
        for n, case in enumerate(STORY["cases"]):
            for hearing in case.get("hearings", ()):
                yield from self._hearing(n, hearing)
        told = [hearing for case in STORY["cases"] for hearing in case.get("hearings", ())]
        day = working_day(self.now, min(hearing["asked"][0] for hearing in told))
        while day <= self.now.astimezone(ZoneInfo(ZONE)).date():
            for time in ROUNDS:
                at = dt.datetime.combine(day, time, tzinfo=ZoneInfo(ZONE))
                if at < self.now:
                    yield StoryEvent(at, lambda: None)
            day += dt.timedelta(days=1)

    def _hearing(self, case: int, told: dict[str, Any]) -> Iterator[StoryEvent]:
        made: list[int] = []
        yield StoryEvent(self.at(*told["asked"]), lambda: made.append(self._propose(case, told)))
        for day, clock, who, says, comment in told["answers"]:
            yield StoryEvent(self.at(day, clock), partial(self._answer, made, who, says, comment))
        if moved := told.get("moved"):
            yield StoryEvent(self.at(*moved["on"]), partial(self._move, made, moved))

    def _propose(self, case: int, told: dict[str, Any]) -> int:
        given = {
            "case_id": self.ids[case],
            "kind": told.get("kind", "trial"),
            "minutes": told["minutes"],
            "slots": [self._slot(slot) for slot in told["slots"]],
            "answer_by": self.at(*told["answer_by"]).isoformat(),
            "fix": told.get("fix", "auto"),
        }
        checked = load(forms.HearingIn, given)
        return self._at_desk(lambda session, at: hearings.propose(session, at, checked).id)

    def _slot(self, told: list[Any]) -> dict[str, str]:
        day, clock, room = told
        return {"starts_at": self.at(day, clock).isoformat(), "courtroom": room}

    def _answer(self, made: list[int], who: str, says: str, comment: str) -> None:
        name = STORY["counsel"][who]["name"]

        def do(session: Session) -> None:
            round_ = queries.last_proposal(session, queries.lock_hearing(session, made[0]))
            if round_ is None:
                raise LookupError(f"nobody was asked about hearing {made[0]}")
            seat = next(seat for seat in round_.invitations if seat.counsel.name == name)
            words = {slot.id: word for slot, word in zip(round_.slots, says.split(), strict=True)}
            given = AnswerInput(words, comment, key=f"story-{seat.id}")
            hearings.answer(session, seat.id, given, self.clock.now(), self.secret)

        with self.app.app_context():
            retrying(do)

    def _move(self, made: list[int], told: dict[str, Any]) -> None:
        given = load(forms.MoveIn, {**self._slot(told["to"]), "reason": told["reason"]})
        self._at_desk(lambda session, at: hearings.move(session, at, made[0], given).id)

    def _at_desk(self, do: Callable[[Session, CourtContext], int]) -> int:
        def done(session: Session) -> int:
            return do(session, desk(session, self.clock.now(), self.secret))

        with self.app.app_context():
            return retrying(done)
