"""What a bundle holds: papers and files as plain values, and their names in a zip."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from app.core import document_types, wording
from app.core.characters import clean
from app.papers import access
from app.papers.access import Reader, Withheld
from app.papers.models import Filing, Paper, PaperFile
from app.papers.queries import SidePapers, WithheldFiling
from app.papers.reading.results import ReadingState

# Of a name in a zip, in bytes: most file systems take 255, Windows 260 characters for a whole path.
LONGEST_NAME = 100
# No file system of today takes these in a name, or Windows does not.
FORBIDDEN = frozenset('<>:"/\\|?*')


@dataclass(frozen=True)
class BundledFile:
    """A file of a paper; ``withheld`` says why its bytes are not in the bundle, if they are not.

    ``shown`` is the digest of the PDF in which it is read, "" for none.
    """

    name: str
    media_type: str
    size: int
    digest: str
    path: str
    withheld: Withheld | None = None
    shown: str = ""
    shown_size: int = 0
    pages: int | None = None


@dataclass(frozen=True)
class BundledPaper:
    """A paper of a side with its files; of a sealed one only number and digests are known."""

    side: str
    number: int
    name: str
    kind: str
    filing: int
    filed_by: str
    filed_at: dt.datetime
    files: Sequence[BundledFile]
    proves: str = ""
    original: bool = False
    is_sealed: bool = False


@dataclass(frozen=True)
class BundleChoice:
    """Which papers of a case: of one side, of one filing by its number, or all."""

    side: str = ""
    filing: int = 0

    def takes(self, side: str, filing: int) -> bool:
        """Tell whether a filing is chosen."""
        return (not self.side or side == self.side) and (not self.filing or filing == self.filing)


@dataclass(frozen=True)
class Bundle:
    """The chosen papers of a case, by side."""

    papers: Sequence[BundledPaper]
    folders: dict[str, str] = field(default_factory=dict)

    @property
    def files(self) -> Iterator[BundledFile]:
        """All files that are in the bundle."""
        for paper in self.papers:
            yield from (each for each in paper.files if each.withheld is None)


def bundle_of(
    sides: Sequence[SidePapers],
    choice: BundleChoice,
    reader: Reader,
    side_name: Callable[[str], str],
) -> Bundle:
    """Return the chosen papers that a reader may have, and what is said of the others."""
    papers: list[BundledPaper] = []
    for side in sides:
        folder = safe_name(side_name(side.side))
        for filing in side.filings:
            if choice.takes(side.side, filing.number or 0):
                papers += [_paper(filing, each, reader, folder) for each in filing.papers]
        for withheld in side.withheld:
            if choice.takes(side.side, withheld.number):
                papers += _sealed(withheld)
    return Bundle(papers)


def _paper(filing: Filing, paper: Paper, reader: Reader, folder: str) -> BundledPaper:
    assert filing.filed_at is not None
    person = filing.counsel or filing.user
    return BundledPaper(
        side=filing.side,
        number=paper.number or 0,
        name=paper.name,
        kind=paper.kind,
        filing=filing.number or 0,
        filed_by=person.name if person else "",
        filed_at=filing.filed_at,
        files=[
            _file(each, path, reader)
            for each, path in zip(paper.files, paths_of(paper, folder), strict=True)
        ],
        proves=paper.proves,
        original=paper.original,
    )


def _file(file: PaperFile, path: str, reader: Reader) -> BundledFile:
    withheld, shown = access.withheld_because(file, reader), None
    if file.reading_state == ReadingState.READ and withheld is None:
        shown = file.copy or (file.file if file.media_type == document_types.PDF else None)
    return BundledFile(
        file.name,
        file.media_type,
        file.size,
        file.digest,
        path,
        withheld,
        shown.digest if shown else "",
        shown.size if shown else 0,
        file.pages,
    )


def _sealed(filing: WithheldFiling) -> list[BundledPaper]:
    return [
        BundledPaper(
            side=filing.side,
            number=paper.number,
            name=paper.name,
            kind=paper.kind,
            filing=filing.number,
            filed_by=filing.counsel.name if filing.counsel else "",
            filed_at=filing.filed_at,
            files=[
                BundledFile("", "", 0, digest, "", Withheld.MISSING) for digest in paper.digests
            ],
            is_sealed=True,
        )
        for paper in filing.papers
    ]


def paths_of(paper: Paper, folder: str) -> list[str]:
    """Return the place of each file of a paper in a zip: each is unique by its numbers."""
    stem = f"{paper.number or 0:03d} {safe_name(paper.name)}".strip()
    if len(paper.files) == 1:
        return [f"{folder}/{stem}{document_types.ENDINGS[paper.files[0].media_type]}"]
    return [
        f"{folder}/{stem}/{place:03d} {safe_name(PurePosixPath(file.name).stem)}".strip()
        + document_types.ENDINGS[file.media_type]
        for place, file in enumerate(paper.files, 1)
    ]


def safe_name(text: str) -> str:
    """Return a name as a part of a path on any system; it may be empty.

    No separator, reserved or invisible character, no point or blank at its ends, not too long.
    """
    name = "".join("_" if c in FORBIDDEN else c for c in wording.one_line(clean(text)))
    name = name.strip(". ").encode()[:LONGEST_NAME].decode("utf-8", "ignore")
    return name.strip(". ")
