"""Logging of the long-running processes: one line for each event."""

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
    # A beat with much to send outlasts its interval, and that the next one was skipped is no news.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    for handler in logging.getLogger().handlers:
        handler.addFilter(ClientDisconnected())


def one_line_error(fault: BaseException) -> str:
    """Return the message of the database's driver, without the statement and its parameters.

    PostgreSQL has it in a field of its own; a connection that failed to be made has no fields.
    """
    original: Any = getattr(fault, "orig", None) or fault
    primary = getattr(getattr(original, "diag", None), "message_primary", None)
    return " ".join(str(primary or original).split())


class ClientDisconnected(logging.Filter):
    """Shortens the pool's tracebacks about connections that the database had closed to one line.

    The request or job that used the connection logs its own error. PEP 249 names these errors alike
    for all drivers. It is a filter of handlers, as a logger's filter does not see the records of
    the loggers below it.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the traceback of the pool's error by its message."""
        fault = record.exc_info[1] if record.exc_info else None
        kinds = {kind.__name__ for kind in type(fault).__mro__}
        of_pool = record.name.startswith("sqlalchemy.pool.")
        if fault and of_pool and kinds & {"OperationalError", "InterfaceError"}:
            record.msg, record.args = "%s: %s", (record.getMessage(), one_line_error(fault))
            record.exc_info = record.exc_text = None  # the text, if a handler wrote it before
        return True
