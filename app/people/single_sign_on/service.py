"""Sign-ins under way, identities, and what a court requires, within the caller's transaction."""

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core import links
from app.core.errors import N_, Invalid, Message, Refusal
from app.court import change_log
from app.court.change_log import ChangeAuthor
from app.court.models import Court
from app.people import members
from app.people.models import Role, User, UserSession
from app.people.single_sign_on.models import (
    ProviderSession,
    Purpose,
    SignInAttempt,
    SingleSignOnRule,
    UserIdentity,
)
from app.people.single_sign_on.provider import SignInRequest
from app.people.single_sign_on.rules import account_label, account_names, role_of

ATTEMPT_LIVES = dt.timedelta(minutes=15)  # also a link of the command line
VALUES = {Role.ADMIN: "admin_value", Role.JUDGE: "judge_value", Role.ASSISTANT: "assistant_value"}


class SignOnFault(StrEnum):
    """Why a sign-in by single sign-on ended without a session; each has a page."""

    OVER = "over"
    PROVIDER_REFUSED = "provider_refused"
    UNAVAILABLE = "unavailable"
    NOT_VERIFIED = "not_verified"
    NOT_LINKED = "not_linked"
    DEACTIVATED = "deactivated"
    TAKEN = "taken"
    HAS_ANOTHER = "has_another"
    NO_ROLE = "no_role"
    LINK_OVER = "link_over"


