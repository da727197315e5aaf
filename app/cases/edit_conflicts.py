"""Pure: what somebody else changed while a form was open, field by field."""

import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ChangedField:
    """One field: what stood when the form was opened, what stands now, what was typed."""

    name: str
    was: str
    now: str
    typed: str


def fingerprint(fields: Mapping[str, str]) -> str:
    """Return what a form was opened upon, to be carried by it."""
    return json.dumps(dict(fields), ensure_ascii=False, sort_keys=True)


def changed_fields(
    carried: str, now: Mapping[str, str], typed: Mapping[str, str]
) -> list[ChangedField]:
    """Return what was changed since a form was opened; nothing where it carries nothing we know."""
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
