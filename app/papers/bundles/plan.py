"""Pure: what is merged into one PDF, as a process of its own reads it."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from app.papers.bundles.sheets import Line, LineStyle


@dataclass(frozen=True)
class MergeItem:
    """A paper: the group of its bookmark, a sheet that stands for it or precedes it, its PDFs.

    ``fault`` is the sheet in place of a PDF that cannot be merged.
    """

    group: str
    title: str
    paths: list[str] = field(default_factory=list)
    sheet: list[Line] = field(default_factory=list)
    fault: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class MergePlan:
    """The cover, the papers in order, where the whole is written; ``largest`` in bytes."""

    title: str
    cover: list[Line]
    items: list[MergeItem]
    target: str
    largest: int

    def dumped(self) -> str:
        """Return the plan as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def loaded(cls, text: str) -> Self:
        """Return the plan of such a text."""
        values = json.loads(text)
        items = [
            MergeItem(
                each["group"],
                each["title"],
                each["paths"],
                _lines(each["sheet"]),
                _lines(each["fault"]),
            )
            for each in values["items"]
        ]
        cover = _lines(values["cover"])
        return cls(values["title"], cover, items, values["target"], values["largest"])


def _lines(values: list[dict[str, Any]]) -> list[Line]:
    return [Line(LineStyle(each["style"]), each["text"]) for each in values]
