"""Courts, users, passwords and API tokens; within the caller's transaction."""

import datetime as dt
import secrets
from functools import cache
from zoneinfo import available_timezones

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy.orm import Session

from app.core import addresses, links
from app.core.characters import clean, comparison_key, half_width, has_control
from app.core.email_check import email_address
from app.core.errors import N_, Clash, Invalid, Message, NotFound
from app.court import places
from app.court.models import Court
from app.people.models import ApiToken, Role, User
from app.people.rules import ROLES, SHORTEST_PASSWORD

TOKEN_PREFIX = "tq_"  # noqa: S105  (so that a leaked token can be recognised)
LINK_LIVES = dt.timedelta(days=7)
_COURT_NAMES = sa.select(Court.name)
_hasher = PasswordHasher()


@cache  # made at the first sign-in: argon2 is slow on purpose, and commands start often
def _nobodys_hash() -> str:
    """Return what is checked where there is no such user, so that both take the same time."""
    return _hasher.hash(secrets.token_hex(16))


def add_court(
    session: Session,
    name: str,
    *,
    zone: str = "Asia/Shanghai",
    country: str = "CN",
    language: str = "zh",
    short: str = "",
    phone: str = "",
) -> Court:
    """Add a court. Raises Invalid, by field; Clash where the name is taken.

    ``zone`` is an IANA name; ``country`` is of ISO 3166, with its subdivision or without, as
    GB-ENG or CN, one whose holidays are known; ``language`` is en or zh.
    """
    faults: dict[str, Message] = {}
    name, short = (" ".join(clean(each).split(" ")).strip() for each in (name, short))
    zone, country, phone = (half_width(each) for each in (zone, country, phone))
    if not name or len(name) > 200 or has_control(name):
        faults["name"] = Message(N_("Give the court's name, in at most 200 characters."))
    if zone not in available_timezones():
        faults["zone"] = Message(N_("There is no such time zone: %(zone)s."), zone=zone)
    place = places.read(country)
    if isinstance(place, Message):
        faults["country"] = place
    if language not in ("en", "zh"):
        faults["language"] = Message(N_("Choose one of: %(choices)s."), choices="en, zh")
    if faults or isinstance(place, Message):
        raise Invalid(faults)
    if any(comparison_key(each) == comparison_key(name) for each in session.scalars(_COURT_NAMES)):
        raise Clash(N_("There is a court %(name)s already."), name=name)
    court = Court(
        name=name,
        short=short or name[:20],
        zone=zone,
        country=place[0],
        subdivision=place[1],
        language=language,
        phone=phone,
        rule_set="cn-civil" if place[0] == "CN" else "plain",
        reminder_days=[7, 3, 1],
    )
    session.add(court)
    session.flush()
    return court


def find_court(session: Session, named: str = "") -> Court:
    """Return the court of a name, or the only one there is.

    Raises NotFound where there is none, and where there are several and none is named.
    """
    courts = session.scalars(sa.select(Court).order_by(Court.id)).all()
    if named:
        wanted = comparison_key(named)
        for court in courts:
            if wanted in (comparison_key(court.name), comparison_key(court.short)):
                return court
        raise NotFound(N_("There is no court %(name)s."), name=named)
    if not courts:
        raise NotFound(N_("There is no court yet: add one with `tingqi court add NAME`."))
    if len(courts) > 1:
        names = [court.name for court in courts]
        raise NotFound(
            N_("There are several courts (%(names)s): say which with --court."), names=names
        )
    return courts[0]


def add_user(
    session: Session,
    court: Court,
    email: str,
    *,
    role: str,
    now: dt.datetime,
    name: str = "",
    password: str = "",
    language: str = "",
) -> User:
    """Add a user to a court. Raises Invalid, by field; Clash where the address is taken."""
    try:
        wanted = addresses.canonical(email_address(email))
    except ValueError as fault:
        said = Message(N_("%(address)s is no e-mail address."), address=email)
        raise Invalid({"email": said}) from fault
    if role not in ROLES:
        raise Invalid({"role": Message(N_("Choose one of: %(choices)s."), choices=list(ROLES))})
    if session.scalar(sa.select(User.id).where(User.email.in_(addresses.spellings(wanted)))):
        raise Clash(N_("There is a user %(email)s already."), email=wanted)
    name = clean(name).strip() or wanted.partition("@")[0]
    user = User(
        court_id=court.id,
        email=wanted,
        name=name,
        role=Role(role).value,
        language=language,
        created_at=now,
        version=1,
    )
    if password:
        _set_password(user, password)
    session.add(user)
    session.flush()
    return user


