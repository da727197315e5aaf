"""Read column maps: those that come with the house, and a court's own."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import phonenumbers

from app.core.errors import N_, Invalid, Message
from app.imports.reading.encoding import known_name
from app.imports.reading.rules import FIELDS, ColumnMap, header_key, recognises

FOLDER = Path(__file__).parent / "maps"
OWN = "tingqi"
_KNOWN = {
    "name",
    "about",
    "recognised_by",
    "zone",
    "region",
    "shared_sittings",
    "date_formats",
    "time_formats",
    "columns",
    "defaults",
    "values",
    "both_sides",
    "separator",
    "encoding",
    "sheet",
}
# What a file's fields are where neither it nor its map says anything.
USUAL = {"procedure": "ordinary", "hearing_kind": "trial", "minutes": "60"}
# Whose words a map need not say again.
_WORDED = ("side", "procedure", "language", "channels", "hearing_kind")


def names() -> list[str]:
    """Return the names of the maps that come with the house."""
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


def find(wish: str) -> ColumnMap:
    """Return the map of a name, or of a TOML file. Raises Invalid."""
    file = Path(wish)
    if wish in names():
        file = FOLDER / f"{wish}.toml"
    elif not file.is_file():
        said = N_("There is no column map %(name)s; there are %(names)s, or give a TOML file.")
        raise Invalid({"--map": Message(said, name=wish, names=names())})
    try:
        return made(tomllib.loads(file.read_text(encoding="utf-8-sig")), file.stem)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        said = N_("The column map cannot be read: %(fault)s.")
        raise Invalid({file.name: Message(said, fault=str(fault))}) from fault


@cache
def known_headers() -> frozenset[str]:
    """Return all headers that the maps of the house read, as they are compared."""
    return frozenset().union(*(find(name).known_headers() for name in names()))


def suited(headers: Sequence[str]) -> ColumnMap:
    """Return the map that a file is recognised by, else the house's own."""
    for name in names():
        if recognises(found := find(name), headers):
            return found
    return find(OWN)


def made(said: Mapping[str, Any], name: str = "", fields: Sequence[str] = FIELDS) -> ColumnMap:
    """Return a map from what its file says. Raises Invalid, naming each entry that is wrong."""
    faults = {each: Message(N_("A column map has no such entry.")) for each in set(said) - _KNOWN}
    try:
        columns = {k: _texts(v) for k, v in dict(said.get("columns", {})).items()}
        defaults = {k: str(v) for k, v in dict(said.get("defaults", {})).items()}
        values = {k: _words(v) for k, v in dict(said.get("values", {})).items()}
        lists = {
            each: _texts(said[each])
            for each in ("recognised_by", "date_formats", "time_formats")
            if each in said
        }
    except (TypeError, ValueError, AttributeError) as fault:
        wrong = N_("Write text, or a list of texts, as docs/import.md shows.")
        raise Invalid({str(fault) or "columns": Message(wrong)}) from fault
    for part, given in (("columns", columns), ("defaults", defaults), ("values", values)):
        for each in given.keys() - set(fields):
            faults[f"{part}.{each}"] = Message(
                N_("There is no such field; there are: %(fields)s."), fields=list(fields)
            )
    faults.update(_place_faults(said))
    if faults:
        raise Invalid(faults)
    called = str(said.get("name") or name)
    defaults = {k: v for k, v in USUAL.items() if k in fields} | defaults
    if fields is FIELDS and called != OWN:
        own = find(OWN).values
        values |= {k: {**own[k], **values.get(k, {})} for k in _WORDED if k in own}
    return ColumnMap(
        name=called,
        columns=columns,
        defaults=defaults,
        values=values,
        zone=said.get("zone", ""),
        region=said.get("region", ""),
        shared_sittings=said.get("shared_sittings", False),
        both_sides=said.get("both_sides", False),
        separator=_separator(said),
        encoding=said.get("encoding", ""),
        sheet=said.get("sheet", ""),
        **lists,
    )


def _separator(said: Mapping[str, Any]) -> str:
    text = str(said.get("separator", ""))
    return {"tab": "\t", "\\t": "\t"}.get(text, text)


def _place_faults(said: Mapping[str, Any]) -> dict[str, Message]:
    faults = {}
    if said.get("zone") and said["zone"] not in available_timezones():
        no_zone = N_("There is no such time zone: %(zone)s.")
        faults["zone"] = Message(no_zone, zone=said["zone"])
    if said.get("region") and said["region"] not in phonenumbers.SUPPORTED_REGIONS:
        faults["region"] = Message(N_("Give the country in two letters, as CN."))
    for each in ("shared_sittings", "both_sides"):
        if not isinstance(said.get(each, False), bool):
            faults[each] = Message(N_("Give true or false."))
    if "separator" in said and (len(_separator(said)) != 1 or _separator(said) in '\r\n"'):
        faults["separator"] = Message(N_("Give the one character that parts the cells, or tab."))
    if not isinstance(said.get("sheet", ""), str):
        faults["sheet"] = Message(N_("Give this as text."))
    if "encoding" in said:
        try:
            known_name(str(said["encoding"]))
        except Invalid as fault:
            faults["encoding"] = next(iter(fault.errors.values()))
    for each in ("date_formats", "time_formats"):
        if any(not re.search("%[a-zA-Z]", str(text)) for text in said.get(each, ())):
            faults[each] = Message(N_("Write formats as docs/import.md shows."))
    return faults


def _texts(value: Any) -> tuple[str, ...]:
    texts = (value,) if isinstance(value, str) else tuple(value)
    if not texts or not all(isinstance(each, str) and each for each in texts):
        raise ValueError(str(value))
    return texts


def _words(given: Mapping[str, Any]) -> dict[str, str]:
    words = {str(theirs): str(ours) for theirs, ours in given.items()}
    return {header_key(theirs): ours for theirs, ours in words.items()} | words
