"""The lock of acts that are about a case as a whole."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import keys
from app.cases.models import Representation
from app.record import chain
from app.record.chain import ChainPosition


def lock_case(session: Session, case_id: int, secret: bytes) -> Mapping[int, ChainPosition]:
    """Store the keys of all who act in a case, then lock the head of its chain.

    Keys come first, in the order of docs/architecture.md: the act's notices carry them.
    """
    acting = sa.select(Representation.id).where(
        Representation.left_at.is_(None), Representation.party.has(case_id=case_id)
    )
    keys.issue(session, session.scalars(acting), secret)
    return chain.lock_heads(session, [case_id])
