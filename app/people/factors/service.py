"""Add, use, remove and reset second factors, within the caller's transaction."""

import datetime as dt
from dataclasses import dataclass

import pyotp
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.errors import N_, Invalid, Message, NotFound, Refusal
from app.court import change_log
from app.court.change_log import ChangeAuthor
from app.people import service as people
from app.people.factors import guesses, passkeys, queries, sealing
from app.people.factors.models import AuthenticatorApp, Passkey, RecoveryCode
from app.people.factors.passkeys import RelyingParty
from app.people.factors.rules import (
    FREE_GUESSES,
    RECOVERY_CODES,
    FactorMethod,
    matching_counter,
    new_recovery_code,
    recovery_digest,
)
from app.people.models import User
from app.people.rules import AccountMailKind
from app.people.service import queue_mail

CHOOSE_ANOTHER = N_("Choose one of the ways on this page.")


@dataclass(frozen=True)
class FactorAnswer:
    """What somebody gives as proof of who they are."""

    method: FactorMethod
    typed: str
    # The challenge that was taken for this browser; b"" for all but passkeys.
    challenge: bytes = b""


@dataclass(frozen=True)
class Prover:
    """Whose proof it is, and from where: a known device, or "" for any other."""

    user_id: int
    device: str
    party: RelyingParty | None
    secret: bytes
    now: dt.datetime


def _owner(user_id: int) -> str:
    return f"authenticator app of user {user_id}"


def lock_user(session: Session, user_id: int) -> User:
    """Return a user, locked: what is added or removed of their factors comes one by one."""
    session.execute(sa.select(User.id).where(User.id == user_id).with_for_update())
    return session.get_one(User, user_id, populate_existing=True)


def new_app_secret() -> str:
    """Return a random secret for an authenticator app, 160 bits in base32."""
    return pyotp.random_base32()


def app_address(user: User, app_secret: str) -> str:
    """Return the address that a QR code gives to an authenticator app."""
    issuer = f"Tingqi {user.court.short}"
    return pyotp.TOTP(app_secret).provisioning_uri(name=user.email, issuer_name=issuer)


def seal_app_secret(secret: bytes, user_id: int, app_secret: str) -> str:
    """Return the secret of an app that is being set up, as its form carries it."""
    return sealing.seal(secret, app_secret, f"set up {_owner(user_id)}")


def unseal_app_secret(secret: bytes, user_id: int, sealed: str) -> str | None:
    """Return the secret that a user's form carries, or None."""
    return sealing.unseal(secret, sealed[:500], f"set up {_owner(user_id)}")


def add_app(
    session: Session, user: User, app_secret: str, typed: str, now: dt.datetime, secret: bytes
) -> list[str]:
    """Store an authenticator app in place of a former one; return new recovery codes, if first.

    Raises Invalid where the code that was typed is not the app's.
    """
    counter = matching_counter(app_secret, typed, now, last_counter=-1)
    if counter is None:
        message = Message(
            N_("This is not the code that your app shows now. Check the clock of your phone.")
        )
        raise Invalid({"code": message})
    was_first = not queries.has_any(session, user.id)
    session.execute(sa.delete(AuthenticatorApp).where(AuthenticatorApp.user_id == user.id))
    session.add(
        AuthenticatorApp(
            user_id=user.id,
            sealed=sealing.seal(secret, app_secret, _owner(user.id)),
            last_counter=counter,
            created_at=now,
            used_at=now,
        )
    )
    return _added(session, user, FactorMethod.APP, "", was_first, now)


def add_passkey(
    session: Session, prover: Prover, user: User, answer: str, challenge: bytes, name: str
) -> list[str]:
    """Store a passkey; return new recovery codes, if it is the first factor.

    Raises Invalid, Refusal.
    """
    if prover.party is None:
        raise Refusal(N_("This address can have no passkeys."))
    was_first = not queries.has_any(session, user.id)
    passkey = passkeys.register(session, prover.party, user, answer, challenge, name, prover.now)
    return _added(session, user, FactorMethod.PASSKEY, passkey.name, was_first, prover.now)


def _added(
    session: Session, user: User, method: FactorMethod, name: str, was_first: bool, now: dt.datetime
) -> list[str]:
    facts = {"method": method.value, "name": name}
    queue_mail(session, user.id, AccountMailKind.FACTOR_ADDED, now, **facts)
    return _new_codes(session, user.id) if was_first else []


def _new_codes(session: Session, user_id: int) -> list[str]:
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(user_id=user_id, digest=recovery_digest(user_id, each)) for each in codes
    )
    session.flush()
    return codes


def renew_codes(session: Session, user: User, now: dt.datetime) -> list[str]:
    """Return ten new recovery codes; those of before are void. Raises Refusal without a factor."""
    if not queries.has_any(session, user.id):
        raise Refusal(N_("Set up an app or a passkey first. Recovery codes come with it."))
    queue_mail(session, user.id, AccountMailKind.RECOVERY_CODES_RENEWED, now)
    return _new_codes(session, user.id)


