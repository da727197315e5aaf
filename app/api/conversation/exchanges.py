"""Exchanges of evidence: how far each side is, as the court may see it, and what it decides."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from app.api.authentication import requires
from app.api.blueprint import Resource, ShortListIn, part_of
from app.api.cases import bp as cases
from app.api.document import preconditions
from app.api.schemas import ExchangeOut, ExchangesOut
from app.api.serializers import moment
from app.api.transactions import Answer, CommittedResponse, acting_user, run_read, run_write
from app.cases import service as case_service
from app.cases.forms import SIDES
from app.core.errors import Invalid
from app.core.forms import (
    ChoiceField,
    Form,
    InstantField,
    ListField,
    TextField,
    nested,
    posted,
)
from app.hearings.service import CourtContext
from app.notices.case_lock import lock_case
from app.papers import queries as papers
from app.papers.exchange import overview, queries, service
from app.papers.exchange.models import Exchange
from app.papers.exchange.overview import ExchangeOverview
from app.papers.exchange.rules import MAX_REASON, ExchangeMode, ExchangeState
from app.papers.exchange.service import ExchangeTerms
from app.papers.opinions import queries as opinion_queries
from app.papers.opinions import service as opinions
from app.people.rules import TokenScope

bp = Resource("exchanges", __name__, description="Exchanges of evidence")


@dataclass(frozen=True, kw_only=True)
class SideCloseIn(Form):
    """Another close for one side."""

    side: str = posted(ChoiceField(SIDES, required=True))
    closes_at: dt.datetime = posted(InstantField(required=True))


@dataclass(frozen=True, kw_only=True)
class CloseIn(Form):
    """Until when papers are filed into an exchange: all sides, or some until another time."""

    closes_at: dt.datetime = posted(InstantField(required=True))
    sides: Sequence[SideCloseIn] = posted(
        ListField(nested(SideCloseIn), least=0, most=len(SIDES), load_default=list)
    )

    @property
    def terms(self) -> ExchangeTerms:
        """The times, as the use cases take them."""
        return ExchangeTerms(self.closes_at, {each.side: each.closes_at for each in self.sides})


@dataclass(frozen=True, kw_only=True)
class ExchangeIn(CloseIn):
    """An exchange of evidence that is opened: until when, and what the others see meanwhile."""

    mode: str = posted(ChoiceField(tuple(ExchangeMode), load_default=ExchangeMode.SEALED.value))


@dataclass(frozen=True, kw_only=True)
class CancellationIn(Form):
    """Why an exchange is cancelled; all sides read it."""

    words: str = posted(TextField(MAX_REASON, blank=False, required=True))


@dataclass(frozen=True, kw_only=True)
class OpinionsDueIn(Form):
    """By when opinions on the evidence of an exchange are given."""

    due_at: dt.datetime = posted(InstantField(required=True))


@contextmanager
def _by_field(form: CloseIn) -> Iterator[None]:
    """Name the fields of the body in the errors of a close that has passed or cannot be set."""
    try:
        yield
    except Invalid as fault:
        names = {f"closes_{each.side}": f"sides.{n}" for n, each in enumerate(form.sides)}
        errors = {
            f"{names[name]}.closes_at" if name in names else name: words
            for name, words in fault.errors.items()
        }
        raise Invalid(errors) from fault


def _exchange(session: Session, shown: ExchangeOverview) -> dict[str, Any]:
    exchange = shown.exchange
    zone = exchange.case.court.zone
    due_at = opinion_queries.dates(session, exchange.case).by_exchange.get(exchange.id)
    filed = sorted((each for side in shown.sides for each in side.all), key=lambda f: f.number or 0)
    return {
        **{name: getattr(exchange, name) for name in ("id", "number", "mode", "state", "ended_by")},
        **{
            name: moment(getattr(exchange, name), zone)
            for name in ("started_at", "closes_at", "ends_at", "ended_at")
        },
        "opinions_due_at": moment(due_at, zone),
        "late": [
            {
                "filing_id": each.id,
                "number": each.number,
                "side": each.side,
                "filed_at": moment(each.filed_at, zone),
                "reason": each.late.reason,
                "decision": each.late.decision,
                "words": each.late.words,
                "decided_at": moment(each.late.decided_at, zone),
            }
            for each in filed
            if each.late is not None
        ],
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


@dataclass(frozen=True, kw_only=True)
class ExchangesIn(ShortListIn):
    """Filter of the list of exchanges."""

    state: str | None = posted(
        ChoiceField(tuple(ExchangeState), load_default=None, allow_none=True)
    )


@cases.route("/<row:case_id>/exchanges", methods=["GET"])
@requires(TokenScope.READ)
@cases.arguments(ExchangesIn.schema(), location="query")
@cases.response(200, ExchangesOut)
def exchanges_of_case(query: ExchangesIn, case_id: int) -> Any:
    """List the exchanges of evidence of a case, the newest first; sealed papers are counted"""

    def read(session: Session, context: CourtContext) -> dict[str, Any]:
        case = case_service.find_case(session, context.court.id, case_id)
        filed = papers.by_side(session, case.id)
        found = queries.of_case(session, case.id)
        of_state = [each for each in found if query.state in (None, each.state)]
        shown, following = part_of(of_state, query, lambda each: each.id)
        return {
            "exchanges": [_exchange(session, overview.of(each, filed)) for each in shown],
            "next": following,
        }

    return run_read(read)


@cases.route("/<row:case_id>/exchanges", methods=["POST"])
@requires(TokenScope.CONTACT)
@cases.arguments(ExchangeIn.schema())
@cases.response(201, ExchangeOut)
def open_exchange(form: ExchangeIn, case_id: int) -> Answer:
    """Open an exchange of evidence and tell all counsel; one is open at a time"""

    def write(session: Session, context: CourtContext) -> CommittedResponse:
        mode, now, secret = ExchangeMode(form.mode), context.now, context.secret
        with _by_field(form):
            exchange = service.start(
                session,
                context.court.id,
                case_id,
                mode,
                form.terms,
                acting_user(context),
                now,
                secret,
            )
        return _answer(session, exchange, 201)

    return run_write(write)


def _answer(session: Session, exchange: Exchange, status: int = 200) -> CommittedResponse:
    return CommittedResponse(_exchange(session, overview.read(session, exchange)), status)


def shown(session: Session, context: CourtContext, exchange_id: int) -> dict[str, Any]:
    """Return an exchange as it is answered. Raises NotFound."""
    exchange = queries.find(session, context.court.id, exchange_id)
    return _exchange(session, overview.read(session, exchange))


def _check(session: Session, context: CourtContext, exchange_id: int) -> None:
    """Lock the case of an exchange, and compare If-Match with what is read of it now."""
    exchange = queries.find(session, context.court.id, exchange_id)
    lock_case(session, exchange.case_id, context.secret)
    preconditions.check(ExchangeOut, partial(shown, session, context, exchange_id))


@bp.route("/<row:exchange_id>", methods=["GET"])
@requires(TokenScope.READ)
@bp.response(200, ExchangeOut)
def exchange(exchange_id: int) -> Any:
    """Show an exchange of evidence; sealed papers are counted"""
    return run_read(lambda session, context: shown(session, context, exchange_id))


@bp.route("/<row:exchange_id>/close", methods=["POST"])
@requires(TokenScope.CONTACT)
@preconditions.takes_if_match()
@bp.arguments(CloseIn.schema())
@bp.response(200, ExchangeOut)
def change_close(form: CloseIn, exchange_id: int) -> Answer:
    """Set another close of an open exchange and tell all counsel; the same close changes nothing"""

    def write(session: Session, context: CourtContext) -> CommittedResponse:
        user, court_id = acting_user(context), context.court.id
        _check(session, context, exchange_id)
        with _by_field(form):
            exchange = service.change(
                session, court_id, exchange_id, form.terms, user, context.now, context.secret
            )
        return _answer(session, exchange)

    return run_write(write)


@bp.route("/<row:exchange_id>/cancel", methods=["POST"])
@requires(TokenScope.CONTACT)
@preconditions.takes_if_match()
@bp.arguments(CancellationIn.schema())
@bp.response(200, ExchangeOut)
def cancel(form: CancellationIn, exchange_id: int) -> Answer:
    """Cancel an open exchange and tell all counsel why; what was sealed stays so for ever"""

    def write(session: Session, context: CourtContext) -> CommittedResponse:
        user, court_id = acting_user(context), context.court.id
        _check(session, context, exchange_id)
        exchange = service.cancel(
            session, court_id, exchange_id, form.words, user, context.now, context.secret
        )
        return _answer(session, exchange)

    return run_write(write)


@bp.route("/<row:exchange_id>/opinions-due", methods=["POST"])
@requires(TokenScope.CONTACT)
@preconditions.takes_if_match()
@bp.arguments(OpinionsDueIn.schema())
@bp.response(200, ExchangeOut)
def set_opinions_due(form: OpinionsDueIn, exchange_id: int) -> Answer:
    """Set by when opinions on the evidence are given and tell all counsel"""

    def write(session: Session, context: CourtContext) -> CommittedResponse:
        user = acting_user(context)
        _check(session, context, exchange_id)
        exchange = queries.find(session, context.court.id, exchange_id)
        opinions.set_due(session, exchange, form.due_at, user, context.now, context.secret)
        return _answer(session, exchange)

    return run_write(write)
