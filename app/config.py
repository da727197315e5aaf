"""Settings, read once from the environment: half a set is refused, no setting is the default."""

import os
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values

from app.carriers import registry
from app.carriers.registry import CarrierSettings
from app.core import terminal, wording
from app.core.errors import N_, Misconfigured
from app.core.settings import (
    PREFIX,
    Parser,
    choice,
    instance_folder,
    mail_address,
    networks,
    number,
    read_group,
    url_of,
    web_address,
)
from app.core.web_client.guarded_http import IpNetwork
from app.people.single_sign_on import settings as single_sign_on
from app.people.single_sign_on.settings import OidcSettings
from app.record.time_stamps import settings as time_stamps
from app.record.time_stamps.settings import StampAuthority
from app.storage import limits
from app.storage import settings as storage
from app.storage.limits import PaperLimits
from app.storage.settings import StorageSettings

# The settings of the installation itself; those of carriers are declared in their folders.
OWN = {
    "TINGQI_DATABASE_URL",
    "TINGQI_SECRET_KEY",
    "TINGQI_SIGNING_KEY",
    "TINGQI_PUBLIC_URL",
    "TINGQI_BEAT_SECONDS",
    "TINGQI_INSTANCE",
    "TINGQI_TRUSTED_PROXIES",
    "TINGQI_HOOKS_INSIDE",
    "TINGQI_REDIS_URL",
    "TINGQI_SECURITY_CONTACT",
    terminal.SETTING,
    *storage.NAMES,
    *limits.NAMES,
    *time_stamps.NAMES,
    *single_sign_on.NAMES,
}
BEAT_SECONDS = number(0.1, 3600)
TRUSTED_PROXIES = number(0, 10)
LANGUAGE = choice(*wording.LANGUAGES)
KEY_COMMAND = "`python -c 'import secrets; print(secrets.token_hex(32))'`"