def prove(session: Session, prover: Prover, answer: FactorAnswer) -> Message | None:
    """Check a proof of who the user is; return None, or why it does not count.

    What can be guessed (codes of apps, and the password of who has no factor) is counted. A passkey
    and a recovery code cannot be guessed: they count even while one has to wait.
    """
    if answer.method is FactorMethod.PASSKEY:
        party = prover.party
        if party and passkeys.is_proof(
            session, party, prover.user_id, answer.typed, answer.challenge, prover.now
        ):
            return None
        return Message(
            N_("This passkey was not accepted. Try again, or use another way to confirm.")
        )
    if answer.method is FactorMethod.RECOVERY:
        return _use_recovery_code(session, prover, answer.typed)
    if (answer.method is FactorMethod.PASSWORD) == queries.has_any(session, prover.user_id):
        return Message(CHOOSE_ANOTHER)
    tries = guesses.locked(session, prover.user_id, prover.device, prover.now)
    if guesses.is_blocked(tries, prover.now):
        return _wait(tries.blocked_until, prover.now)
    matches = _matches_app if answer.method is FactorMethod.APP else _matches_password
    wrong = matches(session, prover, answer.typed)
    if wrong is None:
        session.delete(tries)
        return None
    guesses.note_failure(tries, prover.now)
    if tries.failures == FREE_GUESSES:
        queue_mail(session, prover.user_id, AccountMailKind.MANY_WRONG_CODES, prover.now)
    return wrong


def _wait(until: dt.datetime | None, now: dt.datetime) -> Message:
    seconds = max(1, int((until - now).total_seconds())) if until else 1
    minutes = -(-seconds // 60)
    return Message(
        N_(
            "Too many wrong codes. Wait %(minutes)s min, then try again. A passkey or a recovery "
            "code works at once."
        ),
        minutes=minutes,
    )


def _matches_app(session: Session, prover: Prover, typed: str) -> Message | None:
    app = session.get(AuthenticatorApp, prover.user_id, with_for_update=True)
    wrong = Message(N_("This code is wrong or was used already. Enter the code that is shown now."))
    if app is None:
        return wrong
    app_secret = sealing.unseal(prover.secret, app.sealed, _owner(prover.user_id))
    if app_secret is None:
        return Message(
            N_(
                "Codes of your app cannot be checked, since the secret key of this installation "
                "was changed. Use a recovery code or a passkey, then set up your app anew."
            )
        )
    counter = matching_counter(app_secret, typed, prover.now, app.last_counter)
    if counter is None:
        return wrong
    app.last_counter, app.used_at = counter, prover.now
    return None


def _matches_password(session: Session, prover: Prover, typed: str) -> Message | None:
    user = session.get_one(User, prover.user_id)
    same = people.check_password(session, user.email, typed[:1000])
    return None if same else Message(N_("The password is wrong."))


def _use_recovery_code(session: Session, prover: Prover, typed: str) -> Message | None:
    digest = recovery_digest(prover.user_id, typed)
    used = sa.delete(RecoveryCode).where(
        RecoveryCode.user_id == prover.user_id, RecoveryCode.digest == digest
    )
    if not session.execute(used).rowcount:  # type: ignore[attr-defined]
        return Message(N_("This recovery code is wrong or was used already."))
    left = queries.of_user(session, prover.user_id).codes_left
    queue_mail(session, prover.user_id, AccountMailKind.RECOVERY_CODE_USED, prover.now, left=left)
    return None


def remove(
    session: Session, user: User, which: str, now: dt.datetime, *, sure: bool = False
) -> None:
    """Remove the app (``app``) or a passkey by its id. Raises NotFound, Refusal.

    The last one goes only where the role needs none, and with the recovery codes; ``sure`` says
    that the user has read so.
    """
    factors = queries.of_user(session, user.id)
    passkey = next((each for each in factors.passkeys if str(each.id) == which), None)
    found: AuthenticatorApp | Passkey | None = factors.app if which == "app" else passkey
    if found is None:
        raise NotFound(N_("There is no such factor."))
    if factors.count == 1:
        if user.court.needs_factor(user.role):
            raise Refusal(
                N_(
                    "Your court requires a second factor of your role, and this is your last one. "
                    "Add another one first."
                )
            )
        if not sure:
            raise Refusal(
                N_(
                    "This is your last second factor. Tick the box to sign in with the password "
                    "alone from now on."
                )
            )
        session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    session.delete(found)
    method = FactorMethod.APP if which == "app" else FactorMethod.PASSKEY
    name = passkey.name if passkey else ""
    queue_mail(
        session, user.id, AccountMailKind.FACTOR_REMOVED, now, method=method.value, name=name
    )


def reset(session: Session, by: ChangeAuthor, user: User) -> None:
    """Remove all factors of a user who lost them, and end their sessions; they are told by mail.

    Raises Refusal for oneself, and for somebody without factors.
    """
    if by.user and user.id == by.user.id:
        raise Refusal(
            N_("You cannot reset your own factors. Remove them on your page, or ask another admin.")
        )
    if not queries.has_any(session, user.id):
        raise Refusal(N_("%(name)s has no second factor."), name=user.name)
    for table in (AuthenticatorApp, Passkey, RecoveryCode):
        session.execute(sa.delete(table).where(table.user_id == user.id))
    user.version += 1
    change_log.note(session, by, "people", f"factors/{user.email}", "", True)
    name = by.user.name if by.user else ""
    queue_mail(session, user.id, AccountMailKind.FACTORS_RESET, by.now, by=name)


def unreadable_apps(session: Session, secret: bytes) -> int:
    """Return how many apps' secrets do not open under this secret key."""
    apps = session.scalars(sa.select(AuthenticatorApp))
    return sum(sealing.unseal(secret, each.sealed, _owner(each.user_id)) is None for each in apps)
