"""Keep a case up to date: its details, who acts in it, and how they are reached."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import g
from flask.views import MethodView
from marshmallow import Schema, missing
from sqlalchemy.orm import Session

from app.api import queries, serializers
from app.api.authentication import requires
from app.api.blueprint import Query, Resource
from app.api.cases import bp as cases
from app.api.document import preconditions
from app.api.schemas import CaseOut, CounselOut
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.cases import changes
from app.cases.forms import CaseDetails, CounselIn, described
from app.cases.models import Case, Counsel, Party, Representation
from app.core.errors import N_, Invalid, Message, NotFound
from app.core.forms import Form, Input, RowIdField, load, posted
from app.court.change_log import ChangeAuthor
from app.hearings import counsel_changes
from app.hearings.service import CourtContext
from app.notices.case_lock import lock_case
from app.people.rules import TokenScope

bp = Resource("counsel", __name__, description="Counsel, in all their cases")


def partial_schema(form: type[Form], name: str) -> type[Schema]:
    """Return the schema of a change of some described fields of a form; none is required."""
    declared = form.schema()().fields
    optional = {}
    for each in described(form):
        optional[each] = field = deepcopy(declared[each])
        field.required, field.load_default = False, missing
    schema = Input.from_dict(optional, name=name)
    schema.__doc__ = "The fields that change; what is left out stays as it is."
    return schema


CaseChange = partial_schema(CaseDetails, "CaseChange")
CounselChange = partial_schema(CounselIn, "CounselChange")


@dataclass(frozen=True, kw_only=True)
class CounselJoinIn(CounselIn):
    """Counsel who joins a case, and the party for which they act."""

    party_id: int = posted(RowIdField(required=True))


@dataclass(frozen=True, kw_only=True)
class CounselCaseIn(Query):
    """In which case; needed where the counsel acts in several of them."""

    case_id: int | None = posted(RowIdField(load_default=None, allow_none=True))


def _locked_case(session: Session, context: CourtContext, case_id: int) -> Case:
    queries.load_case(session, context.court.id, case_id)
    lock_case(session, case_id, context.secret)
    return queries.load_case(session, context.court.id, case_id)


@cases.route("/<row:case_id>", methods=["PATCH"])
@requires(TokenScope.SCHEDULE)
@preconditions.takes_if_match(needed=True)
@cases.arguments(CaseChange)
@cases.response(200, CaseOut)
def change_case(_: dict[str, Any], case_id: int) -> Answer:
    """Change details of a case; hearings that were proposed keep their judge and bench"""
    typed: dict[str, Any] = g.body

    def change(session: Session, context: CourtContext) -> CommittedResponse:
        case = _locked_case(session, context, case_id)
        shape = serializers.case(case)
        preconditions.check(CaseOut, lambda: shape, needed=True)
        details = load(CaseDetails, {**_known(shape, CaseDetails), **typed})
        by = ChangeAuthor(context.court.id, context.user, context.now)
        changes.change_details(session, by, case, details)
        session.flush()
        case = queries.load_case(session, context.court.id, case_id)
        return CommittedResponse(serializers.case(case))

    return run_write(change)


def _known(shape: dict[str, Any], form: type[Form]) -> dict[str, Any]:
    """Return the described fields of an answer, as input."""
    return {name: shape[name] for name in described(form)}


@cases.route("/<row:case_id>/counsel", methods=["POST"])
@requires(TokenScope.SCHEDULE)
@cases.arguments(CounselJoinIn.schema())
@cases.response(201, CounselOut)
def join(form: CounselJoinIn, case_id: int) -> Answer:
    """Let counsel act for a party of a case; the worker tells them what the others know"""

    def add(session: Session, context: CourtContext) -> CommittedResponse:
        case = _locked_case(session, context, case_id)
        joined = changes.add_counsel(session, context.court, case, form.party_id, form)
        session.flush()
        return CommittedResponse(serializers.counsel(joined), 201)

    return run_write(add)


def _representation(
    session: Session, context: CourtContext, counsel_id: int, case_id: int | None
) -> Representation:
    """Return whom a counsel represents in a case, or in their only one.

    Raises NotFound; Invalid where they act in several cases and none is named.
    """
    query = (
        sa.select(Representation)
        .join(Party)
        .join(Case)
        .join(Counsel, Counsel.id == Representation.counsel_id)
        .where(Counsel.id == counsel_id, Case.court_id == context.court.id)
        .where(Representation.left_at.is_(None))
        .order_by(Representation.id)
        .limit(2)
    )
    if case_id is not None:
        query = query.where(Case.id == case_id)
    found = session.scalars(query).all()
    if not found:
        raise NotFound(N_("There is no such counsel in a case of this court."))
    if len({each.party.case_id for each in found}) > 1:
        words = N_("This counsel acts in several cases: name one with case_id.")
        raise Invalid({"case_id": Message(words)})
    return found[0]


def _locked(
    session: Session, context: CourtContext, counsel_id: int, case_id: int | None
) -> Representation:
    known = _representation(session, context, counsel_id, case_id)
    lock_case(session, known.party.case_id, context.secret)
    session.refresh(known)
    return _representation(session, context, counsel_id, case_id)


@bp.route("/<row:counsel_id>")
class CounselResource(MethodView):
    """A counsel in one of their cases."""

    @requires(TokenScope.READ)
    @bp.arguments(CounselCaseIn.schema(), location="query")
    @bp.response(200, CounselOut)
    def get(self, query: CounselCaseIn, counsel_id: int) -> Any:
        """Show a counsel, with what they declared in a case"""
        return run_read(
            lambda session, context: serializers.counsel(
                _representation(session, context, counsel_id, query.case_id)
            )
        )

    @requires(TokenScope.SCHEDULE)
    @preconditions.takes_if_match(needed=True)
    @bp.arguments(CounselChange)
    @bp.arguments(CounselCaseIn.schema(), location="query")
    @bp.response(200, CounselOut)
    def patch(self, _: dict[str, Any], query: CounselCaseIn, counsel_id: int) -> Any:
        """Change a counsel in all their cases; queued messages go to the new address"""
        typed: dict[str, Any] = g.body

        def change(session: Session, context: CourtContext) -> CommittedResponse:
            acting = _locked(session, context, counsel_id, query.case_id)
            shape = serializers.counsel(acting)
            preconditions.check(CounselOut, lambda: shape, needed=True)
            form = load(CounselIn, {**_known(shape, CounselIn), **typed})
            before = (acting.counsel.email, acting.counsel.phone)
            changed = changes.change_counsel(session, context.court, acting, form, context.now)
            session.flush()
            counsel_changes.follow_addresses(session, changed, before, context.now)
            return CommittedResponse(serializers.counsel(acting))

        return run_write(change)

    @requires(TokenScope.SCHEDULE)
    @preconditions.takes_if_match(needed=True)
    @bp.arguments(CounselCaseIn.schema(), location="query")
    @bp.response(204)
    def delete(self, query: CounselCaseIn, counsel_id: int) -> Any:
        """Let a counsel leave a case: the worker frees their time; the record keeps them"""

        def leave(session: Session, context: CourtContext) -> CommittedResponse:
            acting = _locked(session, context, counsel_id, query.case_id)
            preconditions.check(CounselOut, lambda: serializers.counsel(acting), needed=True)
            changes.leave(acting, context.now)
            return CommittedResponse({}, 204)

        run_write(leave)
        return None
