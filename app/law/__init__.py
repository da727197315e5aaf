"""Rules of procedure as data: each with its source, procedures and first day in force.

Two sets are included; a court's own sets are ``rules/*.toml`` in the instance folder.
"""

import datetime as dt
import hashlib
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
_court_folders: list[Path] = []


class InvalidRules(ValueError):  # noqa: N818
    """A rules file cannot be used; the message names file, line, field and error."""


class Counted(StrEnum):
    """Event from which a period is counted."""

    FROM_NOTICE = "from_notice"  # the day on which the participants are notified of the hearing
    FROM_ENTRY = "from_entry"  # the day on which the case was entered


# TOML tables that hold periods, and the event from which each is counted.
PERIODS = {"notice": Counted.FROM_NOTICE, "evidence": Counted.FROM_ENTRY}


@dataclass(frozen=True)
class ProcedureRule:
    """What every rule for some procedures says: its article, its words, and since when it holds."""

    id: str
    name: dict[str, str]
    procedures: tuple[str, ...]
    article: dict[str, str]
    source: dict[str, str]
    words: dict[str, str]
    valid_from: dt.date


@dataclass(frozen=True)
class PeriodRule(ProcedureRule):
    """A minimum or maximum period before a hearing, in days, for some procedures.

    A minimum period must be over before the case is heard: it bounds suggestions and listings and
    causes a warning. A maximum period (``at_most``) limits the period that the court may set; it
    bounds no slot and is only shown.
    """

    days: int
    counted: Counted
    at_most: bool = False


@dataclass(frozen=True)
class EvidenceRule(ProcedureRule):
    """The least evidence of receipt that something requires."""

    shown: EvidenceGrade
    # For people who agreed to electronic service and confirmed their address.
    shown_by_consent: EvidenceGrade


@dataclass(frozen=True)
class DefaultJudgment(EvidenceRule):
    """Evidence of notice that a default judgment requires."""


@dataclass(frozen=True)
class ServiceRule(EvidenceRule):
    """Evidence of receipt by which a paper of the court counts as served by link."""


@dataclass(frozen=True)
class OpinionRule(ProcedureRule):
    """What follows where nobody objects to a copy, and the days for opinions on evidence.

    ``days`` are working days after the exchange of evidence; the court may set another date.
    """

    days: int


@dataclass(frozen=True)
class TimeLimit(ProcedureRule):
    """Time within which a case is to be concluded, in months from the day it was filed.

    Courts may extend it, so that it causes a hint and bounds no proposal.
    """

    months: int


@dataclass(frozen=True)
class BenchRule(ProcedureRule):
    """Who may hear a case: one judge (``single``), several who sit together (``panel``), or both.

    A panel has an odd number of at least ``least``; ``assessors`` tells whether they may sit in it.
    """

    single: bool
    panel: bool
    least: int = 3
    assessors: bool = True


@dataclass(frozen=True)
class ClashRule(ProcedureRule):
    """Which of two courts' hearings at one time goes first: shown to people, who decide."""


@dataclass(frozen=True)
class EscalationRule:
    """One step of the escalation before the notice period begins, with its working days."""

    way: str
    gives_days: int
    takes_days: int
    words: dict[str, str]
    source: dict[str, str]


@dataclass(frozen=True)
class PaperStepRule:
    """One step towards counsel who have not opened papers, some working days after they were told.

    ``of`` is whose papers: "court", "counsel" or both.
    """

    way: str
    after_days: int
    of: tuple[str, ...]
    words: dict[str, str]
    source: dict[str, str]


@dataclass(frozen=True)
class ElectronicServiceTerms:
    """One version of the words to which a person agrees with electronic service.

    ``withdrawal`` is what follows when they withdraw. Words that were shown once are never
    changed: a consent keeps their version and digest.
    """

    version: str
    article: dict[str, str]
    source: dict[str, str]
    words: dict[str, str]
    withdrawal: dict[str, str]
    valid_from: dt.date

    def shown(self, language: str) -> str:
        """Return the words in a language, in English where there are none."""
        return self.words.get(language) or self.words["en"]

    def digest(self, language: str) -> str:
        """Return the SHA-256 of the words as they are shown in a language, in hex."""
        return hashlib.sha256(self.shown(language).encode()).hexdigest()


