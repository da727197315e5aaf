"""The environment, read once: half-configured is refused, nothing set is the embedded default."""

import os
import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from app.core import addresses
from app.core.characters import half_width
from app.core.errors import Misconfigured

# Each group is set whole or not at all; a tuple inside means: at least one of these.
GROUPS: dict[str, list[str | tuple[str, ...]]] = {
    "mail": ["TINGQI_SMTP_URL", "TINGQI_MAIL_FROM"],
    "text messages": [
        "TINGQI_TWILIO_ACCOUNT_SID",
        "TINGQI_TWILIO_AUTH_TOKEN",
        ("TINGQI_TWILIO_FROM", "TINGQI_TWILIO_MESSAGING_SERVICE_SID"),
    ],
    "the second carrier of text messages": [
        "TINGQI_TWILIO2_ACCOUNT_SID",
        "TINGQI_TWILIO2_AUTH_TOKEN",
        ("TINGQI_TWILIO2_FROM", "TINGQI_TWILIO2_MESSAGING_SERVICE_SID"),
    ],
}
# The carriers whose pace can be set, each by the three settings of its name.
PACED = ("smtp", "twilio", "twilio2")
# What goes out by protocols of seven bits, or is compared with what comes in by them.
ASCII_ONLY = re.compile(r"TINGQI_TWILIO2?_(?!API_URL)")
KNOWN = {
    "TINGQI_DATABASE_URL",
    "TINGQI_SECRET_KEY",
    "TINGQI_PUBLIC_URL",
    "TINGQI_SMTP_URL",
    "TINGQI_MAIL_FROM",
    "TINGQI_TWILIO_ACCOUNT_SID",
    "TINGQI_TWILIO_AUTH_TOKEN",
    "TINGQI_TWILIO_FROM",
    "TINGQI_TWILIO_MESSAGING_SERVICE_SID",
    "TINGQI_TWILIO_API_URL",
    "TINGQI_IMAP_URL",
    "TINGQI_MAIL_AUTHSERV",
    "TINGQI_BEAT_SECONDS",
    "TINGQI_INSTANCE",
    "TINGQI_TRUSTED_PROXIES",
    "TINGQI_TWILIO2_ACCOUNT_SID",
    "TINGQI_TWILIO2_AUTH_TOKEN",
    "TINGQI_TWILIO2_FROM",
    "TINGQI_TWILIO2_MESSAGING_SERVICE_SID",
    "TINGQI_TWILIO2_API_URL",
    *(
        f"TINGQI_{name.upper()}_{what}"
        for name in PACED
        for what in ("AT_ONCE", "PER_SECOND", "BURST")
    ),
}


@dataclass(frozen=True)
class Twilio:
    """One account at Twilio, under the name that the house has for it."""

    name: str
    account_sid: str
    auth_token: str = field(repr=False)
    from_: str = ""
    messaging_service_sid: str = ""
    api_url: str = ""


