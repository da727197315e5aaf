"""An image of each page of a paper, and whether its files were scanned for malware.

Tables are frozen here and take nothing from the models.
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
INDEXES = {
    "ix_paper_file_images_due": sa.text("images_due"),
    "ix_paper_file_unscanned": sa.text("scan_state = ''"),
}
WORDS = {"scan_state": 10, "scan_finding": 200}
TIMES = ("read_after", "scanned_at", "scan_after")


def upgrade() -> None:
    """Add table and columns; files that were read before are read again, for their images."""
    op.create_table(
        "paper_page",
        sa.Column("id", Key, primary_key=True),
        sa.Column("file_id", Key, sa.ForeignKey("paper_file.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("image_id", Key, sa.ForeignKey("stored_file.id"), nullable=False, index=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.UniqueConstraint("file_id", "number"),
    )
    for name in TIMES:
        op.add_column("paper_file", sa.Column(name, Time))
    for name, length in WORDS.items():
        column = sa.Column(name, sa.String(length), nullable=False, server_default="")
        op.add_column("paper_file", column)
    due = sa.Column("images_due", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("paper_file", due)
    for name, where in INDEXES.items():
        op.create_index(name, "paper_file", ["id"], sqlite_where=where, postgresql_where=where)
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("paper_file", "reading_note", type_=sa.String(60))
    op.execute("UPDATE paper_file SET reading_state = '' WHERE reading_state = 'read'")


def downgrade() -> None:
    """Drop table and columns; the images' bytes stay until somebody deletes them."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("UPDATE paper_file SET reading_note = left(reading_note, 20)")
        op.alter_column("paper_file", "reading_note", type_=sa.String(20))
    for name in INDEXES:
        op.drop_index(name, "paper_file")
    for name in ("images_due", *WORDS, *TIMES):
        op.drop_column("paper_file", name)
    op.drop_table("paper_page")
