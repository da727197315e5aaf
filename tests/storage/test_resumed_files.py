"""A file that comes in parts has the digest of its bytes, whichever process took which part."""

import datetime as dt
import hashlib
import random
import subprocess
import sys
from pathlib import Path

import pytest

from app.storage import resumable
from app.storage.resumable import ResumedFile

NOW = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)
SIZE = 6_000_000
BODY = random.Random(21).randbytes(SIZE)
ELSEWHERE = """
import sys
from pathlib import Path
from app.storage.resumable import ResumedFile
with ResumedFile(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])) as file:
    file.write(sys.stdin.buffer.read())
    file.sync()
"""


def add(folder: Path, stamp: str, data: bytes, piece: int = 256 * 1024) -> None:
    """Add a part in this process, in pieces."""
    with ResumedFile(folder, stamp, SIZE) as file:
        for at in range(0, len(data), piece):
            file.write(data[at : at + piece])
        file.sync()


def add_elsewhere(folder: Path, stamp: str, data: bytes) -> None:
    """Add a part in another process."""
    command = [sys.executable, "-c", ELSEWHERE, str(folder), stamp, str(SIZE)]
    subprocess.run(command, input=data, check=True)


def finished(folder: Path, stamp: str) -> str:
    """Return the digest of a file that has its last byte."""
    with ResumedFile(folder, stamp, SIZE) as file:
        file.write(BODY[file.offset :])
        digest = file.finish()
        file.discard()
    return digest


@pytest.mark.parametrize("seed", range(6))
def test_parts_that_come_to_several_processes_are_hashed_once_each(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    stamp = resumable.begin(tmp_path, NOW)
    ends = sorted(chance.sample(range(1, SIZE - 1), 5))
    for begin, end in zip([0, *ends], ends, strict=False):
        here = chance.random() < 0.6
        piece = chance.choice((1000, 65_536, 262_144, 3_000_000))
        if here:
            add(tmp_path, stamp, BODY[begin:end], max(piece, (end - begin) // 300))
        else:
            add_elsewhere(tmp_path, stamp, BODY[begin:end])
    assert finished(tmp_path, stamp) == hashlib.sha256(BODY).hexdigest()
    assert list(tmp_path.iterdir()) == []


def test_bytes_that_were_given_back_are_not_part_of_the_digest(tmp_path: Path) -> None:
    stamp = resumable.begin(tmp_path, NOW)
    add(tmp_path, stamp, BODY[:2_000_000])
    with ResumedFile(tmp_path, stamp, SIZE) as file:
        file.write(b"x" * 3_000_000)
        file.cut(2_000_000)
    add(tmp_path, stamp, BODY[2_000_000:4_000_000])
    assert finished(tmp_path, stamp) == hashlib.sha256(BODY).hexdigest()
    with pytest.raises(FileNotFoundError):
        ResumedFile(tmp_path, stamp, SIZE)
