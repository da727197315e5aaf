"""Courts, users and passwords, within the caller's transaction."""

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
from app.people.models import AccountMail, Role, User
from app.people.rules import ROLES, SHORTEST_PASSWORD, AccountMailKind

LINK_LIVES = dt.timedelta(days=7)  # of a password link
_COURT_NAMES = sa.select(Court.name)
_hasher = PasswordHasher()


@cache  # on first use: argon2 is slow by design, and commands start often
def _dummy_hash() -> str:
    """Return a hash to verify for unknown users, so that a miss takes as long as a hit."""
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
    """Add a court. Raises Invalid with errors by field, Clash if the name is taken.

    ``zone`` is an IANA name; ``country`` an ISO 3166 code whose holidays are known, with or without
    subdivision (``GB-ENG``, ``CN``); ``language`` is ``en`` or ``zh``.
    """
    errors: dict[str, Message] = {}
    name, short = (" ".join(clean(each).split(" ")).strip() for each in (name, short))
    zone, country, phone = (half_width(each) for each in (zone, country, phone))
    if not name or len(name) > 200 or has_control(name):
        errors["name"] = Message(N_("Give the court's name, in at most 200 characters."))
    if zone not in available_timezones():
        errors["zone"] = Message(
            N_("Enter a time zone such as Asia/Shanghai; there is none called %(zone)s."), zone=zone
        )
    place = places.parse(country)
    if isinstance(place, Message):
        errors["country"] = place
    if language not in ("en", "zh"):
        errors["language"] = Message(N_("Choose one of: %(choices)s."), choices="en, zh")
    if errors or isinstance(place, Message):
        raise Invalid(errors)
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


def find_court(session: Session, name: str = "") -> Court:
    """Return the court of that name or short name, or the only court if ``name`` is "".

    Raises NotFound if there is no such court, or if there are several and none is named.
    """
    courts = session.scalars(sa.select(Court).order_by(Court.id)).all()
    if name:
        key = comparison_key(name)
        for court in courts:
            if key in (comparison_key(court.name), comparison_key(court.short)):
                return court
        raise NotFound(N_("There is no court %(name)s."), name=name)
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
    """Add a user. Raises Invalid with errors by field, Clash if the address is taken."""
    try:
        address = addresses.canonical(email_address(email))
    except ValueError as fault:
        message = Message(
            N_("Enter an e-mail address such as name@firm.example; “%(address)s” is not one."),
            address=email,
        )
        raise Invalid({"email": message}) from fault
    if role not in ROLES:
        raise Invalid({"role": Message(N_("Choose one of: %(choices)s."), choices=list(ROLES))})
    if session.scalar(sa.select(User.id).where(User.email.in_(addresses.spellings(address)))):
        raise Clash(N_("There is a user %(email)s already."), email=address)
    name = clean(name).strip() or address.partition("@")[0]
    user = User(
        court_id=court.id,
        email=address,
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
    """Return the active user with this e-mail address. Raises NotFound."""
    same = User.email.in_(addresses.spellings(sign_in_name(email)))
    user = session.scalar(sa.select(User).where(same, User.active))
    if user is None:
        raise NotFound(N_("There is no user %(email)s."), email=email)
    return user


def sign_in_name(typed: str) -> str:
    """Normalize a typed e-mail address as stored ones are, even if it is not valid."""
    try:
        return addresses.canonical(email_address(typed))
    except ValueError:
        # PostgreSQL rejects NUL in a parameter.
        return addresses.canonical(half_width(typed)).replace("\x00", "")


def _set_password(user: User, password: str) -> None:
    if len(password) < SHORTEST_PASSWORD or len(password) > 1000:
        message = Message(
            N_("Choose a password of at least %(least)s characters."), least=SHORTEST_PASSWORD
        )
        raise Invalid({"password": message})
    user.password_hash = _hasher.hash(password.encode("utf-8", "surrogatepass"))


def open_password_link(user: User, secret: bytes, now: dt.datetime) -> str:
    """Return the path of a link that sets the password once, within LINK_LIVES."""
    user.password_link_until = now + LINK_LIVES
    return f"/password/{user.id}/{links.token(secret, 'password', user.id, user.version)}"


def user_of_password_link(
    session: Session, user_id: int, token: str, secret: bytes, now: dt.datetime
) -> User | None:
    """Return the user whose password a link sets, or None if it is invalid, used or expired."""
    user = session.get(User, user_id)
    version = user.version if user else 0
    matches = secrets.compare_digest(
        links.token(secret, "password", user_id, version).encode(), token.encode("utf-8", "replace")
    )
    expires_at = user.password_link_until if user and user.active else None
    return user if matches and expires_at and now < expires_at else None


def set_password(user: User, password: str) -> None:
    """Set a password, end the user's sessions and invalidate the link. Raises Invalid."""
    _set_password(user, password)
    user.version += 1
    user.password_link_until = None


def check_password(session: Session, email: str, password: str) -> User | None:
    """Return the user with this address and password, or None; a miss takes as long as a hit."""
    same = User.email.in_(addresses.spellings(sign_in_name(email)))
    user = session.scalar(sa.select(User).where(same))
    usable = user is not None and user.active and user.password_hash
    dummy_hash = _dummy_hash()  # in both cases, for equal timing
    password_hash = user.password_hash if user and usable else dummy_hash
    try:
        _hasher.verify(password_hash, password.encode("utf-8", "surrogatepass"))
    except (Argon2Error, InvalidHashError):
        return None
    return user if usable else None


READER = "reader"  # in a session's info: the role of the user for whom it reads


def read_as(session: Session, user: User) -> None:
    """Note in a session for whom it reads, which decides on what it leaves out."""
    session.info[READER] = user.role


def queue_mail(
    session: Session, user_id: int, kind: AccountMailKind, now: dt.datetime, **facts: str | int
) -> None:
    """Queue a mail to a user that is about no case: the worker sends it."""
    mail = AccountMail(user_id=user_id, kind=kind.value, facts=facts, created_at=now, due_at=now)
    session.add(mail)
