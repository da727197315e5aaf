"""The exchange of evidence on counsel's page: whether a filing belongs to it, and its state."""

from collections.abc import Sequence

from flask import Request
from sqlalchemy.orm import Session

from app.core.characters import clean
from app.core.web.params import row_number
from app.core.wording import one_line
from app.counsel.page_state import CasePage
from app.papers.exchange import overview, queries
from app.papers.exchange.filing import ExchangeChoice
from app.papers.exchange.overview import ExchangeOverview
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
