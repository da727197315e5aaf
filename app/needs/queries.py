"""Read needs: of a case, of a counsel, of many hearings at once, and those new to the court."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.cases.models import Party, Representation
from app.core.errors import N_, NotFound
from app.hearings.models import Hearing
from app.needs.models import Need

MOST_NEW = 200  # entries new to a court that are listed


def _with_people(query: sa.Select) -> sa.Select:
    representation = joinedload(Need.representation)
    return query.options(
        representation.joinedload(Representation.counsel),
        representation.joinedload(Representation.party),
        joinedload(Need.hearing),
        joinedload(Need.user),
    )


def of_case(session: Session, case_id: int) -> Sequence[Need]:
    """Return the needs in a case, in the order in which they were entered."""
    query = sa.select(Need).where(Need.case_id == case_id).order_by(Need.id)
    return session.scalars(_with_people(query)).all()


def counting(representation_id: int) -> sa.Select[int]:
    """Select how many needs one counsel gave, or the court entered for them."""
    query = sa.select(sa.func.count()).select_from(Need)
    return query.where(Need.representation_id == representation_id)


def of_representation(session: Session, representation_id: int) -> Sequence[Need]:
    """Return the needs that one counsel gave, or that the court entered for them."""
    query = sa.select(Need).where(Need.representation_id == representation_id).order_by(Need.id)
    return session.scalars(_with_people(query)).all()


def of_hearings(session: Session, hearing_ids: Collection[int]) -> dict[int, Sequence[Need]]:
    """Return the needs at each of some hearings that has any, in one query."""
    if not hearing_ids:
        return {}
    query = (
        sa.select(Hearing.id, Need)
        .join(Need, Need.case_id == Hearing.case_id)
        .where(
            Hearing.id.in_(hearing_ids),
            sa.or_(Need.hearing_id.is_(None), Need.hearing_id == Hearing.id),
        )
        .order_by(Need.id)
    )
    by_hearing: dict[int, list[Need]] = {}
    for hearing_id, need in session.execute(_with_people(query)).unique():
        by_hearing.setdefault(hearing_id, []).append(need)
    return dict(by_hearing)


def new_to(session: Session, court_id: int) -> Sequence[Need]:
    """Return the needs of which no user of a court has taken note, the oldest first."""
    query = (
        sa.select(Need)
        .where(Need.court_id == court_id, Need.noted_at.is_(None))
        .options(joinedload(Need.case))
        .order_by(Need.id)
        .limit(MOST_NEW)
    )
    return session.scalars(_with_people(query)).all()


def find(session: Session, case_id: int, need_id: int) -> Need:
    """Return one need of a case as it is stored now. Raises NotFound."""
    query = sa.select(Need).where(Need.id == need_id, Need.case_id == case_id)
    need = session.scalar(_with_people(query).execution_options(populate_existing=True))
    if need is None:
        raise NotFound(N_("This entry was withdrawn. Save it once more to enter it anew."))
    return need


def acting(session: Session, case_id: int) -> Sequence[Representation]:
    """Return those who act in a case now, with their counsel and party."""
    query = (
        sa.select(Representation)
        .join(Party)
        .where(Party.case_id == case_id, Representation.left_at.is_(None))
        .options(joinedload(Representation.counsel), joinedload(Representation.party))
        .order_by(Representation.id)
    )
    return session.scalars(query).all()
