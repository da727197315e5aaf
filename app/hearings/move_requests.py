"""Requests to move a hearing: read, close and erase them.

How they are made, answered and decided is in ``rescheduling``.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.cases.models import Party, Representation
from app.core.errors import N_, NotFound, Refusal
from app.hearings import rules
from app.hearings.models import (
    Hearing,
    MoveDocument,
    MoveOpinion,
    MoveRequest,
    MoveSlot,
    MoveState,
    Stance,
)
from app.storage import scanned
from app.storage import service as storage
from app.tasks.models import Task
from app.tasks.service import TaskKind, TaskState


def closes_at(starts_at: dt.datetime, hours: int) -> dt.datetime:
    """Return the time from which no move is asked for by link any more."""
    return starts_at - dt.timedelta(hours=hours)


def can_request(hearing: Hearing, closes_hours: int, now: dt.datetime) -> bool:
    """Tell whether there is a date that is still far enough ahead to be moved."""
    return bool(
        hearing.has_date and hearing.starts_at and now < closes_at(hearing.starts_at, closes_hours)
    )


def requests_of(session: Session, hearing_id: int) -> Sequence[MoveRequest]:
    """Return the requests to move a hearing, the newest first, with slots and opinions."""
    requests = _loaded(sa.select(MoveRequest).where(MoveRequest.hearing_id == hearing_id))
    return session.scalars(requests.order_by(MoveRequest.number.desc())).all()


def _loaded(requests: sa.Select[MoveRequest]) -> sa.Select[MoveRequest]:
    return requests.options(
        selectinload(MoveRequest.slots),
        selectinload(MoveRequest.opinions).joinedload(MoveOpinion.document),
    )


def open_request(session: Session, hearing_id: int) -> MoveRequest | None:
    """Return the open request to move a hearing, or None, read afresh with what each side says."""
    requests = _loaded(
        sa.select(MoveRequest).where(
            MoveRequest.hearing_id == hearing_id, MoveRequest.state == MoveState.OPEN.value
        )
    )
    return session.scalar(requests.execution_options(populate_existing=True))


def request_of_task(session: Session, task_id: int) -> MoveRequest | None:
    """Return the request that a task of the court is about, or None."""
    return of_tasks(session, [task_id]).get(task_id)


def of_tasks(session: Session, task_ids: Collection[int]) -> dict[int, MoveRequest]:
    """Return the requests that tasks of the court are about, by task, with all that they hold."""
    requests = _loaded(sa.select(MoveRequest).where(MoveRequest.task_id.in_(task_ids)))
    return {each.task_id: each for each in session.scalars(requests)} if task_ids else {}


def agreed_slot(session: Session, request: MoveRequest) -> MoveSlot | None:
    """Return the slot on which all agree, or None."""
    return agreed_slots(session, [request]).get(request.id)


def agreed_slots(session: Session, requests: Collection[MoveRequest]) -> dict[int, MoveSlot]:
    """Return the slots on which all agree, by the id of their request.

    Everybody has to say so: silence and an objection are no consent (SPC Fa Fa [2015] 16, point 3:
    another date is granted after asking the other parties). As with a proposal, counsel who left
    are not waited for, nor who need not answer, unless they did; who came to the case since is; and
    a side that has no counsel left is not bound by what others say.
    """
    acting = _acting(session, {each.case_id for each in requests})
    agreed = ((each.id, _agreed(each, each.slots, acting[each.case_id])) for each in requests)
    return {request_id: slot for request_id, slot in agreed if slot is not None}


def _acting(session: Session, case_ids: Collection[int]) -> Mapping[int, dict[int, bool]]:
    """Return counsel who act in some cases, and whether each must answer, by case."""
    acting: dict[int, dict[int, bool]] = defaultdict(dict)
    if not case_ids:
        return acting
    represents = (
        sa.select(Party.case_id, Representation.counsel_id, Representation.required)
        .join(Party, Party.id == Representation.party_id)
        .where(Party.case_id.in_(case_ids), Representation.left_at.is_(None))
    )
    for case_id, counsel_id, required in session.execute(represents):
        of_case = acting[case_id]
        of_case[counsel_id] = required or of_case.get(counsel_id, False)
    return acting


def _agreed(
    request: MoveRequest, slots: Sequence[MoveSlot], acting: Mapping[int, bool]
) -> MoveSlot | None:
    opinions = {each.counsel_id: each for each in request.opinions if each.counsel_id in acting}
    sides = {each.side for each in request.opinions}
    if sides - {each.side for each in opinions.values()}:
        return None
    required = {counsel for counsel, must_answer in acting.items() if must_answer} or set(acting)
    answered = {counsel for counsel, each in opinions.items() if each.stance}
    slot_id = rules.agreed_slot(
        [(slot.id, slot.starts_at) for slot in slots],
        [_says(opinions.get(counsel)) for counsel in required | answered],
    )
    return next((slot for slot in slots if slot.id == slot_id), None)


def _says(opinion: MoveOpinion | None) -> dict[int, str] | None:
    """Return what counsel who agrees says to each slot, None where they do not agree."""
    if opinion is None or opinion.stance != Stance.AGREE:
        return None
    return {int(slot): says for slot, says in opinion.says.items()}


def suits_all(session: Session, request: MoveRequest, slot: MoveSlot) -> bool:
    """Tell whether all agree to one of the slots of a request."""
    acting = _acting(session, [request.case_id])[request.case_id]
    return _agreed(request, [slot], acting) is not None


def close(
    session: Session, request: MoveRequest, state: MoveState, now: dt.datetime, because: str = ""
) -> None:
    """Close a request, and the court's task with it."""
    request.state, request.ended_at, request.refused_because = state.value, now, because
    ended = TaskState.SKIPPED if state is MoveState.REFUSED else TaskState.DONE
    task = session.get_one(Task, request.task_id)
    task.state, task.ended_at = ended.value, now


