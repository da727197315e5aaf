"""Read a user's factors."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.people.factors.models import AuthenticatorApp, Passkey, RecoveryCode
from app.people.factors.rules import FEW_CODES


@dataclass(frozen=True)
class UserFactors:
    """The second factors of a user."""

    app: AuthenticatorApp | None
    passkeys: Sequence[Passkey]
    codes_left: int

    @property
    def count(self) -> int:
        """How many there are, recovery codes apart."""
        return len(self.passkeys) + (self.app is not None)

    @property
    def few_codes(self) -> bool:
        """Whether the user is to make new recovery codes."""
        return self.count > 0 and self.codes_left <= FEW_CODES


def of_user(session: Session, user_id: int) -> UserFactors:
    """Return a user's factors, passkeys in the order in which they were added."""
    passkeys = sa.select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)
    codes = sa.select(sa.func.count()).where(RecoveryCode.user_id == user_id)
    return UserFactors(
        session.get(AuthenticatorApp, user_id),
        session.scalars(passkeys).all(),
        session.scalar(codes) or 0,
    )


def has_any(session: Session, user_id: int) -> bool:
    """Tell whether a user has a second factor."""
    app = sa.exists().where(AuthenticatorApp.user_id == user_id)
    passkey = sa.exists().where(Passkey.user_id == user_id)
    return bool(session.scalar(sa.select(app | passkey)))


def with_factors(session: Session, user_ids: Sequence[int]) -> set[int]:
    """Return which of these users have a second factor."""
    apps = sa.select(AuthenticatorApp.user_id).where(AuthenticatorApp.user_id.in_(user_ids))
    passkeys = sa.select(Passkey.user_id).where(Passkey.user_id.in_(user_ids))
    return set(session.scalars(apps.union(passkeys)))
