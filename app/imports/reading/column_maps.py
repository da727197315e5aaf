"""Load column maps: the included ones, and a court's own TOML files."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import phonenumbers

from app.core.errors import N_, Invalid, Message
from app.imports.reading.encoding import codec_name
from app.imports.reading.rules import COLUMNS, FIELDS, ColumnMap, header_key, recognises

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
# Defaults of fields for which neither the file nor its map has a value.
DEFAULTS = {"procedure": "ordinary", "hearing_kind": "trial", "minutes": "60"}
# Fields whose vocabulary is inherited from the map `tingqi`.
_INHERITED = ("side", "procedure", "language", "channels", "hearing_kind", "outcome")


def names() -> list[str]:
    """Return the names of the included maps."""
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


def find(name_or_file: str) -> ColumnMap:
    """Return an included map by name, or load a TOML file. Raises Invalid."""
    file = Path(name_or_file)
    if name_or_file in names():
        file = FOLDER / f"{name_or_file}.toml"
    elif not file.is_file():
        text = N_("There is no column map %(name)s; there are %(names)s, or give a TOML file.")
        raise Invalid({"--map": Message(text, name=name_or_file, names=names())})
    try:
        return parse(tomllib.loads(file.read_text(encoding="utf-8-sig")), file.stem)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        text = N_("The column map cannot be read: %(fault)s.")
        raise Invalid({file.name: Message(text, fault=str(fault))}) from fault


@cache
def known_headers() -> frozenset[str]:
    """Return the header keys of all included maps."""
    return frozenset().union(*(find(name).known_headers() for name in names()))


def best_match(headers: Sequence[str]) -> ColumnMap:
    """Return the included map that recognises the headers, else `tingqi`."""
    for name in names():
        if recognises(column_map := find(name), headers):
            return column_map
    return find(OWN)


def parse(data: Mapping[str, Any], name: str = "", fields: Sequence[str] = FIELDS) -> ColumnMap:
    """Parse the data of a TOML file into a map. Raises Invalid, naming each faulty entry."""
    errors = {each: Message(N_("A column map has no such entry.")) for each in set(data) - _KNOWN}
    try:
        columns = {k: _texts(v) for k, v in dict(data.get("columns", {})).items()}
        defaults = {k: str(v) for k, v in dict(data.get("defaults", {})).items()}
        values = {k: _vocabulary(v) for k, v in dict(data.get("values", {})).items()}
        lists = {
            each: _texts(data[each])
            for each in ("recognised_by", "date_formats", "time_formats")
            if each in data
        }
    except (TypeError, ValueError, AttributeError) as fault:
        text = N_("Write text, or a list of texts, as docs/import.md shows.")
        raise Invalid({str(fault) or "columns": Message(text)}) from fault
    for part, entries in (("columns", columns), ("defaults", defaults), ("values", values)):
        for each in entries.keys() - set(fields):
            errors[f"{part}.{each}"] = Message(
                N_("There is no such field; there are: %(fields)s."), fields=list(fields)
            )
    errors.update(_option_errors(data))
    if errors:
        raise Invalid(errors)
    map_name = str(data.get("name") or name)
    defaults = {k: v for k, v in DEFAULTS.items() if k in fields} | defaults
    if fields is FIELDS and map_name == OWN:  # headers of columns that the file does not list
        described = {k: tuple(column.headers) for k, column in COLUMNS.items() if column.headers}
        columns = described | columns
    elif fields is FIELDS:
        inherited = find(OWN).values
        values |= {k: {**inherited[k], **values.get(k, {})} for k in _INHERITED if k in inherited}
    return ColumnMap(
        name=map_name,
        columns=columns,
        defaults=defaults,
        values=values,
        zone=data.get("zone", ""),
        region=data.get("region", ""),
        shared_sittings=data.get("shared_sittings", False),
        both_sides=data.get("both_sides", False),
        separator=_separator(data),
        encoding=data.get("encoding", ""),
        sheet=data.get("sheet", ""),
        **lists,
    )


def _separator(data: Mapping[str, Any]) -> str:
    text = str(data.get("separator", ""))
    return {"tab": "\t", "\\t": "\t"}.get(text, text)


def _option_errors(data: Mapping[str, Any]) -> dict[str, Message]:
    errors = {}
    if data.get("zone") and data["zone"] not in available_timezones():
        no_zone = N_("Enter a time zone such as Asia/Shanghai; there is none called %(zone)s.")
        errors["zone"] = Message(no_zone, zone=data["zone"])
    if data.get("region") and data["region"] not in phonenumbers.SUPPORTED_REGIONS:
        errors["region"] = Message(N_("Enter the country in two letters, such as CN."))
    for each in ("shared_sittings", "both_sides"):
        if not isinstance(data.get(each, False), bool):
            errors[each] = Message(N_("Enter true or false."))
    if "separator" in data and (len(_separator(data)) != 1 or _separator(data) in '\r\n"'):
        errors["separator"] = Message(N_("Give the one character that parts the cells, or tab."))
    if not isinstance(data.get("sheet", ""), str):
        errors["sheet"] = Message(N_("Enter this as text."))
    if "encoding" in data:
        try:
            codec_name(str(data["encoding"]))
        except Invalid as fault:
            errors["encoding"] = next(iter(fault.errors.values()))
    for each in ("date_formats", "time_formats"):
        if any(not re.search("%[a-zA-Z]", str(text)) for text in data.get(each, ())):
            errors[each] = Message(N_("Write formats as docs/import.md shows."))
    return errors


def _texts(value: Any) -> tuple[str, ...]:
    texts = (value,) if isinstance(value, str) else tuple(value)
    if not texts or not all(isinstance(each, str) and each for each in texts):
        raise ValueError(str(value))
    return texts


def _vocabulary(data: Mapping[str, Any]) -> dict[str, str]:
    vocabulary = {str(source_word): str(value) for source_word, value in data.items()}
    return {
        header_key(source_word): value for source_word, value in vocabulary.items()
    } | vocabulary