@dataclass(frozen=True)
class CourtOffice:
    """Office hours of the court, local time: when staff can be expected to telephone."""

    opens: dt.time
    closes: dt.time


@dataclass(frozen=True)
class RuleSet:
    """One version of a set of rules."""

    version: str
    # Notice periods and evidence periods.
    periods: tuple[PeriodRule, ...]
    default_judgment: tuple[DefaultJudgment, ...]
    time_limits: tuple[TimeLimit, ...]
    clashes: tuple[ClashRule, ...]
    benches: tuple[BenchRule, ...]
    steps: tuple[EscalationRule, ...]
    office: CourtOffice
    electronic_service: tuple[ElectronicServiceTerms, ...] = ()
    service: tuple[ServiceRule, ...] = ()
    opinions: tuple[OpinionRule, ...] = ()
    paper_steps: tuple[PaperStepRule, ...] = ()

    def electronic_service_on(self, on: dt.date) -> ElectronicServiceTerms | None:
        """Return the newest words in force on a day, or None if the set has none.

        Without them nobody agrees by link.
        """
        in_force = [each for each in self.electronic_service if each.valid_from <= on]
        return max(in_force, key=lambda each: each.valid_from, default=None)

    def periods_for(self, procedure: str, on: dt.date) -> list[PeriodRule]:
        """Return the minimum periods of a procedure that are in force on a day."""
        in_force = [r for r in self.periods if procedure in r.procedures and r.valid_from <= on]
        return [rule for rule in in_force if not rule.at_most]

    def notice_for(self, procedure: str, on: dt.date) -> list[PeriodRule]:
        """Return the notice periods of a procedure that are in force on a day."""
        periods = self.periods_for(procedure, on)
        return [rule for rule in periods if rule.counted is Counted.FROM_NOTICE]

    def evidence_for(self, procedure: str, on: dt.date) -> PeriodRule | None:
        """Return the longest evidence period of a procedure in force on a day, also at most so."""
        in_force = [
            rule
            for rule in self.periods
            if procedure in rule.procedures
            and rule.valid_from <= on
            and rule.counted is Counted.FROM_ENTRY
        ]
        return max(in_force, key=lambda rule: rule.days, default=None)

    def default_for(self, procedure: str, on: dt.date) -> DefaultJudgment | None:
        """Return the newest default-judgment rule of a procedure that is in force on a day."""
        in_force = [
            r for r in self.default_judgment if procedure in r.procedures and r.valid_from <= on
        ]
        return max(in_force, key=lambda rule: rule.valid_from, default=None)

    def service_for(self, procedure: str, on: dt.date) -> ServiceRule | None:
        """Return the newest rule on service by link of a procedure in force on a day."""
        in_force = [r for r in self.service if procedure in r.procedures and r.valid_from <= on]
        return max(in_force, key=lambda rule: rule.valid_from, default=None)

    def opinion_rule_for(self, procedure: str, on: dt.date) -> OpinionRule | None:
        """Return the newest rule on opinions on evidence of a procedure in force on a day."""
        in_force = [r for r in self.opinions if procedure in r.procedures and r.valid_from <= on]
        return max(in_force, key=lambda rule: rule.valid_from, default=None)

    def time_limit_for(self, procedure: str, on: dt.date) -> TimeLimit | None:
        """Return the newest time limit of a procedure that is in force on a day."""
        in_force = [r for r in self.time_limits if procedure in r.procedures and r.valid_from <= on]
        return max(in_force, key=lambda rule: rule.valid_from, default=None)

    def bench_for(self, procedure: str, on: dt.date) -> BenchRule | None:
        """Return the newest rule on the bench of a procedure that is in force on a day."""
        in_force = [r for r in self.benches if procedure in r.procedures and r.valid_from <= on]
        return max(in_force, key=lambda rule: rule.valid_from, default=None)

    def clash_for(self, procedure: str, on: dt.date) -> ClashRule | None:
        """Return the newest rule on clashing hearings of a procedure in force on a day."""
        in_force = [r for r in self.clashes if procedure in r.procedures and r.valid_from <= on]
        return max(in_force, key=lambda rule: rule.valid_from, default=None)