def close_requests(
    session: Session,
    hearing: Hearing,
    now: dt.datetime,
    state: MoveState = MoveState.OVERTAKEN,
) -> None:
    """Close the open request to move a hearing that was moved, proposed anew, or cancelled."""
    if (request := open_request(session, hearing.id)) is not None:
        close(session, request, state, now)


def document(
    session: Session, court_id: int, document_id: int, *, scanned_only: bool
) -> MoveDocument:
    """Return a document in a court. Raises NotFound, also if it was erased.

    Raises Refusal where the scanner found something, or, with ``scanned_only``, has not seen it.
    """
    stored = session.get(MoveDocument, document_id)
    if stored is None or stored.court_id != court_id or stored.file is None:
        raise NotFound(N_("There is no such document, or it was erased."))
    _check_scan(stored, scanned_only=scanned_only, is_own=False)
    return stored


def _check_scan(stored: MoveDocument, *, scanned_only: bool, is_own: bool) -> None:
    if barred := scanned.bar(stored.scan_state, scanned_only=scanned_only, is_own=is_own):
        raise Refusal(barred.words)


def document_for(
    session: Session, hearing_id: int, counsel_id: int, document_id: int, *, scanned_only: bool
) -> MoveDocument:
    """Return a document of a request to move a hearing, for counsel of any side.

    Raises NotFound, also for one that went to the court alone and is not their own, and Refusal as
    ``document`` does.
    """
    found = session.execute(
        sa.select(MoveDocument, MoveOpinion.counsel_id)
        .join(MoveOpinion, MoveOpinion.document_id == MoveDocument.id)
        .join(MoveRequest)
        .where(
            MoveDocument.id == document_id,
            MoveRequest.hearing_id == hearing_id,
            sa.or_(MoveOpinion.private.is_(False), MoveOpinion.counsel_id == counsel_id),
        )
    ).first()
    if found is None or found[0].file is None:
        raise NotFound(N_("There is no such document, or it was erased."))
    stored: MoveDocument = found[0]
    _check_scan(stored, scanned_only=scanned_only, is_own=found[1] == counsel_id)
    return stored


def erase(session: Session, case_id: int, now: dt.datetime) -> None:
    """Erase the words and documents of a case's requests; digests stay, as on the record."""
    requests = sa.select(MoveRequest.id).where(MoveRequest.case_id == case_id)
    documents = sa.select(MoveDocument.file_id).where(MoveDocument.case_id == case_id)
    file_ids = [each for each in session.scalars(documents) if each is not None]
    storage.release(session, file_ids, now)
    for statement in (
        sa.update(MoveDocument)
        .where(MoveDocument.case_id == case_id)
        .values(name="", file_id=None),
        sa.update(MoveOpinion)
        .where(MoveOpinion.request_id.in_(requests))
        .values(words="", elsewhere={}),
        sa.update(MoveRequest).where(MoveRequest.case_id == case_id).values(refused_because=""),
        sa.update(Task)
        .where(Task.case_id == case_id, Task.way == TaskKind.MOVE.value)
        .values(because={}),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
