"""The record of contact of a case or a hearing; contacts made by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.api import attempts, cases, hearings
from app.api.authentication import requires
from app.api.blueprint import ShortListIn, part_of
from app.api.schemas import AttemptOut, ContactsOut
from app.api.transactions import Answer, CommittedResponse, run_read, run_write
from app.cases import service as case_service
from app.cases.models import Case
from app.core.channels import Channel, OtherChannel
from app.core.forms import ChoiceField, RowIdField, posted
from app.desk.contacts import off_channel
from app.hearings import queries as hearing_queries
from app.hearings.service import CourtContext
from app.people.rules import TokenScope
from app.record import ledger
from app.record.models import Entry
from app.tasks.forms import ContactIn

CHANNELS = (*(each.value for each in Channel), *(each.value for each in OtherChannel))


@dataclass(frozen=True, kw_only=True)
class ContactsIn(ShortListIn):
    """Filter of the record of contact; the numbers of a page are those of first lines."""

    channel: str | None = posted(ChoiceField(CHANNELS, load_default=None, allow_none=True))
    counsel_id: int | None = posted(RowIdField(load_default=None, allow_none=True))


def _shape(
    session: Session,
    case: Case,
    entries: Sequence[Entry],
    query: ContactsIn,
    hearing_id: int | None = None,
) -> dict[str, Any]:
    chain = ledger.verify(session, case.id)
    found = [
        each
        for each in attempts.attempts(entries)
        if query.channel in (None, each["channel"])
        and query.counsel_id in (None, each["person"]["counsel_id"])
    ]
    shown, following = part_of(
        found, query, lambda each: int(each["lines"][0]["seq"]), newest_first=False
    )
    return {
        "case": {"id": case.id, "number": case.number},
        "hearing_id": hearing_id,
        "lines": sum(len(each["lines"]) for each in shown),
        "chain": {"head": chain.head, "lines": chain.entries, "intact": chain.intact},
        "attempts": shown,
        "next": following,
    }


@cases.bp.route("/<row:case_id>/contacts", methods=["GET"])
@requires(TokenScope.READ)
@cases.bp.arguments(ContactsIn.schema(), location="query")
@cases.bp.response(200, ContactsOut)
def of_case(query: ContactsIn, case_id: int) -> Any:
    """Show every contact attempt of a case, with its lines, its grade and the chain of hashes"""

    def read(session: Session, context: CourtContext) -> dict[str, Any]:
        case = case_service.find_case(session, context.court.id, case_id)
        return _shape(session, case, list(ledger.entries_of(session, case_id=case.id)), query)

    return run_read(read)


@hearings.bp.route("/<row:hearing_id>/contacts", methods=["GET"])
@requires(TokenScope.READ)
@hearings.bp.arguments(ContactsIn.schema(), location="query")
@hearings.bp.response(200, ContactsOut)
def of_hearing(query: ContactsIn, hearing_id: int) -> Any:
    """Show every contact attempt about a hearing"""

    def read(session: Session, context: CourtContext) -> dict[str, Any]:
        hearing = hearing_queries.find_hearing(session, context.court.id, hearing_id)
        about = hearing.about
        entries = list(ledger.entries_of(session, case_id=hearing.case_id, about=about))
        return _shape(session, hearing.case, entries, query, hearing.id)

    return run_read(read)


@cases.bp.route("/<row:case_id>/contacts", methods=["POST"])
@requires(TokenScope.CONTACT)
@cases.bp.arguments(ContactIn.schema())
@cases.bp.response(201, AttemptOut)
def log(form: ContactIn, case_id: int) -> Answer:
    """Write down a contact made by hand: a call, a letter, a word in the corridor"""

    def write(session: Session, context: CourtContext) -> CommittedResponse:
        contact = off_channel.log(session, context, case_id, form)
        return CommittedResponse(attempts.attempts([contact.entry])[0], 201)

    return run_write(write)
