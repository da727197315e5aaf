"""Exchanges of evidence: how far each side is, as the court may see it; open one."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.api.authentication import requires
from app.api.cases import bp as cases
from app.api.schemas import ExchangeOut, ExchangesOut
from app.api.serializers import moment
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.cases import service as case_service
from app.core import web
from app.core.errors import N_, Refusal
from app.core.forms import ChoiceField, Form, InstantField, posted
from app.hearings.service import CourtContext
from app.papers import queries as papers
from app.papers.exchange import overview, queries, service
from app.papers.exchange.overview import ExchangeOverview
from app.papers.exchange.rules import ExchangeMode
from app.papers.exchange.service import ExchangeTerms
from app.people.models import User
from app.people.rules import TokenScope


@dataclass(frozen=True, kw_only=True)
class ExchangeIn(Form):
    """An exchange of evidence that is opened: until when, and what the others see meanwhile."""

    closes_at: dt.datetime = posted(InstantField(required=True))
    mode: str = posted(ChoiceField(tuple(ExchangeMode), load_default=ExchangeMode.SEALED.value))


def _exchange(shown: ExchangeOverview) -> dict[str, Any]:
    exchange = shown.exchange
    zone = exchange.case.court.zone
    return {
        **{name: getattr(exchange, name) for name in ("id", "number", "mode", "state", "ended_by")},
        **{
            name: moment(getattr(exchange, name), zone)
            for name in ("started_at", "closes_at", "ends_at", "ended_at")
        },
        "parties": [
            {
                "party": party.name,
                "side": side.side,
                "closes_at": moment(progress.closes_at, zone),
                "completed_at": moment(progress.completed_at, zone),
            }
            for side in shown.sides
            for party, progress in side.parties
        ],
        "sides": [
            {
                "side": side.side,
                "papers": side.count,
                "last_filed_at": moment(side.last_filed_at, zone),
                "filings": sorted(each.number or 0 for each in side.all),
            }
            for side in shown.sides
        ],
    }


@cases.route("/<row:case_id>/exchanges", methods=["GET"])
@requires(TokenScope.READ)
@cases.response(200, ExchangesOut)
def exchanges_of_case(case_id: int) -> Any:
    """List the exchanges of evidence of a case, the newest first; sealed papers are counted"""

    def read(session: Session, context: CourtContext) -> dict[str, Any]:
        case = case_service.find_case(session, context.court.id, case_id)
        filed = papers.by_side(session, case.id)
        found = queries.of_case(session, case.id)
        return {"exchanges": [_exchange(overview.of(each, filed)) for each in found]}

    return run_read(read)


@cases.route("/<row:case_id>/exchanges", methods=["POST"])
@requires(TokenScope.CONTACT)
@cases.arguments(ExchangeIn.schema())
@cases.response(201, ExchangeOut)
def open_exchange(form: ExchangeIn, case_id: int) -> Answer:
    """Open an exchange of evidence and tell all counsel; one is open at a time"""

    def write(session: Session, context: CourtContext) -> CommittedResponse:
        if context.user is None:
            raise Refusal(N_("Only a person of the court can open an exchange of evidence."))
        user = session.get_one(User, context.user.id)
        exchange = service.start(
            session,
            context.court.id,
            case_id,
            ExchangeMode(form.mode),
            ExchangeTerms(form.closes_at),
            user,
            web.now(),
            web.secret(),
        )
        return CommittedResponse(_exchange(overview.read(session, exchange)), 201)

    return run_write(write)
