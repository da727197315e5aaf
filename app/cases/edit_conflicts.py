"""Pure: find fields changed concurrently while a form was open."""

import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ChangedField:
    """One field: its value when the form was loaded, its value now, and the one typed."""

    name: str
    was: str
    now: str
    typed: str


def fingerprint(fields: Mapping[str, str]) -> str:
    """Return the values that a form is loaded with, to be carried by the form as JSON."""
    return json.dumps(dict(fields), ensure_ascii=False, sort_keys=True)


def changed_fields(
    carried: str, now: Mapping[str, str], typed: Mapping[str, str]
) -> list[ChangedField]:
    """Return the fields changed since a form was loaded; none for an unreadable fingerprint."""
    try:
        was = json.loads(carried)
    except ValueError:
        return []
    if not isinstance(was, dict):
        return []
    return [
        ChangedField(name, str(was[name]), words, typed.get(name, ""))
        for name, words in now.items()
        if name in was and str(was[name]) != words
    ]
