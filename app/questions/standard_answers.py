"""Standard answers: a court's own words with placeholders, filled with what is known of a case."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core import wording
from app.core.channels import Channel
from app.core.errors import N_, Invalid, Message
from app.hearings import facts
from app.hearings.models import Hearing, HearingState, Proposal, ProposalState
from app.letters import custom_wording, wording_versions
from app.letters.context import template_context
from app.questions import rules

# Facts of a hearing; without one there is nothing to fill their places with.
OF_HEARING = ("kind", "minutes", "date", "place", "answer_by")


@dataclass(frozen=True)
class FilledAnswer:
    """A standard answer about one case: its words and their versions by language.

    ``missing`` names the places that cannot be filled, which stand in the words as ``{date}``.
    """

    number: int
    words: Mapping[str, str]
    versions: Mapping[str, int]
    missing: tuple[str, ...] = ()

    def in_language(self, language: str) -> str:
        """Return the words in a language, or in the other one if the court has none in it."""
        return self.words.get(language) or next(iter(self.words.values()))

    def check_filled(self) -> None:
        """Raise Invalid, naming the places, if one cannot be filled."""
        rules.check_places(self.missing)


def titles(session: Session, court_id: int, language: str) -> dict[int, str]:
    """Return the titles of a court's standard answers by number, in a language if there are."""
    known = wording_versions.answers(session, court_id)
    return {
        number: (words.get(language) or next(iter(words.values()))).subject
        for number, words in known.items()
    }


def filled(session: Session, case: Case, number: int, now: dt.datetime) -> FilledAnswer:
    """Return a standard answer with what is known of a case now. Raises Invalid without it."""
    words = wording_versions.answers(session, case.court_id).get(number)
    if words is None:
        raise Invalid(
            {"standard_answer_id": Message(N_("The court does not use this standard answer."))}
        )
    known = _facts(session, case, now)
    texts: dict[str, str] = {}
    missing: list[str] = []
    for language, own in sorted(words.items()):
        texts[language], unknown = custom_wording.fill_answer(
            own.text, _values(case, known, language)
        )
        missing += unknown
    versions = {language: own.version for language, own in words.items()}
    return FilledAnswer(number, texts, versions, tuple(dict.fromkeys(missing)))


def _values(case: Case, known: dict[str, Any], language: str) -> dict[str, str]:
    """Return what fills each place of an answer; "" for what is unknown."""
    nobody = {"name": "", "party": "", "side": ""}
    context = template_context({**known, "person": nobody}, language)
    values = custom_wording.values(
        {**context, "link": "", "code": "", "page": ""}, Channel.EMAIL.value, language
    )
    due = case.evidence_due_on
    values["evidence_due"] = wording.date_with_weekday(due, language) if due else ""
    found = {name: str(values[name]) for name in custom_wording.ANSWER_PLACES}
    if not known["hearing"]["id"]:
        found |= dict.fromkeys(OF_HEARING, "")
    return found


def _facts(session: Session, case: Case, now: dt.datetime) -> dict[str, Any]:
    """Return the facts of the hearing that comes next, else of one being arranged, else none."""
    of_case = sa.select(Hearing).where(Hearing.case_id == case.id)
    dated = of_case.where(
        Hearing.state.in_([HearingState.FIXED.value, HearingState.PROPOSED.value]),
        Hearing.ends_at > now,
    )
    hearing = session.scalar(dated.order_by(Hearing.starts_at, Hearing.id).limit(1))
    if hearing is None:
        proposed = of_case.where(Hearing.state == HearingState.PROPOSED.value)
        hearing = session.scalar(proposed.order_by(Hearing.id.desc()).limit(1))
    if hearing is None:
        return facts.case_facts(case)
    answer_by = session.scalar(
        sa.select(Proposal.answer_by).where(
            Proposal.hearing_id == hearing.id, Proposal.state == ProposalState.OPEN.value
        )
    )
    return facts.hearing_facts(hearing, answer_by=facts.iso(answer_by))
