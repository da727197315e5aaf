"""Pure: the digest by which the record binds a sealed list of papers before it can be read.

The entry of a sealed filing holds number and SHA-256 of each file, and the SHA-256 of the whole
list with a salt, so that nobody can guess names from it. The list and its salt come with the entry
by which the filing is opened: whoever has both can compute the digest anew. No entry is rewritten.
"""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.record.hashing import sha


@dataclass(frozen=True)
class SealedFile:
    """A file of a sealed paper."""

    name: str
    type: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class SealedPaper:
    """A paper of a sealed list, as its party described it."""

    number: int
    name: str
    kind: str
    proves: str
    original: bool
    files: tuple[SealedFile, ...]


def new_salt() -> str:
    """Return a salt of 128 bits, in hexadecimal."""
    return secrets.token_hex(16)


def sealed_list(salt: str, papers: tuple[SealedPaper, ...]) -> dict[str, Any]:
    """Return a list with its salt as the record holds it once it is opened."""
    listed = [
        {**asdict(paper), "files": [asdict(file) for file in paper.files]} for paper in papers
    ]
    return {"salt": salt, "papers": listed}


def list_digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a list's canonical JSON (RFC 8785), salt included."""
    return sha(dict(content))