class SignOnRefused(Exception):  # noqa: N818
    """A sign-in ended without a session."""

    def __init__(self, fault: SignOnFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class AttemptFacts:
    """A sign-in under way; see `SignInAttempt`."""

    purpose: Purpose
    issuer: str
    asked: SignInRequest
    next_path: str = ""
    kept: str = ""
    user_id: int | None = None
    user_version: int = 0
    session_id: int | None = None


def begin(session: Session, attempt: AttemptFacts, browser_key: str, now: dt.datetime) -> None:
    """Note that a browser is sent to the provider; drops what nobody came back from."""
    _drop_old(session, now)
    session.add(
        SignInAttempt(
            state=links.digest(attempt.asked.state),
            browser=links.digest(browser_key),
            purpose=attempt.purpose,
            issuer=attempt.issuer,
            nonce=attempt.asked.nonce,
            verifier=attempt.asked.verifier,
            next_path=attempt.next_path[:2000],
            kept=attempt.kept,
            user_id=attempt.user_id,
            user_version=attempt.user_version,
            session_id=attempt.session_id,
            created_at=now,
        )
    )


def _drop_old(session: Session, now: dt.datetime) -> None:
    session.execute(
        sa.delete(SignInAttempt).where(SignInAttempt.created_at < now - ATTEMPT_LIVES),
        execution_options={"synchronize_session": False},
    )


def take(session: Session, state: str, browser_key: str, now: dt.datetime) -> AttemptFacts:
    """Take out the sign-in that an answer belongs to: it can be completed once, in its browser.

    Raises SignOnRefused for one that is unknown, used, too old, or of another browser; that of
    another browser stays.
    """
    query = sa.select(SignInAttempt).where(
        SignInAttempt.state == links.digest(state), SignInAttempt.purpose != Purpose.WAY_IN
    )
    row = session.scalar(query)
    if row is None or not secrets.compare_digest(row.browser, links.digest(browser_key)):
        raise SignOnRefused(SignOnFault.OVER)
    facts = AttemptFacts(
        Purpose(row.purpose),
        row.issuer,
        SignInRequest(state, row.nonce, row.verifier),
        row.next_path,
        row.kept,
        row.user_id,
        row.user_version,
        row.session_id,
    )
    _take_out(session, row, now)
    return facts


def _take_out(session: Session, row: SignInAttempt, now: dt.datetime) -> None:
    """Delete a row; of two who do so at once, one is refused. Raises SignOnRefused."""
    created_at = row.created_at
    session.expunge(row)
    statement = sa.delete(SignInAttempt).where(SignInAttempt.id == row.id)
    taken: Any = session.execute(statement, execution_options={"synchronize_session": False})
    if taken.rowcount != 1 or created_at < now - ATTEMPT_LIVES:
        raise SignOnRefused(SignOnFault.OVER)


def find(session: Session, issuer: str, subject: str) -> UserIdentity | None:
    """Return the identity of an account at a provider, or None if it is linked to nobody."""
    query = sa.select(UserIdentity).where(
        UserIdentity.issuer == issuer, UserIdentity.subject == subject
    )
    return session.scalar(query)


def identity_of(session: Session, user_id: int, issuer: str) -> UserIdentity | None:
    """Return a user's account at a provider, or None."""
    query = sa.select(UserIdentity).where(
        UserIdentity.issuer == issuer, UserIdentity.user_id == user_id
    )
    return session.scalar(query)


def identities(session: Session, court_id: int, issuer: str) -> Mapping[int, UserIdentity]:
    """Return the accounts of a court's users at a provider, keyed by user id."""
    query = (
        sa.select(UserIdentity)
        .join(UserIdentity.user)
        .where(User.court_id == court_id, UserIdentity.issuer == issuer)
    )
    return {each.user_id: each for each in session.scalars(query)}


def court_of(session: Session, attempt: AttemptFacts, claims: Mapping[str, Any]) -> int:
    """Return the court whose rule applies to a sign-in, 0 if nobody is known by the account."""
    if attempt.user_id is not None:
        user = session.get(User, attempt.user_id)
        return user.court_id if user else 0
    identity = find(session, attempt.issuer, str(claims["sub"]))
    return identity.user.court_id if identity else 0


def complete(
    session: Session, attempt: AttemptFacts, claims: Mapping[str, Any], now: dt.datetime
) -> tuple[int, int]:
    """Return the ids of the user and the identity of verified claims, linked if that was wanted.

    Raises SignOnRefused.
    """
    if attempt.purpose == Purpose.SIGN_IN:
        identity = find(session, attempt.issuer, str(claims["sub"]))
        if identity is None:
            raise SignOnRefused(SignOnFault.NOT_LINKED)
        user = identity.user
    else:
        user = _linking_user(session, attempt, now)
        identity = link(session, user, attempt.issuer, claims, now)
    if not user.active:
        raise SignOnRefused(SignOnFault.DEACTIVATED)
    settle_role(session, user, claims, now)
    identity.used_at, identity.label = now, account_names(claims) or identity.label
    return user.id, identity.id


def _linking_user(session: Session, attempt: AttemptFacts, now: dt.datetime) -> User:
    """Return the user to whom an account is to be linked; a set-up link is used up by it.

    Raises SignOnRefused where the link was used or replaced, or the session ended, meanwhile.
    """
    user = session.get(User, attempt.user_id)
    if user is None or user.version != attempt.user_version:
        raise SignOnRefused(SignOnFault.LINK_OVER)
    if attempt.purpose == Purpose.LINK_INVITED:
        if user.password_link_until is None or user.password_link_until <= now:
            raise SignOnRefused(SignOnFault.LINK_OVER)
        user.password_link_until = None
        user.version += 1
    return user


def link(
    session: Session, user: User, issuer: str, claims: Mapping[str, Any], now: dt.datetime
) -> UserIdentity:
    """Link an account to a user. Raises SignOnRefused where either is linked to another."""
    subject = str(claims["sub"])
    found = find(session, issuer, subject)
    if found is not None and found.user_id != user.id:
        raise SignOnRefused(SignOnFault.TAKEN)
    own = identity_of(session, user.id, issuer)
    if own is not None and own.subject != subject:
        raise SignOnRefused(SignOnFault.HAS_ANOTHER)
    label = account_label(claims)
    if own is None:
        own = UserIdentity(
            user_id=user.id,
            issuer=issuer,
            subject=subject,
            label=label,
            linked_at=now,
            used_at=now,
        )
        session.add(own)
        session.flush()
        by = ChangeAuthor(user.court_id, user, now)
        change_log.note(session, by, "people", f"linked/{user.email}", "", label)
    return own


def unlink(session: Session, by: ChangeAuthor, identity: UserIdentity) -> None:
    """Unlink an account, and end the sessions that were begun with it."""
    begun = sa.select(ProviderSession.session_id).where(ProviderSession.identity_id == identity.id)
    _end(session, sa.select(UserSession).where(UserSession.id.in_(begun)), by.now)
    user = session.get_one(User, identity.user_id)
    change_log.note(session, by, "people", f"unlinked/{user.email}", identity.label, "")
    session.delete(identity)
    session.flush()


def unlink_own(
    session: Session, user: User, issuer: str, now: dt.datetime, session_id: int
) -> None:
    """Unlink one's own account; this session stays. Raises Refusal if no way in would be left."""
    identity = identity_of(session, user.id, issuer)
    if identity is None:
        return
    if rule_of(session, user.court_id).only:
        raise Refusal(
            N_("Your court signs in by single sign-on only: an admin can unlink the account.")
        )
    if not user.password_hash:
        raise Refusal(
            N_("You have no password to sign in with then: ask an admin for a link to set one.")
        )
    own = session.get(ProviderSession, session_id)
    if own is not None:
        session.delete(own)
        session.flush()
    unlink(session, ChangeAuthor(user.court_id, user, now), identity)


def _end(session: Session, rows: sa.Select[Any], now: dt.datetime) -> None:
    for row in session.scalars(rows.where(UserSession.ended_at.is_(None))):
        row.ended_at = now
        forget_token(session, row.id)


def begun(session: Session, identity_id: int, session_id: int, id_token: str) -> None:
    """Note that a session was begun by single sign-on."""
    session.add(ProviderSession(session_id=session_id, identity_id=identity_id, id_token=id_token))


def forget_token(session: Session, session_id: int) -> str:
    """Return the token that ends a session at the provider, "" if there is none, and drop it."""
    row = session.get(ProviderSession, session_id)
    if row is None:
        return ""
    id_token, row.id_token = row.id_token, ""
    return id_token


@dataclass(frozen=True)
class CourtRule:
    """What a court requires of single sign-on, as the form shows it."""

    only: bool = False
    role_claim: str = ""
    admin_value: str = ""
    judge_value: str = ""
    assistant_value: str = ""

    @property
    def role_values(self) -> dict[str, str]:
        """The value of the claim by role, the role that may do most first."""
        return {role.value: getattr(self, name) for role, name in VALUES.items()}


RULE_FIELDS = tuple(CourtRule.__dataclass_fields__)


def rule_of(session: Session, court_id: int) -> CourtRule:
    """Return what a court requires of single sign-on."""
    row = session.get(SingleSignOnRule, court_id)
    return CourtRule(*(getattr(row, name) for name in RULE_FIELDS)) if row else CourtRule()


def change_rule(
    session: Session, by: ChangeAuthor, rule: CourtRule, session_id: int, *, label: str
) -> None:
    """Change what a court requires; sessions begun with a password end where it forbids these.

    ``session_id`` is the author's own session. Raises Invalid with errors by field.
    """
    before = rule_of(session, by.court_id)
    _check_rule(rule)
    if rule.only and not before.only:
        if session.get(ProviderSession, session_id) is None:
            words = N_(
                "Sign in through %(provider)s yourself first: that shows that it works, and "
                "nobody is locked out."
            )
            raise Invalid({"only": Message(words, provider=label)})
        with_provider = sa.select(ProviderSession.session_id)
        query = sa.select(UserSession).join(UserSession.user)
        others = query.where(User.court_id == by.court_id, UserSession.id.not_in(with_provider))
        _end(session, others, by.now)
    row = session.get(SingleSignOnRule, by.court_id)
    if row is None:
        row = SingleSignOnRule(court_id=by.court_id)
        session.add(row)
    for name in RULE_FIELDS:
        setattr(row, name, getattr(rule, name))
    was = {name: getattr(before, name) for name in RULE_FIELDS}
    became = {name: getattr(rule, name) for name in RULE_FIELDS}
    change_log.note_all(session, by, "single_sign_on", was, became)


def _check_rule(rule: CourtRule) -> None:
    errors: dict[str, Message] = {}
    for name in RULE_FIELDS[1:]:
        if len(getattr(rule, name)) > 200:
            errors[name] = Message(N_("Shorten this to %(most)s characters or fewer."), most=200)
    values = [each for each in rule.role_values.values() if each]
    if rule.role_claim and not values:
        errors["role_claim"] = Message(N_("Enter the value of at least one role, or no claim."))
    if values and not rule.role_claim:
        errors["role_claim"] = Message(N_("Enter the claim that has these values."))
    if len(set(values)) < len(values):
        message = Message(N_("Enter a different value for each role."))
        errors["assistant_value" if rule.assistant_value else "judge_value"] = message
    if errors:
        raise Invalid(errors)


def all_courts_without_passwords(session: Session) -> bool:
    """Tell whether every court signs in by single sign-on only."""
    rule = sa.select(Court.id, SingleSignOnRule.only).outerjoin(
        SingleSignOnRule, SingleSignOnRule.court_id == Court.id
    )
    courts = session.execute(rule).all()
    return bool(courts) and all(only for _, only in courts)


def settle_role(session: Session, user: User, claims: Mapping[str, Any], now: dt.datetime) -> None:
    """Give a user the role that the claims name, where the court maps roles.

    The court's last admin stays admin. Raises SignOnRefused where the claims name no role.
    """
    rule = rule_of(session, user.court_id)
    if not rule.role_claim:
        return
    role = role_of(claims, rule.role_claim, rule.role_values)
    by = ChangeAuthor(user.court_id, user, now)
    if role and role != user.role:
        try:
            members.change_role(session, by, user, role)
        except Refusal:
            return
    elif not role and members.is_last_admin(session, user):
        return
    elif not role:
        raise SignOnRefused(SignOnFault.NO_ROLE)


def open_way_in(session: Session, user: User, now: dt.datetime) -> str:
    """Return the path of a link with which an admin signs in once, without the provider.

    Raises Refusal for a user who is no admin.
    """
    if user.role != Role.ADMIN:
        raise Refusal(N_("%(name)s is not an admin of the court."), name=user.name)
    token = secrets.token_urlsafe(32)
    _drop_old(session, now)
    session.add(
        SignInAttempt(
            state=links.digest(token),
            purpose=Purpose.WAY_IN,
            user_id=user.id,
            user_version=user.version,
            created_at=now,
        )
    )
    by = ChangeAuthor(user.court_id, None, now)
    change_log.note(session, by, "people", f"way_in_made/{user.email}", "", True)
    return f"/password/sign-in/{token}"  # below a path that no log shows


def admin_of_way_in(session: Session, token: str, now: dt.datetime) -> User | None:
    """Return the admin whom a link signs in, or None if it is unknown, used or too old."""
    row = _way_in(session, token, now)
    return row[1] if row else None


def use_way_in(session: Session, token: str, now: dt.datetime) -> User:
    """Use up a link of the command line, and return its admin. Raises SignOnRefused."""
    found = _way_in(session, token, now)
    if found is None:
        raise SignOnRefused(SignOnFault.OVER)
    row, user = found
    _take_out(session, row, now)
    by = ChangeAuthor(user.court_id, user, now)
    change_log.note(session, by, "people", f"way_in_used/{user.email}", "", True)
    return user


def _way_in(session: Session, token: str, now: dt.datetime) -> tuple[SignInAttempt, User] | None:
    query = sa.select(SignInAttempt).where(
        SignInAttempt.state == links.digest(token), SignInAttempt.purpose == Purpose.WAY_IN
    )
    row = session.scalar(query)
    if row is None or row.created_at < now - ATTEMPT_LIVES:
        return None
    user = session.get(User, row.user_id)
    is_valid = user and user.active and user.version == row.user_version
    return (row, user) if user and is_valid and user.role == Role.ADMIN else None
