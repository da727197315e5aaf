"""Filings of counsel as the court has them on its lists: new ones, and late ones to decide on."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.api.authentication import requires
from app.api.blueprint import PageIn, Resource, part_of
from app.api.conversation import exchanges
from app.api.conversation.schemas import FiledListOut, FiledOut
from app.api.document import preconditions
from app.api.schemas import ExchangeOut
from app.api.serializers import moment
from app.api.transactions import Answer, CommittedResponse, acting_user, run_read, run_write
from app.cases.forms import SIDES
from app.core.errors import N_, NotFound
from app.core.forms import ChoiceField, Form, RowIdField, TextField, posted
from app.hearings.service import CourtContext
from app.notices.case_lock import lock_case
from app.papers import service
from app.papers.exchange import late
from app.papers.exchange.rules import MAX_REASON, LateDecision
from app.papers.models import IS_UNSEEN, Filing
from app.papers.rules import Disclosure
from app.people.rules import TokenScope

bp = Resource("filings", __name__, description="What counsel filed, new to the court or late")


@dataclass(frozen=True, kw_only=True)
class FiledIn(PageIn):
    """Filter of the list of new filings."""

    case_id: int | None = posted(RowIdField(load_default=None, allow_none=True))
    side: str | None = posted(ChoiceField(SIDES, load_default=None, allow_none=True))


@dataclass(frozen=True, kw_only=True)
class LateDecisionIn(Form):
    """Whether late papers are admitted; a refusal needs words, which all sides read."""

    decision: str = posted(
        ChoiceField((LateDecision.ADMITTED, LateDecision.REFUSED), required=True)
    )
    words: str = posted(TextField(MAX_REASON, load_default=""))


def _of_court(context: CourtContext) -> sa.Select[Filing]:
    return (
        sa.select(Filing)
        .where(Filing.court_id == context.court.id, Filing.number.is_not(None))
        .options(selectinload(Filing.papers), selectinload(Filing.late))
        .execution_options(populate_existing=True)
    )


def _find(session: Session, context: CourtContext, filing_id: int) -> Filing:
    filing = session.scalar(_of_court(context).where(Filing.id == filing_id))
    if filing is None:
        raise NotFound(N_("There is no such filing in this court."))
    return filing


def _shape(filing: Filing, zone: str) -> dict[str, Any]:
    """Return what the court may know of a filing whether or not its papers are sealed."""
    return {
        **{name: getattr(filing, name) for name in ("id", "case_id", "number", "side")},
        "filed_at": moment(filing.filed_at, zone),
        "papers": len(filing.papers),
        "exchange_id": filing.exchange_id,
        "sealed": filing.disclosure == Disclosure.SEALED,
        "late": filing.late is not None,
        "decision": filing.late.decision if filing.late else "",
        "new": filing.unseen,
    }


def _shown(session: Session, context: CourtContext, filing_id: int) -> dict[str, Any]:
    return _shape(_find(session, context, filing_id), context.court.zone)


def _check(session: Session, context: CourtContext, filing_id: int) -> None:
    """Lock the case of a filing, and compare If-Match with what is read of it now."""
    lock_case(session, _find(session, context, filing_id).case_id, context.secret)
    preconditions.check(FiledOut, partial(_shown, session, context, filing_id))


@bp.route("", methods=["GET"])
@requires(TokenScope.READ)
@bp.arguments(FiledIn.schema(), location="query")
@bp.response(200, FiledListOut)
def new_filings(query: FiledIn) -> Any:
    """List the filings that nobody of the court has seen yet, the newest first"""

    def read(session: Session, context: CourtContext) -> dict[str, Any]:
        # The few ids first, by their own index: in the order of ids SQLite reads the whole table.
        unseen = sa.select(Filing.id).where(Filing.court_id == context.court.id, IS_UNSEEN)
        found = _of_court(context).where(Filing.id.in_(unseen))
        if query.case_id:
            found = found.where(Filing.case_id == query.case_id)
        if query.side:
            found = found.where(Filing.side == query.side)
        if query.after:
            found = found.where(Filing.id < query.after)
        rows = session.scalars(found.order_by(Filing.id.desc()).limit(query.limit + 1)).all()
        shown, following = part_of(rows, query, lambda each: each.id)
        zone = context.court.zone
        return {"filings": [_shape(each, zone) for each in shown], "next": following}

    return run_read(read)


@bp.route("/<row:filing_id>", methods=["GET"])
@requires(TokenScope.READ)
@bp.response(200, FiledOut)
def filing(filing_id: int) -> Any:
    """Show a filing: whether it is new, sealed or late; its papers are in those of the case"""
    return run_read(lambda session, context: _shown(session, context, filing_id))


@bp.route("/<row:filing_id>/seen", methods=["POST"])
@requires(TokenScope.CONTACT)
@preconditions.takes_if_match()
@bp.response(200, FiledOut)
def note_seen(filing_id: int) -> Answer:
    """Take a filing off the list of new ones"""

    def write(session: Session, context: CourtContext) -> CommittedResponse:
        _check(session, context, filing_id)
        service.note_seen(session, context.court.id, filing_id)
        session.flush()
        return CommittedResponse(_shown(session, context, filing_id))

    return run_write(write)


@bp.route("/<row:filing_id>/late", methods=["POST"])
@requires(TokenScope.CONTACT)
@preconditions.takes_if_match()
@bp.arguments(LateDecisionIn.schema())
@bp.response(200, ExchangeOut)
def decide_late(form: LateDecisionIn, filing_id: int) -> Answer:
    """Admit a late filing, which opens it to all, or refuse it; all counsel are told"""

    def write(session: Session, context: CourtContext) -> CommittedResponse:
        user, court_id = acting_user(context), context.court.id
        _check(session, context, filing_id)
        decision = LateDecision(form.decision)
        filing = late.decide(
            session, court_id, filing_id, decision, form.words, user, context.now, context.secret
        )
        assert filing.exchange_id is not None
        return CommittedResponse(exchanges.shown(session, context, filing.exchange_id))

    return run_write(write)