@dataclass(frozen=True)
class Settings:
    """All that the environment says, checked."""

    instance: Path
    database_url: str
    secret_key: bytes
    public_url: str = "http://127.0.0.1:8000"
    smtp_url: str = ""
    mail_from: str = ""
    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    twilio_from: str = ""
    twilio_messaging_service_sid: str = ""
    twilio_api_url: str = ""
    twilio2: Twilio | None = None
    # Carriers by name: calls at once, messages a second and in one burst, 0 where unlimited.
    paces: Mapping[str, tuple[int, float, float]] = field(default_factory=dict)
    imap_url: str = ""
    # Whose Authentication-Results count: the name that the court's own mail server writes in them.
    mail_authserv: str = ""
    beat_seconds: float = 5.0
    trusted_proxies: int = 0
    demo: bool = False
    # What is set in the environment under Tingqi's prefix and is no setting of this version.
    unknown: Sequence[str] = ()

    @property
    def twilios(self) -> list[Twilio]:
        """The accounts whose callbacks are believed."""
        if not self.twilio_account_sid:
            return []
        first = Twilio(
            "twilio",
            self.twilio_account_sid,
            self.twilio_auth_token,
            self.twilio_from,
            self.twilio_messaging_service_sid,
            self.twilio_api_url,
        )
        return [first, self.twilio2] if self.twilio2 else [first]

    @property
    def embedded(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url.startswith("sqlite")

    @property
    def outbox(self) -> Path:
        """Where mail and texts go while no carrier is set."""
        return self.instance / "outbox"

    @property
    def court_address(self) -> str:
        """The address that mail and invites come from."""
        return self.mail_from or f"tingqi@{urlsplit(self.public_url).hostname}"


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the environment and of ``instance/tingqi.env`` (the former wins).

    Raises Misconfigured, naming what is missing or wrong.
    """
    given = dict(os.environ if environment is None else environment)
    instance = Path(given.get("TINGQI_INSTANCE") or "instance").resolve()
    kept = _kept(instance / "tingqi.env")
    said = {k: _trimmed(v) for k, v in {**kept, **given}.items() if k.startswith("TINGQI_")}
    said = {k: v for k, v in said.items() if v}
    _refuse_letters(said)
    _refuse_unknown(kept)
    _refuse_halves(said)
    url = said.get("TINGQI_DATABASE_URL") or f"sqlite:///{instance / 'tingqi.db'}"
    url = _database_url(url)
    return Settings(
        instance=instance,
        database_url=url,
        secret_key=_secret(said, instance, url),
        public_url=_web_address(said, "TINGQI_PUBLIC_URL", "http://127.0.0.1:8000"),
        smtp_url=_of_scheme(said, "TINGQI_SMTP_URL", ("smtp", "smtps")),
        mail_from=_mail_address(said, "TINGQI_MAIL_FROM"),
        twilio_account_sid=said.get("TINGQI_TWILIO_ACCOUNT_SID", ""),
        twilio_auth_token=said.get("TINGQI_TWILIO_AUTH_TOKEN", ""),
        twilio_from=_sender(said, "TINGQI_TWILIO_FROM"),
        twilio_messaging_service_sid=said.get("TINGQI_TWILIO_MESSAGING_SERVICE_SID", ""),
        twilio_api_url=_web_address(said, "TINGQI_TWILIO_API_URL", ""),
        twilio2=_second(said),
        paces={name: _pace(said, name) for name in PACED if _is_paced(said, name)},
        imap_url=_of_scheme(said, "TINGQI_IMAP_URL", ("imap", "imaps")),
        mail_authserv=_server_name(said, "TINGQI_MAIL_AUTHSERV"),
        beat_seconds=_number(said, "TINGQI_BEAT_SECONDS", 5.0, 0.1, 3600.0),
        trusted_proxies=int(_number(said, "TINGQI_TRUSTED_PROXIES", 0.0, 0.0, 10.0)),
        unknown=_unknown(said),
    )


def _is_invisible(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")


def _trimmed(text: str) -> str:
    """Return a setting without blanks and letters that nobody sees at its ends."""
    begin, end = 0, len(text)
    while begin < end and (text[begin].isspace() or _is_invisible(text[begin])):
        begin += 1
    while end > begin and (text[end - 1].isspace() or _is_invisible(text[end - 1])):
        end -= 1
    return text[begin:end]


def _refuse_letters(said: Mapping[str, str]) -> None:
    """Refuse letters that a page shows as nothing, or as others than they are."""
    for name, text in said.items():
        for letter in text:
            code = f"U+{ord(letter):04X}"
            if _is_invisible(letter):
                raise Misconfigured(
                    f"{name} holds a character that cannot be seen ({code}): type it anew."
                )
            if not letter.isascii() and ASCII_ONLY.match(name):
                raise Misconfigured(
                    f"{name} holds {letter!r} ({code}), which is no ASCII letter: type it anew."
                )


def _kept(file: Path) -> dict[str, str]:
    try:
        return {k: v for k, v in dotenv_values(file).items() if v is not None}
    except UnicodeDecodeError:
        raise Misconfigured(f"{file} is not UTF-8: save it as UTF-8.") from None


def _second(said: Mapping[str, str]) -> Twilio | None:
    if "TINGQI_TWILIO2_ACCOUNT_SID" not in said:
        return None
    if "TINGQI_TWILIO_ACCOUNT_SID" not in said:
        raise Misconfigured(
            "TINGQI_TWILIO2_ACCOUNT_SID names a second carrier, and there is no first: set the "
            "same under TINGQI_TWILIO_…."
        )
    return Twilio(
        "twilio2",
        said["TINGQI_TWILIO2_ACCOUNT_SID"],
        said["TINGQI_TWILIO2_AUTH_TOKEN"],
        _sender(said, "TINGQI_TWILIO2_FROM"),
        said.get("TINGQI_TWILIO2_MESSAGING_SERVICE_SID", ""),
        _web_address(said, "TINGQI_TWILIO2_API_URL", ""),
    )


def _is_paced(said: Mapping[str, str], name: str) -> bool:
    return any(
        f"TINGQI_{name.upper()}_{part}" in said for part in ("AT_ONCE", "PER_SECOND", "BURST")
    )


def _pace(said: Mapping[str, str], name: str) -> tuple[int, float, float]:
    prefix, usual = f"TINGQI_{name.upper()}_", 4.0 if name == "smtp" else 32.0
    return (
        int(_number(said, f"{prefix}AT_ONCE", usual, 1, 200)),
        _number(said, f"{prefix}PER_SECOND", 0.0, 0.0, 10_000.0),
        _number(said, f"{prefix}BURST", 0.0, 0.0, 10_000.0),
    )


def _unknown(said: Mapping[str, str]) -> list[str]:
    return sorted(name for name in said if name.startswith("TINGQI_") and name not in KNOWN)


def _refuse_unknown(kept: Mapping[str, str]) -> None:
    for name in _unknown(kept):
        raise Misconfigured(f"instance/tingqi.env sets {name}, which is no setting of Tingqi.")


def _refuse_halves(said: Mapping[str, str]) -> None:
    for what, names in GROUPS.items():
        flat = [n for name in names for n in ((name,) if isinstance(name, str) else name)]
        if not any(n in said for n in flat):
            continue
        for name in names:
            choices = (name,) if isinstance(name, str) else name
            if not any(n in said for n in choices):
                raise Misconfigured(
                    f"The settings for {what} are half made: {' or '.join(choices)} is missing. "
                    f"Set it, or unset {', '.join(n for n in flat if n in said)}."
                )


def _database_url(url: str) -> str:
    if url.startswith(("postgresql://", "postgres://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise Misconfigured(
            "TINGQI_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://."
        )
    if url.startswith("sqlite:///") and not url.removeprefix("sqlite:///").strip("/"):
        raise Misconfigured("TINGQI_DATABASE_URL names no file, as sqlite:////srv/tingqi.db does.")
    try:
        urlsplit(url).port  # noqa: B018  (raises where the port is no number)
    except ValueError:
        raise Misconfigured("TINGQI_DATABASE_URL has a port that is no number.") from None
    return url


def _secret(said: Mapping[str, str], instance: Path, url: str) -> bytes:
    if key := said.get("TINGQI_SECRET_KEY"):
        if len(key) < 32:
            raise Misconfigured(
                "TINGQI_SECRET_KEY is too short: give at least 32 characters, for example from "
                "`python -c 'import secrets; print(secrets.token_hex(32))'`."
            )
        return key.encode()
    if not url.startswith("sqlite"):
        raise Misconfigured(
            "TINGQI_SECRET_KEY is missing: with PostgreSQL every machine needs the same one. Make "
            "it with `python -c 'import secrets; print(secrets.token_hex(32))'` and keep it safe."
        )
    return _kept_secret(instance / "secret_key")


def _kept_secret(file: Path) -> bytes:
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "w") as made:
            made.write(secrets.token_hex(32))
    key = file.read_text().strip()
    if len(key) < 32:
        raise Misconfigured(f"{file} holds no key: restore it from your backup, or remove it.")
    return key.encode()


def _web_address(said: Mapping[str, str], name: str, default: str) -> str:
    address = (_of_scheme(said, name, ("http", "https")) or default).rstrip("/")
    parts = urlsplit(address)
    if parts.query or parts.fragment or parts.username:
        raise Misconfigured(f"{name} must be an address without a name, ? or #.")
    return address


def _mail_address(said: Mapping[str, str], name: str) -> str:
    address = said.get(name, "")
    if address and not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", address):
        raise Misconfigured(f"{name} must be one mail address, as hearings@court.example.")
    try:
        found = addresses.ascii_address(address)
        fine = not found or addresses.is_host(found.rpartition("@")[2].strip("[]"))
    except ValueError:
        fine = False
    if not fine:
        raise Misconfigured(f"{name} has a domain that cannot exist: look at its spelling.")
    return found


def _sender(said: Mapping[str, str], name: str) -> str:
    """Return who texts come from: a number in E.164, a short code, or a sender's name.

    Twilio's "Alphanumeric sender ID": up to 11 letters, digits and spaces, with a letter.
    """
    text = half_width(said.get(name, ""))
    number = re.sub(r"[ ()./-]", "", text)
    if re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
        return number
    if text and not re.fullmatch(r"[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11}", text):
        raise Misconfigured(
            f"{name} must be a number with + and its country, as +15005550006, a short code, or a "
            "sender's name of at most 11 letters and digits."
        )
    return text


def _server_name(said: Mapping[str, str], name: str) -> str:
    text = said.get(name, "").rstrip(";. ")
    try:
        host = addresses.ascii_host(text)
    except ValueError:
        host = ""
    if text and not re.fullmatch(r"[A-Za-z0-9._-]{1,253}", host):
        raise Misconfigured(
            f"{name} must be one name of a server, as mx.court.example: the first word of the "
            "topmost Authentication-Results in a mail that came from outside."
        )
    return host


def _of_scheme(said: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str:
    url = said.get(name, "")
    try:
        parts = urlsplit(url)
        fine = not url or (parts.scheme in schemes and bool(parts.hostname))
        parts.port  # noqa: B018  (raises where the port is no number)
        url = addresses.ascii_url(url)
        fine = fine and (not url or addresses.is_host(urlsplit(url).hostname or ""))
    except ValueError:
        fine = False
    if not fine:
        wanted = " or ".join(f"{scheme}://" for scheme in schemes)
        raise Misconfigured(
            f"{name} must be an address that begins with {wanted} and names a host."
        )
    return url


def _number(said: Mapping[str, str], name: str, default: float, least: float, most: float) -> float:
    try:
        value = float(said.get(name, default))
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise Misconfigured(f"{name} must be a number from {least:g} to {most:g}.")
    return value
