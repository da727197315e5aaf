"""Passkeys (WebAuthn level 2): registered, and used as a second factor.

The relying party is the host of the public address. The authenticator verifies its user, by a PIN
or a finger. Each challenge belongs to one browser, is used once and lives for minutes.
"""

import datetime as dt
import logging
import secrets
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import sqlalchemy as sa
import webauthn
from sqlalchemy.orm import Session
from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.core import links
from app.core.characters import clean
from app.core.errors import N_, Invalid, Message, Refusal
from app.people.factors.models import Passkey, PasskeyChallenge
from app.people.factors.rules import CHALLENGE_LIVES, MOST_NAME, MOST_PASSKEYS
from app.people.models import User

CHALLENGE_LENGTH = 32  # bytes
LONGEST_ANSWER = 20_000  # characters of what a browser sends
# What the library raises for what it cannot read, besides its own errors.
_FAULTS = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError)
log = logging.getLogger("tingqi.people")


@dataclass(frozen=True)
class RelyingParty:
    """For whom passkeys are made: the host of the public address, and its origin."""

    id: str
    origin: str

    @classmethod
    def of(cls, public_url: str) -> "RelyingParty | None":
        """Return that of a public address, or None where browsers make no passkeys for it.

        They do for names of hosts, over https; over http for localhost alone.
        """
        parts = urlsplit(public_url)
        host = parts.hostname or ""
        is_local = host == "localhost" or host.endswith(".localhost")
        try:
            ip_address(host)
        except ValueError:
            if parts.scheme == "https" or is_local:
                default = {"https": 443, "http": 80}[parts.scheme]
                port = f":{parts.port}" if parts.port not in (None, default) else ""
                return cls(host, f"{parts.scheme}://{host}{port}")
        return None


def issue_challenge(
    session: Session, browser: str, now: dt.datetime, *, registers: bool = False
) -> bytes:
    """Return the next challenge of a browser, named by the digest of its key; the last is void."""
    session.execute(sa.delete(PasskeyChallenge).where(PasskeyChallenge.browser == browser))
    challenge = secrets.token_bytes(CHALLENGE_LENGTH)
    expires_at = now + CHALLENGE_LIVES
    session.add(
        PasskeyChallenge(
            browser=browser, challenge=challenge, registers=registers, expires_at=expires_at
        )
    )
    session.flush()
    return challenge


def take_challenge(
    session: Session, browser: str, now: dt.datetime, *, registers: bool = False
) -> bytes:
    """Return a browser's challenge and make it void; b"" where there is none that counts.

    To be committed before the answer is checked, so that no answer counts twice.
    """
    query = sa.select(PasskeyChallenge).where(PasskeyChallenge.browser == browser)
    row = session.scalar(query.with_for_update())
    if row is None:
        return b""
    session.delete(row)
    return row.challenge if row.expires_at > now and row.registers == registers else b""


def _descriptors(session: Session, user_id: int) -> list[PublicKeyCredentialDescriptor]:
    ids = session.scalars(sa.select(Passkey.credential_id).where(Passkey.user_id == user_id))
    return [PublicKeyCredentialDescriptor(webauthn.base64url_to_bytes(each)) for each in ids]


def request_options(session: Session, party: RelyingParty, user: User, challenge: bytes) -> str:
    """Return the options of navigator.credentials.get for a user's passkeys, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        allow_credentials=_descriptors(session, user.id),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def creation_options(
    session: Session, party: RelyingParty, user: User, challenge: bytes, secret: bytes
) -> str:
    """Return the options of navigator.credentials.create for a new passkey, as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=user.court.name,
        user_id=links.token(secret, "passkey user", user.id, 1).encode(),
        user_name=user.email,
        user_display_name=user.name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(session, user.id),
    )
    return webauthn.options_to_json(options)


def register(
    session: Session,
    party: RelyingParty,
    user: User,
    answer: str,
    challenge: bytes,
    name: str,
    now: dt.datetime,
) -> Passkey:
    """Store the passkey that a browser has made. Raises Invalid, Refusal."""
    if len(_descriptors(session, user.id)) >= MOST_PASSKEYS:
        raise Refusal(N_("You have %(most)s passkeys. Remove one first."), most=MOST_PASSKEYS)
    try:
        if not challenge or len(answer) > LONGEST_ANSWER:
            raise ValueError("no challenge, or too long")
        verified = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except _FAULTS as fault:
        log.info("a passkey was not added: %s", fault)
        message = Message(N_("The passkey was not added. Try again."))
        raise Invalid({"passkey": message}) from fault
    credential_id = bytes_to_base64url(verified.credential_id)
    if session.scalar(sa.select(Passkey.id).where(Passkey.credential_id == credential_id)):
        raise Invalid({"passkey": Message(N_("This passkey is in use already."))})
    passkey = Passkey(
        user_id=user.id,
        credential_id=credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        name=" ".join(clean(name).split())[:MOST_NAME] or f"{now:%Y-%m-%d}",
        created_at=now,
    )
    session.add(passkey)
    session.flush()
    return passkey


def is_proof(
    session: Session,
    party: RelyingParty,
    user_id: int,
    answer: str,
    challenge: bytes,
    now: dt.datetime,
) -> bool:
    """Tell whether a browser's answer proves that a passkey of this user signed the challenge.

    Of two copies of a passkey the one that has signed less often is refused.
    """
    if not challenge or len(answer) > LONGEST_ANSWER:
        return False
    try:
        credential = parse_authentication_credential_json(answer)
        passkey = session.scalar(
            sa.select(Passkey)
            .where(
                Passkey.credential_id == bytes_to_base64url(credential.raw_id),
                Passkey.user_id == user_id,
            )
            .with_for_update()
        )
        if passkey is None:
            return False
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except _FAULTS as fault:
        log.warning("the answer of a passkey of user %s was refused: %s", user_id, fault)
        return False
    passkey.sign_count, passkey.used_at = verified.new_sign_count, now
    return True