@dataclass(frozen=True)
class Settings:
    """All settings of the environment, checked."""

    instance: Path
    database_url: str
    secret_key: bytes
    public_url: str = "http://127.0.0.1:8000"
    carriers: CarrierSettings = field(default_factory=CarrierSettings)
    beat_seconds: float = 5.0
    trusted_proxies: int = 0
    storage: StorageSettings = field(default_factory=StorageSettings)
    paper_limits: PaperLimits = field(default_factory=PaperLimits)
    # Where TINGQI_SIGNING_KEY puts the key that signs receipts, if not into the instance folder.
    given_signing_key: Path | None = None
    # Where a weakness of this installation is reported, as a URI; "" where nobody is named.
    security_contact: str = ""
    # Who stamps sealed days with the time; None where they carry no time stamp.
    stamp_authority: StampAuthority | None = None
    # Networks inside that webhooks may call; all others must be of the open internet.
    hooks_inside: tuple[IpNetwork, ...] = ()
    # Where rate limits are counted if not in the database; it may hold a password.
    redis_url: str = field(default="", repr=False)
    # The provider of single sign-on; None: users sign in with a password.
    oidc: OidcSettings | None = None
    demo: bool = False
    # Names in the environment under Tingqi's prefix that are no setting of this version.
    unknown: Sequence[str] = ()

    @property
    def embedded(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url.startswith("sqlite")

    @property
    def signing_key(self) -> Path:
        """The PEM file of the key that signs receipts."""
        return self.given_signing_key or self.instance / "signing_key.pem"

    @property
    def outbox(self) -> Path:
        """The folder for mail and texts while no carrier is set."""
        return self.instance / "outbox"

    @property
    def court_address(self) -> str:
        """The address that mail and invites come from."""
        return self.carriers.mail_from or f"tingqi@{urlsplit(self.public_url).hostname}"


def known() -> set[str]:
    """Return the names of all settings, those of installed carriers among them."""
    return OWN | set(registry.known_settings())


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the environment and of ``instance/tingqi.env`` (the former wins).

    Raises Misconfigured, naming what is missing or wrong.
    """
    variables = dict(os.environ if environment is None else environment)
    instance = instance_folder(variables)
    in_file = _read_file(instance / "tingqi.env")
    merged = {**in_file, **variables}
    values = {name: _trimmed(text) for name, text in merged.items() if name.startswith(PREFIX)}
    values = {name: text for name, text in values.items() if text}
    _refuse_characters(values)
    _refuse_unknown(in_file)
    _parsed(values, terminal.SETTING, LANGUAGE, "")
    carriers = registry.read_settings(values)
    url = values.get("TINGQI_DATABASE_URL") or f"sqlite:///{instance / 'tingqi.db'}"
    url = _database_url(url)
    return Settings(
        instance=instance,
        database_url=url,
        secret_key=_secret(values, instance, url),
        public_url=_parsed(values, "TINGQI_PUBLIC_URL", web_address, "http://127.0.0.1:8000"),
        carriers=carriers,
        beat_seconds=_parsed(values, "TINGQI_BEAT_SECONDS", BEAT_SECONDS, 5.0),
        trusted_proxies=int(_parsed(values, "TINGQI_TRUSTED_PROXIES", TRUSTED_PROXIES, 0)),
        storage=storage.read(values),
        paper_limits=limits.read(values),
        given_signing_key=_parsed(values, "TINGQI_SIGNING_KEY", _file, None),
        stamp_authority=time_stamps.read(values),
        security_contact=_parsed(values, "TINGQI_SECURITY_CONTACT", _contact, ""),
        hooks_inside=_parsed(values, "TINGQI_HOOKS_INSIDE", networks, ()),
        redis_url=_parsed(values, "TINGQI_REDIS_URL", url_of("redis", "rediss"), ""),
        oidc=read_group(OidcSettings, single_sign_on.GROUP, values, N_("single sign-on")),
        unknown=_unknown(values),
    )


def _parsed(values: Mapping[str, str], name: str, parse: Parser, default: Any) -> Any:
    return parse(name, values[name]) if name in values else default


def _file(_name: str, text: str) -> Path:
    return Path(text).resolve()


def _contact(name: str, text: str) -> str:
    """Return a mail address or an https address as a URI (RFC 9116, 2.5.3)."""
    if text.startswith("https://"):
        return web_address(name, text)
    return f"mailto:{mail_address(name, text.removeprefix('mailto:'))}"


def _is_invisible(character: str) -> bool:
    # Wider than characters.clean, which drops: in a setting such a character is refused by code.
    return unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")


def _trimmed(text: str) -> str:
    """Return a setting without blanks and invisible characters at its ends."""
    begin, end = 0, len(text)
    while begin < end and (text[begin].isspace() or _is_invisible(text[begin])):
        begin += 1
    while end > begin and (text[end - 1].isspace() or _is_invisible(text[end - 1])):
        end -= 1
    return text[begin:end]


def _refuse_characters(values: Mapping[str, str]) -> None:
    """Refuse characters that are invisible, or that look like others where ASCII is needed."""
    carriers = registry.known_settings()
    for name, text in values.items():
        setting = carriers.get(name)
        ascii_only = setting is not None and setting.declaration.ascii_only
        for character in text:
            code = f"U+{ord(character):04X}"
            if _is_invisible(character):
                raise Misconfigured(
                    N_("%(name)s contains an invisible character (%(code)s): type it again."),
                    name=name,
                    code=code,
                )
            if ascii_only and not character.isascii():
                raise Misconfigured(
                    N_(
                        "%(name)s contains %(character)s (%(code)s), which is not an ASCII "
                        "character: type it again."
                    ),
                    name=name,
                    character=repr(character),
                    code=code,
                )


def _read_file(file: Path) -> dict[str, str]:
    try:
        return {k: v for k, v in dotenv_values(file).items() if v is not None}
    except UnicodeDecodeError:
        raise Misconfigured(N_("%(file)s is not in UTF-8: save it as UTF-8."), file=file) from None


def _unknown(values: Mapping[str, str]) -> list[str]:
    names = known()
    return sorted(name for name in values if name.startswith(PREFIX) and name not in names)


def _refuse_unknown(in_file: Mapping[str, str]) -> None:
    for name in _unknown(in_file):
        raise Misconfigured(
            N_("%(file)s sets %(name)s, which is not a setting of Tingqi: check its spelling."),
            file="instance/tingqi.env",
            name=name,
        )


def _database_url(url: str) -> str:
    if url.startswith(("postgresql://", "postgres://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise Misconfigured(
            N_("TINGQI_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")
        )
    if url.startswith("sqlite:///") and not url.removeprefix("sqlite:///").strip("/"):
        raise Misconfigured(
            N_("TINGQI_DATABASE_URL names no file; an example that does: %(example)s"),
            example="sqlite:////srv/tingqi.db",
        )
    try:
        urlsplit(url).port  # noqa: B018  (raises where the port is no number)
    except ValueError:
        raise Misconfigured(N_("The port in TINGQI_DATABASE_URL is not a number.")) from None
    return url


def _secret(values: Mapping[str, str], instance: Path, url: str) -> bytes:
    if key := values.get("TINGQI_SECRET_KEY"):
        if len(key) < 32:
            raise Misconfigured(
                N_(
                    "TINGQI_SECRET_KEY is too short: it needs at least 32 characters, for example "
                    "from %(command)s."
                ),
                command=KEY_COMMAND,
            )
        return key.encode()
    if not url.startswith("sqlite"):
        raise Misconfigured(
            N_(
                "TINGQI_SECRET_KEY is missing: with PostgreSQL every machine needs the same one. "
                "Create it with %(command)s and keep it safe."
            ),
            command=KEY_COMMAND,
        )
    return _stored_secret(instance / "secret_key")


def _stored_secret(file: Path) -> bytes:
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "w") as new_file:
            new_file.write(secrets.token_hex(32))
    key = file.read_text().strip()
    if len(key) < 32:
        raise Misconfigured(
            N_("%(file)s contains no key: restore it from your backup, or remove it."), file=file
        )
    return key.encode()
