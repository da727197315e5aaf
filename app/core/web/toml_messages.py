"""Extractor of messages from TOML, for `pybabel extract` (see babel.cfg)."""

import tomllib
from collections.abc import Iterator
from typing import Any, BinaryIO


def extract(file: BinaryIO, *_: Any, **__: Any) -> Iterator[tuple[int, None, str, list[str]]]:
    """Yield the ``words`` of each row of a TOML table, as Babel's extractors do."""
    for group in tomllib.load(file).values():
        for row in group.values():
            if "words" in row:
                yield 1, None, row["words"], []
