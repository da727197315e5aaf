"""Read changes of addresses, the people who hold an address, and what the court has to look at."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.addresses.models import AddressChange
from app.addresses.rules import (
    CODE_VALID,
    MAX_CHANGES_WITHIN,
    AddressField,
    ChangeState,
)
from app.cases.models import Case, Counsel, Delegate, Party, Representation
from app.core import addresses
from app.tasks import service as tasks
from app.tasks.models import Task
from app.tasks.service import TaskKind

MOST = 100  # refused changes that are listed


@dataclass(frozen=True)
class RefusedChange:
    """A change that was refused since the address is another's, and the task to look at it."""

    task: Task
    change: AddressChange
    case: Case


def representations_of(session: Session, counsel_id: int) -> Sequence[Representation]:
    """Return all representations in which a counsel acts now, with their cases."""
    query = (
        sa.select(Representation)
        .where(Representation.counsel_id == counsel_id, Representation.left_at.is_(None))
        .options(joinedload(Representation.party).joinedload(Party.case))
        .order_by(Representation.id)
    )
    return session.scalars(query).all()


def recent_changes(
    session: Session, representation_id: int, now: dt.datetime
) -> Sequence[AddressChange]:
    """Return the changes asked for in a representation within a day, the newest first."""
    query = (
        sa.select(AddressChange)
        .where(
            AddressChange.representation_id == representation_id,
            AddressChange.asked_at > now - MAX_CHANGES_WITHIN,
        )
        .order_by(AddressChange.id.desc())
    )
    return session.scalars(query.execution_options(populate_existing=True)).all()


def counting_pending(representation_id: int, now: dt.datetime) -> sa.Select[int]:
    """Select how many changes in a representation wait for their code."""
    query = sa.select(sa.func.count()).select_from(AddressChange)
    return query.where(*_pending(representation_id, now))


def pending_change(
    session: Session, representation_id: int, now: dt.datetime
) -> AddressChange | None:
    """Return the change that waits for its code, or None."""
    query = sa.select(AddressChange).where(*_pending(representation_id, now))
    newest = query.order_by(AddressChange.id.desc()).limit(1)
    return session.scalars(newest.execution_options(populate_existing=True)).first()


def _pending(representation_id: int, now: dt.datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        AddressChange.representation_id == representation_id,
        AddressChange.state == ChangeState.OPEN,
        AddressChange.asked_at > now - CODE_VALID,
    )


def belongs_to_other_side(
    session: Session, own: Sequence[Representation], field: AddressField, value: str
) -> bool:
    """Tell whether an address is that of a party, counsel or delegate of another side.

    Looks at every case in which the person of ``own`` acts: messages of all of them go there.
    """
    sides = {each.party.case_id: each.party.side for each in own}
    spelled = addresses.spellings(value) if field is AddressField.EMAIL else [value]
    others = (
        sa.select(Party.case_id, Party.side)
        .outerjoin(Representation, Representation.party_id == Party.id)
        .outerjoin(Counsel, Counsel.id == Representation.counsel_id)
        .where(
            Party.case_id.in_(sides),
            sa.or_(
                sa.func.lower(getattr(Party, field)).in_(spelled),
                sa.func.lower(getattr(Counsel, field)).in_(spelled),
            ),
        )
    )
    acting = (
        sa.select(Party.case_id, Party.side)
        .join(Representation, Representation.party_id == Party.id)
        .join(Delegate, Delegate.representation_id == Representation.id)
        .where(
            Party.case_id.in_(sides),
            Delegate.ended_at.is_(None),
            sa.func.lower(getattr(Delegate, field)).in_(spelled),
        )
    )
    rows = [*session.execute(others), *session.execute(acting)]
    return any(row.side != sides[row.case_id] for row in rows)


def refused_changes(
    session: Session, court_id: int, assistant_id: int | None = None
) -> list[RefusedChange]:
    """Return the refused changes that nobody has looked at, the oldest first.

    Those of a court, or of one assistant's cases.
    """
    waiting = tasks.to_look_at(session, court_id, TaskKind.ADDRESS, assistant_id, MOST)
    if not waiting:
        return []
    ids = [task.because["change"] for task, _ in waiting]
    changes = {
        each.id: each
        for each in session.scalars(
            sa.select(AddressChange)
            .where(AddressChange.id.in_(ids))
            .options(
                joinedload(AddressChange.counsel),
                joinedload(AddressChange.representation).joinedload(Representation.party),
            )
        )
    }
    return [RefusedChange(task, changes[task.because["change"]], case) for task, case in waiting]
