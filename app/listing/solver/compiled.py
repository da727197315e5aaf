"""Numba options of the solver's inner loops, which are compiled on first call in a process.

``nogil``: one thread proves bounds while another moves hearings. The loops allocate no arrays, so
reference counting (``_nrt``) is off; it took nine tenths of the time. No cache on disk: Numba would
not notice changes to a function in another file.
"""

from typing import Any

from numba import njit

_OPTIONS: dict[str, Any] = {"nogil": True, "_nrt": False, "error_model": "numpy"}
_INNER_OPTIONS: dict[str, Any] = {**_OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}

compiled = njit(**_OPTIONS)
# For functions called only by compiled ones: without wrappers they compile in half the time.
inner = njit(**_INNER_OPTIONS)
