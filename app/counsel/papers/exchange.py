"""The exchange of evidence on counsel's page: its state, and what a filing belongs to."""

from collections.abc import Sequence

from flask import Request
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.core import web, wording
from app.core.characters import clean
from app.core.web.params import row_number
from app.core.wording import one_line
from app.counsel.page_state import CasePage
from app.papers.exchange import overview, queries, refiling
from app.papers.exchange.filing import ExchangeChoice
from app.papers.exchange.overview import ExchangeOverview
from app.papers.models import Paper
from app.papers.queries import SidePapers

MOST_TYPED = 5000  # characters of a field that are read


def read_choice(request: Request) -> ExchangeChoice:
    """Return what a form says of the exchange; no id where its page knew of none."""
    chosen = request.form.get("exchange", "")
    reason = one_line(clean(request.form.get("late_reason", "")[:MOST_TYPED])).strip()
    return ExchangeChoice(0 if chosen == "0" else row_number(chosen), reason)


def shown(session: Session, page: CasePage, filed: Sequence[SidePapers]) -> ExchangeOverview | None:
    """Return the exchange that is open or closed last, as counsel may see it, or None."""
    exchange = queries.current(session, page.case.id)
    return overview.of(exchange, filed) if exchange else None


def refilable(session: Session, page: CasePage) -> Sequence[Paper]:
    """Return papers of cancelled exchanges that counsel can file again by one press."""
    if not page.may_answer or not queries.is_open(session, page.case.id):
        return ()
    return refiling.refilable(session, page.case.id, page.party.id)


def line(session: Session, page: CasePage) -> str:
    """Return until when the open exchange waits for counsel and how far all are; "" if none is."""
    exchange = queries.current(session, page.case.id)
    if exchange is None:
        return ""
    shown_to_counsel = overview.read(session, exchange, page.party.id)
    own = shown_to_counsel.of_party(page.party.id)
    assert own is not None
    language = web.language()
    counts = [
        f"{wording.side_name(side.side, language)} {side.count}" for side in shown_to_counsel.sides
    ]
    text = gettext("Evidence by %(when)s; filed: %(counts)s")
    if exchange.is_sealed:
        text = gettext("Evidence by %(when)s; filed, sealed: %(counts)s")
    closes = wording.moment_from(own.closes_at, web.now(), page.court.zone, language)
    return text % {"when": closes, "counts": wording.listed(counts, language)}
