"""Rules of procedure as data: each with its source, its procedures and its first day."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class NoticePeriod:
    """So many days must lie between the notice and the hearing, in some procedures."""

    name: dict[str, str]
    days: int
    procedures: tuple[str, ...]
    source: dict[str, str]
    words: dict[str, str]
    valid_from: dt.date


@dataclass(frozen=True)
class RuleSet:
    """The rules of one kind of court, in one version."""

    version: str
    notice: tuple[NoticePeriod, ...]

    def notice_for(self, procedure: str, on: dt.date) -> list[NoticePeriod]:
        """Return the notice periods that bind a procedure on a day."""
        return [r for r in self.notice if procedure in r.procedures and r.valid_from <= on]


def names() -> list[str]:
    """Return the rule sets that a court can choose from."""
    return sorted(file.stem for file in HERE.glob("*.toml"))


@cache
def rule_set(name: str) -> RuleSet:
    """Return a rule set by its name. Raises ValueError, naming file and field, if broken."""
    file = HERE / f"{name}.toml"
    if name not in names():
        raise ValueError(f"there is no rule set {name!r}: choose one of {', '.join(names())}")
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
        periods = tuple(
            NoticePeriod(**{**each, "procedures": tuple(each["procedures"])})
            for each in said["notice"]
        )
        return RuleSet(version=said["version"], notice=periods)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as fault:
        raise ValueError(f"{file.name}: {fault}") from fault
