"""Pure: a calendar put together from written events; one that changes is one write.

The events stand in order of time. Their digests are added up, so that a changed event changes the
tag of the whole without the whole being read; for gzip they are packed in bundles that are cut
where an event's own digest says so, so that a change packs one bundle anew.
"""

import hashlib
import struct
import zlib
from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass, field

CUT = 32  # events in a bundle, on average
_ALL = 1 << 256


@dataclass(frozen=True)
class EventText:
    """One written event: whose, when it begins and ends and falls out of sight (epoch seconds)."""

    hearing_id: int
    uid: str
    starts_at: float
    ends_at: float
    zone: str
    changed_at: float
    falls_at: float | None
    text: bytes

    @property
    def key(self) -> tuple[float, str]:
        """Its place in the calendar."""
        return self.starts_at, self.uid


@dataclass
class CalendarText:
    """The events of one calendar, in order."""

    order: list[tuple[float, str]] = field(default_factory=list)
    pieces: dict[tuple[float, str], tuple[EventText, int]] = field(default_factory=dict)
    of_hearing: dict[int, list[tuple[float, str]]] = field(default_factory=dict)
    total: int = 0
    size: int = 0
    _packed: dict[tuple[int, ...], bytes] = field(default_factory=dict)

    def put(self, hearing_ids: Iterable[int], pieces: Iterable[EventText]) -> bool:
        """Replace all events of some hearings by others; tell whether anything is different."""
        before = self.total
        for number in hearing_ids:
            for key in self.of_hearing.pop(number, ()):
                self._drop(key)
        for piece in pieces:
            self._add(piece)
        return self.total != before

    def let_fall(self, now: float) -> bool:
        """Drop what is out of sight by now; tell whether there was any."""
        fallen = [
            p for p, _ in self.pieces.values() if p.falls_at is not None and p.falls_at <= now
        ]
        for piece in fallen:
            self.of_hearing[piece.hearing_id].remove(piece.key)
            self._drop(piece.key)
        return bool(fallen)

    @property
    def next_fall(self) -> float | None:
        """When the next event falls out of sight."""
        return min(
            (p.falls_at for p, _ in self.pieces.values() if p.falls_at is not None), default=None
        )

    def spans(self) -> dict[str, tuple[float, float]]:
        """Return first and last instant of the events in each zone."""
        found: dict[str, tuple[float, float]] = {}
        for piece, _ in self.pieces.values():
            first, last = found.get(piece.zone, (piece.starts_at, piece.ends_at))
            found[piece.zone] = min(first, piece.starts_at), max(last, piece.ends_at)
        return found

    def tag(self, opening: bytes) -> str:
        """Return 32 hexadecimal digits that stand for a calendar with this opening."""
        whole = hashlib.sha256(opening + self.total.to_bytes(32, "big"))
        return whole.hexdigest()[:32]

    def body(self, opening: bytes, closing: bytes) -> bytes:
        """Return the calendar."""
        return b"".join([opening, *(self.pieces[key][0].text for key in self.order), closing])

    def gzipped(self, opening: bytes, closing: bytes) -> bytes:
        """Return the calendar as one gzip member (RFC 1952), bundle by bundle.

        Each bundle ends with a full flush of DEFLATE (RFC 1951), so that it can stand anywhere.
        """
        check, size = zlib.crc32(opening), len(opening)
        packed = [b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", _packed(opening)]
        kept: dict[tuple[int, ...], bytes] = {}
        for bundle in self._bundles():
            digests = tuple(self.pieces[key][1] for key in bundle)
            plain = b"".join(self.pieces[key][0].text for key in bundle)
            kept[digests] = self._packed.get(digests) or _packed(plain)
            packed.append(kept[digests])
            check, size = zlib.crc32(plain, check), size + len(plain)
        self._packed = kept
        check, size = zlib.crc32(closing, check), size + len(closing)
        packed += [_packed(closing, last=True), struct.pack("<II", check, size & 0xFFFFFFFF)]
        return b"".join(packed)

    def _bundles(self) -> Iterable[list[tuple[float, str]]]:
        bundle: list[tuple[float, str]] = []
        for key in self.order:
            if bundle and self.pieces[key][1] % CUT == 0:
                yield bundle
                bundle = []
            bundle.append(key)
        if bundle:
            yield bundle

    def _add(self, piece: EventText) -> None:
        if piece.key in self.pieces:
            self._drop(piece.key)
        digest = int.from_bytes(hashlib.sha256(piece.text).digest(), "big")
        self.pieces[piece.key] = (piece, digest)
        insort(self.order, piece.key)
        self.of_hearing.setdefault(piece.hearing_id, []).append(piece.key)
        self.total = (self.total + digest) % _ALL
        self.size += len(piece.text)

    def _drop(self, key: tuple[float, str]) -> None:
        piece, digest = self.pieces.pop(key)
        del self.order[bisect_left(self.order, key)]
        self.total = (self.total - digest) % _ALL
        self.size -= len(piece.text)


def _packed(plain: bytes, *, last: bool = False) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    end = zlib.Z_FINISH if last else zlib.Z_FULL_FLUSH
    return packer.compress(plain) + packer.flush(end)
