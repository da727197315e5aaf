"""Rows as JSON for responses; counsel's keys are never among it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.api import queries
from app.cases import benches, changes
from app.cases.forms import CaseIn, CounselIn, PartyIn, described
from app.cases.models import Case, Representation
from app.core.errors import Message
from app.core.forms import Form
from app.core.web import translated
from app.court import bench
from app.court.models import Courtroom
from app.hearings import move_requests as requests
from app.hearings import unrepresented
from app.hearings.bench import members
from app.hearings.models import (
    Hearing,
    Invitation,
    MoveRequest,
    MoveSlot,
    Proposal,
    ProposalState,
    Slot,
)
from app.law import Counted, working_days
from app.needs import queries as need_queries
from app.needs.models import Need
from app.outcomes import queries as outcomes
from app.outcomes.models import HearingOutcome

Shape = dict[str, Any]


def moment(at: dt.datetime | None, zone: str) -> str | None:
    """Return an instant in ISO 8601 with the offset that a zone has then."""
    return at.astimezone(ZoneInfo(zone)).isoformat() if at else None


def case(case: Case) -> Shape:
    """Return a case with its parties and the counsel who act now."""
    return {
        **_described(
            CaseIn, case, judge=case.judge.name, bench=bench.as_facts(benches.named(case.members))
        ),
        "id": case.id,
        "judge_id": case.judge_id,
        "created_at": moment(case.created_at, case.court.zone),
        "parties": [
            {
                **_described(PartyIn, party),
                "id": party.id,
                "counsel": [
                    counsel(each) for each in party.representations if each.left_at is None
                ],
            }
            for party in case.parties
        ],
    }


def counsel(representation: Representation) -> Shape:
    """Return a counsel in one case."""
    person, consent = representation.counsel, representation.consent
    of_counsel = {name: changes.value_of(representation, name) for name in described(CounselIn)}
    withdrawn = representation.withdrawn_consent
    zone = representation.party.case.court.zone
    return {
        **_described(CounselIn, person, **of_counsel),
        "electronic_consent_words": consent.words_version if consent else "",
        "electronic_consent_withdrawn_at": moment(withdrawn.ended_at if withdrawn else None, zone),
        "id": person.id,
        "in_person": person.in_person,
        "link_version": representation.key_version,
    }


def _described(form: type[Form], row: object, **elsewhere: object) -> Shape:
    """Return the described fields of a row; ``elsewhere`` holds those that it lacks itself.

    Plain JSON, since a response may be stored with its Idempotency-Key.
    """
    values = {
        name: elsewhere[name] if name in elsewhere else getattr(row, name)
        for name in described(form)
    }
    return {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in values.items()}


def courtroom(room: Courtroom) -> Shape:
    """Return a courtroom."""
    return {
        "id": room.id,
        "name": room.name,
        "location": room.location,
        "by_video": room.by_video,
        "retired": room.retired_at is not None,
    }


def hearings(session: Session, rows: Sequence[Hearing]) -> list[Shape]:
    """Return hearings, each with its newest proposal."""
    offered = queries.offered_ids(session, [each.proposals[-1] for each in rows if each.proposals])
    entered = outcomes.of_hearings(session, [each.id for each in rows if each.outcome])
    return [{**_hearing(each, offered), "outcome": _outcome(entered.get(each.id))} for each in rows]


def _outcome(entered: HearingOutcome | None) -> Shape | None:
    if entered is None:
        return None
    zone = entered.hearing.case.court.zone
    return {
        "number": entered.number,
        "outcome": entered.outcome,
        "cause": entered.cause,
        "reason": entered.reason,
        "entered_at": moment(entered.entered_at, zone),
        "entered_by": entered.user.name if entered.user else "",
        "absent": [
            {
                "counsel_id": each.counsel_id,
                "member_id": each.judge_id,
                "name": each.name,
                "role": each.role,
                "side": "" if each.role else each.side,
                "party": each.party.name if each.party else "",
                "evidence": f"E{each.grade}",
                "proof": each.proof_seq,
                "sufficient": each.sufficient,
            }
            for each in entered.absences
        ],
    }


def hearing(session: Session, court_id: int, hearing_id: int) -> Shape:
    """Return one hearing with its warnings. Raises NotFound."""
    row = queries.load_hearing(session, court_id, hearing_id)
    warnings = [*unrepresented.representation_warnings(row), *_early(session, row)]
    return {**hearings(session, [row])[0], "warnings": [translated(words) for words in warnings]}


def hearing_with_needs(session: Session, court_id: int, hearing_id: int) -> Shape:
    """Return one hearing with what people who come to it need, for reading only.

    A response to a POST may be stored, and these words are stored nowhere else.
    """
    shape = hearing(session, court_id, hearing_id)
    found = need_queries.of_hearings(session, [hearing_id]).get(hearing_id, ())
    return {**shape, "needs": [need(each) for each in found]}


def need(entry: Need) -> Shape:
    """Return what one person needs."""
    zone, representation = entry.case.court.zone, entry.representation
    plain = ("id", "hearing_id", "role", "name", "interpreter", "hearing_loop", "step_free")
    return {
        **{name: getattr(entry, name) for name in (*plain, "other")},
        "counsel": representation.counsel.name if representation else "",
        "changed_at": moment(entry.changed_at, zone),
        "noted_at": moment(entry.noted_at, zone),
    }


def _early(session: Session, hearing: Hearing) -> list[Message]:
    """Return warnings for slots, or a date, before the end of an evidence period."""
    proposal, court = (hearing.proposals[-1] if hearing.proposals else None), hearing.case.court
    starts = [hearing.starts_at] if hearing.starts_at else []
    if proposal is not None and proposal.state == ProposalState.OPEN:
        starts = [slot.starts_at for slot in proposal.slots]
    working = working_days.working_days(session, court)
    return working_days.warnings(
        court, working, hearing.case, starts, hearing.changed_at, Counted.FROM_ENTRY
    )


def _hearing(hearing: Hearing, offered: set[int]) -> Shape:
    zone = hearing.case.court.zone
    proposal = hearing.proposals[-1] if hearing.proposals else None
    return {
        "id": hearing.id,
        "case_id": hearing.case_id,
        "number": hearing.case.number,
        "state": hearing.state,
        "revision": hearing.sequence,
        "kind": hearing.kind,
        "minutes": hearing.minutes,
        "starts_at": moment(hearing.starts_at, zone),
        "ends_at": moment(hearing.ends_at, zone),
        "zone": zone,
        "reason": hearing.reason,
        "courtroom": hearing.courtroom.name if hearing.courtroom else None,
        "sittings": _sittings(hearing, zone),
        "judge": hearing.judge.name,
        "bench": bench.as_facts(members.everybody(hearing)),
        **(_proposal(proposal, zone, proposal.id in offered) if proposal else NO_PROPOSAL),
    }


def _sittings(dated: Hearing | Slot | MoveSlot, zone: str) -> list[Shape]:
    return [
        {
            "starts_at": moment(each.starts_at, zone),
            "ends_at": moment(each.ends_at, zone),
            "minutes": (each.ends_at - each.starts_at) // dt.timedelta(minutes=1),
            "courtroom": each.courtroom.name if each.courtroom else None,
        }
        for each in dated.sittings
    ]


NO_PROPOSAL: Shape = {
    "round": 0,
    "answer_by": None,
    "fix": None,
    "offered": False,
    "slots": [],
    "invitations": [],
}


def _proposal(proposal: Proposal, zone: str, offered: bool) -> Shape:
    answers: dict[int, list[Shape]] = {}
    for invitation in proposal.invitations:
        for answer in invitation.answers:
            answers.setdefault(answer.slot_id, []).append(
                {
                    "counsel": invitation.counsel.name,
                    "counsel_id": invitation.counsel_id,
                    "invitation": invitation.id,
                    "says": answer.says,
                }
            )
    return {
        "round": proposal.round,
        "answer_by": moment(proposal.answer_by, zone),
        "fix": proposal.fix,
        "offered": offered,
        "slots": [
            {
                "id": slot.id,
                "starts_at": moment(slot.starts_at, zone),
                "ends_at": moment(slot.ends_at, zone),
                "courtroom": slot.courtroom.name,
                "sittings": _sittings(slot, zone),
                "answers": answers.get(slot.id, []),
            }
            for slot in proposal.slots
        ],
        "invitations": [
            _invitation(invitation, proposal, zone) for invitation in proposal.invitations
        ],
    }


def move_requests(session: Session, hearing: Hearing) -> list[Shape]:
    """Return the requests to move a hearing, the newest first."""
    zone = hearing.case.court.zone
    found = requests.requests_of(session, hearing.id)
    agreed = requests.agreed_slots(session, found)
    return [_move_request(each, agreed.get(each.id), zone) for each in found]


def _move_request(request: MoveRequest, agreed: MoveSlot | None, zone: str) -> Shape:
    return {
        "number": request.number,
        "state": request.state,
        "created_at": moment(request.created_at, zone),
        "answer_by": moment(request.answer_by, zone),
        "ended_at": moment(request.ended_at, zone),
        "refused_because": request.refused_because,
        "agreed_slot": agreed.id if agreed else None,
        "slots": [
            {
                "id": slot.id,
                "starts_at": moment(slot.starts_at, zone),
                "ends_at": moment(slot.ends_at, zone),
                "courtroom": slot.courtroom.name,
                "sittings": _sittings(slot, zone),
            }
            for slot in request.slots
        ],
        "opinions": [
            {
                "counsel": each.counsel.name,
                "counsel_id": each.counsel_id,
                "side": each.side,
                "asks": each.asks,
                "reason": each.reason,
                "words": each.words,
                "private": each.private,
                "stance": each.stance,
                "says": each.says,
                "given_at": moment(each.given_at, zone),
            }
            for each in request.opinions
        ],
    }


def _invitation(invitation: Invitation, proposal: Proposal, zone: str) -> Shape:
    if invitation.revoked_at:
        state = "revoked"
    elif invitation.answered_at:
        state = "answered"
    else:
        state = "waiting" if proposal.state == ProposalState.OPEN else "closed"
    return {
        "id": invitation.id,
        "counsel": invitation.counsel.name,
        "counsel_id": invitation.counsel_id,
        "representation_id": invitation.representation_id,
        "party": invitation.party.name,
        "side": invitation.side,
        "required": invitation.required,
        "state": state,
        "answered_at": moment(invitation.answered_at, zone),
        "comment": invitation.comment,
        "half_days": [
            {"on": each.on.isoformat(), "half": each.half.value} for each in invitation.half_days
        ],
    }
