"""Settings from the environment: how one is declared, read, refused and shown.

A group of settings is a frozen dataclass whose fields are made by `setting`. The name of a setting
is the group's prefix and the field's name in capitals, unless the declaration names it whole.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from app.core import addresses
from app.core.errors import N_, Message, Misconfigured

PREFIX = "TINGQI_"

# Turns the name and the text of a setting into its value; raises Misconfigured.
Parser = Callable[[str, str], Any]
Group = TypeVar("Group")


def instance_folder(variables: Mapping[str, str]) -> Path:
    """Return the folder that TINGQI_INSTANCE names, or ``instance`` in the current folder."""
    return Path(variables.get("TINGQI_INSTANCE") or "instance").resolve()


@dataclass(frozen=True)
class Declaration:
    """The declaration of one setting.

    ``required``: the group is complete only with it. ``one_of``: of all settings of the group with
    the same word here, at least one is required. ``secret``: its value is shown nowhere.
    """

    parse: Parser
    name: str = ""
    required: bool = False
    one_of: str = ""
    ascii_only: bool = False
    secret: bool = False


@dataclass(frozen=True)
class Setting:
    """One setting of a group: the dataclass's attribute, the name in the environment, the rules."""

    attribute: str
    name: str
    declaration: Declaration


def plain_text(name: str, text: str) -> str:
    """Return the text of a setting as it is."""
    return text


def setting(
    parse: Parser = plain_text,
    *,
    default: Any = "",
    name: str = "",
    required: bool = False,
    one_of: str = "",
    ascii_only: bool = False,
    secret: bool = False,
) -> Any:
    """Return a dataclass field that is read from the environment; see `Declaration`.

    ``parse`` is called with the setting's name and its text, which is never empty.
    """
    declared = Declaration(parse, name, required, one_of, ascii_only, secret)
    return field(default=default, repr=not secret, metadata={"setting": declared})


def settings_of(group: type, prefix: str) -> list[Setting]:
    """Return the settings that a dataclass declares, with their names in the environment."""
    settings = []
    for each in fields(group):
        declared: Declaration = each.metadata["setting"]
        name = declared.name or prefix + each.name.strip("_").upper()
        settings.append(Setting(each.name, name, declared))
    return settings


def read_group(
    group: type[Group], prefix: str, values: Mapping[str, str], purpose: str
) -> Group | None:
    """Return a group's settings, or None where it requires settings and none of these is set.

    ``values`` are the non-empty settings of the environment by name. Raises Misconfigured, naming
    what is missing, where some of the required settings are set and others are not.
    """
    declared = settings_of(group, prefix)
    required = list(_required(declared))
    names = [name for choices in required for name in choices]
    if required and not any(name in values for name in names):
        return None
    for choices in required:
        if not any(name in values for name in choices):
            present = [name for name in names if name in values]
            raise Misconfigured(
                N_(
                    "The settings for %(purpose)s are incomplete: %(missing)s is missing. "
                    "Set it, or unset %(present)s."
                ),
                purpose=Message(purpose),
                missing=_alternatives(choices),
                present=present,
            )
    return group(
        **{
            each.attribute: each.declaration.parse(each.name, values[each.name])
            for each in declared
            if each.name in values
        }
    )


def first_required(group: type, prefix: str) -> Message | str:
    """Return the first setting without which a group is incomplete, "" where it needs none."""
    return next((_alternatives(each) for each in _required(settings_of(group, prefix))), "")


def _alternatives(names: tuple[str, ...]) -> Message | str:
    """Return "ONE or OTHER"."""
    words = N_("%(one)s or %(other)s")
    message: Message | str = names[0]
    for name in names[1:]:
        message = Message(words, one=message, other=name)
    return message


def shown(group: Any, prefix: str) -> str:
    """Return the settings of a group that are set, as NAME=value; of secrets the name only."""
    parts = []
    for each in settings_of(type(group), prefix):
        value = getattr(group, each.attribute)
        if value not in ("", None):
            parts.append(f"{each.name}={'…' if each.declaration.secret else value}")
    return ", ".join(parts)


def _required(declared: list[Setting]) -> Iterator[tuple[str, ...]]:
    """Yield, for each requirement of a group, the settings that fulfil it."""
    seen = set()
    for each in declared:
        if each.declaration.required:
            yield (each.name,)
        elif (word := each.declaration.one_of) and word not in seen:
            seen.add(word)
            yield tuple(other.name for other in declared if other.declaration.one_of == word)


def url_of(*schemes: str) -> Parser:
    """Return a parser of URLs with one of these schemes and a host, which is put into ASCII."""

    def parse(name: str, text: str) -> str:
        try:
            parts = urlsplit(text)
            valid = parts.scheme in schemes and bool(parts.hostname)
            parts.port  # noqa: B018  (raises where the port is no number)
            text = addresses.ascii_url(text)
            valid = valid and addresses.is_host(urlsplit(text).hostname or "")
        except ValueError:
            valid = False
        if not valid:
            raise Misconfigured(
                N_("%(name)s must be an address that begins with %(beginnings)s and names a host."),
                name=name,
                beginnings=_alternatives(tuple(f"{scheme}://" for scheme in schemes)),
            )
        return text

    return parse


def web_address(name: str, text: str) -> str:
    """Return an http(s) address without a trailing slash; user, query and fragment are refused."""
    address: str = url_of("http", "https")(name, text).rstrip("/")
    parts = urlsplit(address)
    if parts.query or parts.fragment or parts.username:
        raise Misconfigured(
            N_("%(name)s must be an address without a user name, ? or #."), name=name
        )
    return address


def mail_address(name: str, text: str) -> str:
    """Return one mail address, its domain in ASCII."""
    if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", text):
        raise Misconfigured(
            N_("%(name)s must be one mail address, such as %(example)s."),
            name=name,
            example="hearings@court.example",
        )
    try:
        address = addresses.ascii_address(text)
        valid = addresses.is_host(address.rpartition("@")[2].strip("[]"))
    except ValueError:
        valid = False
    if not valid:
        raise Misconfigured(
            N_("%(name)s has a domain that cannot exist: check its spelling."), name=name
        )
    return address


def choice(*values: str) -> Parser:
    """Return a parser of one of several words, in either case."""

    def parse(name: str, text: str) -> str:
        if text.lower() not in values:
            raise Misconfigured(
                N_("%(name)s must be one of %(choices)s."), name=name, choices=list(values)
            )
        return text.lower()

    return parse


def networks(name: str, text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Return IP networks that are separated by commas: ``10.1.0.0/16, fd00::/8``."""
    try:
        return tuple(ipaddress.ip_network(each.strip()) for each in text.split(","))
    except ValueError:
        raise Misconfigured(
            N_("%(name)s must be networks separated by commas, such as %(example)s."),
            name=name,
            example="10.1.0.0/16, 192.168.7.0/24",
        ) from None


def number(least: float, most: float) -> Parser:
    """Return a parser of numbers within bounds, both included."""

    def parse(name: str, text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            raise Misconfigured(
                N_("%(name)s must be a number from %(least)s to %(most)s."),
                name=name,
                least=f"{least:g}",
                most=f"{most:g}",
            )
        return value

    return parse
