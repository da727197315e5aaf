"""Play the demo's story: read story.toml and run its events through the real services."""

import datetime as dt
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy.orm import Session

from app.cases import service as cases
from app.cases.forms import CaseIn
from app.core.db import retrying
from app.core.forms import load
from app.core.runtime.clock import SetClock
from app.court import service
from app.court.change_log import ChangeAuthor
from app.demo import conversation, declared_address, members, papers
from app.demo.history import PastMonths
from app.hearings import forms, queries
from app.hearings import service as hearings
from app.hearings.service import AnswerInput, CourtContext
from app.law.working_days import is_working_day
from app.letters import wording_versions
from app.letters.custom_wording import ANSWERS
from app.people import service as people
from app.worker import beat

T = TypeVar("T")
STORY: dict[str, Any] = tomllib.loads(Path(__file__).with_name("story.toml").read_text("utf-8"))
COURT: dict[str, Any] = STORY["court"]
ASSISTANT: str = STORY["users"][0]["email"]
ZONE: str = COURT["zone"]
# Times of day of the worker's beats: reminders are sent, proposals lapse.
BEATS = (dt.time(9, 0, 1), dt.time(17, 0, 1))
CONFIRMED_BEFORE = dt.timedelta(days=60)
ENTERED_BEFORE = dt.timedelta(days=40)  # so that the evidence period is over


def assistant_context(session: Session, now: dt.datetime, secret: bytes) -> CourtContext:
    """Return the context of the demo's assistant."""
    user = people.find_user(session, ASSISTANT)
    return CourtContext(user.court, user, now, secret)


def working_day(now: dt.datetime, count: int) -> dt.date:
    """Return a working day: 0 is today or the next one, -2 the second before today."""
    country, one_day = COURT["country"], dt.timedelta(days=1)
    day = now.astimezone(ZoneInfo(ZONE)).date()
    step, remaining = (one_day, count) if count >= 0 else (-one_day, -count)
    if count >= 0:
        while not is_working_day(country, day):
            day += one_day
    while remaining:
        day += step
        remaining -= is_working_day(country, day)
    return day


@dataclass(frozen=True)
class StoryEvent:
    """An event of the story."""

    at: dt.datetime
    action: Callable[[], None]


