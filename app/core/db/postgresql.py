"""PostgreSQL as many short transactions need it: UTF-8, and prepared statements that stay.

Why the rollback is ours: psycopg prepares a statement that it has sent five times, and forgets all
of them at each rollback, since one may undo a change of the schema. Every request that only reads
ends with a rollback, so that hardly any statement was ever prepared, and the server planned each
anew: for one that joins a dozen tables that takes ten times as long as to execute it. Only
migrations change the schema, and they have connections of their own.
"""

from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import event
from sqlalchemy.engine import Engine

OPEN = (TransactionStatus.INTRANS, TransactionStatus.INERROR)
# Statements that a connection keeps prepared; psycopg's default of 100 is less than pages have.
PREPARED_AT_MOST = 300


class PreparedConnection(psycopg.Connection):
    """A connection whose prepared statements outlast a rollback."""

    def rollback(self) -> None:
        """Roll back the open transaction, if any, and keep what is prepared."""
        if self.closed or self.pgconn.transaction_status not in OPEN:
            super().rollback()
            return
        with self.lock:
            result = self.pgconn.exec_(b"ROLLBACK")
        if result.status != ExecStatus.COMMAND_OK:
            raise psycopg.OperationalError(result.get_error_message())


def configure(engine: Engine) -> None:
    """Let an engine connect with ``PreparedConnection``, to databases in UTF-8 alone."""
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "connect", _refuse_other_encodings, insert=True)


def _connect(
    _dialect: sa.Dialect, _record: Any, arguments: tuple[Any, ...], parameters: dict[str, Any]
) -> psycopg.Connection:
    connection = PreparedConnection.connect(*arguments, **parameters)
    connection.prepared_max = PREPARED_AT_MOST
    return connection


def _refuse_other_encodings(connection: Any, _record: Any) -> None:
    """Refuse a PostgreSQL database that is not in UTF-8: one made without a locale is SQL_ASCII."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise psycopg.OperationalError(
            f"it has the encoding {encoding}; make it with CREATE DATABASE … ENCODING 'UTF8' "
            "LOCALE 'C.UTF-8' TEMPLATE template0"
        )
