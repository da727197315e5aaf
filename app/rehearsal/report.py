"""Pure: steps of the rehearsal, what was seen of each, and how that is told."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any


class NotObserved(Exception):  # noqa: N818  (it says what was not seen)
    """A step did not show what it should; the words say what was seen instead."""


def expect(seen: object, words: str) -> None:
    """Go on where something was seen. Raises Unseen with these words where not."""
    if not seen:
        raise NotObserved(words)


@dataclass(frozen=True)
class RehearsalStep:
    """One step: its name, the steps that it builds on, and how it is seen (words, or Unseen)."""

    name: str
    needs: tuple[str, ...]
    see: Callable[[Any, Any], str]


@dataclass(frozen=True)
class Observation:
    """What was seen of one step, and how long it took, in seconds."""

    name: str
    ok: bool
    seen: str
    seconds: float
    skipped: bool = False


@dataclass
class RehearsalReport:
    """All that was seen; ``messages`` counts by kind and channel what the stand-ins took."""

    database: str = ""
    steps: list[Observation] = field(default_factory=list)
    messages: dict[str, dict[str, int]] = field(default_factory=dict)
    record_lines: int = 0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every step was seen."""
        return bool(self.steps) and all(step.ok for step in self.steps)

    def was_seen(self, name: str) -> bool:
        """Whether a step was seen."""
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
    """Return one step as a line for people."""
    mark = "✓" if seen.ok else "–" if seen.skipped else "✗"
    return f"{mark} {seen.name:<16} {seen.seen}"


def ending(told: RehearsalReport) -> str:
    """Return the last lines: whether all was seen, and how much that was."""
    sent = sum(sum(channels.values()) for channels in told.messages.values())
    amount = f"{sent} messages, {told.record_lines} lines of record, {told.seconds:.1f} s"
    if told.ok:
        return f"\nAll {len(told.steps)} steps were seen: {amount}."
    faults = [each.name for each in told.steps if not each.ok and not each.skipped]
    return f"\nNot all was seen ({', '.join(faults)}): {amount}."
