"""Pure: kinds and limits of papers, checks of what is typed and sent, and how digests are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from app.core import document_types, wording
from app.core.errors import N_, Message
from app.core.wording.presented import LabelledEnum
from app.storage.limits import PaperLimits

MAX_NAME, MAX_PROVES = 200, 500  # characters
QUARTER, WHOLE_TURN = 90, 360  # degrees


class FilingState(StrEnum):
    """State of a filing."""

    DRAFT = "draft"
    FILED = "filed"


class PaperKind(LabelledEnum):
    """Kind of a paper, with its label."""

    CONTRACT = "contract", N_("Contract")
    RECEIPT = "receipt", N_("Receipt")
    LETTER = "letter", N_("Letter")
    RECORD = "record", N_("Record or transcript")
    PICTURE = "picture", N_("Picture")
    OTHER = "other", N_("Other")


COURT_SIDE = "court"


class Disclosure(StrEnum):
    """What of a filing all sides and the court may read; the party that filed reads all of it.

    Of a sealed filing they see number, time and digests, of a listed one also the list of its
    papers, and never a file of either.
    """

    OPEN = "open"
    LISTED = "listed"
    SEALED = "sealed"


def may_read(disclosure: Disclosure, filed_for: int | None, party_id: int | None) -> bool:
    """Tell whether who acts for a party may have the files of a filing for ``filed_for``.

    ``party_id`` is None for the court and programs that act for it. The one rule of what is sealed;
    ``queries.readable`` is the same in SQL.
    """
    own = party_id is not None and party_id == filed_for
    return own or disclosure is Disclosure.OPEN


def may_list(disclosure: Disclosure, filed_for: int | None, party_id: int | None) -> bool:
    """Tell whether they may know names, kinds and pages of the papers of a filing."""
    return disclosure is Disclosure.LISTED or may_read(disclosure, filed_for, party_id)


class FileFault(StrEnum):
    """Why a file is not taken."""

    words: str

    def __new__(cls, value: str, words: str = "") -> "FileFault":
        """Create a fault with its words; looking one up by its value needs none."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words
        return member

    EMPTY = "empty", N_("“%(name)s” is empty. Choose it again.")
    LARGE = (
        "large",
        N_("“%(name)s” is larger than %(size)s. Send a smaller copy, or parts of it."),
    )
    TYPE = (
        "type",
        N_(
            "“%(name)s” is of a type that is not taken. Send a PDF, a picture (JPEG, PNG, HEIC, "
            "WebP, TIFF), Word or Excel (.docx, .xlsx), or sound and video (.m4a, .mp3, .mp4)."
        ),
    )
    ROOM = (
        "room",
        N_(
            "“%(name)s” does not fit: one filing takes %(papers)s papers, %(files)s files and "
            "%(size)s. File it next."
        ),
    )

    # Of no file, but of the filing that waited for them.
    CHANGED = (
        "changed",
        N_(
            "All files are here, but the exchange of evidence has changed meanwhile, or closed. "
            "Look at the choice below, and press File papers once more."
        ),
    )

    def message(self, name: str, limits: PaperLimits) -> Message:
        """Return what is said of a file that is not taken."""
        size = limits.filing_text if self is FileFault.ROOM else limits.file_text
        papers, files = str(limits.items), str(limits.files)
        return Message(self.words, name=name, papers=papers, files=files, size=size)


@dataclass(frozen=True)
class PaperFields:
    """What is typed about a paper. ``kind`` is a PaperKind."""

    name: str
    kind: str
    proves: str = ""
    original: bool = False


def fault_of(size: int, kind: str, too_large: bool) -> FileFault | None:
    """Return why a file of ``size`` bytes and a detected media type is not taken, or None."""
    if not size:
        return FileFault.EMPTY
    if too_large:
        return FileFault.LARGE
    return None if kind else FileFault.TYPE


def checked(fields: PaperFields) -> dict[str, Message]:
    """Return the errors of what is typed about a paper, by field."""
    errors: dict[str, Message] = {}
    if len(fields.name) > MAX_NAME:
        errors["name"] = Message(N_("At most %(most)s characters."), most=MAX_NAME)
    if len(fields.proves) > MAX_PROVES:
        errors["proves"] = Message(N_("At most %(most)s characters."), most=MAX_PROVES)
    if fields.kind not in list(PaperKind):
        errors["kind"] = Message(N_("Choose one of the kinds."))
    return errors


def default_name(file_name: str) -> str:
    """Return the name of a paper that is sent as a file of that name, "" if it says nothing.

    Cameras number their pictures: such a name says nothing.
    """
    stem = PurePosixPath(wording.one_line(file_name).replace("\\", "/").rsplit("/", 1)[-1]).stem
    letters = sum(character.isalpha() for character in stem)
    is_numbered = stem[:3].upper() in ("IMG", "DSC", "PXL", "VID", "MVI") or stem.lower() == "image"
    return "" if is_numbered or letters < 2 else stem.strip(". ")[:MAX_NAME]


def default_kind(media_type: str) -> PaperKind:
    """Return the kind that a file suggests: sound and video are records, others are "other"."""
    is_recording = media_type in (document_types.M4A, document_types.MP3, document_types.MP4)
    return PaperKind.RECORD if is_recording else PaperKind.OTHER


def moved(ids: Sequence[int], moving: int, by: int) -> list[int]:
    """Return ids in their new order after one of them moved by a number of places."""
    if moving not in ids:
        return list(ids)
    order = [each for each in ids if each != moving]
    order.insert(max(0, ids.index(moving) + by), moving)
    return order


def place_of(numbers: Sequence[int], number: int) -> int:
    """Return where something belongs that was begun as the ``number``-th.

    ``numbers`` are those of what is there, in its order: somebody may have moved it.
    """
    return next((place for place, each in enumerate(numbers) if each > number), len(numbers))


def grouped(digest: str) -> str:
    """Return a digest as people compare it: eight groups of eight characters."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


def megabytes(size: int) -> str:
    """Return a size in megabytes with two digits after the point, at least 0.01."""
    return f"{max(size / 1_000_000, 0.01):.2f} MB"


def receipt_number(filing_id: int, year: int) -> str:
    """Return the number of a receipt: unique in the installation."""
    return f"R-{year}-{filing_id:06d}"


def spans(numbers: Sequence[int]) -> str:
    """Return numbers as people say them: "1–3, 5"."""
    parts: list[str] = []
    start = previous = None
    for number in [*sorted(numbers), None]:
        if start is None:
            start = previous = number
        elif number is not None and previous is not None and number == previous + 1:
            previous = number
        else:
            parts.append(str(start) if start == previous else f"{start}–{previous}")
            start = previous = number
    return ", ".join(parts) if numbers else ""
