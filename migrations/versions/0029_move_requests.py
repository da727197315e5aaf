"""Requests to move a hearing by agreement of all sides.

Requests made before were tasks of the court alone. Each becomes a request with its asker; several
that are open about one hearing become one, which they have joined. Nobody else was asked, and
their documents stay with the court.
"""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Add the tables, and the court's setting until when a move may be asked for by link."""
    op.add_column(
        "court",
        sa.Column("move_closes_hours", sa.Integer(), nullable=False, server_default="24"),
    )
    op.create_table(
        "move_request",
        sa.Column("id", Key, primary_key=True),
        sa.Column("court_id", Key, sa.ForeignKey("court.id"), nullable=False),
        sa.Column("case_id", Key, sa.ForeignKey("case_file.id"), nullable=False, index=True),
        sa.Column("hearing_id", Key, sa.ForeignKey("hearing.id"), nullable=False),
        sa.Column("task_id", Key, sa.ForeignKey("task.id"), nullable=False, index=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("answer_by", Time, nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("ended_at", Time),
        sa.Column("refused_because", sa.Text(), nullable=False),
        sa.UniqueConstraint("hearing_id", "number"),
    )
    op.create_index(
        "uq_move_request_open",
        "move_request",
        ["hearing_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "move_slot",
        sa.Column("id", Key, primary_key=True),
        sa.Column("request_id", Key, sa.ForeignKey("move_request.id"), nullable=False, index=True),
        sa.Column("starts_at", Time, nullable=False),
        sa.Column("ends_at", Time, nullable=False),
        sa.Column("courtroom_id", Key, sa.ForeignKey("courtroom.id"), nullable=False),
    )
    op.create_table(
        "move_opinion",
        sa.Column("id", Key, primary_key=True),
        sa.Column("request_id", Key, sa.ForeignKey("move_request.id"), nullable=False),
        sa.Column("counsel_id", Key, sa.ForeignKey("counsel.id"), nullable=False, index=True),
        sa.Column("side", sa.String(20), nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("elsewhere", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("document_id", Key, sa.ForeignKey("paper.id")),
        sa.Column("stance", sa.String(10), nullable=False),
        sa.Column("says", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("given_at", Time),
        sa.UniqueConstraint("request_id", "counsel_id"),
    )
    _carry_over()


def _carry_over() -> None:
    bind = op.get_bind()
    tasks = sa.table(
        "task",
        *(sa.column(name) for name in ("id", "court_id", "case_id", "counsel_id", "about", "side")),
        *(sa.column(name) for name in ("way", "state", "wish")),
        sa.column("because", sa.JSON()),
        *(sa.column(name, Time) for name in ("created_at", "ended_at")),
    )
    papers = sa.table("paper", sa.column("id"), sa.column("task_id"))
    documents = dict(bind.execute(sa.select(papers.c.task_id, papers.c.id)).all())
    metadata = sa.MetaData()
    request = sa.Table("move_request", metadata, autoload_with=bind)
    opinion = sa.Table("move_opinion", metadata, autoload_with=bind)
    count: dict[int, int] = defaultdict(int)
    open_ones: dict[int, int] = {}
    asked = sa.select(tasks).where(tasks.c.way == "move").order_by(tasks.c.id)
    for task in bind.execute(asked).mappings().all():
        hearing_id, because = int(task["about"].split("/")[1]), task["because"] or {}
        is_open = task["state"] == "open"
        request_id = open_ones.get(hearing_id) if is_open else None
        if request_id is None:
            count[hearing_id] += 1
            state = {"open": "open", "skipped": "refused"}.get(task["state"], "overtaken")
            [request_id] = bind.execute(
                request.insert().values(
                    court_id=task["court_id"],
                    case_id=task["case_id"],
                    hearing_id=hearing_id,
                    task_id=task["id"],
                    number=count[hearing_id],
                    revision=because.get("revision") or 0,
                    state=state,
                    answer_by=task["created_at"],
                    created_at=task["created_at"],
                    ended_at=task["ended_at"],
                    refused_because=because.get("answer") or "",
                )
            ).inserted_primary_key
            if is_open:
                open_ones[hearing_id] = request_id
        bind.execute(
            opinion.insert().values(
                request_id=request_id,
                counsel_id=task["counsel_id"],
                side=task["side"],
                asks=True,
                reason="other",
                private=True,
                words=task["wish"],
                elsewhere={},
                document_id=documents.get(task["id"]),
                stance="agree",
                says={},
                given_at=task["created_at"],
            )
        )
    joined = tasks.update().where(
        tasks.c.way == "move",
        tasks.c.state == "open",
        tasks.c.id.not_in(sa.select(request.c.task_id)),
    )
    bind.execute(joined.values(state="done", ended_at=tasks.c.created_at))


def downgrade() -> None:
    """Drop the tables and the setting."""
    for table in ("move_opinion", "move_slot", "move_request"):
        op.drop_table(table)
    op.drop_column("court", "move_closes_hours")
