"""How the listing's inner loops are compiled by Numba, at their first call in a process.

Python's lock is not held by them, so that one thread proves while another moves hearings. They make
no arrays, so none need be counted: counting each use of one took nine tenths of the time. Nothing
is kept on disk: Numba would not see there that a function in another file has changed.
"""

from typing import Any

from numba import njit

_HOW: dict[str, Any] = {"nogil": True, "_nrt": False, "error_model": "numpy"}
_WITHIN: dict[str, Any] = {**_HOW, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}

compiled = njit(**_HOW)
# What is called by compiled functions only; without the rest it takes half as long to compile.
inner = njit(**_WITHIN)
