"""The log of a long-running process: one line for each thing that happened, of what matters."""

import logging
from typing import Any


def configure_logging(to: logging.Handler | None = None) -> None:
    """Write the log of a long-running process to stderr, or to another handler."""
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        force=True,
        handlers=[to or logging.StreamHandler()],
    )
    for chatty in ("apscheduler", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # A turn that has much to send outlasts its interval: the next one has nothing to add.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    for handler in logging.getLogger().handlers:
        handler.addFilter(ClientDisconnected())


def one_line_error(fault: BaseException) -> str:
    """Return what the database's driver said, without the statement, its place in it and its data.

    PostgreSQL says it in a field of its own; a connection that was never made has no fields.
    """
    said: Any = getattr(fault, "orig", None) or fault
    primary = getattr(getattr(said, "diag", None), "message_primary", None)
    return " ".join(str(primary or said).split())


class ClientDisconnected(logging.Filter):
    """Leaves out how SQLAlchemy's pool came to what it could not close as the database had hung up.

    Whoever asked is told elsewhere; PEP 249 names such errors alike for all drivers. A filter of
    handlers: one of a logger does not see what the loggers below it say.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Put the pool's error into the record's line, in place of its traceback."""
        fault = record.exc_info[1] if record.exc_info else None
        kinds = {kind.__name__ for kind in type(fault).__mro__}
        of_pool = record.name.startswith("sqlalchemy.pool.")
        if fault and of_pool and kinds & {"OperationalError", "InterfaceError"}:
            record.msg, record.args = "%s: %s", (record.getMessage(), one_line_error(fault))
            record.exc_info = record.exc_text = None  # the text, if a handler wrote it before
        return True