def find_user(session: Session, email: str) -> User:
    """Return the active user of an address. Raises NotFound."""
    same = User.email.in_(addresses.spellings(sign_in_name(email)))
    user = session.scalar(sa.select(User).where(same, User.active))
    if user is None:
        raise NotFound(N_("There is no user %(email)s."), email=email)
    return user


def sign_in_name(typed: str) -> str:
    """Return a typed e-mail address as the user's one is stored, whether it is one or not."""
    try:
        return addresses.canonical(email_address(typed))
    except ValueError:
        # PostgreSQL cannot be asked for a NUL.
        return addresses.canonical(half_width(typed)).replace("\x00", "")


def _set_password(user: User, password: str) -> None:
    if len(password) < SHORTEST_PASSWORD or len(password) > 1000:
        said = Message(N_("A password has at least %(least)s characters."), least=SHORTEST_PASSWORD)
        raise Invalid({"password": said})
    user.password_hash = _hasher.hash(password.encode("utf-8", "surrogatepass"))


def open_password_link(user: User, secret: bytes, now: dt.datetime) -> str:
    """Return the path of a link that sets a password once, within seven days."""
    user.password_link_until = now + LINK_LIVES
    return f"/password/{user.id}/{links.token(secret, 'password', user.id, user.version)}"


def user_of_link(
    session: Session, user_id: int, token: str, secret: bytes, now: dt.datetime
) -> User | None:
    """Return whose password a link sets; None where it is none, is spent or is too old."""
    user = session.get(User, user_id)
    version = user.version if user else 0
    fits = secrets.compare_digest(
        links.token(secret, "password", user_id, version).encode(), token.encode("utf-8", "replace")
    )
    until = user.password_link_until if user and user.active else None
    return user if fits and until and now < until else None


def set_password(user: User, password: str) -> None:
    """Set a user's password: ends their sessions and spends the link. Raises Invalid."""
    _set_password(user, password)
    user.version += 1
    user.password_link_until = None


def check_password(session: Session, email: str, password: str) -> User | None:
    """Return the user whom address and password fit, or None; a miss takes as long as a hit."""
    same = User.email.in_(addresses.spellings(sign_in_name(email)))
    user = session.scalar(sa.select(User).where(same))
    usable = user is not None and user.active and user.password_hash
    nobodys = _nobodys_hash()  # before it is known who is meant
    kept = user.password_hash if user and usable else nobodys
    try:
        _hasher.verify(kept, password.encode("utf-8", "surrogatepass"))
    except (Argon2Error, InvalidHashError):
        return None
    return user if usable else None


def create_token(session: Session, user: User, name: str, now: dt.datetime) -> str:
    """Make an API token for a user and return it; this is the only time that it is seen."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    session.add(
        ApiToken(
            user_id=user.id, name=name, digest=links.digest(token), hint=token[:8], created_at=now
        )
    )
    session.flush()
    return token


def user_of_token(session: Session, token: str) -> User | None:
    """Return the active user whom an unrevoked API token acts as, or None."""
    found = session.scalar(
        sa.select(ApiToken).where(
            ApiToken.digest == links.digest(token), ApiToken.revoked_at.is_(None)
        )
    )
    return found.user if found and found.user.active else None


def tokens_of(session: Session, user: User) -> list[ApiToken]:
    """Return a user's tokens, newest first, revoked ones too."""
    wanted = sa.select(ApiToken).where(ApiToken.user_id == user.id).order_by(ApiToken.id.desc())
    return list(session.scalars(wanted))


def revoke_token(session: Session, user: User, token_id: int, now: dt.datetime) -> None:
    """End one of a user's tokens at once. Raises NotFound, for another's token as for none."""
    token = session.get(ApiToken, token_id)
    if token is None or token.user_id != user.id:
        raise NotFound(N_("There is no such token."))
    token.revoked_at = token.revoked_at or now
