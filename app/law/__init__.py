"""Rules of procedure as data: each with its source, its procedures and its first day.

The house brings two sets; a court's own lie as ``*.toml`` in ``rules/`` of the instance folder.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError

from app.law.schema import RuleSetIn
from app.record.rules import EvidenceGrade

if TYPE_CHECKING:
    from flask import Flask

HERE = Path(__file__).parent
_own: list[Path] = []


class InvalidRules(ValueError):  # noqa: N818
    """A file of rules cannot be used: the words name file, line, field and what is wrong."""


class Counted(StrEnum):
    """From when a period is counted."""

    FROM_NOTICE = "from_notice"  # the day on which people are told of the hearing
    FROM_ENTRY = "from_entry"  # the day on which the case was entered


# Tables of a file of rules that hold periods, and from when those are counted.
PERIODS = {"notice": Counted.FROM_NOTICE, "evidence": Counted.FROM_ENTRY}


@dataclass(frozen=True)
class PeriodRule:
    """A period before a hearing, in some procedures: so many days at least, or at most.

    One of at least so many days must be over before the case is heard: it bounds suggestions and
    listings, is warned of, and is shown. One of at most so many days bounds the period that the
    court sets, and no slot: it is only shown.
    """

    id: str
    name: dict[str, str]
    days: int
    procedures: tuple[str, ...]
    article: dict[str, str]
    source: dict[str, str]
    words: dict[str, str]
    valid_from: dt.date
    counted: Counted
    at_most: bool = False


@dataclass(frozen=True)
class DefaultJudgment:
    """What must be shown of a notice before somebody who stays away is judged in default."""

    id: str
    name: dict[str, str]
    procedures: tuple[str, ...]
    article: dict[str, str]
    source: dict[str, str]
    words: dict[str, str]
    valid_from: dt.date
    shown: EvidenceGrade
    # Of people who agreed to electronic service and confirmed their address.
    shown_by_consent: EvidenceGrade


@dataclass(frozen=True)
class LadderStep:
    """One way that is tried before the notice period begins, and the working days it needs."""

    way: str
    gives_days: int
    takes_days: int
    words: dict[str, str]
    source: dict[str, str]


@dataclass(frozen=True)
class CourtOffice:
    """When people of the court can be expected to ring somebody, by its clock."""

    opens: dt.time
    closes: dt.time


@dataclass(frozen=True)
class RuleSet:
    """The rules of one kind of court, in one version."""

    version: str
    # The notice of a hearing, and the time to bring evidence before it.
    periods: tuple[PeriodRule, ...]
    default_judgment: tuple[DefaultJudgment, ...]
    steps: tuple[LadderStep, ...]
    office: CourtOffice

    def periods_for(self, procedure: str, on: dt.date) -> list[PeriodRule]:
        """Return the periods that must be over before a hearing, by the rules of a day."""
        bind = [r for r in self.periods if procedure in r.procedures and r.valid_from <= on]
        return [rule for rule in bind if not rule.at_most]

    def notice_for(self, procedure: str, on: dt.date) -> list[PeriodRule]:
        """Return the notice periods that bind a procedure on a day."""
        found = self.periods_for(procedure, on)
        return [rule for rule in found if rule.counted is Counted.FROM_NOTICE]

    def default_for(self, procedure: str, on: dt.date) -> DefaultJudgment | None:
        """Return the newest rule about default judgments that binds a procedure on a day."""
        bind = [
            r for r in self.default_judgment if procedure in r.procedures and r.valid_from <= on
        ]
        return max(bind, key=lambda rule: rule.valid_from, default=None)


def look_in(folder: Path) -> None:
    """Let a court's own sets be found in a folder, and check every set that there is.

    Called once at the start. Raises Broken: with a set that cannot be read nothing starts.
    """
    _own[:] = [folder]
    rule_set.cache_clear()
    for name in names():
        rule_set(name)


def _files() -> dict[str, Path]:
    """Return where each set lies; a court's own takes the place of one of the house's."""
    folders = [HERE, *(folder for folder in _own if folder.is_dir())]
    return {file.stem: file for folder in folders for file in sorted(folder.glob("*.toml"))}


def names() -> list[str]:
    """Return the rule sets that a court can choose from."""
    return sorted(_files())


@cache
def rule_set(name: str) -> RuleSet:
    """Return a rule set by its name. Raises Broken, naming file, line and field."""
    file = _files().get(name)
    if file is None:
        raise InvalidRules(f"there is no rule set {name!r}: choose one of {', '.join(names())}")
    return read(file)


def read(file: Path) -> RuleSet:
    """Return the rule set of a file. Raises Broken, naming file, line and field."""
    try:
        text = file.read_text(encoding="utf-8")
        said = RuleSetIn().load(tomllib.loads(text))
    except UnicodeDecodeError as fault:
        raise InvalidRules(f"{file.name}: it is not written in UTF-8 ({fault})") from fault
    except tomllib.TOMLDecodeError as fault:
        raise InvalidRules(f"{file.name}: {fault}") from fault
    except ValidationError as fault:
        path, words = _first(fault.normalized_messages())
        line = _line_of(text, path)
        raise InvalidRules(f"{file.name}, line {line}, {_named(path)}: {words}") from fault
    return RuleSet(
        version=said["version"],
        periods=tuple(
            PeriodRule(**each, counted=counted)
            for table, counted in PERIODS.items()
            for each in said[table]
        ),
        default_judgment=tuple(DefaultJudgment(**each) for each in said["default_judgment"]),
        steps=tuple(LadderStep(**each) for each in said["step"]),
        office=CourtOffice(**said["office"]),
    )


def _first(errors: Mapping[Any, Any]) -> tuple[list[Any], str]:
    """Return the path to the first error, and its words."""
    path: list[Any] = []
    found: Any = errors
    while isinstance(found, Mapping):
        key = next(iter(found))
        path.append(key)
        found = found[key]
    return path, str(found[0] if isinstance(found, list) else found)


def _named(path: list[Any]) -> str:
    """Return a path as people write it: ``notice[1].days``, counted from one."""
    said = ""
    for each in path:
        if isinstance(each, int):
            said += f"[{each + 1}]"
        elif each not in ("_schema", "value", "key"):
            said += f".{each}" if said else str(each)
    return said


def _line_of(text: str, path: list[Any]) -> int:
    """Return the line, from one, on which a field stands, or the head of what it is missing in."""
    lines = text.splitlines()
    head = 0
    if len(path) > 1:
        wanted, nth = rf"\s*\[+\s*{re.escape(str(path[0]))}\s*\]+", path[1]
        heads = [n for n, line in enumerate(lines) if re.match(wanted, line)]
        nth = nth if isinstance(nth, int) else 0
        head = heads[nth] if nth < len(heads) else 0
    fields = [str(each) for each in path if isinstance(each, str)]
    field = fields[1] if len(fields) > 1 else fields[0]
    for n in range(head, len(lines)):
        if n > head and re.match(r"\s*\[", lines[n]):
            break
        if re.match(rf"\s*{re.escape(field)}\s*=", lines[n]):
            return n + 1
    return head + 1


def register(app: "Flask") -> None:
    """Register the feature's pages."""
    from app.law import views

    app.register_blueprint(views.bp)
