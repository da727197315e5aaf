"""Reading copies of papers: pages, a copy as PDF, an image of the first page.

Tables are frozen here and take nothing from the models.
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"

PENDING = sa.text("reading_state = ''")


def upgrade() -> None:
    """Add the columns; every file that was filed before waits for its copy."""
    kind = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    for name in ("copy_id", "image_id"):
        reference = f"CONSTRAINT fk_paper_file_{name} REFERENCES stored_file (id)"
        op.execute(f"ALTER TABLE paper_file ADD COLUMN {name} {kind} {reference}")
        op.create_index(f"ix_paper_file_{name}", "paper_file", [name])
    op.add_column("paper_file", sa.Column("pages", sa.Integer()))
    for name, length in (("reading_state", 10), ("reading_note", 20)):
        column = sa.Column(name, sa.String(length), nullable=False, server_default="")
        op.add_column("paper_file", column)
    op.create_index(
        "ix_paper_file_pending",
        "paper_file",
        ["id"],
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    )


def downgrade() -> None:
    """Drop the columns; the copies' bytes stay until somebody deletes them."""
    for name in ("pending", "image_id", "copy_id"):
        op.drop_index(f"ix_paper_file_{name}", "paper_file")
    for name in ("reading_note", "reading_state", "pages", "image_id", "copy_id"):
        op.drop_column("paper_file", name)