def load_rules_folder(folder: Path) -> None:
    """Add a court's own rules folder and validate every set.

    Called once at startup. Raises InvalidRules, so that nothing starts with an unreadable set.
    """
    _court_folders[:] = [folder]
    rule_set.cache_clear()
    for name in names():
        rule_set(name)


def _files() -> dict[str, Path]:
    """Return the file of each set; a court's own set replaces an included one of the same name."""
    folders = [HERE, *(folder for folder in _court_folders if folder.is_dir())]
    return {file.stem: file for folder in folders for file in sorted(folder.glob("*.toml"))}


def names() -> list[str]:
    """Return the names of the rule sets that a court can choose from."""
    return sorted(_files())


@cache
def rule_set(name: str) -> RuleSet:
    """Return a rule set by name. Raises InvalidRules."""
    file = _files().get(name)
    if file is None:
        raise InvalidRules(f"there is no rule set {name!r}: choose one of {', '.join(names())}")
    return read(file)


def read(file: Path) -> RuleSet:
    """Parse a rules file. Raises InvalidRules, naming file, line and field."""
    try:
        text = file.read_text(encoding="utf-8")
        data = RuleSetIn().load(tomllib.loads(text))
    except UnicodeDecodeError as fault:
        raise InvalidRules(f"{file.name}: it is not written in UTF-8 ({fault})") from fault
    except tomllib.TOMLDecodeError as fault:
        raise InvalidRules(f"{file.name}: {fault}") from fault
    except ValidationError as fault:
        path, error = _first_error(fault.normalized_messages())
        line = _line_of(text, path)
        raise InvalidRules(f"{file.name}, line {line}, {_format_path(path)}: {error}") from fault
    return RuleSet(
        version=data["version"],
        periods=tuple(
            PeriodRule(**each, counted=counted)
            for table, counted in PERIODS.items()
            for each in data[table]
        ),
        default_judgment=tuple(DefaultJudgment(**each) for each in data["default_judgment"]),
        time_limits=tuple(TimeLimit(**each) for each in data["time_limit"]),
        clashes=tuple(ClashRule(**each) for each in data["clash"]),
        benches=tuple(BenchRule(**each) for each in data["bench"]),
        steps=tuple(EscalationRule(**each) for each in data["step"]),
        office=CourtOffice(**data["office"]),
        electronic_service=tuple(
            ElectronicServiceTerms(**each) for each in data["electronic_service"]
        ),
        service=tuple(ServiceRule(**each) for each in data["service"]),
        paper_steps=tuple(PaperStepRule(**each) for each in data["paper_step"]),
        opinions=tuple(OpinionRule(**each) for each in data["opinion"]),
    )


def _first_error(errors: Mapping[Any, Any]) -> tuple[list[Any], str]:
    """Return the path to the first error, and its message."""
    path: list[Any] = []
    node: Any = errors
    while isinstance(node, Mapping):
        key = next(iter(node))
        path.append(key)
        node = node[key]
    return path, str(node[0] if isinstance(node, list) else node)


def _format_path(path: list[Any]) -> str:
    """Format a path as ``notice[1].days``, counted from one."""
    formatted = ""
    for each in path:
        if isinstance(each, int):
            formatted += f"[{each + 1}]"
        elif each not in ("_schema", "value", "key"):
            formatted += f".{each}" if formatted else str(each)
    return formatted


def _line_of(text: str, path: list[Any]) -> int:
    """Return the line (from 1) of a field, or of its table's header if the field is missing."""
    lines = text.splitlines()
    start = 0
    if len(path) > 1:
        header, nth = rf"\s*\[+\s*{re.escape(str(path[0]))}\s*\]+", path[1]
        headers = [n for n, line in enumerate(lines) if re.match(header, line)]
        nth = nth if isinstance(nth, int) else 0
        start = headers[nth] if nth < len(headers) else 0
    fields = [str(each) for each in path if isinstance(each, str)]
    field = fields[1] if len(fields) > 1 else fields[0]
    for n in range(start, len(lines)):
        if n > start and re.match(r"\s*\[", lines[n]):
            break
        if re.match(rf"\s*{re.escape(field)}\s*=", lines[n]):
            return n + 1
    return start + 1


def register(app: "Flask") -> None:
    """Register the feature's pages."""
    from app.law import views

    app.register_blueprint(views.bp)
