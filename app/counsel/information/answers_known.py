"""The court's answers to what counsel often ask, in the language of the page."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from flask_babel import gettext, ngettext

from app.core import wording
from app.court.models import Court
from app.questions import court_texts
from app.questions.court_texts import CourtText
from app.questions.known_facts import KnownFacts


@dataclass(frozen=True)
class KnownAnswers:
    """Facts as words: the same for every reader of one language.

    ``filed`` says what came in from each side; the others are texts of the court, or Tingqi's.
    """

    facts: KnownFacts
    filed: str
    bring: str
    papers: str
    video: str


def in_words(facts: KnownFacts, court: Court, now: dt.datetime, language: str) -> KnownAnswers:
    """Say what is known of a case now."""
    return KnownAnswers(
        facts,
        filed=_filed(facts, court, now, language),
        bring=court_texts.bring(facts.texts, facts.kind, language)
        or gettext(CourtText.BRING.default),
        papers=_text(facts, CourtText.PAPERS, language),
        video=_text(facts, CourtText.VIDEO, language),
    )


def _text(facts: KnownFacts, text: CourtText, language: str) -> str:
    return court_texts.words_of(facts.texts, text, language) or gettext(text.default)


def _filed(facts: KnownFacts, court: Court, now: dt.datetime, language: str) -> str:
    """Say how many filings of each side were noted up to now."""
    counts: Counter[str] = Counter()
    for each in facts.filings:
        counts[each.party.side] += each.count
    sides = [
        wording.side_name(side, language)
        + wording.colon(language)
        + (
            ngettext("%(num)s filing noted", "%(num)s filings noted", count)
            if count
            else gettext("nothing noted")
        )
        for side, count in counts.items()
    ]
    return gettext(
        "%(sides)s, up to now, %(time)s.",
        sides=wording.semicolon(language).join(sides),
        time=wording.clock(now, court.zone),
    )