class StoryPlayer:
    """Plays the story up to now, setting the app's clock on the way."""

    def __init__(self, app: Flask, clock: SetClock, secret: bytes) -> None:
        self.app, self.clock, self.secret = app, clock, secret
        self.now = clock.now()
        self.ids: dict[int, int] = {}

    def play(self) -> None:
        """Create the court, then run all events in order, each followed by a beat."""
        events = sorted(self._events(), key=lambda event: event.at)
        self.clock.set(events[0].at - dt.timedelta(days=1))
        retrying(self._set_up)
        retrying(self._past_months)
        for event in events:
            self.clock.set(event.at)
            event.action()
            beat.beat(self.app)
        self.clock.set(self.now)

    def at(self, count: int, clock: str) -> dt.datetime:
        """Return an instant by working day and local time, e.g. ``(-3, "09:30")``."""
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
        for number, each in enumerate(STORY["standard_answers"], start=1):
            self._standard_answer(session, court.id, number, each)
        for n, each in enumerate(STORY["cases"]):
            case_data = load(CaseIn, self._case(each))
            user = people.find_user(session, ASSISTANT)
            self.ids[n] = cases.enter(session, court, user, case_data, now - ENTERED_BEFORE).id
        members.enter_addresses(session, court, STORY["members"])

    def _past_months(self, session: Session) -> None:
        user = people.find_user(session, ASSISTANT)
        today = self.clock.now().astimezone(ZoneInfo(ZONE)).date()
        PastMonths(session, user.court, user, today, self.secret).write()

    def _standard_answer(
        self, session: Session, court_id: int, number: int, data: dict[str, list[str]]
    ) -> None:
        author = ChangeAuthor(court_id, None, self.clock.now())
        for language, (title, text) in data.items():
            key = (f"{ANSWERS}{number}", "", language)
            wording_versions.keep(session, author, key, title, text)

    def _case(self, data: dict[str, Any]) -> dict[str, Any]:
        year = self.now.astimezone(ZoneInfo(ZONE)).year
        sides = (("原告", "claimant"), ("被告", "respondent"))
        return {
            "number": data["number"].format(year=year),
            "title": data["title"],
            "procedure": data["procedure"],
            "judge": data["judge"],
            "bench": data.get("bench", ""),
            "parties": [
                {
                    "role": role,
                    "side": side,
                    "name": data[side][0],
                    "counsel": [self._counsel(data[side][1])],
                }
                for role, side in sides
            ],
        }

    def _counsel(self, key: str) -> dict[str, Any]:
        data = dict(STORY["counsel"][key])
        if data.pop("confirmed", False):
            on = (self.now.astimezone(ZoneInfo(ZONE)).date() - CONFIRMED_BEFORE).isoformat()
            data |= {"address_confirmed_on": on, "electronic_consent_on": on}
        return data

    def _events(self) -> Iterator[StoryEvent]:
        for n, case in enumerate(STORY["cases"]):
            for hearing in case.get("hearings", ()):
                yield from self._hearing(n, hearing)
            for question in case.get("questions", ()):
                yield from self._question(n, question)
            for filing in case.get("filings", ()):
                yield StoryEvent(self.at(*filing["at"]), partial(self._note_filing, n, filing))
            if request := case.get("move_request"):
                yield from self._move_request(n, request)
            yield from self._papers(n, case)
        for each in STORY["declared"]:
            name = STORY["counsel"][each["counsel"]]["name"]
            yield StoryEvent(self.at(*each["at"]), partial(self._declare, each["case"], name))
        hearings_data = [hearing for case in STORY["cases"] for hearing in case.get("hearings", ())]
        day = working_day(self.now, min(hearing["asked"][0] for hearing in hearings_data))
        while day <= self.now.astimezone(ZoneInfo(ZONE)).date():
            for time in BEATS:
                at = dt.datetime.combine(day, time, tzinfo=ZoneInfo(ZONE))
                if at < self.now:
                    yield StoryEvent(at, lambda: None)
            day += dt.timedelta(days=1)

    def _hearing(self, case: int, data: dict[str, Any]) -> Iterator[StoryEvent]:
        hearing_ids: list[int] = []
        yield StoryEvent(
            self.at(*data["asked"]), lambda: hearing_ids.append(self._propose(case, data))
        )
        for day, clock, counsel_key, says, comment in data["answers"]:
            yield StoryEvent(
                self.at(day, clock), partial(self._answer, hearing_ids, counsel_key, says, comment)
            )
        for day, clock, name, says in data.get("members", ()):
            answer = partial(members.answer, hearing_ids, name, says, self.secret)
            yield StoryEvent(self.at(day, clock), partial(self._as_assistant, answer))
        for day, clock, name, reason in data.get("dates", ()):
            say = partial(members.say_to_date, hearing_ids, name, reason)
            yield StoryEvent(self.at(day, clock), partial(self._as_assistant, say))
        if move := data.get("moved"):
            yield StoryEvent(self.at(*move["on"]), partial(self._move, hearing_ids, move))

    def _question(self, case: int, data: dict[str, Any]) -> Iterator[StoryEvent]:
        question_ids: list[int] = []
        name = STORY["counsel"][data["by"]]["name"]

        def ask(session: Session, context: CourtContext) -> int:
            return conversation.ask(session, self.ids[case], name, data, context)

        def answer(session: Session, context: CourtContext) -> None:
            conversation.answer(session, question_ids[0], data["answer"], context)

        yield StoryEvent(
            self.at(*data["asked"]), lambda: question_ids.append(self._as_assistant(ask))
        )
        if answered := data.get("answered"):
            yield StoryEvent(self.at(*answered), lambda: self._as_assistant(answer))

    def _move_request(self, case: int, data: dict[str, Any]) -> Iterator[StoryEvent]:
        def ask(session: Session) -> None:
            name = STORY["counsel"][data["by"]]["name"]
            conversation.ask_to_move(session, self.ids[case], name, data, self.clock.now())

        def agree(session: Session) -> None:
            name = STORY["counsel"][data["agreed"][2]]["name"]
            conversation.agree_to_move(session, self.ids[case], name, self.clock.now())

        yield StoryEvent(self.at(*data["asked"]), lambda: self._in_app(ask))
        if data.get("agreed"):
            yield StoryEvent(self.at(*data["agreed"][:2]), lambda: self._in_app(agree))

    def _papers(self, n: int, case: dict[str, Any]) -> Iterator[StoryEvent]:
        """Yield what is filed, read and exchanged in a case, and who may act for counsel there."""

        def act(
            use_case: Callable[[Session, int, Any, CourtContext], None], data: dict[str, Any]
        ) -> Callable[[], None]:
            named = dict(data)
            if "by" in data:
                named["by"] = STORY["counsel"][data["by"]]["name"]
            return lambda: self._as_assistant(
                lambda session, context: use_case(session, self.ids[n], named, context)
            )

        for name, use_case in (
            ("delegates", papers.name_delegate),
            ("papers", papers.file_papers),
            ("readings", papers.read_papers),
        ):
            for data in case.get(name, ()):
                yield StoryEvent(self.at(*data["at"]), act(use_case, data))
        if exchange := case.get("exchange"):
            closes_at = self.at(*exchange["closes"])
            yield StoryEvent(
                self.at(*exchange["at"]),
                lambda: self._as_assistant(
                    lambda session, context: papers.start_exchange(
                        session, self.ids[n], closes_at, context
                    )
                ),
            )

    def _note_filing(self, case: int, data: dict[str, Any]) -> None:
        self._as_assistant(
            lambda session, context: conversation.note_filing(
                session, self.ids[case], data, context
            )
        )

    def _declare(self, case: int, name: str) -> None:
        with self.app.app_context():
            retrying(
                lambda session: declared_address.declare(
                    session, self.ids[case], name, self.clock.now()
                )
            )

    def _propose(self, case: int, data: dict[str, Any]) -> int:
        form = {
            "case_id": self.ids[case],
            "kind": data.get("kind", "trial"),
            "minutes": data["minutes"],
            "slots": [self._slot(slot) for slot in data["slots"]],
            "answer_by": self.at(*data["answer_by"]).isoformat(),
            "fix": data.get("fix", "auto"),
        }
        loaded = load(forms.HearingIn, form)
        return self._as_assistant(
            lambda session, context: hearings.propose(session, context, loaded).id
        )

    def _slot(self, data: list[Any]) -> dict[str, Any]:
        """Return a slot as input: day, time and courtroom, or a list of sittings with minutes."""
        if isinstance(data[0], list):
            return {"sittings": [self._slot(each) for each in data]}
        day, clock, room, *minutes = data
        slot = {"starts_at": self.at(day, clock).isoformat(), "courtroom": room}
        return {**slot, "minutes": minutes[0]} if minutes else slot

    def _answer(self, hearing_ids: list[int], counsel_key: str, says: str, comment: str) -> None:
        name = STORY["counsel"][counsel_key]["name"]

        def submit(session: Session) -> None:
            proposal = queries.last_proposal(session, queries.lock_hearing(session, hearing_ids[0]))
            if proposal is None:
                raise LookupError(f"nobody was asked about hearing {hearing_ids[0]}")
            invitation = next(
                invitation for invitation in proposal.invitations if invitation.counsel.name == name
            )
            answers = {
                slot.id: choice for slot, choice in zip(proposal.slots, says.split(), strict=True)
            }
            answer_input = AnswerInput(answers, comment, key=f"story-{invitation.id}")
            hearings.answer(session, invitation.id, answer_input, self.clock.now(), self.secret)

        self._in_app(submit)

    def _move(self, hearing_ids: list[int], data: dict[str, Any]) -> None:
        move_input = load(forms.MoveIn, {**self._slot(data["to"]), "reason": data["reason"]})
        self._as_assistant(
            lambda session, context: hearings.move(session, context, hearing_ids[0], move_input).id
        )

    def _as_assistant(self, use_case: Callable[[Session, CourtContext], T]) -> T:
        def run(session: Session) -> T:
            return use_case(session, assistant_context(session, self.clock.now(), self.secret))

        return self._in_app(run)

    def _in_app(self, use_case: Callable[[Session], T]) -> T:
        with self.app.app_context():
            return retrying(use_case)
