"""The schema of version 0.1.0, in one step; the migrations that it grew by are folded into it.

A database that those migrations made carries this revision already and is left as it is; one that
stopped at an older of them has to be upgraded by version 0.1.0 first (see core.db.schema_check).
Tables and functions are frozen here and take nothing from the models.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = None

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.DateTime().with_variant(sa.DateTime(timezone=True), "postgresql")
Json = sa.JSON(none_as_null=True)

TABLES = (
    "court",
    "courtroom",
    "judge",
    "court_closure",
    "zone_rules",
    "user_account",
    "setting_change",
    "wording",
    "api_token",
    "api_repeat",
    "counsel",
    "case_file",
    "party",
    "representation",
    "away",
    "busy_calendar",
    "busy_time",
    "hearing",
    "proposal",
    "slot",
    "invitation",
    "answer",
    "booking",
    "clock_change",
    "draft",
    "notice",
    "task",
    "paper",
    "worker",
    "carrier_weight",
    "carrier_test",
    "mailbox",
    "inbound",
    "receipt",
    "tally",
    "record_head",
    "record_day",
    "record_line",
    "record_content",
    "feed",
    "rendered_event",
    "calendar_tick",
    "gone_hearing",
    "listing",
    "listed_hearing",
    "upload",
    "upload_part",
    "chosen_column",
)


def upgrade() -> None:
    _create_court()
    _create_cases()
    _create_hearings()
    _create_queue()
    _create_record()
    _create_rest()
    op.execute("INSERT INTO calendar_tick (id, n) VALUES (1, 1)")
    if op.get_bind().dialect.name == "postgresql":
        _exclude_overlaps()
        _guard_record_on_postgresql()
        _chain_record_on_postgresql()
        _watch_calendars_on_postgresql()
    else:
        _refuse_overlaps()
        _guard_record_on_sqlite()
        _chain_record_on_sqlite()
        _watch_calendars_on_sqlite()


def downgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}" + (" CASCADE" if on_postgresql else ""))
    for function in FUNCTIONS if on_postgresql else ():
        op.execute(f"DROP FUNCTION {function}")


def _index(
    name: str, table: str, columns: list[str], *, unique: bool = False, where: str = ""
) -> None:
    part = sa.text(where) if where else None
    op.create_index(name, table, columns, unique=unique, sqlite_where=part, postgresql_where=part)


def _create_court() -> None:
    """Create the court with its settings, users and what they may use the API with."""
    op.create_table(
        "court",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("short", sa.String(40), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("rule_set", sa.String(40), nullable=False),
        sa.Column("reminder_days", Json, nullable=False),
        sa.Column("reminder_at", sa.String(5), nullable=False),
        sa.Column("quiet_from", sa.String(5), nullable=False),
        sa.Column("quiet_until", sa.String(5), nullable=False),
        sa.Column("text_links", sa.Boolean(), nullable=False),
        sa.Column("keep_days", sa.Integer()),
        sa.Column("text_slots", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("tentative_invites", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("opens", sa.String(5), nullable=False, server_default="09:00"),
        sa.Column("lunch_from", sa.String(5), nullable=False, server_default="12:00"),
        sa.Column("lunch_until", sa.String(5), nullable=False, server_default="13:30"),
        sa.Column("closes", sa.String(5), nullable=False, server_default="17:00"),
        sa.Column("buffer_minutes", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("postal", sa.String(300), nullable=False, server_default=""),
        sa.Column("public_names", sa.String(10), nullable=False, server_default="short"),
        sa.Column("subdivision", sa.String(40), nullable=False, server_default=""),
        sa.Column("erase_names", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name="pk_court"),
        sa.UniqueConstraint("name", name="uq_court_name"),
    )
    op.create_table(
        "courtroom",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_key", sa.String(200), nullable=False),
        sa.Column("location", sa.String(500), nullable=False),
        sa.Column("retired_at", Time),
        sa.PrimaryKeyConstraint("id", name="pk_courtroom"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_courtroom_court_id"),
        sa.UniqueConstraint("court_id", "name_key", name="uq_courtroom_court_id_name_key"),
    )
    op.create_table(
        "judge",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_key", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_judge"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_judge_court_id"),
        sa.UniqueConstraint("court_id", "name_key", name="uq_judge_court_id_name_key"),
    )
    op.create_table(
        "court_closure",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("why", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_court_closure"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_court_closure_court_id"),
        sa.UniqueConstraint("court_id", "on", name="uq_court_closure_on"),
    )
    op.create_table(
        "zone_rules",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("rules", sa.LargeBinary(), nullable=False),
        sa.Column("since", Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_zone_rules"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_zone_rules_court_id"),
    )
    _index("ix_zone_rules_court_id", "zone_rules", ["court_id"])
    op.create_table(
        "user_account",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("password_link_until", Time),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("seen_at", Time),
        sa.PrimaryKeyConstraint("id", name="pk_user_account"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_user_account_court_id"),
        sa.UniqueConstraint("email", name="uq_user_account_email"),
    )
    _index("ix_user_account_court_id", "user_account", ["court_id"])
    op.create_table(
        "setting_change",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("at", Time, nullable=False),
        sa.Column("user_id", Key),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("area", sa.String(20), nullable=False),
        sa.Column("what", sa.String(300), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("became", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_setting_change"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_setting_change_court_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_setting_change_user_id"),
    )
    _index("ix_setting_change_court_id_setting_change_id", "setting_change", ["court_id", "id"])
    op.create_table(
        "wording",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("user_id", Key),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("at", Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_wording"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_wording_court_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_wording_user_id"),
        sa.UniqueConstraint(
            "court_id", "kind", "channel", "language", "version", name="uq_wording_version"
        ),
    )
    op.create_table(
        "api_token",
        sa.Column("id", Key, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("hint", sa.String(12), nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("revoked_at", Time),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_api_token_user_id"),
        sa.UniqueConstraint("digest", name="uq_api_token_digest"),
    )
    _index("ix_api_token_user_id", "api_token", ["user_id"])
    op.create_table(
        "api_repeat",
        sa.Column("id", Key, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("asked", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", Json, nullable=False),
        sa.Column("at", Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_api_repeat"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_api_repeat_user_id"),
        sa.UniqueConstraint("user_id", "key", name="uq_api_repeat_user_id_key"),
    )


def _create_cases() -> None:
    """Create cases, parties and counsel, and when counsel cannot come."""
    op.create_table(
        "counsel",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("firm", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("channels", Json, nullable=False),
        sa.Column("in_person", sa.Boolean(), nullable=False),
        sa.Column("address_confirmed_on", sa.Date()),
        sa.Column("electronic_consent_on", sa.Date()),
        sa.Column("opted_out_at", Time),
        sa.Column("travel_minutes", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("postal", sa.String(300), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_counsel"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_counsel_court_id"),
    )
    _index("ix_counsel_court_id_counsel_name", "counsel", ["court_id", "name"])
    _index("ix_counsel_email", "counsel", ["email"])
    _index("ix_counsel_phone", "counsel", ["phone"])
    op.create_table(
        "case_file",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("number", sa.String(200), nullable=False),
        sa.Column("number_key", sa.String(200), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("procedure", sa.String(40), nullable=False),
        sa.Column("judge_id", Key, nullable=False),
        sa.Column("assistant_id", Key),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("upload_id", Key),
        sa.PrimaryKeyConstraint("id", name="pk_case_file"),
        sa.ForeignKeyConstraint(
            ["assistant_id"], ["user_account.id"], name="fk_case_file_assistant_id"
        ),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_case_file_court_id"),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name="fk_case_file_judge_id"),
        sa.UniqueConstraint("court_id", "number_key", name="uq_case_file_court_id_number_key"),
    )
    _index("ix_case_file_assistant_id", "case_file", ["assistant_id"])
    _index("ix_case_file_judge_id", "case_file", ["judge_id"])
    _index("ix_case_file_upload_id", "case_file", ["upload_id"])
    op.create_table(
        "party",
        sa.Column("id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("role", sa.String(100), nullable=False),
        sa.Column("side", sa.String(20), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("reference", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_party"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_party_case_id"),
    )
    _index("ix_party_case_id", "party", ["case_id"])
    _index("ix_party_name", "party", ["name"])
    op.create_table(
        "representation",
        sa.Column("id", Key, nullable=False),
        sa.Column("party_id", Key, nullable=False),
        sa.Column("counsel_id", Key, nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("left_at", Time),
        sa.Column("welcomed", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.PrimaryKeyConstraint("id", name="pk_representation"),
        sa.ForeignKeyConstraint(
            ["counsel_id"], ["counsel.id"], name="fk_representation_counsel_id"
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name="fk_representation_party_id"),
        sa.UniqueConstraint("party_id", "counsel_id", name="uq_representation_party_id_counsel_id"),
    )
    _index("ix_representation_counsel_id", "representation", ["counsel_id"])
    _index("ix_representation_joined", "representation", ["id"], where="NOT welcomed")
    op.create_table(
        "away",
        sa.Column("id", Key, nullable=False),
        sa.Column("counsel_id", Key, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.Column("weekdays", Json, nullable=False),
        sa.Column("said_at", Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_away"),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name="fk_away_counsel_id"),
    )
    _index("ix_away_counsel_id", "away", ["counsel_id"])
    op.create_table(
        "busy_calendar",
        sa.Column("id", Key, nullable=False),
        sa.Column("counsel_id", Key, nullable=False),
        sa.Column("address", sa.String(2000), nullable=False),
        sa.Column("said_at", Time, nullable=False),
        sa.Column("due_at", Time),
        sa.Column("read_at", Time),
        sa.Column("etag", sa.String(200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_busy_calendar"),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name="fk_busy_calendar_counsel_id"),
        sa.UniqueConstraint("counsel_id", name="uq_busy_calendar_counsel_id"),
    )
    _index("ix_busy_calendar_due_at", "busy_calendar", ["due_at"])
    op.create_table(
        "busy_time",
        sa.Column("id", Key, nullable=False),
        sa.Column("counsel_id", Key, nullable=False),
        sa.Column("starts_at", Time, nullable=False),
        sa.Column("ends_at", Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_busy_time"),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name="fk_busy_time_counsel_id"),
    )
    _index("ix_busy_time_counsel_id_busy_time_starts_at", "busy_time", ["counsel_id", "starts_at"])


def _create_hearings() -> None:
    """Create hearings, proposals, slots, answers and bookings."""
    op.create_table(
        "hearing",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("judge_id", Key, nullable=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("planned_revision", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(200), nullable=False),
        sa.Column("starts_at", Time),
        sa.Column("ends_at", Time),
        sa.Column("courtroom_id", Key),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("user_id", Key),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("changed_at", Time, nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("drawn_edition", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("stamp", Key, nullable=False, server_default="0"),
        sa.Column("upload_id", Key),
        sa.Column("corrections", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name="pk_hearing"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_hearing_case_id"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_hearing_court_id"),
        sa.ForeignKeyConstraint(["courtroom_id"], ["courtroom.id"], name="fk_hearing_courtroom_id"),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name="fk_hearing_judge_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_hearing_user_id"),
        sa.UniqueConstraint("uid", name="uq_hearing_uid"),
    )
    _index("ix_hearing_case_id", "hearing", ["case_id"])
    _index("ix_hearing_court_id_hearing_stamp", "hearing", ["court_id", "stamp"])
    _index("ix_hearing_court_id_hearing_starts_at", "hearing", ["court_id", "starts_at"])
    _index("ix_hearing_court_id_hearing_state", "hearing", ["court_id", "state"])
    _index("ix_hearing_courtroom_id", "hearing", ["courtroom_id"])
    _index("ix_hearing_judge_id", "hearing", ["judge_id"])
    _index("ix_hearing_undrawn", "hearing", ["id"], where="drawn_edition < edition")
    _index("ix_hearing_unplanned", "hearing", ["id"], where="planned_revision < revision")
    _index("ix_hearing_upload_id", "hearing", ["upload_id"])
    _index("ix_hearing_user_id", "hearing", ["user_id"])
    op.create_table(
        "proposal",
        sa.Column("id", Key, nullable=False),
        sa.Column("hearing_id", Key, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("answer_by", Time, nullable=False),
        sa.Column("fix", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("overridden_because", sa.Text(), nullable=False),
        sa.Column("rules_version", sa.String(40), nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("tentative", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
        sa.ForeignKeyConstraint(["hearing_id"], ["hearing.id"], name="fk_proposal_hearing_id"),
        sa.UniqueConstraint("hearing_id", "round", name="uq_proposal_hearing_id_round"),
    )
    _index("ix_proposal_created_at", "proposal", ["created_at"])
    _index("ix_proposal_open", "proposal", ["answer_by"], where="state = 'open'")
    op.create_table(
        "slot",
        sa.Column("id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("starts_at", Time, nullable=False),
        sa.Column("ends_at", Time, nullable=False),
        sa.Column("courtroom_id", Key, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_slot"),
        sa.ForeignKeyConstraint(["courtroom_id"], ["courtroom.id"], name="fk_slot_courtroom_id"),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name="fk_slot_proposal_id"),
    )
    _index("ix_slot_proposal_id", "slot", ["proposal_id"])
    op.create_table(
        "invitation",
        sa.Column("id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("counsel_id", Key, nullable=False),
        sa.Column("party_id", Key, nullable=False),
        sa.Column("side", sa.String(20), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(64)),
        sa.Column("code_digest", sa.String(64)),
        sa.Column("revoked_at", Time),
        sa.Column("answered_at", Time),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("left_at", Time),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name="fk_invitation_counsel_id"),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name="fk_invitation_party_id"),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name="fk_invitation_proposal_id"),
        sa.UniqueConstraint("code_digest", name="uq_invitation_code_digest"),
        sa.UniqueConstraint(
            "proposal_id", "counsel_id", name="uq_invitation_proposal_id_counsel_id"
        ),
        sa.UniqueConstraint("token_digest", name="uq_invitation_token_digest"),
    )
    _index("ix_invitation_counsel_id", "invitation", ["counsel_id"])
    op.create_table(
        "answer",
        sa.Column("id", Key, nullable=False),
        sa.Column("invitation_id", Key, nullable=False),
        sa.Column("slot_id", Key, nullable=False),
        sa.Column("says", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answer"),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name="fk_answer_invitation_id"
        ),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name="fk_answer_slot_id"),
        sa.UniqueConstraint("invitation_id", "slot_id", name="uq_answer_invitation_id_slot_id"),
    )
    _index("ix_answer_slot_id", "answer", ["slot_id"])
    op.create_table(
        "booking",
        sa.Column("id", Key, nullable=False),
        sa.Column("hearing_id", Key, nullable=False),
        sa.Column("resource", Key, nullable=False),
        sa.Column("starts_at", Time, nullable=False),
        sa.Column("ends_at", Time, nullable=False),
        sa.Column("firm", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_booking_forward")),
        sa.PrimaryKeyConstraint("id", name="pk_booking"),
        sa.ForeignKeyConstraint(["hearing_id"], ["hearing.id"], name="fk_booking_hearing_id"),
    )
    _index("ix_booking_hearing_id", "booking", ["hearing_id"])
    _index("ix_booking_resource_booking_starts_at", "booking", ["resource", "starts_at"])
    op.create_table(
        "clock_change",
        sa.Column("hearing_id", Key, nullable=False),
        sa.Column("was", Time),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("clashes", Json, nullable=False),
        sa.PrimaryKeyConstraint("hearing_id", name="pk_clock_change"),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearing.id"], name="fk_clock_change_hearing_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "draft",
        sa.Column("id", Key, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("fields", Json, nullable=False),
        sa.Column("changed_at", Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_draft_case_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_draft_user_id"),
        sa.UniqueConstraint("user_id", "about", name="uq_draft_user_id"),
    )
    _index("ix_draft_case_id", "draft", ["case_id"])


def _create_queue() -> None:
    """Create the queue of notices, tasks, receipts, and what comes in."""
    op.create_table(
        "notice",
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("counsel_id", Key),
        sa.Column("user_id", Key),
        sa.Column("invitation_id", Key),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("side", sa.String(20), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("due_at", Time, nullable=False),
        sa.Column("first_due_at", Time, nullable=False),
        sa.Column("stale_at", Time, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", Time),
        sa.Column("lease_until", Time),
        sa.Column("claimed_by", sa.String(100), nullable=False),
        sa.Column("carrier", sa.String(20), nullable=False),
        sa.Column("carrier_id", sa.String(100), nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("handed_at", Time),
        sa.Column("ask_at", Time),
        sa.Column("server_id", sa.String(100), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_notice_case_id"),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name="fk_notice_counsel_id"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_notice_court_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_notice_user_id"),
        sa.UniqueConstraint("key", name="uq_notice_key"),
    )
    _index("ix_notice_about", "notice", ["about"])
    _index("ix_notice_carrier_id", "notice", ["carrier_id"], where="carrier_id <> ''")
    _index("ix_notice_case_id", "notice", ["case_id"])
    _index("ix_notice_counsel_id_notice_tried_at", "notice", ["counsel_id", "tried_at"])
    _index("ix_notice_court_id_notice_created_at", "notice", ["court_id", "created_at"])
    _index("ix_notice_first_due_at", "notice", ["first_due_at"])
    _index("ix_notice_invitation_id", "notice", ["invitation_id"], where="kind = 'proposal'")
    _index("ix_notice_server_id", "notice", ["server_id"], where="server_id <> ''")
    _index("ix_notice_under_way", "notice", ["lease_until"], where="state = 'sending'")
    _index("ix_notice_unfinished", "notice", ["ask_at"], where="ask_at IS NOT NULL")
    _index("ix_notice_waiting", "notice", ["channel", "due_at", "id"], where="state = 'queued'")
    op.create_table(
        "task",
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("counsel_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(20), nullable=False),
        sa.Column("way", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("opens_at", Time, nullable=False),
        sa.Column("latest_at", Time),
        sa.Column("because", Json, nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("seen_seq", sa.Integer(), nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("tried_at", Time),
        sa.Column("ended_at", Time),
        sa.PrimaryKeyConstraint("id", name="pk_task"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_task_case_id"),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name="fk_task_counsel_id"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_task_court_id"),
        sa.UniqueConstraint("key", name="uq_task_key"),
    )
    _index("ix_task_about", "task", ["about"])
    _index("ix_task_callback", "task", ["created_at"], where="way = 'callback'")
    _index("ix_task_case_id_task_counsel_id", "task", ["case_id", "counsel_id"])
    _index("ix_task_coming", "task", ["opens_at"], where="state IN ('waiting', 'open')")
    _index("ix_task_counsel_id", "task", ["counsel_id"])
    _index("ix_task_court_id_task_state", "task", ["court_id", "state"])
    op.create_table(
        "paper",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("task_id", Key, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_paper"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_paper_case_id"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_paper_court_id"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_paper_task_id"),
    )
    _index("ix_paper_case_id", "paper", ["case_id"])
    _index("ix_paper_task_id", "paper", ["task_id"])
    op.create_table(
        "worker",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("started_at", Time, nullable=False),
        sa.Column("beat_at", Time, nullable=False),
        sa.Column("said", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_worker"),
    )
    op.create_table(
        "carrier_weight",
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("shifted_at", Time),
        sa.Column("why", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_carrier_weight"),
    )
    op.create_table(
        "carrier_test",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("asked_at", Time, nullable=False),
        sa.Column("tried_at", Time),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("carrier", sa.String(20), nullable=False),
        sa.Column("said", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_carrier_test"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_carrier_test_court_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_carrier_test_user_id"),
    )
    _index(
        "ix_carrier_test_court_id_carrier_test_asked_at", "carrier_test", ["court_id", "asked_at"]
    )
    op.create_table(
        "mailbox",
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("uidvalidity", Key, nullable=False),
        sa.Column("last_uid", Key, nullable=False),
        sa.Column("read_at", Time),
        sa.Column("fault", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_mailbox"),
    )
    op.create_table(
        "inbound",
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("court_id", Key),
        sa.Column("case_id", Key),
        sa.Column("counsel_id", Key),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("at", Time, nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("sender", sa.String(254), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.Column("done_at", Time),
        sa.Column("user_id", Key),
        sa.PrimaryKeyConstraint("id", name="pk_inbound"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_inbound_case_id"),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name="fk_inbound_counsel_id"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_inbound_court_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_inbound_user_id"),
        sa.UniqueConstraint("key", name="uq_inbound_key"),
    )
    _index("ix_inbound_about", "inbound", ["about"])
    _index("ix_inbound_case_id", "inbound", ["case_id"])
    _index("ix_inbound_counsel_id", "inbound", ["counsel_id"])
    _index("ix_inbound_court_id_inbound_id", "inbound", ["court_id", "id"])
    _index("ix_inbound_user_id", "inbound", ["user_id"])
    _index("ix_inbound_waiting", "inbound", ["court_id", "id"], where="done_at IS NULL")
    op.create_table(
        "receipt",
        sa.Column("id", Key, nullable=False),
        sa.Column("at", Time, nullable=False),
        sa.Column("carrier", sa.String(20), nullable=False),
        sa.Column("carrier_id", sa.String(100), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("notice_id", Key),
        sa.Column("raw", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_receipt"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_receipt_notice_id"),
    )
    _index("ix_receipt_carrier_id", "receipt", ["carrier_id"])
    _index("ix_receipt_notice_id", "receipt", ["notice_id"])
    op.create_table(
        "tally",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", "on", name="pk_tally"),
    )


def _create_record() -> None:
    """Create the record; on PostgreSQL its entries and their contents are partitioned by month."""
    op.create_table(
        "record_head",
        sa.Column("case_id", Key, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("sealed_seq", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("last_at", Time),
        sa.PrimaryKeyConstraint("case_id", name="pk_record_head"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_record_head_case_id"),
    )
    _index("ix_record_head_unsealed", "record_head", ["case_id"], where="sealed_seq < seq")
    op.create_table(
        "record_day",
        sa.Column("court_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", Time, nullable=False),
        sa.Column("heads", Json, nullable=False),
        sa.Column("prev", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("court_id", "seq", name="pk_record_day"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_record_day_court_id"),
        sa.UniqueConstraint("court_id", "on", name="uq_record_day_on"),
    )
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    place = sa.UniqueConstraint("case_id", "seq", name="uq_record_line_case_id_seq")
    unique = [] if on_postgresql else [place]  # no unique index can span the partitions
    op.create_table(
        "record_line",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", Time, nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("direction", sa.String(3), nullable=False),
        sa.Column("about", sa.String(40), nullable=False),
        sa.Column("attempt", sa.String(40), nullable=False),
        sa.Column("notice_id", Key),
        sa.Column("counsel_id", Key),
        sa.Column("side", sa.String(20), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("prev", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record_line"),
        *unique,
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_record_line_case_id"),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name="fk_record_line_counsel_id"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_record_line_court_id"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_record_line_notice_id"),
        postgresql_partition_by="RANGE (id)",
    )
    _index("ix_record_line_about", "record_line", ["about"])
    _index("ix_record_line_attempt", "record_line", ["attempt"], where="notice_id IS NULL")
    _index("ix_record_line_counsel_id", "record_line", ["counsel_id"])
    _index("ix_record_line_erased", "record_line", ["case_id"], where="what = 'erased'")
    _index("ix_record_line_hash", "record_line", ["hash"])
    _index("ix_record_line_notice_id", "record_line", ["notice_id"])
    if on_postgresql:
        _index("ix_record_line_place", "record_line", ["case_id", "seq"])
    op.create_table(
        "record_content",
        sa.Column("line_id", Key, nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.PrimaryKeyConstraint("line_id", name="pk_record_content"),
        sa.ForeignKeyConstraint(["line_id"], ["record_line.id"], name="fk_record_content_line_id"),
        postgresql_partition_by="RANGE (line_id)",
    )


def _create_rest() -> None:
    """Create calendar feeds, listings and uploads."""
    op.create_table(
        "feed",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("scope", sa.String(20), nullable=False),
        sa.Column("whose", Key, nullable=False),
        sa.Column("user_id", Key),
        sa.Column("token_digest", sa.String(64)),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("revoked_at", Time),
        sa.Column("busy_only", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name="pk_feed"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_feed_court_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_feed_user_id"),
        sa.UniqueConstraint("token_digest", name="uq_feed_token_digest"),
    )
    _index("ix_feed_court_id", "feed", ["court_id"])
    _index("ix_feed_user_id", "feed", ["user_id"])
    op.create_table(
        "rendered_event",
        sa.Column("hearing_id", Key, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("house", sa.String(32), nullable=False),
        sa.Column("events", Json, nullable=False),
        sa.PrimaryKeyConstraint("hearing_id", "language", name="pk_rendered_event"),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearing.id"], name="fk_rendered_event_hearing_id"
        ),
    )
    _index("ix_rendered_event_house", "rendered_event", ["house"])
    op.create_table(
        "calendar_tick",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("n", Key, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_tick"),
    )
    op.create_table(
        "gone_hearing",
        sa.Column("hearing_id", Key, nullable=False, autoincrement=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("stamp", Key, nullable=False),
        sa.PrimaryKeyConstraint("hearing_id", name="pk_gone_hearing"),
    )
    _index("ix_gone_hearing_court_id_gone_hearing_stamp", "gone_hearing", ["court_id", "stamp"])
    op.create_table(
        "listing",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("user_id", Key),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("answer_by", Time, nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("rooms", Json, nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("started_at", Time),
        sa.Column("ended_at", Time),
        sa.Column("worker", sa.String(200), nullable=False),
        sa.Column("lease_until", Time),
        sa.Column("stop", sa.Boolean(), nullable=False),
        sa.Column("placed", sa.Integer()),
        sa.Column("most", sa.Integer()),
        sa.Column("cost", sa.Integer()),
        sa.Column("bound", sa.Integer()),
        sa.Column("fault", Json),
        sa.PrimaryKeyConstraint("id", name="pk_listing"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_listing_court_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_listing_user_id"),
    )
    _index(
        "ix_listing_at_work",
        "listing",
        ["state"],
        where="state IN ('waiting', 'running', 'sending')",
    )
    _index("ix_listing_court_id", "listing", ["court_id"])
    op.create_table(
        "listed_hearing",
        sa.Column("id", Key, nullable=False),
        sa.Column("listing_id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("wishes", Json, nullable=False),
        sa.Column("slots", Json, nullable=False),
        sa.Column("why", Json),
        sa.Column("tried", sa.Boolean(), nullable=False),
        sa.Column("uid", sa.String(200), nullable=False),
        sa.Column("hearing_id", Key),
        sa.PrimaryKeyConstraint("id", name="pk_listed_hearing"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_listed_hearing_case_id"),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearing.id"], name="fk_listed_hearing_hearing_id"
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name="fk_listed_hearing_listing_id"
        ),
        sa.UniqueConstraint("uid", name="uq_listed_hearing_uid"),
    )
    _index("ix_listed_hearing_case_id", "listed_hearing", ["case_id"])
    _index("ix_listed_hearing_hearing_id", "listed_hearing", ["hearing_id"])
    _index("ix_listed_hearing_listing_id", "listed_hearing", ["listing_id"])
    op.create_table(
        "upload",
        sa.Column("id", Key, nullable=False),
        sa.Column("court_id", Key, nullable=False),
        sa.Column("user_id", Key, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("columns", Json, nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("remind", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("report", Json, nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("ended_at", Time),
        sa.Column("counsel_before", Key, nullable=False),
        sa.Column("reading", Json, nullable=False, server_default="{}"),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_upload_court_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_upload_user_id"),
    )
    _index("ix_upload_court_id_upload_id", "upload", ["court_id", "id"])
    _index("ix_upload_state", "upload", ["state"])
    op.create_table(
        "upload_part",
        sa.Column("upload_id", Key, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("upload_id", "seq", name="pk_upload_part"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name="fk_upload_part_upload_id"),
    )
    op.create_table(
        "chosen_column",
        sa.Column("court_id", Key, nullable=False),
        sa.Column("header_key", sa.String(200), nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("court_id", "header_key", name="pk_chosen_column"),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name="fk_chosen_column_court_id"),
    )


# --- Bookings of one resource never overlap -------------------------------------------------------


def _exclude_overlaps() -> None:
    # A range of one number stands for equality: it needs no extension (btree_gist is not
    # everywhere), and the exclusion holds against every writer at any isolation level.
    op.execute(
        "ALTER TABLE booking ADD CONSTRAINT ex_booking_overlap EXCLUDE USING gist "
        "(int8range(resource, resource, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&)"
    )


def _refuse_overlaps() -> None:
    # Bookings of one resource never overlap, so of all that begin before the new one ends the last
    # to begin is the last to end: if it is over in time, all are.
    overlaps = (
        "SELECT RAISE(ABORT, 'double booking') WHERE (SELECT b.ends_at FROM booking b "
        "WHERE b.resource = NEW.resource AND b.starts_at < NEW.ends_at AND b.id IS NOT NEW.id "
        "ORDER BY b.starts_at DESC LIMIT 1) > NEW.starts_at"
    )
    for when in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER booking_overlap_{when.lower()} BEFORE {when} ON booking "
            f"BEGIN {overlaps}; END"
        )


# --- The record is only ever added to -------------------------------------------------------------

ONLY_ADDED = "the record is only ever added to"
GUARDED = ("record_line", "record_content", "receipt", "record_day", "setting_change", "wording")
# The body of an entry and of a receipt may be blanked, once a later entry of the same case says who
# did it and why; of a receipt that belongs to no notice at any time. Nothing else of the row
# changes with it. {body} is the new value as text.
MAY_BLANK = {
    "record_content": (
        "NEW.line_id = OLD.line_id AND {body} = '{{}}' AND EXISTS (SELECT 1 FROM record_line l "
        "JOIN record_line e ON e.case_id = l.case_id AND e.what = 'erased' AND e.seq > l.seq "
        "WHERE l.id = OLD.line_id)"
    ),
    "receipt": (
        "NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.carrier = OLD.carrier "
        "AND NEW.carrier_id = OLD.carrier_id AND NEW.status = OLD.status "
        "AND (NEW.notice_id IS NULL AND OLD.notice_id IS NULL OR NEW.notice_id = OLD.notice_id "
        "AND EXISTS (SELECT 1 FROM notice n JOIN record_line e ON e.case_id = n.case_id "
        "AND e.what = 'erased' WHERE n.id = OLD.notice_id)) AND {body} = '{{}}'"
    ),
}
BODY = {"record_content": "body", "receipt": "raw"}
# SQLite's REPLACE deletes without a word where a connection has recursive_triggers off, as the
# sqlite3 shell has; so a guard refuses the row that would take another's place.
TAKEN = {
    "record_line": "id = NEW.id OR (case_id = NEW.case_id AND seq = NEW.seq)",
    "record_content": "line_id = NEW.line_id",
    "receipt": "id = NEW.id",
    "record_day": '(court_id = NEW.court_id AND (seq = NEW.seq OR "on" = NEW."on"))',
}


def _guard_record_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{ONLY_ADDED} (%)', TG_TABLE_NAME; END $$"
    )
    for table, may in MAY_BLANK.items():
        op.execute(
            f"CREATE FUNCTION {table}_blanked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'UPDATE' AND {may.format(body=f'NEW.{BODY[table]}::text')} THEN "
            f"RETURN NEW; END IF; RAISE EXCEPTION '{ONLY_ADDED} (%)', TG_TABLE_NAME; END $$"
        )
    for table in GUARDED:
        refuse = f"{table}_blanked" if table in MAY_BLANK else "only_added_to"
        op.execute(
            f"CREATE TRIGGER {table}_only_added_to BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {refuse}()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION only_added_to()"
        )


def _guard_record_on_sqlite() -> None:
    for table in GUARDED:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{ONLY_ADDED} ({table})'); END"
        unless = ""
        if table in MAY_BLANK:
            unless = f"WHEN NOT ({MAY_BLANK[table].format(body=f'NEW.{BODY[table]}')}) "
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {unless}{refuse}")
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
        if table in TAKEN:
            op.execute(
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {TAKEN[table]}) {refuse}"
            )


# --- An entry follows the last one of its case ----------------------------------------------------

# The head of a case's chain is moved on by its entries alone, by number, hash and time. On
# PostgreSQL it also holds what no index over partitions can: that a place in a chain is taken once.
MOVE_ON = (
    "UPDATE record_head SET seq = NEW.seq, hash = NEW.hash, last_at = NEW.at "
    "WHERE case_id = NEW.case_id AND seq = NEW.seq - 1 AND hash = NEW.prev "
    "AND (last_at IS NULL OR last_at <= NEW.at);"
)
# The number of an entry begins with the year and month in which it is written
# (202611 0000000123), so that ranges of numbers are months and the number alone stays the key.
A_MONTH = 10**10


def _chain_record_on_sqlite() -> None:
    op.execute(
        f"CREATE TRIGGER record_line_follows AFTER INSERT ON record_line BEGIN {MOVE_ON} "
        f"SELECT RAISE(ABORT, '{ONLY_ADDED}: a line follows the last one (record_line)') "
        "WHERE changes() = 0; END"
    )


def _chain_record_on_postgresql() -> None:
    op.execute(
        f"CREATE FUNCTION record_line_follows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{MOVE_ON} IF NOT FOUND THEN RAISE EXCEPTION '{ONLY_ADDED}: line % of case % does not "
        "follow the last one (%)', NEW.seq, NEW.case_id, TG_TABLE_NAME "
        "USING ERRCODE = 'unique_violation'; END IF; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER record_line_follows AFTER INSERT ON record_line "
        "FOR EACH ROW EXECUTE FUNCTION record_line_follows()"
    )
    op.execute(
        "CREATE TRIGGER record_head_not_back BEFORE UPDATE ON record_head "
        "FOR EACH ROW WHEN (NEW.seq < OLD.seq OR NEW.case_id <> OLD.case_id) "
        "EXECUTE FUNCTION only_added_to()"
    )
    op.execute(
        "CREATE TRIGGER record_head_not_taken BEFORE DELETE ON record_head "
        "FOR EACH ROW EXECUTE FUNCTION only_added_to()"
    )
    op.execute(
        "CREATE TRIGGER record_head_not_emptied BEFORE TRUNCATE ON record_head "
        "FOR EACH STATEMENT EXECUTE FUNCTION only_added_to()"
    )
    op.execute(f"ALTER SEQUENCE record_line_id_seq MAXVALUE {A_MONTH - 1} CYCLE")
    op.execute(
        "ALTER TABLE record_line ALTER COLUMN id SET DEFAULT "
        f"to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::bigint * {A_MONTH} "
        "+ nextval('record_line_id_seq')"
    )
    for table in ("record_line", "record_content"):
        op.execute(f"CREATE TABLE {table}_other PARTITION OF {table} DEFAULT")
        op.execute(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}_other "
            "FOR EACH STATEMENT EXECUTE FUNCTION only_added_to()"
        )
    # A month's tables are made while lines are written: whoever waits longer than half a second
    # for that (a dump reads for hours) gives up, and is asked again.
    op.execute(
        f"""
        CREATE FUNCTION make_record_months(ahead integer) RETURNS integer LANGUAGE plpgsql
        SET lock_timeout = '500ms' AS $$
        DECLARE
            month timestamp; name text; made integer := 0; part text;
        BEGIN
            FOR n IN 0..ahead LOOP
                month := date_trunc('month', now() AT TIME ZONE 'UTC') + n * interval '1 month';
                name := to_char(month, 'YYYYMM');
                CONTINUE WHEN to_regclass('record_content_' || name) IS NOT NULL;
                FOREACH part IN ARRAY ARRAY['record_line', 'record_content'] LOOP
                    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%s) TO (%s)',
                        part || '_' || name, part, name::bigint * {A_MONTH},
                        to_char(month + interval '1 month', 'YYYYMM')::bigint * {A_MONTH});
                    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT '
                        'EXECUTE FUNCTION only_added_to()',
                        part || '_not_emptied', part || '_' || name);
                END LOOP;
                made := made + 1;
            END LOOP;
            RETURN made;
        END $$
        """
    )
    op.execute("SELECT make_record_months(3)")


# --- A hearing's edition rises with every change of what a calendar says about it -----------------

# Columns of the hearing's own row, and what else a calendar says: table, when, its columns (of an
# update), and which hearings say it.
OWN = (
    "court_id",
    "case_id",
    "judge_id",
    "kind",
    "minutes",
    "state",
    "revision",
    "uid",
    "starts_at",
    "ends_at",
    "courtroom_id",
    "imported",
    "user_id",
    "changed_at",
)
OPEN_SLOTS = (
    "id IN (SELECT p.hearing_id FROM proposal p JOIN slot s ON s.proposal_id = p.id "
    "WHERE p.state = 'open' AND s.courtroom_id = NEW.id)"
)
OF_PROPOSAL = "id = (SELECT p.hearing_id FROM proposal p WHERE p.id = NEW.proposal_id)"
OF_PARTY = "case_id = (SELECT p.case_id FROM party p WHERE p.id = NEW.party_id)"
ELSEWHERE = (
    ("court", "UPDATE", ("name", "zone", "phone"), "court_id = NEW.id"),
    ("case_file", "UPDATE", ("number", "title", "assistant_id"), "case_id = NEW.id"),
    ("judge", "UPDATE", ("name",), "judge_id = NEW.id"),
    ("courtroom", "UPDATE", ("name", "location"), f"courtroom_id = NEW.id OR {OPEN_SLOTS}"),
    ("proposal", "INSERT", (), "id = NEW.hearing_id"),
    ("proposal", "UPDATE", ("state",), "id = NEW.hearing_id"),
    ("invitation", "INSERT", (), OF_PROPOSAL),
    ("invitation", "UPDATE", ("revoked_at",), OF_PROPOSAL),
    ("representation", "INSERT", (), OF_PARTY),
    ("representation", "UPDATE", ("left_at",), OF_PARTY),
)
# A courtroom with a feed is kept: its number must not become another's.
FOLLOWED = "EXISTS (SELECT 1 FROM feed WHERE scope = 'courtroom' AND whose = OLD.id)"
FUNCTIONS = (
    "only_added_to()",
    *(f"{table}_blanked()" for table in MAY_BLANK),
    "record_line_follows()",
    "make_record_months(integer)",
    "hearing_stamped()",
    "hearing_gone()",
    "courtroom_followed()",
    *(f"{table}_{when.lower()}_in_calendars()" for table, when, _, _ in ELSEWHERE),
)


def _watch_calendars_on_postgresql() -> None:
    old, new = (", ".join(f"{row}.{name}" for name in OWN) for row in ("OLD", "NEW"))
    op.execute(
        "CREATE FUNCTION hearing_stamped() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'UPDATE' AND NEW.edition = OLD.edition THEN "
        f"IF ROW({old}) IS NOT DISTINCT FROM ROW({new}) THEN RETURN NEW; END IF; "
        "NEW.edition := OLD.edition + 1; END IF; "
        "IF TG_OP = 'INSERT' THEN NEW.edition := 1; END IF; "
        "NEW.stamp := pg_current_xact_id()::text::bigint; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER hearing_stamped BEFORE INSERT OR UPDATE ON hearing "
        "FOR EACH ROW EXECUTE FUNCTION hearing_stamped()"
    )
    for table, when, columns, which in ELSEWHERE:
        name = f"{table}_{when.lower()}_in_calendars"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"UPDATE hearing SET edition = edition + 1 WHERE {which}; RETURN NULL; END $$"
        )
        differs = " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in columns)
        condition = f"WHEN ({differs}) " if columns else ""
        op.execute(
            f"CREATE TRIGGER {name} AFTER {when} ON {table} "
            f"FOR EACH ROW {condition}EXECUTE FUNCTION {name}()"
        )
    op.execute(
        "CREATE FUNCTION hearing_gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "DELETE FROM rendered_event WHERE hearing_id = OLD.id; "
        "INSERT INTO gone_hearing (hearing_id, court_id, stamp) "
        "VALUES (OLD.id, OLD.court_id, pg_current_xact_id()::text::bigint) "
        "ON CONFLICT (hearing_id) DO UPDATE SET stamp = EXCLUDED.stamp; RETURN OLD; END $$"
    )
    op.execute(
        "CREATE TRIGGER hearing_gone BEFORE DELETE ON hearing "
        "FOR EACH ROW EXECUTE FUNCTION hearing_gone()"
    )
    op.execute(
        "CREATE FUNCTION courtroom_followed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {FOLLOWED} THEN RAISE EXCEPTION 'the courtroom has calendars' "
        "USING ERRCODE = 'foreign_key_violation'; END IF; RETURN OLD; END $$"
    )
    op.execute(
        "CREATE TRIGGER courtroom_followed BEFORE DELETE ON courtroom "
        "FOR EACH ROW EXECUTE FUNCTION courtroom_followed()"
    )


def _watch_calendars_on_sqlite() -> None:
    stamp = "stamp = (SELECT n FROM calendar_tick), edition = edition + 1"
    tick = "UPDATE calendar_tick SET n = n + 1"
    own = f"{tick}; UPDATE hearing SET {stamp} WHERE id = NEW.id;"
    op.execute(f"CREATE TRIGGER hearing_stamped_insert AFTER INSERT ON hearing BEGIN {own} END")
    differs = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in OWN)
    op.execute(
        f"CREATE TRIGGER hearing_stamped_update AFTER UPDATE OF {', '.join(OWN)} ON hearing "
        f"WHEN {differs} BEGIN {own} END"
    )
    for table, when, columns, which in ELSEWHERE:
        of = f" OF {', '.join(columns)}" if columns else ""
        differs = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in columns)
        condition = f"WHEN {differs} " if columns else ""
        op.execute(
            f"CREATE TRIGGER {table}_{when.lower()}_in_calendars AFTER {when}{of} ON {table} "
            f"{condition}BEGIN {tick}; UPDATE hearing SET {stamp} WHERE {which}; END"
        )
    op.execute(
        "CREATE TRIGGER hearing_gone BEFORE DELETE ON hearing BEGIN "
        "DELETE FROM rendered_event WHERE hearing_id = OLD.id; "
        "UPDATE calendar_tick SET n = n + 1; "
        "INSERT OR REPLACE INTO gone_hearing (hearing_id, court_id, stamp) "
        "SELECT OLD.id, OLD.court_id, n FROM calendar_tick; END"
    )
    op.execute(
        f"CREATE TRIGGER courtroom_followed BEFORE DELETE ON courtroom WHEN {FOLLOWED} "
        "BEGIN SELECT RAISE(ABORT, 'the courtroom has calendars'); END"
    )
