"""The steps of a rehearsal, their results, and the printed report."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.core.errors import N_, Message
from app.core.terminal import gettext, layout, translated

ANSWERED = N_("%(request)s answered %(status)s: %(answer)s")


class NotObserved(Exception):  # noqa: N818  (it says what was not seen)
    """A step did not have the expected result; the message says what was observed instead."""

    def __init__(self, words: str | Message, /, **facts: Any) -> None:
        self.message = words if isinstance(words, Message) else Message(words, **facts)
        super().__init__(str(self.message))


def expect(seen: object, words: str | Message, /, **facts: Any) -> None:
    """Assert a result. Raises NotObserved with this message where ``seen`` is false."""
    if not seen:
        raise NotObserved(words, **facts)


@dataclass(frozen=True)
class RehearsalStep:
    """One step: its name, the steps it depends on, and a function that performs it.

    The function returns a description of what it observed, or raises NotObserved.
    """

    name: str
    needs: tuple[str, ...]
    see: Callable[[Any, Any], Message]


@dataclass(frozen=True)
class Observation:
    """The result of one step, and its duration in seconds."""

    name: str
    ok: bool
    seen: Message
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
        steps = [
            {
                "name": each.name,
                "ok": each.ok,
                "seen": str(each.seen),
                "seconds": each.seconds,
            }
            for each in self.steps
        ]
        return {
            "ok": self.ok,
            "database": self.database,
            "steps": steps,
            "messages": self.messages,
            "record_lines": self.record_lines,
            "seconds": self.seconds,
        }


def line(seen: Observation) -> str:
    """Return the printed line of one step, in the language of the command."""
    mark = "✓" if seen.ok else "–" if seen.skipped else "✗"
    return f"{mark} {layout.padded(gettext(seen.name), 16)} {translated(seen.seen)}"


def ending(report: RehearsalReport) -> str:
    """Return the summary with the totals, in the language of the command."""
    sent = sum(sum(channels.values()) for channels in report.messages.values())
    amount = Message(
        N_("%(messages)s messages, %(lines)s lines of record, %(seconds)s s"),
        messages=sent,
        lines=report.record_lines,
        seconds=f"{report.seconds:.1f}",
    )
    if report.ok:
        words = N_("All %(count)s steps were seen: %(amount)s.")
        return "\n" + gettext(words, count=len(report.steps), amount=amount)
    failed = [Message(each.name) for each in report.steps if not each.ok and not each.skipped]
    words = N_("Not all steps were seen (%(failed)s): %(amount)s.")
    return "\n" + gettext(words, failed=failed, amount=amount)
