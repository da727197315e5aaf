"""One PDF of the papers of a case: a cover sheet, each paper with a bookmark, run with limits."""

import logging
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.core.errors import N_, Refusal
from app.papers.bundles.contents import Bundle, BundledPaper
from app.papers.bundles.plan import MergeItem, MergePlan
from app.papers.bundles.sheets import Line, LineStyle
from app.storage.stores import FileStore

log = logging.getLogger("tingqi.papers")
MEGABYTE = 1024 * 1024
# Of all PDFs that are merged, in bytes and pages; of the process, in seconds.
MOST_BYTES, MOST_PAGES, WAIT = 300 * MEGABYTE, 5000, 90
CHUNK = 1024 * 1024


@dataclass(frozen=True)
class CoverSheets:
    """What people read on the sheets, in one language: the cover, and what stands for a paper."""

    title: str
    cover: Sequence[Line]
    groups: dict[str, str]
    titles: Sequence[str]
    # For each paper the sheet for files that no PDF shows; empty where all are shown.
    instead: Sequence[Sequence[Line]]
    fault: Line


def check_size(bundle: Bundle) -> None:
    """Check that papers are not too many for one PDF. Raises Refusal."""
    files = [each for each in bundle.files if each.shown]
    pages, size = sum(each.pages or 0 for each in files), sum(each.shown_size for each in files)
    if pages > MOST_PAGES or size > MOST_BYTES:
        raise Refusal(
            N_(
                "These papers are too much for one PDF (%(pages)s pages, %(size)s MB; at most "
                "%(most_pages)s and %(most)s): take one side or one filing, or the zip."
            ),
            pages=pages,
            size=size // MEGABYTE,
            most_pages=MOST_PAGES,
            most=MOST_BYTES // MEGABYTE,
        )


def merge(bundle: Bundle, texts: CoverSheets, store: FileStore) -> BinaryIO:
    """Return the PDF as an open file without a name. Raises Refusal, and OSError by the store."""
    check_size(bundle)
    with tempfile.TemporaryDirectory(prefix="tingqi-") as name:
        folder = Path(name)
        items = [
            MergeItem(
                texts.groups[paper.side],
                title,
                _fetched(paper, store, folder),
                list(instead),
                [Line(LineStyle.HEADING, title), texts.fault],
            )
            for paper, title, instead in zip(
                bundle.papers, texts.titles, texts.instead, strict=True
            )
        ]
        target = folder / "merged.pdf"
        largest = MOST_BYTES + 100 * MEGABYTE
        plan = MergePlan(texts.title, list(texts.cover), items, str(target), largest)
        (folder / "plan.json").write_text(plan.dumped(), encoding="utf-8")
        _run(folder / "plan.json")
        return target.open("rb")


def _fetched(paper: BundledPaper, store: FileStore, folder: Path) -> list[str]:
    """Copy the PDFs of a paper into a folder; the same bytes are copied once."""
    paths = []
    for file in paper.files:
        if file.withheld is not None or not file.shown:
            continue
        path = folder / file.shown
        if not path.exists():
            with store.open(file.shown) as source, path.open("wb") as copy:
                while part := source.read(CHUNK):
                    copy.write(part)
        paths.append(str(path))
    return paths


def _run(plan: Path) -> None:
    words = [sys.executable, "-m", "app.papers.bundles.merge", str(plan)]
    try:
        done = subprocess.run(  # noqa: S603  (our own module, on a name that we made)
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WAIT
        )
        if done.returncode == 0:
            return
        log.warning("merging papers ended with %s: %s", done.returncode, done.stderr[-500:])
    except subprocess.TimeoutExpired:
        log.warning("merging papers was stopped after %s s", WAIT)
    raise Refusal(N_("These papers cannot be merged here. Take one side or filing, or the zip."))
