"""Pure: the steps of a rehearsal, their results, and the printed report."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any


class NotObserved(Exception):  # noqa: N818  (it says what was not seen)
    """A step did not have the expected result; the message says what was observed instead."""


def expect(seen: object, words: str) -> None:
    """Assert a result. Raises NotObserved with this message where ``seen`` is false."""
    if not seen:
        raise NotObserved(words)


@dataclass(frozen=True)
class RehearsalStep:
    """One step: its name, the steps it depends on, and a function that performs it.

    The function returns a description of what it observed, or raises NotObserved.
    """

    name: str
    needs: tuple[str, ...]
    see: Callable[[Any, Any], str]


@dataclass(frozen=True)
class Observation:
    """The result of one step, and its duration in seconds."""

    name: str
    ok: bool
    seen: str
    seconds: float
    skipped: bool = False


@dataclass
class RehearsalReport:
    """All results; ``messages`` counts what the stand-ins received, by kind and channel."""

    database: str = ""
    steps: list[Observation] = field(default_factory=list)
    messages: dict[str, dict[str, int]] = field(default_factory=dict)
    record_lines: int = 0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every step succeeded."""
        return bool(self.steps) and all(step.ok for step in self.steps)

    def was_seen(self, name: str) -> bool:
        """Whether a step succeeded."""
        return any(step.ok for step in self.steps if step.name == name)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as it is printed in JSON."""
        steps = [{k: v for k, v in asdict(each).items() if k != "skipped"} for each in self.steps]
        return {
            "ok": self.ok,
            "database": self.database,
            "steps": steps,
            "messages": self.messages,
            "record_lines": self.record_lines,
            "seconds": self.seconds,
        }


def line(seen: Observation) -> str:
    """Return the printed line of one step."""
    mark = "✓" if seen.ok else "–" if seen.skipped else "✗"
    return f"{mark} {seen.name:<16} {seen.seen}"


def ending(report: RehearsalReport) -> str:
    """Return the summary, with the totals."""
    sent = sum(sum(channels.values()) for channels in report.messages.values())
    amount = f"{sent} messages, {report.record_lines} lines of record, {report.seconds:.1f} s"
    if report.ok:
        return f"\nAll {len(report.steps)} steps were seen: {amount}."
    faults = [each.name for each in report.steps if not each.ok and not each.skipped]
    return f"\nNot all was seen ({', '.join(faults)}): {amount}."
