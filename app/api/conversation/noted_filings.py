"""What came in at the court by hand, and the day by which evidence is due; counsel are told."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask.views import MethodView
from sqlalchemy.orm import Session

from app.api.authentication import requires
from app.api.blueprint import ShortListIn, part_of
from app.api.cases import bp as cases
from app.api.conversation.schemas import EvidenceDueOut, NotedFilingOut, NotedFilingsOut
from app.api.document import preconditions
from app.api.serializers import moment
from app.api.transactions import Answer, CommittedResponse, acting_user, run_read, run_write
from app.cases import service as case_service
from app.cases.models import Case
from app.core.forms import ChoiceField, RowIdField, posted
from app.hearings.service import CourtContext
from app.notices.case_lock import lock_case
from app.people.rules import TokenScope
from app.questions.filings import queries, service
from app.questions.filings.forms import EvidenceDueIn, FilingIn
from app.questions.filings.models import NotedFiling
from app.questions.filings.rules import FilingKind


@dataclass(frozen=True, kw_only=True)
class NotedFilingsIn(ShortListIn):
    """Filter of the list of filings noted by hand."""

    party_id: int | None = posted(RowIdField(load_default=None, allow_none=True))
    kind: str | None = posted(ChoiceField(tuple(FilingKind), load_default=None, allow_none=True))


def _shape(filing: NotedFiling, zone: str) -> dict[str, Any]:
    return {
        **{name: getattr(filing, name) for name in ("id", "case_id", "party_id", "kind", "note")},
        "on": filing.on.isoformat(),
        "party": filing.party.name,
        "side": filing.party.side,
        "noted_at": moment(filing.noted_at, zone),
    }


def _evidence_due(case: Case) -> dict[str, Any]:
    on = case.evidence_due_on
    return {"case_id": case.id, "on": on.isoformat() if on else None}


@cases.route("/<row:case_id>/evidence-due")
class EvidenceDueResource(MethodView):
    """The day by which evidence is due."""

    @requires(TokenScope.READ)
    @cases.response(200, EvidenceDueOut)
    def get(self, case_id: int) -> Any:
        """Show the day by which evidence is due in a case"""
        return run_read(
            lambda session, context: _evidence_due(
                case_service.find_case(session, context.court.id, case_id)
            )
        )

    @requires(TokenScope.CONTACT)
    @preconditions.takes_if_match()
    @cases.arguments(EvidenceDueIn.schema())
    @cases.response(200, EvidenceDueOut)
    def post(self, form: EvidenceDueIn, case_id: int) -> Answer:
        """Set the day by which evidence is due, or none, and tell all counsel"""

        def write(session: Session, context: CourtContext) -> CommittedResponse:
            user = acting_user(context)
            case = case_service.find_case(session, context.court.id, case_id)
            lock_case(session, case.id, context.secret)
            session.refresh(case)
            preconditions.check(EvidenceDueOut, partial(_evidence_due, case))
            case = service.set_evidence_due(
                session, context.court.id, case.id, form, user, context.now, context.secret
            )
            return CommittedResponse(_evidence_due(case))

        return run_write(write)


@cases.route("/<row:case_id>/noted-filings")
class NotedFilingCollection(MethodView):
    """Filings noted by hand in a case."""

    @requires(TokenScope.READ)
    @cases.arguments(NotedFilingsIn.schema(), location="query")
    @cases.response(200, NotedFilingsOut)
    def get(self, query: NotedFilingsIn, case_id: int) -> Any:
        """List the papers that came in by hand, as the court noted them, the newest note first"""

        def read(session: Session, context: CourtContext) -> dict[str, Any]:
            case = case_service.find_case(session, context.court.id, case_id)
            found = [
                each
                for each in queries.of_case(session, case.id)
                if query.party_id in (None, each.party_id) and query.kind in (None, each.kind)
            ]
            shown, following = part_of(found, query, lambda each: each.id)
            zone = case.court.zone
            return {"noted_filings": [_shape(each, zone) for each in shown], "next": following}

        return run_read(read)

    @requires(TokenScope.CONTACT)
    @cases.arguments(FilingIn.schema())
    @cases.response(201, NotedFilingOut)
    def post(self, form: FilingIn, case_id: int) -> Answer:
        """Note papers that a party handed in, and tell all counsel; twice within minutes is once"""

        def write(session: Session, context: CourtContext) -> CommittedResponse:
            user = acting_user(context)
            filing = service.note(
                session, context.court.id, case_id, form, user, context.now, context.secret
            )
            return CommittedResponse(_shape(filing, context.court.zone), 201)

        return run_write(write)


def _find(session: Session, context: CourtContext, case_id: int, filing_id: int) -> NotedFiling:
    return queries.find(session, context.court.id, case_id, filing_id)


@cases.route("/<row:case_id>/noted-filings/<row:noted_filing_id>")
class NotedFilingResource(MethodView):
    """One filing noted by hand."""

    @requires(TokenScope.READ)
    @cases.response(200, NotedFilingOut)
    def get(self, case_id: int, noted_filing_id: int) -> Any:
        """Show a filing that was noted by hand"""
        return run_read(
            lambda session, context: _shape(
                _find(session, context, case_id, noted_filing_id), context.court.zone
            )
        )

    @requires(TokenScope.CONTACT)
    @preconditions.takes_if_match()
    @cases.response(204)
    def delete(self, case_id: int, noted_filing_id: int) -> Any:
        """Take back a note that was made in error, and tell all counsel"""

        def write(session: Session, context: CourtContext) -> CommittedResponse:
            user = acting_user(context)
            _find(session, context, case_id, noted_filing_id)
            lock_case(session, case_id, context.secret)
            filing = _find(session, context, case_id, noted_filing_id)
            preconditions.check(NotedFilingOut, partial(_shape, filing, context.court.zone))
            service.remove(
                session,
                context.court.id,
                case_id,
                noted_filing_id,
                user,
                context.now,
                context.secret,
            )
            return CommittedResponse({}, 204)

        run_write(write)
        return None
