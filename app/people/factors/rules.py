"""Pure: codes of authenticator apps and of recovery, how often one may guess, how long proof lasts.

RFC 6238 for the codes of an app: six digits for thirty seconds.
"""

import datetime as dt
import hashlib
import hmac
import secrets
from enum import StrEnum

import pyotp

from app.core import links
from app.core.characters import half_width

HALF_SIGNED_IN = dt.timedelta(minutes=10)  # from the password to the second factor
CHALLENGE_LIVES = dt.timedelta(minutes=5)
STEP = 30  # seconds of a code
RECOVERY_CODES = 10
FEW_CODES = 3  # from which on the user is told to make new ones
RECOVERY_LENGTH = 24  # characters of 5 bits: with 120 bits a plain hash is enough (ASVS 6.5.2)
FREE_GUESSES = 5
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(seconds=30), dt.timedelta(hours=1)
GUESSES_FORGOTTEN = dt.timedelta(days=1)  # after the last one
MOST_PASSKEYS = 20
MOST_NAME = 60  # characters of a passkey's name


class FactorMethod(StrEnum):
    """How somebody proves again who they are."""

    APP = "app"
    PASSKEY = "passkey"
    RECOVERY = "recovery"
    PASSWORD = "password"  # noqa: S105  (no password)


def counter_at(now: dt.datetime) -> int:
    """Return the number of the thirty seconds in which an instant lies."""
    return int(now.timestamp()) // STEP


def matching_counter(
    app_secret: str, typed: str, now: dt.datetime, last_counter: int
) -> int | None:
    """Return the counter whose code was typed, or None.

    The code of now counts, and those just before and after it, for clocks differ; none that is not
    newer than the last one used. All are compared, in constant time.
    """
    code = digits(typed)
    generator, found = pyotp.TOTP(app_secret), None
    for counter in range(counter_at(now) - 1, counter_at(now) + 2):
        matches = hmac.compare_digest(generator.generate_otp(counter).encode(), code.encode())
        if matches and counter > last_counter:
            found = counter
    return found


def digits(typed: str) -> str:
    """Return a typed code without spaces and dashes, in ASCII digits."""
    return "".join(c for c in half_width(typed[:50]) if c.isascii() and c.isalnum())


def new_recovery_code() -> str:
    """Return a random recovery code, as it is shown."""
    code = "".join(secrets.choice(links.ALPHABET) for _ in range(RECOVERY_LENGTH))
    return "-".join(code[at : at + 4] for at in range(0, RECOVERY_LENGTH, 4))


def recovery_digest(user_id: int, typed: str) -> str:
    """Return the hash of a user's recovery code, typed in any case, with or without dashes."""
    code = links.parse_code(half_width(typed[:100]))
    return hashlib.sha256(f"recovery {user_id} {code}".encode("utf-8", "replace")).hexdigest()


def wait_after(failures: int) -> dt.timedelta:
    """Return how long one waits after so many wrong codes: twice as long with each from the fifth.

    In a day that lets some thirty guesses through, each of three codes in a million.
    """
    if failures < FREE_GUESSES:
        return dt.timedelta(0)
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures - FREE_GUESSES, 10))
