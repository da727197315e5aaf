SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;

CREATE FUNCTION public.case_file_update_in_calendars() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN UPDATE hearing SET edition = edition + 1 WHERE case_id = NEW.id; RETURN NULL; END $$;

CREATE FUNCTION public.court_update_in_calendars() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN UPDATE hearing SET edition = edition + 1 WHERE court_id = NEW.id; RETURN NULL; END $$;

CREATE FUNCTION public.courtroom_followed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN IF EXISTS (SELECT 1 FROM feed WHERE scope = 'courtroom' AND whose = OLD.id) THEN RAISE EXCEPTION 'the courtroom has calendars' USING ERRCODE = 'foreign_key_violation'; END IF; RETURN OLD; END $$;

CREATE FUNCTION public.courtroom_update_in_calendars() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN UPDATE hearing SET edition = edition + 1 WHERE courtroom_id = NEW.id OR id IN (SELECT p.hearing_id FROM proposal p JOIN slot s ON s.proposal_id = p.id WHERE p.state = 'open' AND s.courtroom_id = NEW.id); RETURN NULL; END $$;

CREATE FUNCTION public.hearing_gone() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN DELETE FROM rendered_event WHERE hearing_id = OLD.id; INSERT INTO gone_hearing (hearing_id, court_id, stamp) VALUES (OLD.id, OLD.court_id, pg_current_xact_id()::text::bigint) ON CONFLICT (hearing_id) DO UPDATE SET stamp = EXCLUDED.stamp; RETURN OLD; END $$;

CREATE FUNCTION public.hearing_stamped() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN IF TG_OP = 'UPDATE' AND NEW.edition = OLD.edition THEN IF ROW(OLD.court_id, OLD.case_id, OLD.judge_id, OLD.kind, OLD.minutes, OLD.state, OLD.revision, OLD.uid, OLD.starts_at, OLD.ends_at, OLD.courtroom_id, OLD.imported, OLD.user_id, OLD.changed_at) IS NOT DISTINCT FROM ROW(NEW.court_id, NEW.case_id, NEW.judge_id, NEW.kind, NEW.minutes, NEW.state, NEW.revision, NEW.uid, NEW.starts_at, NEW.ends_at, NEW.courtroom_id, NEW.imported, NEW.user_id, NEW.changed_at) THEN RETURN NEW; END IF; NEW.edition := OLD.edition + 1; END IF; IF TG_OP = 'INSERT' THEN NEW.edition := 1; END IF; NEW.stamp := pg_current_xact_id()::text::bigint; RETURN NEW; END $$;

CREATE FUNCTION public.invitation_insert_in_calendars() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN UPDATE hearing SET edition = edition + 1 WHERE id = (SELECT p.hearing_id FROM proposal p WHERE p.id = NEW.proposal_id); RETURN NULL; END $$;

CREATE FUNCTION public.invitation_update_in_calendars() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN UPDATE hearing SET edition = edition + 1 WHERE id = (SELECT p.hearing_id FROM proposal p WHERE p.id = NEW.proposal_id); RETURN NULL; END $$;

CREATE FUNCTION public.judge_update_in_calendars() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN UPDATE hearing SET edition = edition + 1 WHERE judge_id = NEW.id; RETURN NULL; END $$;

CREATE FUNCTION public.make_record_months(ahead integer) RETURNS integer
    LANGUAGE plpgsql
    SET lock_timeout TO '500ms'
    AS $$
        DECLARE
            month timestamp; name text; made integer := 0; part text;
        BEGIN
            FOR n IN 0..ahead LOOP
                month := date_trunc('month', now() AT TIME ZONE 'UTC') + n * interval '1 month';
                name := to_char(month, 'YYYYMM');
                CONTINUE WHEN to_regclass('record_content_' || name) IS NOT NULL;
                FOREACH part IN ARRAY ARRAY['record_line', 'record_content'] LOOP
                    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%s) TO (%s)',
                        part || '_' || name, part, name::bigint * 10000000000,
                        to_char(month + interval '1 month', 'YYYYMM')::bigint * 10000000000);
                    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT '
                        'EXECUTE FUNCTION only_added_to()',
                        part || '_not_emptied', part || '_' || name);
                END LOOP;
                made := made + 1;
            END LOOP;
            RETURN made;
        END $$;

CREATE FUNCTION public.only_added_to() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'the record is only ever added to (%)', TG_TABLE_NAME; END $$;

CREATE FUNCTION public.proposal_insert_in_calendars() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN UPDATE hearing SET edition = edition + 1 WHERE id = NEW.hearing_id; RETURN NULL; END $$;

CREATE FUNCTION public.proposal_update_in_calendars() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN UPDATE hearing SET edition = edition + 1 WHERE id = NEW.hearing_id; RETURN NULL; END $$;

CREATE FUNCTION public.receipt_blanked() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.carrier = OLD.carrier AND NEW.carrier_id = OLD.carrier_id AND NEW.status = OLD.status AND (NEW.notice_id IS NULL AND OLD.notice_id IS NULL OR NEW.notice_id = OLD.notice_id AND EXISTS (SELECT 1 FROM notice n JOIN record_line e ON e.case_id = n.case_id AND e.what = 'erased' WHERE n.id = OLD.notice_id)) AND NEW.raw::text = '{}' THEN RETURN NEW; END IF; RAISE EXCEPTION 'the record is only ever added to (%)', TG_TABLE_NAME; END $$;

CREATE FUNCTION public.record_content_blanked() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN IF TG_OP = 'UPDATE' AND NEW.line_id = OLD.line_id AND NEW.body::text = '{}' AND EXISTS (SELECT 1 FROM record_line l JOIN record_line e ON e.case_id = l.case_id AND e.what = 'erased' AND e.seq > l.seq WHERE l.id = OLD.line_id) THEN RETURN NEW; END IF; RAISE EXCEPTION 'the record is only ever added to (%)', TG_TABLE_NAME; END $$;

CREATE FUNCTION public.record_line_follows() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN UPDATE record_head SET seq = NEW.seq, hash = NEW.hash, last_at = NEW.at WHERE case_id = NEW.case_id AND seq = NEW.seq - 1 AND hash = NEW.prev AND (last_at IS NULL OR last_at <= NEW.at); IF NOT FOUND THEN RAISE EXCEPTION 'the record is only ever added to: line % of case % does not follow the last one (%)', NEW.seq, NEW.case_id, TG_TABLE_NAME USING ERRCODE = 'unique_violation'; END IF; RETURN NULL; END $$;

CREATE FUNCTION public.representation_insert_in_calendars() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN UPDATE hearing SET edition = edition + 1 WHERE case_id = (SELECT p.case_id FROM party p WHERE p.id = NEW.party_id); RETURN NULL; END $$;

CREATE FUNCTION public.representation_update_in_calendars() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN UPDATE hearing SET edition = edition + 1 WHERE case_id = (SELECT p.case_id FROM party p WHERE p.id = NEW.party_id); RETURN NULL; END $$;

CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);

CREATE TABLE public.answer (
    id bigint NOT NULL,
    invitation_id bigint NOT NULL,
    slot_id bigint NOT NULL,
    says character varying(10) NOT NULL
);

CREATE SEQUENCE public.answer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.answer_id_seq OWNED BY public.answer.id;

CREATE TABLE public.api_repeat (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    key character varying(255) NOT NULL,
    asked character varying(64) NOT NULL,
    status integer NOT NULL,
    answer json NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE SEQUENCE public.api_repeat_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.api_repeat_id_seq OWNED BY public.api_repeat.id;

CREATE TABLE public.api_token (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    name character varying(100) NOT NULL,
    digest character varying(64) NOT NULL,
    hint character varying(12) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone
);

CREATE SEQUENCE public.api_token_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.api_token_id_seq OWNED BY public.api_token.id;

CREATE TABLE public.away (
    id bigint NOT NULL,
    counsel_id bigint NOT NULL,
    from_on date NOT NULL,
    until_on date,
    weekdays json NOT NULL,
    said_at timestamp with time zone NOT NULL
);

CREATE SEQUENCE public.away_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.away_id_seq OWNED BY public.away.id;

CREATE TABLE public.booking (
    id bigint NOT NULL,
    hearing_id bigint NOT NULL,
    resource bigint NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    firm boolean NOT NULL,
    CONSTRAINT ck_booking_forward CHECK ((ends_at > starts_at))
);

CREATE SEQUENCE public.booking_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.booking_id_seq OWNED BY public.booking.id;

CREATE TABLE public.busy_calendar (
    id bigint NOT NULL,
    counsel_id bigint NOT NULL,
    address character varying(2000) NOT NULL,
    said_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    read_at timestamp with time zone,
    etag character varying(200) NOT NULL,
    failures integer NOT NULL,
    fault character varying(300) NOT NULL
);

CREATE SEQUENCE public.busy_calendar_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.busy_calendar_id_seq OWNED BY public.busy_calendar.id;

CREATE TABLE public.busy_time (
    id bigint NOT NULL,
    counsel_id bigint NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL
);

CREATE SEQUENCE public.busy_time_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.busy_time_id_seq OWNED BY public.busy_time.id;

CREATE TABLE public.calendar_tick (
    id integer NOT NULL,
    n bigint NOT NULL
);

CREATE SEQUENCE public.calendar_tick_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.calendar_tick_id_seq OWNED BY public.calendar_tick.id;

CREATE TABLE public.carrier_test (
    id bigint NOT NULL,
    court_id bigint NOT NULL,
    user_id bigint NOT NULL,
    channel character varying(10) NOT NULL,
    address character varying(254) NOT NULL,
    language character varying(8) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    tried_at timestamp with time zone,
    state character varying(20) NOT NULL,
    carrier character varying(20) NOT NULL,
    said character varying(500) NOT NULL
);

CREATE SEQUENCE public.carrier_test_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.carrier_test_id_seq OWNED BY public.carrier_test.id;

CREATE TABLE public.carrier_weight (
    name character varying(20) NOT NULL,
    weight integer NOT NULL,
    shifted_at timestamp with time zone,
    why character varying(200) NOT NULL
);

CREATE TABLE public.case_file (
    id bigint NOT NULL,
    court_id bigint NOT NULL,
    number character varying(200) NOT NULL,
    number_key character varying(200) NOT NULL,
    title character varying(500) NOT NULL,
    procedure character varying(40) NOT NULL,
    judge_id bigint NOT NULL,
    assistant_id bigint,
    created_at timestamp with time zone NOT NULL,
    upload_id bigint
);

CREATE SEQUENCE public.case_file_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.case_file_id_seq OWNED BY public.case_file.id;

CREATE TABLE public.chosen_column (
    court_id bigint NOT NULL,
    header_key character varying(200) NOT NULL,
    field character varying(40) NOT NULL
);

CREATE TABLE public.clock_change (
    hearing_id bigint NOT NULL,
    was timestamp with time zone,
    zone character varying(64) NOT NULL,
    version character varying(40) NOT NULL,
    clashes json NOT NULL
);

CREATE TABLE public.counsel (
    id bigint NOT NULL,
    court_id bigint NOT NULL,
    name character varying(200) NOT NULL,
    firm character varying(200) NOT NULL,
    email character varying(254) NOT NULL,
    phone character varying(40) NOT NULL,
    language character varying(8) NOT NULL,
    zone character varying(64) NOT NULL,
    channels json NOT NULL,
    in_person boolean NOT NULL,
    address_confirmed_on date,
    electronic_consent_on date,
    opted_out_at timestamp with time zone,
    travel_minutes integer DEFAULT 0 NOT NULL,
    postal character varying(300) DEFAULT ''::character varying NOT NULL
);

CREATE SEQUENCE public.counsel_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.counsel_id_seq OWNED BY public.counsel.id;

CREATE TABLE public.court (
    id bigint NOT NULL,
    name character varying(200) NOT NULL,
    short character varying(40) NOT NULL,
    zone character varying(64) NOT NULL,
    country character varying(2) NOT NULL,
    language character varying(8) NOT NULL,
    phone character varying(40) NOT NULL,
    rule_set character varying(40) NOT NULL,
    reminder_days json NOT NULL,
    reminder_at character varying(5) NOT NULL,
    quiet_from character varying(5) NOT NULL,
    quiet_until character varying(5) NOT NULL,
    text_links boolean NOT NULL,
    keep_days integer,
    text_slots boolean DEFAULT false NOT NULL,
    tentative_invites boolean DEFAULT false NOT NULL,
    opens character varying(5) DEFAULT '09:00'::character varying NOT NULL,
    lunch_from character varying(5) DEFAULT '12:00'::character varying NOT NULL,
    lunch_until character varying(5) DEFAULT '13:30'::character varying NOT NULL,
    closes character varying(5) DEFAULT '17:00'::character varying NOT NULL,
    buffer_minutes integer DEFAULT 0 NOT NULL,
    postal character varying(300) DEFAULT ''::character varying NOT NULL,
    public_names character varying(10) DEFAULT 'short'::character varying NOT NULL,
    subdivision character varying(40) DEFAULT ''::character varying NOT NULL,
    erase_names boolean DEFAULT false NOT NULL
);

CREATE TABLE public.court_closure (
    id bigint NOT NULL,
    court_id bigint NOT NULL,
    "on" date NOT NULL,
    why character varying(200) NOT NULL
);

CREATE SEQUENCE public.court_closure_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.court_closure_id_seq OWNED BY public.court_closure.id;

CREATE SEQUENCE public.court_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.court_id_seq OWNED BY public.court.id;

CREATE TABLE public.courtroom (
    id bigint NOT NULL,
    court_id bigint NOT NULL,
    name character varying(200) NOT NULL,
    name_key character varying(200) NOT NULL,
    location character varying(500) NOT NULL,
    retired_at timestamp with time zone
);

CREATE SEQUENCE public.courtroom_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.courtroom_id_seq OWNED BY public.courtroom.id;

CREATE TABLE public.draft (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    case_id bigint NOT NULL,
    about character varying(40) NOT NULL,
    fields json NOT NULL,
    changed_at timestamp with time zone NOT NULL
);

CREATE SEQUENCE public.draft_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.draft_id_seq OWNED BY public.draft.id;

CREATE TABLE public.feed (
    id bigint NOT NULL,
    court_id bigint NOT NULL,
    scope character varying(20) NOT NULL,
    whose bigint NOT NULL,
    user_id bigint,
    token_digest character varying(64),
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    busy_only boolean DEFAULT false NOT NULL
);

CREATE SEQUENCE public.feed_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.feed_id_seq OWNED BY public.feed.id;

CREATE TABLE public.gone_hearing (
    hearing_id bigint NOT NULL,
    court_id bigint NOT NULL,
    stamp bigint NOT NULL
);

CREATE TABLE public.hearing (
    id bigint NOT NULL,
    court_id bigint NOT NULL,
    case_id bigint NOT NULL,
    judge_id bigint NOT NULL,
    kind character varying(100) NOT NULL,
    minutes integer NOT NULL,
    state character varying(20) NOT NULL,
    revision integer NOT NULL,
    planned_revision integer NOT NULL,
    uid character varying(200) NOT NULL,
    starts_at timestamp with time zone,
    ends_at timestamp with time zone,
    courtroom_id bigint,
    reason text NOT NULL,
    imported boolean NOT NULL,
    user_id bigint,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    edition integer DEFAULT 0 NOT NULL,
    drawn_edition integer DEFAULT 0 NOT NULL,
    stamp bigint DEFAULT '0'::bigint NOT NULL,
    upload_id bigint,
    corrections integer DEFAULT 0 NOT NULL
);

CREATE SEQUENCE public.hearing_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.hearing_id_seq OWNED BY public.hearing.id;

CREATE TABLE public.inbound (
    id bigint NOT NULL,
    key character varying(120) NOT NULL,
    court_id bigint,
    case_id bigint,
    counsel_id bigint,
    about character varying(40) NOT NULL,
    at timestamp with time zone NOT NULL,
    channel character varying(10) NOT NULL,
    kind character varying(20) NOT NULL,
    sender character varying(254) NOT NULL,
    name character varying(200) NOT NULL,
    subject character varying(300) NOT NULL,
    words text NOT NULL,
    detail json NOT NULL,
    done_at timestamp with time zone,
    user_id bigint
);

CREATE SEQUENCE public.inbound_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.inbound_id_seq OWNED BY public.inbound.id;

CREATE TABLE public.invitation (
    id bigint NOT NULL,
    proposal_id bigint NOT NULL,
    counsel_id bigint NOT NULL,
    party_id bigint NOT NULL,
    side character varying(20) NOT NULL,
    required boolean NOT NULL,
    version integer NOT NULL,
    token_digest character varying(64),
    code_digest character varying(64),
    revoked_at timestamp with time zone,
    answered_at timestamp with time zone,
    comment text NOT NULL,
    nonce character varying(64) NOT NULL,
    left_at timestamp with time zone
);

CREATE SEQUENCE public.invitation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.invitation_id_seq OWNED BY public.invitation.id;

CREATE TABLE public.judge (
    id bigint NOT NULL,
    court_id bigint NOT NULL,
    name character varying(200) NOT NULL,
    name_key character varying(200) NOT NULL
);

CREATE SEQUENCE public.judge_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.judge_id_seq OWNED BY public.judge.id;

CREATE TABLE public.listed_hearing (
    id bigint NOT NULL,
    listing_id bigint NOT NULL,
    case_id bigint NOT NULL,
    line integer NOT NULL,
    kind character varying(100) NOT NULL,
    minutes integer NOT NULL,
    wishes json NOT NULL,
    slots json NOT NULL,
    why json,
    tried boolean NOT NULL,
    uid character varying(200) NOT NULL,
    hearing_id bigint
);

CREATE SEQUENCE public.listed_hearing_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.listed_hearing_id_seq OWNED BY public.listed_hearing.id;

CREATE TABLE public.listing (
    id bigint NOT NULL,
    court_id bigint NOT NULL,
    user_id bigint,
    name character varying(200) NOT NULL,
    state character varying(20) NOT NULL,
    first_on date NOT NULL,
    last_on date NOT NULL,
    answer_by timestamp with time zone NOT NULL,
    slots integer NOT NULL,
    rooms json NOT NULL,
    seconds integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    worker character varying(200) NOT NULL,
    lease_until timestamp with time zone,
    stop boolean NOT NULL,
    placed integer,
    most integer,
    cost integer,
    bound integer,
    fault json
);

CREATE SEQUENCE public.listing_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.listing_id_seq OWNED BY public.listing.id;

CREATE TABLE public.mailbox (
    name character varying(300) NOT NULL,
    uidvalidity bigint NOT NULL,
    last_uid bigint NOT NULL,
    read_at timestamp with time zone,
    fault character varying(300) NOT NULL
);

CREATE TABLE public.notice (
    id bigint NOT NULL,
    key character varying(200) NOT NULL,
    court_id bigint NOT NULL,
    case_id bigint NOT NULL,
    about character varying(40) NOT NULL,
    counsel_id bigint,
    user_id bigint,
    invitation_id bigint,
    link_version integer NOT NULL,
    kind character varying(40) NOT NULL,
    channel character varying(10) NOT NULL,
    address character varying(254) NOT NULL,
    name character varying(200) NOT NULL,
    side character varying(20) NOT NULL,
    language character varying(8) NOT NULL,
    facts json NOT NULL,
    due_at timestamp with time zone NOT NULL,
    first_due_at timestamp with time zone NOT NULL,
    stale_at timestamp with time zone NOT NULL,
    state character varying(20) NOT NULL,
    tries integer NOT NULL,
    tried_at timestamp with time zone,
    lease_until timestamp with time zone,
    claimed_by character varying(100) NOT NULL,
    carrier character varying(20) NOT NULL,
    carrier_id character varying(100) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    handed_at timestamp with time zone,
    ask_at timestamp with time zone,
    server_id character varying(100) DEFAULT ''::character varying NOT NULL
);

CREATE SEQUENCE public.notice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.notice_id_seq OWNED BY public.notice.id;

CREATE TABLE public.paper (
    id bigint NOT NULL,
    court_id bigint NOT NULL,
    case_id bigint NOT NULL,
    task_id bigint NOT NULL,
    name character varying(200) NOT NULL,
    kind character varying(100) NOT NULL,
    size integer NOT NULL,
    digest character varying(64) NOT NULL,
    body bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);

CREATE SEQUENCE public.paper_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.paper_id_seq OWNED BY public.paper.id;

CREATE TABLE public.party (
    id bigint NOT NULL,
    case_id bigint NOT NULL,
    role character varying(100) NOT NULL,
    side character varying(20) NOT NULL,
    name character varying(200) NOT NULL,
    email character varying(254) NOT NULL,
    phone character varying(40) NOT NULL,
    reference character varying(100) NOT NULL
);

CREATE SEQUENCE public.party_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.party_id_seq OWNED BY public.party.id;

CREATE TABLE public.proposal (
    id bigint NOT NULL,
    hearing_id bigint NOT NULL,
    round integer NOT NULL,
    answer_by timestamp with time zone NOT NULL,
    fix character varying(20) NOT NULL,
    state character varying(20) NOT NULL,
    overridden_because text NOT NULL,
    rules_version character varying(40) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    tentative boolean DEFAULT false NOT NULL
);

CREATE SEQUENCE public.proposal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.proposal_id_seq OWNED BY public.proposal.id;

CREATE TABLE public.receipt (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    carrier character varying(20) NOT NULL,
    carrier_id character varying(100) NOT NULL,
    status character varying(40) NOT NULL,
    notice_id bigint,
    raw json NOT NULL
);

CREATE SEQUENCE public.receipt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.receipt_id_seq OWNED BY public.receipt.id;

CREATE TABLE public.record_content (
    line_id bigint NOT NULL,
    body json NOT NULL
)
PARTITION BY RANGE (line_id);

CREATE TABLE public.record_content_202611 (
    line_id bigint CONSTRAINT record_content_line_id_not_null NOT NULL,
    body json CONSTRAINT record_content_body_not_null NOT NULL
);

CREATE TABLE public.record_content_202612 (
    line_id bigint CONSTRAINT record_content_line_id_not_null NOT NULL,
    body json CONSTRAINT record_content_body_not_null NOT NULL
);

CREATE TABLE public.record_content_202701 (
    line_id bigint CONSTRAINT record_content_line_id_not_null NOT NULL,
    body json CONSTRAINT record_content_body_not_null NOT NULL
);

CREATE TABLE public.record_content_202702 (
    line_id bigint CONSTRAINT record_content_line_id_not_null NOT NULL,
    body json CONSTRAINT record_content_body_not_null NOT NULL
);

CREATE TABLE public.record_content_before (
    line_id bigint CONSTRAINT record_content_line_id_not_null NOT NULL,
    body json CONSTRAINT record_content_body_not_null NOT NULL
);

CREATE TABLE public.record_content_other (
    line_id bigint CONSTRAINT record_content_line_id_not_null NOT NULL,
    body json CONSTRAINT record_content_body_not_null NOT NULL
);

CREATE TABLE public.record_day (
    court_id integer NOT NULL,
    seq integer NOT NULL,
    "on" date NOT NULL,
    at timestamp with time zone NOT NULL,
    heads json NOT NULL,
    prev character varying(64) NOT NULL,
    hash character varying(64) NOT NULL
);

CREATE TABLE public.record_head (
    case_id bigint NOT NULL,
    seq integer NOT NULL,
    hash character varying(64) NOT NULL,
    sealed_seq integer DEFAULT 0 NOT NULL,
    last_at timestamp with time zone
);

CREATE TABLE public.record_line (
    id bigint NOT NULL,
    court_id bigint NOT NULL,
    case_id bigint NOT NULL,
    seq integer NOT NULL,
    at timestamp with time zone NOT NULL,
    what character varying(20) NOT NULL,
    direction character varying(3) NOT NULL,
    about character varying(40) NOT NULL,
    attempt character varying(40) NOT NULL,
    notice_id bigint,
    counsel_id bigint,
    side character varying(20) NOT NULL,
    channel character varying(20) NOT NULL,
    kind character varying(40) NOT NULL,
    detail json NOT NULL,
    content_hash character varying(64) NOT NULL,
    prev character varying(64) NOT NULL,
    hash character varying(64) NOT NULL
)
PARTITION BY RANGE (id);

CREATE SEQUENCE public.record_line_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    MAXVALUE 9999999999
    CACHE 1
    CYCLE;

ALTER SEQUENCE public.record_line_id_seq OWNED BY public.record_line.id;

CREATE TABLE public.record_line_202611 (
    id bigint DEFAULT (((to_char((now() AT TIME ZONE 'UTC'::text), 'YYYYMM'::text))::bigint * '10000000000'::bigint) + nextval('public.record_line_id_seq'::regclass)) CONSTRAINT record_line_id_not_null NOT NULL,
    court_id bigint CONSTRAINT record_line_court_id_not_null NOT NULL,
    case_id bigint CONSTRAINT record_line_case_id_not_null NOT NULL,
    seq integer CONSTRAINT record_line_seq_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT record_line_at_not_null NOT NULL,
    what character varying(20) CONSTRAINT record_line_what_not_null NOT NULL,
    direction character varying(3) CONSTRAINT record_line_direction_not_null NOT NULL,
    about character varying(40) CONSTRAINT record_line_about_not_null NOT NULL,
    attempt character varying(40) CONSTRAINT record_line_attempt_not_null NOT NULL,
    notice_id bigint,
    counsel_id bigint,
    side character varying(20) CONSTRAINT record_line_side_not_null NOT NULL,
    channel character varying(20) CONSTRAINT record_line_channel_not_null NOT NULL,
    kind character varying(40) CONSTRAINT record_line_kind_not_null NOT NULL,
    detail json CONSTRAINT record_line_detail_not_null NOT NULL,
    content_hash character varying(64) CONSTRAINT record_line_content_hash_not_null NOT NULL,
    prev character varying(64) CONSTRAINT record_line_prev_not_null NOT NULL,
    hash character varying(64) CONSTRAINT record_line_hash_not_null NOT NULL
);

CREATE TABLE public.record_line_202612 (
    id bigint DEFAULT (((to_char((now() AT TIME ZONE 'UTC'::text), 'YYYYMM'::text))::bigint * '10000000000'::bigint) + nextval('public.record_line_id_seq'::regclass)) CONSTRAINT record_line_id_not_null NOT NULL,
    court_id bigint CONSTRAINT record_line_court_id_not_null NOT NULL,
    case_id bigint CONSTRAINT record_line_case_id_not_null NOT NULL,
    seq integer CONSTRAINT record_line_seq_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT record_line_at_not_null NOT NULL,
    what character varying(20) CONSTRAINT record_line_what_not_null NOT NULL,
    direction character varying(3) CONSTRAINT record_line_direction_not_null NOT NULL,
    about character varying(40) CONSTRAINT record_line_about_not_null NOT NULL,
    attempt character varying(40) CONSTRAINT record_line_attempt_not_null NOT NULL,
    notice_id bigint,
    counsel_id bigint,
    side character varying(20) CONSTRAINT record_line_side_not_null NOT NULL,
    channel character varying(20) CONSTRAINT record_line_channel_not_null NOT NULL,
    kind character varying(40) CONSTRAINT record_line_kind_not_null NOT NULL,
    detail json CONSTRAINT record_line_detail_not_null NOT NULL,
    content_hash character varying(64) CONSTRAINT record_line_content_hash_not_null NOT NULL,
    prev character varying(64) CONSTRAINT record_line_prev_not_null NOT NULL,
    hash character varying(64) CONSTRAINT record_line_hash_not_null NOT NULL
);

CREATE TABLE public.record_line_202701 (
    id bigint DEFAULT (((to_char((now() AT TIME ZONE 'UTC'::text), 'YYYYMM'::text))::bigint * '10000000000'::bigint) + nextval('public.record_line_id_seq'::regclass)) CONSTRAINT record_line_id_not_null NOT NULL,
    court_id bigint CONSTRAINT record_line_court_id_not_null NOT NULL,
    case_id bigint CONSTRAINT record_line_case_id_not_null NOT NULL,
    seq integer CONSTRAINT record_line_seq_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT record_line_at_not_null NOT NULL,
    what character varying(20) CONSTRAINT record_line_what_not_null NOT NULL,
    direction character varying(3) CONSTRAINT record_line_direction_not_null NOT NULL,
    about character varying(40) CONSTRAINT record_line_about_not_null NOT NULL,
    attempt character varying(40) CONSTRAINT record_line_attempt_not_null NOT NULL,
    notice_id bigint,
    counsel_id bigint,
    side character varying(20) CONSTRAINT record_line_side_not_null NOT NULL,
    channel character varying(20) CONSTRAINT record_line_channel_not_null NOT NULL,
    kind character varying(40) CONSTRAINT record_line_kind_not_null NOT NULL,
    detail json CONSTRAINT record_line_detail_not_null NOT NULL,
    content_hash character varying(64) CONSTRAINT record_line_content_hash_not_null NOT NULL,
    prev character varying(64) CONSTRAINT record_line_prev_not_null NOT NULL,
    hash character varying(64) CONSTRAINT record_line_hash_not_null NOT NULL
);

CREATE TABLE public.record_line_202702 (
    id bigint DEFAULT (((to_char((now() AT TIME ZONE 'UTC'::text), 'YYYYMM'::text))::bigint * '10000000000'::bigint) + nextval('public.record_line_id_seq'::regclass)) CONSTRAINT record_line_id_not_null NOT NULL,
    court_id bigint CONSTRAINT record_line_court_id_not_null NOT NULL,
    case_id bigint CONSTRAINT record_line_case_id_not_null NOT NULL,
    seq integer CONSTRAINT record_line_seq_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT record_line_at_not_null NOT NULL,
    what character varying(20) CONSTRAINT record_line_what_not_null NOT NULL,
    direction character varying(3) CONSTRAINT record_line_direction_not_null NOT NULL,
    about character varying(40) CONSTRAINT record_line_about_not_null NOT NULL,
    attempt character varying(40) CONSTRAINT record_line_attempt_not_null NOT NULL,
    notice_id bigint,
    counsel_id bigint,
    side character varying(20) CONSTRAINT record_line_side_not_null NOT NULL,
    channel character varying(20) CONSTRAINT record_line_channel_not_null NOT NULL,
    kind character varying(40) CONSTRAINT record_line_kind_not_null NOT NULL,
    detail json CONSTRAINT record_line_detail_not_null NOT NULL,
    content_hash character varying(64) CONSTRAINT record_line_content_hash_not_null NOT NULL,
    prev character varying(64) CONSTRAINT record_line_prev_not_null NOT NULL,
    hash character varying(64) CONSTRAINT record_line_hash_not_null NOT NULL
);

CREATE TABLE public.record_line_before (
    id bigint DEFAULT nextval('public.record_line_id_seq'::regclass) CONSTRAINT record_line_id_not_null NOT NULL,
    court_id bigint CONSTRAINT record_line_court_id_not_null NOT NULL,
    case_id bigint CONSTRAINT record_line_case_id_not_null NOT NULL,
    seq integer CONSTRAINT record_line_seq_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT record_line_at_not_null NOT NULL,
    what character varying(20) CONSTRAINT record_line_what_not_null NOT NULL,
    direction character varying(3) CONSTRAINT record_line_direction_not_null NOT NULL,
    about character varying(40) CONSTRAINT record_line_about_not_null NOT NULL,
    attempt character varying(40) CONSTRAINT record_line_attempt_not_null NOT NULL,
    notice_id bigint,
    counsel_id bigint,
    side character varying(20) CONSTRAINT record_line_side_not_null NOT NULL,
    channel character varying(20) CONSTRAINT record_line_channel_not_null NOT NULL,
    kind character varying(40) CONSTRAINT record_line_kind_not_null NOT NULL,
    detail json CONSTRAINT record_line_detail_not_null NOT NULL,
    content_hash character varying(64) CONSTRAINT record_line_content_hash_not_null NOT NULL,
    prev character varying(64) CONSTRAINT record_line_prev_not_null NOT NULL,
    hash character varying(64) CONSTRAINT record_line_hash_not_null NOT NULL
);

CREATE TABLE public.record_line_other (
    id bigint DEFAULT (((to_char((now() AT TIME ZONE 'UTC'::text), 'YYYYMM'::text))::bigint * '10000000000'::bigint) + nextval('public.record_line_id_seq'::regclass)) CONSTRAINT record_line_id_not_null NOT NULL,
    court_id bigint CONSTRAINT record_line_court_id_not_null NOT NULL,
    case_id bigint CONSTRAINT record_line_case_id_not_null NOT NULL,
    seq integer CONSTRAINT record_line_seq_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT record_line_at_not_null NOT NULL,
    what character varying(20) CONSTRAINT record_line_what_not_null NOT NULL,
    direction character varying(3) CONSTRAINT record_line_direction_not_null NOT NULL,
    about character varying(40) CONSTRAINT record_line_about_not_null NOT NULL,
    attempt character varying(40) CONSTRAINT record_line_attempt_not_null NOT NULL,
    notice_id bigint,
    counsel_id bigint,
    side character varying(20) CONSTRAINT record_line_side_not_null NOT NULL,
    channel character varying(20) CONSTRAINT record_line_channel_not_null NOT NULL,
    kind character varying(40) CONSTRAINT record_line_kind_not_null NOT NULL,
    detail json CONSTRAINT record_line_detail_not_null NOT NULL,
    content_hash character varying(64) CONSTRAINT record_line_content_hash_not_null NOT NULL,
    prev character varying(64) CONSTRAINT record_line_prev_not_null NOT NULL,
    hash character varying(64) CONSTRAINT record_line_hash_not_null NOT NULL
);

CREATE TABLE public.rendered_event (
    hearing_id bigint NOT NULL,
    language character varying(8) NOT NULL,
    edition integer NOT NULL,
    house character varying(32) NOT NULL,
    events json NOT NULL
);

CREATE TABLE public.representation (
    id bigint NOT NULL,
    party_id bigint NOT NULL,
    counsel_id bigint NOT NULL,
    required boolean NOT NULL,
    left_at timestamp with time zone,
    welcomed boolean DEFAULT true NOT NULL
);

CREATE SEQUENCE public.representation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.representation_id_seq OWNED BY public.representation.id;

CREATE TABLE public.setting_change (
    id bigint NOT NULL,
    court_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    user_id bigint,
    by character varying(200) NOT NULL,
    area character varying(20) NOT NULL,
    what character varying(300) NOT NULL,
    was text NOT NULL,
    became text NOT NULL
);

CREATE SEQUENCE public.setting_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.setting_change_id_seq OWNED BY public.setting_change.id;

CREATE TABLE public.slot (
    id bigint NOT NULL,
    proposal_id bigint NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    courtroom_id bigint NOT NULL
);

CREATE SEQUENCE public.slot_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.slot_id_seq OWNED BY public.slot.id;

CREATE TABLE public.tally (
    name character varying(40) NOT NULL,
    "on" date NOT NULL,
    count integer NOT NULL
);

CREATE TABLE public.task (
    id bigint NOT NULL,
    key character varying(200) NOT NULL,
    court_id integer NOT NULL,
    case_id integer NOT NULL,
    about character varying(40) NOT NULL,
    counsel_id integer NOT NULL,
    side character varying(20) NOT NULL,
    way character varying(10) NOT NULL,
    state character varying(10) NOT NULL,
    opens_at timestamp with time zone NOT NULL,
    latest_at timestamp with time zone,
    because json NOT NULL,
    wish text NOT NULL,
    phone character varying(40) NOT NULL,
    seen_seq integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    tried_at timestamp with time zone,
    ended_at timestamp with time zone
);

CREATE SEQUENCE public.task_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.task_id_seq OWNED BY public.task.id;

CREATE TABLE public.upload (
    id bigint NOT NULL,
    court_id bigint NOT NULL,
    user_id bigint NOT NULL,
    name character varying(200) NOT NULL,
    size integer NOT NULL,
    state character varying(10) NOT NULL,
    columns json NOT NULL,
    partial boolean NOT NULL,
    remind boolean NOT NULL,
    tries integer NOT NULL,
    report json NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    counsel_before bigint NOT NULL,
    reading json DEFAULT '{}'::json NOT NULL
);

CREATE SEQUENCE public.upload_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.upload_id_seq OWNED BY public.upload.id;

CREATE TABLE public.upload_part (
    upload_id bigint NOT NULL,
    seq integer NOT NULL,
    body bytea NOT NULL
);

CREATE TABLE public.user_account (
    id bigint NOT NULL,
    court_id bigint NOT NULL,
    email character varying(254) NOT NULL,
    name character varying(200) NOT NULL,
    role character varying(20) NOT NULL,
    language character varying(8) NOT NULL,
    password_hash character varying(200) NOT NULL,
    version integer NOT NULL,
    password_link_until timestamp with time zone,
    active boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone
);

CREATE SEQUENCE public.user_account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.user_account_id_seq OWNED BY public.user_account.id;

CREATE TABLE public.wording (
    id bigint NOT NULL,
    court_id bigint NOT NULL,
    kind character varying(40) NOT NULL,
    channel character varying(10) NOT NULL,
    language character varying(8) NOT NULL,
    version integer NOT NULL,
    subject character varying(300) NOT NULL,
    text text NOT NULL,
    user_id bigint,
    by character varying(200) NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE SEQUENCE public.wording_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.wording_id_seq OWNED BY public.wording.id;

CREATE TABLE public.worker (
    name character varying(100) NOT NULL,
    started_at timestamp with time zone NOT NULL,
    beat_at timestamp with time zone NOT NULL,
    said character varying(500) NOT NULL
);

CREATE TABLE public.zone_rules (
    id bigint NOT NULL,
    court_id bigint NOT NULL,
    zone character varying(64) NOT NULL,
    version character varying(40) NOT NULL,
    digest character varying(64) NOT NULL,
    rules bytea NOT NULL,
    since timestamp with time zone NOT NULL
);

CREATE SEQUENCE public.zone_rules_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.zone_rules_id_seq OWNED BY public.zone_rules.id;

ALTER TABLE ONLY public.record_content ATTACH PARTITION public.record_content_202611 FOR VALUES FROM ('2026110000000000') TO ('2026120000000000');

ALTER TABLE ONLY public.record_content ATTACH PARTITION public.record_content_202612 FOR VALUES FROM ('2026120000000000') TO ('2027010000000000');

ALTER TABLE ONLY public.record_content ATTACH PARTITION public.record_content_202701 FOR VALUES FROM ('2027010000000000') TO ('2027020000000000');

ALTER TABLE ONLY public.record_content ATTACH PARTITION public.record_content_202702 FOR VALUES FROM ('2027020000000000') TO ('2027030000000000');

ALTER TABLE ONLY public.record_content ATTACH PARTITION public.record_content_before FOR VALUES FROM (MINVALUE) TO ('2026110000000000');

ALTER TABLE ONLY public.record_content ATTACH PARTITION public.record_content_other DEFAULT;

ALTER TABLE ONLY public.record_line ATTACH PARTITION public.record_line_202611 FOR VALUES FROM ('2026110000000000') TO ('2026120000000000');

ALTER TABLE ONLY public.record_line ATTACH PARTITION public.record_line_202612 FOR VALUES FROM ('2026120000000000') TO ('2027010000000000');

ALTER TABLE ONLY public.record_line ATTACH PARTITION public.record_line_202701 FOR VALUES FROM ('2027010000000000') TO ('2027020000000000');

ALTER TABLE ONLY public.record_line ATTACH PARTITION public.record_line_202702 FOR VALUES FROM ('2027020000000000') TO ('2027030000000000');

ALTER TABLE ONLY public.record_line ATTACH PARTITION public.record_line_before FOR VALUES FROM (MINVALUE) TO ('2026110000000000');

ALTER TABLE ONLY public.record_line ATTACH PARTITION public.record_line_other DEFAULT;

ALTER TABLE ONLY public.answer ALTER COLUMN id SET DEFAULT nextval('public.answer_id_seq'::regclass);

ALTER TABLE ONLY public.api_repeat ALTER COLUMN id SET DEFAULT nextval('public.api_repeat_id_seq'::regclass);

ALTER TABLE ONLY public.api_token ALTER COLUMN id SET DEFAULT nextval('public.api_token_id_seq'::regclass);

ALTER TABLE ONLY public.away ALTER COLUMN id SET DEFAULT nextval('public.away_id_seq'::regclass);

ALTER TABLE ONLY public.booking ALTER COLUMN id SET DEFAULT nextval('public.booking_id_seq'::regclass);

ALTER TABLE ONLY public.busy_calendar ALTER COLUMN id SET DEFAULT nextval('public.busy_calendar_id_seq'::regclass);

ALTER TABLE ONLY public.busy_time ALTER COLUMN id SET DEFAULT nextval('public.busy_time_id_seq'::regclass);

ALTER TABLE ONLY public.calendar_tick ALTER COLUMN id SET DEFAULT nextval('public.calendar_tick_id_seq'::regclass);

ALTER TABLE ONLY public.carrier_test ALTER COLUMN id SET DEFAULT nextval('public.carrier_test_id_seq'::regclass);

ALTER TABLE ONLY public.case_file ALTER COLUMN id SET DEFAULT nextval('public.case_file_id_seq'::regclass);

ALTER TABLE ONLY public.counsel ALTER COLUMN id SET DEFAULT nextval('public.counsel_id_seq'::regclass);

ALTER TABLE ONLY public.court ALTER COLUMN id SET DEFAULT nextval('public.court_id_seq'::regclass);

ALTER TABLE ONLY public.court_closure ALTER COLUMN id SET DEFAULT nextval('public.court_closure_id_seq'::regclass);

ALTER TABLE ONLY public.courtroom ALTER COLUMN id SET DEFAULT nextval('public.courtroom_id_seq'::regclass);

ALTER TABLE ONLY public.draft ALTER COLUMN id SET DEFAULT nextval('public.draft_id_seq'::regclass);

ALTER TABLE ONLY public.feed ALTER COLUMN id SET DEFAULT nextval('public.feed_id_seq'::regclass);

ALTER TABLE ONLY public.hearing ALTER COLUMN id SET DEFAULT nextval('public.hearing_id_seq'::regclass);

ALTER TABLE ONLY public.inbound ALTER COLUMN id SET DEFAULT nextval('public.inbound_id_seq'::regclass);

ALTER TABLE ONLY public.invitation ALTER COLUMN id SET DEFAULT nextval('public.invitation_id_seq'::regclass);

ALTER TABLE ONLY public.judge ALTER COLUMN id SET DEFAULT nextval('public.judge_id_seq'::regclass);

ALTER TABLE ONLY public.listed_hearing ALTER COLUMN id SET DEFAULT nextval('public.listed_hearing_id_seq'::regclass);

ALTER TABLE ONLY public.listing ALTER COLUMN id SET DEFAULT nextval('public.listing_id_seq'::regclass);

ALTER TABLE ONLY public.notice ALTER COLUMN id SET DEFAULT nextval('public.notice_id_seq'::regclass);

ALTER TABLE ONLY public.paper ALTER COLUMN id SET DEFAULT nextval('public.paper_id_seq'::regclass);

ALTER TABLE ONLY public.party ALTER COLUMN id SET DEFAULT nextval('public.party_id_seq'::regclass);

ALTER TABLE ONLY public.proposal ALTER COLUMN id SET DEFAULT nextval('public.proposal_id_seq'::regclass);

ALTER TABLE ONLY public.receipt ALTER COLUMN id SET DEFAULT nextval('public.receipt_id_seq'::regclass);

ALTER TABLE ONLY public.record_line ALTER COLUMN id SET DEFAULT (((to_char((now() AT TIME ZONE 'UTC'::text), 'YYYYMM'::text))::bigint * '10000000000'::bigint) + nextval('public.record_line_id_seq'::regclass));

ALTER TABLE ONLY public.representation ALTER COLUMN id SET DEFAULT nextval('public.representation_id_seq'::regclass);

ALTER TABLE ONLY public.setting_change ALTER COLUMN id SET DEFAULT nextval('public.setting_change_id_seq'::regclass);

ALTER TABLE ONLY public.slot ALTER COLUMN id SET DEFAULT nextval('public.slot_id_seq'::regclass);

ALTER TABLE ONLY public.task ALTER COLUMN id SET DEFAULT nextval('public.task_id_seq'::regclass);

ALTER TABLE ONLY public.upload ALTER COLUMN id SET DEFAULT nextval('public.upload_id_seq'::regclass);

ALTER TABLE ONLY public.user_account ALTER COLUMN id SET DEFAULT nextval('public.user_account_id_seq'::regclass);

ALTER TABLE ONLY public.wording ALTER COLUMN id SET DEFAULT nextval('public.wording_id_seq'::regclass);

ALTER TABLE ONLY public.zone_rules ALTER COLUMN id SET DEFAULT nextval('public.zone_rules_id_seq'::regclass);

INSERT INTO public.alembic_version VALUES ('0027');

INSERT INTO public.answer VALUES (1, 1, 1, 'answer');

INSERT INTO public.api_repeat VALUES (1, 1, 'api_re', 'api_re', 1, '{"a":["b",1]}', '2026-11-23 01:00:00+00');

INSERT INTO public.api_token VALUES (1, 1, 'tests', 'b937ac9c5ddb6be97c858fc91e737fbf77ff619f963c54faad8e4d3c70d71d98', 'tq_M_ZUV', '2026-11-23 01:00:00+00', NULL);

INSERT INTO public.away VALUES (1, 1, '2026-11-23', '2026-11-23', '{"a":["b",1]}', '2026-11-23 01:00:00+00');

INSERT INTO public.booking VALUES (5, 2, 3, '2026-12-15 01:30:00+00', '2026-12-15 03:00:00+00', false);
INSERT INTO public.booking VALUES (6, 2, 3, '2026-12-16 01:30:00+00', '2026-12-16 03:00:00+00', false);
INSERT INTO public.booking VALUES (7, 2, 4, '2026-12-15 01:30:00+00', '2026-12-15 03:00:00+00', false);
INSERT INTO public.booking VALUES (8, 2, 5, '2026-12-15 01:30:00+00', '2026-12-15 03:00:00+00', false);
INSERT INTO public.booking VALUES (9, 2, 5, '2026-12-16 01:30:00+00', '2026-12-16 03:00:00+00', false);
INSERT INTO public.booking VALUES (10, 2, 7, '2026-12-16 01:30:00+00', '2026-12-16 03:00:00+00', false);
INSERT INTO public.booking VALUES (11, 2, 8, '2026-12-15 01:30:00+00', '2026-12-15 03:00:00+00', false);
INSERT INTO public.booking VALUES (12, 2, 8, '2026-12-16 01:30:00+00', '2026-12-16 03:00:00+00', false);
INSERT INTO public.booking VALUES (13, 1, 3, '2026-12-13 01:30:00+00', '2026-12-13 03:00:00+00', true);
INSERT INTO public.booking VALUES (14, 1, 4, '2026-12-13 01:30:00+00', '2026-12-13 03:00:00+00', true);
INSERT INTO public.booking VALUES (15, 1, 5, '2026-12-13 01:30:00+00', '2026-12-13 03:00:00+00', true);
INSERT INTO public.booking VALUES (16, 1, 8, '2026-12-13 01:30:00+00', '2026-12-13 03:00:00+00', true);

INSERT INTO public.busy_calendar VALUES (1, 1, 'busy_c', '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', 'busy_c', 1, 'busy_c');

INSERT INTO public.busy_time VALUES (1, 1, '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00');

INSERT INTO public.calendar_tick VALUES (1, 1);

INSERT INTO public.carrier_test VALUES (1, 1, 1, 'carrie', 'carrie', 'carrie', '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', 'carrie', 'carrie', 'carrie');

INSERT INTO public.carrier_weight VALUES ('carrie', 1, '2026-11-23 01:00:00+00', 'carrie');

INSERT INTO public.case_file VALUES (1, 1, '（2026）沪0115民初1号', '(2026)沪0115民初1号', '买卖合同纠纷', 'other', 1, 1, '2026-11-23 01:00:00+00', NULL);
INSERT INTO public.case_file VALUES (2, 1, '（2026）沪0115民初2号', '(2026)沪0115民初2号', '买卖合同纠纷', 'other', 1, 1, '2026-11-23 01:00:00+00', NULL);

INSERT INTO public.chosen_column VALUES (1, 'chosen', 'chosen');

INSERT INTO public.clock_change VALUES (1, '2026-11-23 01:00:00+00', 'clock_', 'clock_', '{"a":["b",1]}');

INSERT INTO public.counsel VALUES (1, 1, '李敏', '', 'li@huacheng.example', '+8613800138001', 'zh', '', '["email","sms"]', false, NULL, NULL, NULL, 0, '');
INSERT INTO public.counsel VALUES (2, 1, 'Zhao Lei', '', 'zhao@jinmao.example', '', 'zh', '', '["email"]', false, NULL, NULL, NULL, 0, '');

INSERT INTO public.court VALUES (1, 'Pudong New Area People''s Court', '浦东法院', 'Asia/Shanghai', 'CN', 'zh', '', 'cn-civil', '[7,3,1]', '09:00', '21:00', '08:00', true, NULL, false, false, '09:00', '12:00', '13:30', '17:00', 0, '', 'short', '', false);

INSERT INTO public.court_closure VALUES (1, 1, '2026-11-23', 'court_');

INSERT INTO public.courtroom VALUES (1, 1, '第三法庭', '第三法庭', '主楼三层', NULL);
INSERT INTO public.courtroom VALUES (2, 1, '第五法庭', '第五法庭', '主楼五层', NULL);

INSERT INTO public.draft VALUES (1, 1, 1, 'draft', '{"a":["b",1]}', '2026-11-23 01:00:00+00');

INSERT INTO public.feed VALUES (1, 1, 'assistant', 1, 1, '533630ff3d8e749fad2c2b82359f9bda727c66d99e8334b97e02abffc9156d77', '2026-11-24 01:00:00+00', NULL, false);

INSERT INTO public.hearing VALUES (2, 1, 2, 1, 'trial', 90, 'proposed', 0, 0, '6b1c9e02-b0f9-4504-8526-40c64b54cc19', NULL, NULL, NULL, '', false, 1, '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', 4, 4, 760, NULL, 0);
INSERT INTO public.hearing VALUES (1, 1, 1, 1, 'trial', 90, 'fixed', 1, 1, 'c6a1394e-6d69-4309-81e5-0624a0248261', '2026-12-13 01:30:00+00', '2026-12-13 03:00:00+00', 1, '依职权', false, 1, '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', 6, 6, 770, NULL, 0);

INSERT INTO public.inbound VALUES (1, 'inboun', 1, 1, 1, 'inboun', '2026-11-23 01:00:00+00', 'inboun', 'inboun', 'inboun', 'inboun', 'inboun', 'inboun', '{"a":["b",1]}', '2026-11-23 01:00:00+00', 1);

INSERT INTO public.invitation VALUES (1, 1, 1, 1, 'claimant', true, 1, '8af34c248dc8860670acec75f3b159912b4c11afd8b25cc22d258a370919a58a', 'fa256bf7d171a61ac23a274cedf8bbfe49f53da717bd7544e39d1b3afb91ce72', NULL, NULL, '', '', NULL);
INSERT INTO public.invitation VALUES (2, 1, 2, 2, 'respondent', true, 1, '1d223ac3bf942498eb8a61cf3f079b246a6d154a7426b39c226281cf9af06e17', '0f4dece6d08011b3fe07eeda48d338d4328a0e4a7658f035816462ee70e748a5', NULL, NULL, '', '', NULL);
INSERT INTO public.invitation VALUES (3, 2, 1, 3, 'claimant', true, 1, 'cf705a44efb393846bd460348ff375e5c4c25563f148a72e8efeffbd1016cdb7', '17b9fe8f6826d212bf426f985557cf0cb765a21a0a99684698461df5d95369dc', NULL, NULL, '', '', NULL);
INSERT INTO public.invitation VALUES (4, 2, 2, 4, 'respondent', true, 1, '9c45448de11aae59ac49b2b8a1b1530ea0cb304165bf4dd1f8a711f7152cea0c', '6e85c2173834fe548ff5186b95d8f5787650819dd672b037b70b5ed47f11c2a9', NULL, NULL, '', '', NULL);

INSERT INTO public.judge VALUES (1, 1, '陈法官', '陈法官');

INSERT INTO public.listed_hearing VALUES (1, 1, 1, 1, 'listed', 1, '{"a":["b",1]}', '{"a":["b",1]}', '{"a":["b",1]}', true, 'listed', 1);

INSERT INTO public.listing VALUES (1, 1, 1, 'listin', 'listin', '2026-11-23', '2026-11-23', '2026-11-23 01:00:00+00', 1, '{"a":["b",1]}', 1, '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', 'listin', '2026-11-23 01:00:00+00', true, 1, 1, 1, 1, '{"a":["b",1]}');

INSERT INTO public.mailbox VALUES ('mailbo', 1, 1, '2026-11-23 01:00:00+00', 'mailbo');

INSERT INTO public.notice VALUES (2, 'proposal/1.r1/1/sms', 1, 1, 'hearing/1', 1, NULL, 1, 1, 'proposal', 'sms', '+8613800138001', '李敏', 'claimant', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"c6a1394e-6d69-4309-81e5-0624a0248261","kind":"trial","minutes":90,"revision":0,"sequence":0,"judge":"陈法官","starts_at":null,"ends_at":null,"courtroom":null,"location":null},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"slots":[{"starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"}],"answer_by":"2026-11-30T09:00:00+00:00","round":1,"tentative":false,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}', '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', '2026-11-30 09:00:00+00', 'sent', 1, '2026-11-23 01:00:00+00', NULL, '', 'outbox', '20261123T010000.000000Z-000004-6730666f-n2.1.json', '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', NULL, '');
INSERT INTO public.notice VALUES (4, 'nudge/1.r1/1/email', 1, 1, 'hearing/1', 1, NULL, 1, 1, 'nudge', 'email', 'li@huacheng.example', '李敏', 'claimant', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"c6a1394e-6d69-4309-81e5-0624a0248261","kind":"trial","minutes":90,"revision":0,"sequence":0,"judge":"陈法官","starts_at":null,"ends_at":null,"courtroom":null,"location":null},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"slots":[{"starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"}],"answer_by":"2026-11-30T09:00:00+00:00","round":1,"tentative":false,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}', '2026-11-29 09:00:00+00', '2026-11-29 09:00:00+00', '2026-11-30 09:00:00+00', 'withdrawn', 0, NULL, NULL, '', '', '', '2026-11-23 01:00:00+00', NULL, NULL, '');
INSERT INTO public.notice VALUES (5, 'nudge/1.r1/2/email', 1, 1, 'hearing/1', 2, NULL, 2, 1, 'nudge', 'email', 'zhao@jinmao.example', 'Zhao Lei', 'respondent', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"c6a1394e-6d69-4309-81e5-0624a0248261","kind":"trial","minutes":90,"revision":0,"sequence":0,"judge":"陈法官","starts_at":null,"ends_at":null,"courtroom":null,"location":null},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"slots":[{"starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"}],"answer_by":"2026-11-30T09:00:00+00:00","round":1,"tentative":false,"person":{"name":"Zhao Lei","party":"Haitong Trading Ltd","side":"respondent","is_court":false}}', '2026-11-29 09:00:00+00', '2026-11-29 09:00:00+00', '2026-11-30 09:00:00+00', 'withdrawn', 0, NULL, NULL, '', '', '', '2026-11-23 01:00:00+00', NULL, NULL, '');
INSERT INTO public.notice VALUES (9, 'nudge/2.r1/3/email', 1, 2, 'hearing/2', 1, NULL, 3, 1, 'nudge', 'email', 'li@huacheng.example', '李敏', 'claimant', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初2号","title":"买卖合同纠纷"},"hearing":{"id":2,"uid":"6b1c9e02-b0f9-4504-8526-40c64b54cc19","kind":"trial","minutes":90,"revision":0,"sequence":0,"judge":"陈法官","starts_at":null,"ends_at":null,"courtroom":null,"location":null},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"slots":[{"starts_at":"2026-12-15T01:30:00+00:00","ends_at":"2026-12-15T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},{"starts_at":"2026-12-16T01:30:00+00:00","ends_at":"2026-12-16T03:00:00+00:00","courtroom":"第五法庭","location":"主楼五层"}],"answer_by":"2026-11-30T09:00:00+00:00","round":1,"tentative":false,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}', '2026-11-29 09:00:00+00', '2026-11-29 09:00:00+00', '2026-11-30 09:00:00+00', 'queued', 0, NULL, NULL, '', '', '', '2026-11-23 01:00:00+00', NULL, NULL, '');
INSERT INTO public.notice VALUES (10, 'nudge/2.r1/4/email', 1, 2, 'hearing/2', 2, NULL, 4, 1, 'nudge', 'email', 'zhao@jinmao.example', 'Zhao Lei', 'respondent', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初2号","title":"买卖合同纠纷"},"hearing":{"id":2,"uid":"6b1c9e02-b0f9-4504-8526-40c64b54cc19","kind":"trial","minutes":90,"revision":0,"sequence":0,"judge":"陈法官","starts_at":null,"ends_at":null,"courtroom":null,"location":null},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"slots":[{"starts_at":"2026-12-15T01:30:00+00:00","ends_at":"2026-12-15T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},{"starts_at":"2026-12-16T01:30:00+00:00","ends_at":"2026-12-16T03:00:00+00:00","courtroom":"第五法庭","location":"主楼五层"}],"answer_by":"2026-11-30T09:00:00+00:00","round":1,"tentative":false,"person":{"name":"Zhao Lei","party":"Haitong Trading Ltd","side":"respondent","is_court":false}}', '2026-11-29 09:00:00+00', '2026-11-29 09:00:00+00', '2026-11-30 09:00:00+00', 'queued', 0, NULL, NULL, '', '', '', '2026-11-23 01:00:00+00', NULL, NULL, '');
INSERT INTO public.notice VALUES (1, 'proposal/1.r1/1/email', 1, 1, 'hearing/1', 1, NULL, 1, 1, 'proposal', 'email', 'li@huacheng.example', '李敏', 'claimant', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"c6a1394e-6d69-4309-81e5-0624a0248261","kind":"trial","minutes":90,"revision":0,"sequence":0,"judge":"陈法官","starts_at":null,"ends_at":null,"courtroom":null,"location":null},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"slots":[{"starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"}],"answer_by":"2026-11-30T09:00:00+00:00","round":1,"tentative":false,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}', '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', '2026-11-30 09:00:00+00', 'sent', 1, '2026-11-23 01:00:00+00', NULL, '', 'outbox', '20261123T010000.000000Z-000000-593eb081-n1.1.eml', '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', NULL, '');
INSERT INTO public.notice VALUES (3, 'proposal/1.r1/2/email', 1, 1, 'hearing/1', 2, NULL, 2, 1, 'proposal', 'email', 'zhao@jinmao.example', 'Zhao Lei', 'respondent', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"c6a1394e-6d69-4309-81e5-0624a0248261","kind":"trial","minutes":90,"revision":0,"sequence":0,"judge":"陈法官","starts_at":null,"ends_at":null,"courtroom":null,"location":null},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"slots":[{"starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"}],"answer_by":"2026-11-30T09:00:00+00:00","round":1,"tentative":false,"person":{"name":"Zhao Lei","party":"Haitong Trading Ltd","side":"respondent","is_court":false}}', '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', '2026-11-30 09:00:00+00', 'sent', 1, '2026-11-23 01:00:00+00', NULL, '', 'outbox', '20261123T010000.000000Z-000001-b00fd156-n3.1.eml', '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', NULL, '');
INSERT INTO public.notice VALUES (6, 'proposal/2.r1/3/email', 1, 2, 'hearing/2', 1, NULL, 3, 1, 'proposal', 'email', 'li@huacheng.example', '李敏', 'claimant', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初2号","title":"买卖合同纠纷"},"hearing":{"id":2,"uid":"6b1c9e02-b0f9-4504-8526-40c64b54cc19","kind":"trial","minutes":90,"revision":0,"sequence":0,"judge":"陈法官","starts_at":null,"ends_at":null,"courtroom":null,"location":null},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"slots":[{"starts_at":"2026-12-15T01:30:00+00:00","ends_at":"2026-12-15T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},{"starts_at":"2026-12-16T01:30:00+00:00","ends_at":"2026-12-16T03:00:00+00:00","courtroom":"第五法庭","location":"主楼五层"}],"answer_by":"2026-11-30T09:00:00+00:00","round":1,"tentative":false,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}', '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', '2026-11-30 09:00:00+00', 'sent', 1, '2026-11-23 01:00:00+00', NULL, '', 'outbox', '20261123T010000.000000Z-000002-d8440319-n6.1.eml', '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', NULL, '');
INSERT INTO public.notice VALUES (8, 'proposal/2.r1/4/email', 1, 2, 'hearing/2', 2, NULL, 4, 1, 'proposal', 'email', 'zhao@jinmao.example', 'Zhao Lei', 'respondent', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初2号","title":"买卖合同纠纷"},"hearing":{"id":2,"uid":"6b1c9e02-b0f9-4504-8526-40c64b54cc19","kind":"trial","minutes":90,"revision":0,"sequence":0,"judge":"陈法官","starts_at":null,"ends_at":null,"courtroom":null,"location":null},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"slots":[{"starts_at":"2026-12-15T01:30:00+00:00","ends_at":"2026-12-15T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},{"starts_at":"2026-12-16T01:30:00+00:00","ends_at":"2026-12-16T03:00:00+00:00","courtroom":"第五法庭","location":"主楼五层"}],"answer_by":"2026-11-30T09:00:00+00:00","round":1,"tentative":false,"person":{"name":"Zhao Lei","party":"Haitong Trading Ltd","side":"respondent","is_court":false}}', '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', '2026-11-30 09:00:00+00', 'sent', 1, '2026-11-23 01:00:00+00', NULL, '', 'outbox', '20261123T010000.000000Z-000003-a75ac2d1-n8.1.eml', '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', NULL, '');
INSERT INTO public.notice VALUES (7, 'proposal/2.r1/3/sms', 1, 2, 'hearing/2', 1, NULL, 3, 1, 'proposal', 'sms', '+8613800138001', '李敏', 'claimant', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初2号","title":"买卖合同纠纷"},"hearing":{"id":2,"uid":"6b1c9e02-b0f9-4504-8526-40c64b54cc19","kind":"trial","minutes":90,"revision":0,"sequence":0,"judge":"陈法官","starts_at":null,"ends_at":null,"courtroom":null,"location":null},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"slots":[{"starts_at":"2026-12-15T01:30:00+00:00","ends_at":"2026-12-15T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},{"starts_at":"2026-12-16T01:30:00+00:00","ends_at":"2026-12-16T03:00:00+00:00","courtroom":"第五法庭","location":"主楼五层"}],"answer_by":"2026-11-30T09:00:00+00:00","round":1,"tentative":false,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}', '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', '2026-11-30 09:00:00+00', 'sent', 1, '2026-11-23 01:00:00+00', NULL, '', 'outbox', '20261123T010000.000000Z-000005-7cd491c8-n7.1.json', '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', NULL, '');
INSERT INTO public.notice VALUES (12, 'fixed/1.1/1/sms', 1, 1, 'hearing/1', 1, NULL, 1, 1, 'fixed', 'sms', '+8613800138001', '李敏', 'claimant', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"c6a1394e-6d69-4309-81e5-0624a0248261","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"依职权","by_order":true,"was":{"starts_at":null,"courtroom":null},"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}', '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', '2026-12-13 01:30:00+00', 'sent', 1, '2026-11-24 01:00:00+00', NULL, '', 'outbox', '20261124T010000.000000Z-000008-c9c887b2-n12.1.json', '2026-11-23 01:00:00+00', '2026-11-24 01:00:00+00', NULL, '');
INSERT INTO public.notice VALUES (14, 'reminder-7d/1.1/1/email', 1, 1, 'hearing/1', 1, NULL, 1, 1, 'reminder', 'email', 'li@huacheng.example', '李敏', 'claimant', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"c6a1394e-6d69-4309-81e5-0624a0248261","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"days":7,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}', '2026-12-06 01:00:00+00', '2026-12-06 01:00:00+00', '2026-12-10 01:00:00+00', 'queued', 0, NULL, NULL, '', '', '', '2026-11-24 01:00:00+00', NULL, NULL, '');
INSERT INTO public.notice VALUES (15, 'reminder-7d/1.1/1/sms', 1, 1, 'hearing/1', 1, NULL, 1, 1, 'reminder', 'sms', '+8613800138001', '李敏', 'claimant', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"c6a1394e-6d69-4309-81e5-0624a0248261","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"days":7,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}', '2026-12-06 01:00:00+00', '2026-12-06 01:00:00+00', '2026-12-10 01:00:00+00', 'queued', 0, NULL, NULL, '', '', '', '2026-11-24 01:00:00+00', NULL, NULL, '');
INSERT INTO public.notice VALUES (16, 'reminder-7d/1.1/2/email', 1, 1, 'hearing/1', 2, NULL, 2, 1, 'reminder', 'email', 'zhao@jinmao.example', 'Zhao Lei', 'respondent', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"c6a1394e-6d69-4309-81e5-0624a0248261","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"days":7,"person":{"name":"Zhao Lei","party":"Haitong Trading Ltd","side":"respondent","is_court":false}}', '2026-12-06 01:00:00+00', '2026-12-06 01:00:00+00', '2026-12-10 01:00:00+00', 'queued', 0, NULL, NULL, '', '', '', '2026-11-24 01:00:00+00', NULL, NULL, '');
INSERT INTO public.notice VALUES (17, 'reminder-3d/1.1/1/email', 1, 1, 'hearing/1', 1, NULL, 1, 1, 'reminder', 'email', 'li@huacheng.example', '李敏', 'claimant', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"c6a1394e-6d69-4309-81e5-0624a0248261","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"days":3,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}', '2026-12-10 01:00:00+00', '2026-12-10 01:00:00+00', '2026-12-12 01:00:00+00', 'queued', 0, NULL, NULL, '', '', '', '2026-11-24 01:00:00+00', NULL, NULL, '');
INSERT INTO public.notice VALUES (18, 'reminder-3d/1.1/1/sms', 1, 1, 'hearing/1', 1, NULL, 1, 1, 'reminder', 'sms', '+8613800138001', '李敏', 'claimant', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"c6a1394e-6d69-4309-81e5-0624a0248261","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"days":3,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}', '2026-12-10 01:00:00+00', '2026-12-10 01:00:00+00', '2026-12-12 01:00:00+00', 'queued', 0, NULL, NULL, '', '', '', '2026-11-24 01:00:00+00', NULL, NULL, '');
INSERT INTO public.notice VALUES (19, 'reminder-3d/1.1/2/email', 1, 1, 'hearing/1', 2, NULL, 2, 1, 'reminder', 'email', 'zhao@jinmao.example', 'Zhao Lei', 'respondent', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"c6a1394e-6d69-4309-81e5-0624a0248261","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"days":3,"person":{"name":"Zhao Lei","party":"Haitong Trading Ltd","side":"respondent","is_court":false}}', '2026-12-10 01:00:00+00', '2026-12-10 01:00:00+00', '2026-12-12 01:00:00+00', 'queued', 0, NULL, NULL, '', '', '', '2026-11-24 01:00:00+00', NULL, NULL, '');
INSERT INTO public.notice VALUES (20, 'reminder-1d/1.1/1/email', 1, 1, 'hearing/1', 1, NULL, 1, 1, 'reminder', 'email', 'li@huacheng.example', '李敏', 'claimant', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"c6a1394e-6d69-4309-81e5-0624a0248261","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"days":1,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}', '2026-12-12 01:00:00+00', '2026-12-12 01:00:00+00', '2026-12-12 23:30:00+00', 'queued', 0, NULL, NULL, '', '', '', '2026-11-24 01:00:00+00', NULL, NULL, '');
INSERT INTO public.notice VALUES (21, 'reminder-1d/1.1/1/sms', 1, 1, 'hearing/1', 1, NULL, 1, 1, 'reminder', 'sms', '+8613800138001', '李敏', 'claimant', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"c6a1394e-6d69-4309-81e5-0624a0248261","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"days":1,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}', '2026-12-12 01:00:00+00', '2026-12-12 01:00:00+00', '2026-12-12 23:30:00+00', 'queued', 0, NULL, NULL, '', '', '', '2026-11-24 01:00:00+00', NULL, NULL, '');
INSERT INTO public.notice VALUES (22, 'reminder-1d/1.1/2/email', 1, 1, 'hearing/1', 2, NULL, 2, 1, 'reminder', 'email', 'zhao@jinmao.example', 'Zhao Lei', 'respondent', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"c6a1394e-6d69-4309-81e5-0624a0248261","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"days":1,"person":{"name":"Zhao Lei","party":"Haitong Trading Ltd","side":"respondent","is_court":false}}', '2026-12-12 01:00:00+00', '2026-12-12 01:00:00+00', '2026-12-12 23:30:00+00', 'queued', 0, NULL, NULL, '', '', '', '2026-11-24 01:00:00+00', NULL, NULL, '');
INSERT INTO public.notice VALUES (11, 'fixed/1.1/1/email', 1, 1, 'hearing/1', 1, NULL, 1, 1, 'fixed', 'email', 'li@huacheng.example', '李敏', 'claimant', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"c6a1394e-6d69-4309-81e5-0624a0248261","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"依职权","by_order":true,"was":{"starts_at":null,"courtroom":null},"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}', '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', '2026-12-13 01:30:00+00', 'sent', 1, '2026-11-24 01:00:00+00', NULL, '', 'outbox', '20261124T010000.000000Z-000006-126063ea-n11.1.eml', '2026-11-23 01:00:00+00', '2026-11-24 01:00:00+00', NULL, '');
INSERT INTO public.notice VALUES (13, 'fixed/1.1/2/email', 1, 1, 'hearing/1', 2, NULL, 2, 1, 'fixed', 'email', 'zhao@jinmao.example', 'Zhao Lei', 'respondent', 'zh', '{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"c6a1394e-6d69-4309-81e5-0624a0248261","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"依职权","by_order":true,"was":{"starts_at":null,"courtroom":null},"person":{"name":"Zhao Lei","party":"Haitong Trading Ltd","side":"respondent","is_court":false}}', '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', '2026-12-13 01:30:00+00', 'sent', 1, '2026-11-24 01:00:00+00', NULL, '', 'outbox', '20261124T010000.000000Z-000007-7a5dd7dd-n13.1.eml', '2026-11-23 01:00:00+00', '2026-11-24 01:00:00+00', NULL, '');

INSERT INTO public.paper VALUES (1, 1, 1, 1, 'paper', 'paper', 1, 'paper', '\x00627974657327ff', '2026-11-23 01:00:00+00');

INSERT INTO public.party VALUES (1, 1, '原告', 'claimant', '远洋设备有限公司', '', '', '');
INSERT INTO public.party VALUES (2, 1, '被告', 'respondent', 'Haitong Trading Ltd', '', '', '');
INSERT INTO public.party VALUES (3, 2, '原告', 'claimant', '远洋设备有限公司', '', '', '');
INSERT INTO public.party VALUES (4, 2, '被告', 'respondent', 'Haitong Trading Ltd', '', '', '');

INSERT INTO public.proposal VALUES (2, 2, 1, '2026-11-30 09:00:00+00', 'auto', 'open', '', 'cn-civil 2026-11', '2026-11-23 01:00:00+00', false);
INSERT INTO public.proposal VALUES (1, 1, 1, '2026-11-30 09:00:00+00', 'auto', 'decided', '', 'cn-civil 2026-11', '2026-11-23 01:00:00+00', false);

INSERT INTO public.receipt VALUES (1, '2026-11-23 01:00:00+00', 'receip', 'receip', 'receip', 1, '{"a":["b",1]}');

INSERT INTO public.record_content_202611 VALUES (2026110000000001, '{"name":"李敏","address":"li@huacheng.example","salt":"865f42d523475440e8f58313da38f26d"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000002, '{"name":"李敏","address":"+8613800138001","salt":"366c96436c9d506d43305730320a55ed"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000003, '{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"1981c3dd333c37dccbd959318b7894cb"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000004, '{"name":"李敏","address":"li@huacheng.example","salt":"bcb5fc6f8d6df1e1df57751b4acee272"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000005, '{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"3d11594729a6c2c350263087d93376d6"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000006, '{"name":"李敏","address":"li@huacheng.example","salt":"15a2497ab5e3a45084e8b84cb8dc44bb"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000007, '{"name":"李敏","address":"+8613800138001","salt":"bf257ca71f291ea4d13caef51be82af5"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000008, '{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"097b993d09bb7898d01d0a2b46f22313"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000009, '{"name":"李敏","address":"li@huacheng.example","salt":"831f2e0aaf72d51f37ac4158a5a10b4c"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000010, '{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"aee146e611462e19e493d18850fa9bfd"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000011, '{"name":"李敏","address":"li@huacheng.example","subject":"请选定庭期：（2026）沪0115民初1号，2026年11月30日 周一 17:00前答复","text":"李敏：\n\n您好。Pudong New Area People''s Court就下列案件征询您可以出庭的时间。各方同时收到相同的候选时段。\n\n案号：（2026）沪0115民初1号\n案件：买卖合同纠纷\n您代理：远洋设备有限公司（原告方）\n事项：开庭审理，90分钟\n法官：陈法官\n\n候选时段，上海时间（Asia/Shanghai，UTC+8）：\n- 2026年12月13日 周日 09:30–11:00，第三法庭，主楼三层\n\n请于2026年11月30日 周一 17:00前逐一答复各时段：\nhttp://127.0.0.1:8000/r/…\n\n在此之前且庭期排定之前，您可以更改答复。逾期未答复的，法院可以直接排定庭期。\n\n本链接仅供您本人使用，持有者可以您的名义答复，请勿转交他人。\n\nPudong New Area People''s Court\n王书记员\n","salt":"96c002f4c7a1d84d1c9b45f88a11536d"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000012, '{"name":"Zhao Lei","address":"zhao@jinmao.example","subject":"请选定庭期：（2026）沪0115民初1号，2026年11月30日 周一 17:00前答复","text":"Zhao Lei：\n\n您好。Pudong New Area People''s Court就下列案件征询您可以出庭的时间。各方同时收到相同的候选时段。\n\n案号：（2026）沪0115民初1号\n案件：买卖合同纠纷\n您代理：Haitong Trading Ltd（被告方）\n事项：开庭审理，90分钟\n法官：陈法官\n\n候选时段，上海时间（Asia/Shanghai，UTC+8）：\n- 2026年12月13日 周日 09:30–11:00，第三法庭，主楼三层\n\n请于2026年11月30日 周一 17:00前逐一答复各时段：\nhttp://127.0.0.1:8000/r/…\n\n在此之前且庭期排定之前，您可以更改答复。逾期未答复的，法院可以直接排定庭期。\n\n本链接仅供您本人使用，持有者可以您的名义答复，请勿转交他人。\n\nPudong New Area People''s Court\n王书记员\n","salt":"2d4d9075d4255d6935049c9339d67c6f"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000013, '{"name":"李敏","address":"li@huacheng.example","subject":"请选定庭期：（2026）沪0115民初2号，2026年11月30日 周一 17:00前答复","text":"李敏：\n\n您好。Pudong New Area People''s Court就下列案件征询您可以出庭的时间。各方同时收到相同的候选时段。\n\n案号：（2026）沪0115民初2号\n案件：买卖合同纠纷\n您代理：远洋设备有限公司（原告方）\n事项：开庭审理，90分钟\n法官：陈法官\n\n候选时段，上海时间（Asia/Shanghai，UTC+8）：\n- 2026年12月15日 周二 09:30–11:00，第三法庭，主楼三层\n- 2026年12月16日 周三 09:30–11:00，第五法庭，主楼五层\n\n请于2026年11月30日 周一 17:00前逐一答复各时段：\nhttp://127.0.0.1:8000/r/…\n\n在此之前且庭期排定之前，您可以更改答复。逾期未答复的，法院可以直接排定庭期。\n\n本链接仅供您本人使用，持有者可以您的名义答复，请勿转交他人。\n\nPudong New Area People''s Court\n王书记员\n","salt":"0ff5c1a9e213cf7c41b25c860065bbda"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000014, '{"name":"Zhao Lei","address":"zhao@jinmao.example","subject":"请选定庭期：（2026）沪0115民初2号，2026年11月30日 周一 17:00前答复","text":"Zhao Lei：\n\n您好。Pudong New Area People''s Court就下列案件征询您可以出庭的时间。各方同时收到相同的候选时段。\n\n案号：（2026）沪0115民初2号\n案件：买卖合同纠纷\n您代理：Haitong Trading Ltd（被告方）\n事项：开庭审理，90分钟\n法官：陈法官\n\n候选时段，上海时间（Asia/Shanghai，UTC+8）：\n- 2026年12月15日 周二 09:30–11:00，第三法庭，主楼三层\n- 2026年12月16日 周三 09:30–11:00，第五法庭，主楼五层\n\n请于2026年11月30日 周一 17:00前逐一答复各时段：\nhttp://127.0.0.1:8000/r/…\n\n在此之前且庭期排定之前，您可以更改答复。逾期未答复的，法院可以直接排定庭期。\n\n本链接仅供您本人使用，持有者可以您的名义答复，请勿转交他人。\n\nPudong New Area People''s Court\n王书记员\n","salt":"7cb483d825fcccbdbf96e979acd87290"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000015, '{"name":"李敏","address":"li@huacheng.example","salt":"fd1682ed13eda97d27c4bd82c6ef1193"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000016, '{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"5ceb191288ac7dc7c44c69656a2468e9"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000017, '{"name":"李敏","address":"li@huacheng.example","salt":"09817b72fd95968684bd5203c47fd7dc"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000018, '{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"fc7374da6b2f23a3606f9c5b83138ea1"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000019, '{"name":"李敏","address":"+8613800138001","subject":"","text":"【浦东法院】请于11月30日17:00前选定（2026）沪0115民初1号（买卖合同纠纷）庭期，逾期由法院排定。http://127.0.0.1:8000/r/…","salt":"fdbcaa570f755970fb69bd6753bc9708"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000020, '{"name":"李敏","address":"+8613800138001","subject":"","text":"【浦东法院】请于11月30日17:00前选定（2026）沪0115民初2号（买卖合同纠纷）庭期，逾期由法院排定。http://127.0.0.1:8000/r/…","salt":"36a8a1f3449ef77fcfc8ee112e9a9293"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000021, '{"name":"李敏","address":"+8613800138001","salt":"60df175a0a76fbb9e4634138b9a6b2ef"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000022, '{"name":"李敏","address":"+8613800138001","salt":"ebc8cc85b3e8027c3e1d10050787365a"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000023, '{"name":"李敏","address":"li@huacheng.example","salt":"d255149b1e21d606e693b5b9af0a9945"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000024, '{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"c3679c55fc02ae6d7b3bcd876b361ae3"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000025, '{"name":"李敏","address":"li@huacheng.example","salt":"ab990105c8d110c09b315161bf84c38f"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000026, '{"name":"李敏","address":"+8613800138001","salt":"90bcd134687e6959bffedea9ebe6213a"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000027, '{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"271adc2d613912dc85b11e880d6388fe"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000028, '{"name":"李敏","address":"li@huacheng.example","salt":"7ebc8366178c331c5811b6553b08f548"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000029, '{"name":"李敏","address":"+8613800138001","salt":"a0d7a6932e762bd08da9b339ed6e17d6"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000030, '{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"3089cbaee9330ec146ceeca7cfe3ac9d"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000031, '{"name":"李敏","address":"li@huacheng.example","salt":"7f497d947c81b874264a56cb65923e00"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000032, '{"name":"李敏","address":"+8613800138001","salt":"9416fb2abda014d9348d2da4ba167e9d"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000033, '{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"23ad96df8c374e50a636a9476555d33e"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000034, '{"name":"李敏","address":"li@huacheng.example","salt":"79417f63bff5fb7c8d1a0b03fc559dfb"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000035, '{"name":"李敏","address":"+8613800138001","salt":"38c337512deb74415831b5dcf3a760d0"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000036, '{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"0bd3bb71f2d932f871ef921f59b97ff5"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000037, '{"name":"李敏","address":"li@huacheng.example","subject":"庭期已排定：2026年12月13日 周日 09:30–11:00，（2026）沪0115民初1号","text":"李敏：\n\n您好。下列案件的庭期已由法院决定排定。理由：依职权\n\n案号：（2026）沪0115民初1号\n案件：买卖合同纠纷\n您代理：远洋设备有限公司（原告方）\n事项：开庭审理，90分钟\n法官：陈法官\n时间：2026年12月13日 周日 09:30–11:00\n地点：第三法庭，主楼三层\n时区：上海时间（Asia/Shanghai，UTC+8）\n\n请提前十分钟到庭。不能到庭的，请立即告知法院并说明理由；无正当理由不到庭的，法院可以依法继续审理。\n\n庭审与联络记录：\nhttp://127.0.0.1:8000/r/…\n\n随信附有日历文件，供您存入日历，不作答复之用。\n\nPudong New Area People''s Court\n王书记员\n","calendar":"REQUEST c6a1394e-6d69-4309-81e5-0624a0248261 1","salt":"9121d7071f1e38ed8cda26c282bb0e33"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000038, '{"name":"Zhao Lei","address":"zhao@jinmao.example","subject":"庭期已排定：2026年12月13日 周日 09:30–11:00，（2026）沪0115民初1号","text":"Zhao Lei：\n\n您好。下列案件的庭期已由法院决定排定。理由：依职权\n\n案号：（2026）沪0115民初1号\n案件：买卖合同纠纷\n您代理：Haitong Trading Ltd（被告方）\n事项：开庭审理，90分钟\n法官：陈法官\n时间：2026年12月13日 周日 09:30–11:00\n地点：第三法庭，主楼三层\n时区：上海时间（Asia/Shanghai，UTC+8）\n\n请提前十分钟到庭。不能到庭的，请立即告知法院并说明理由；无正当理由不到庭的，法院可以依法继续审理。\n\n庭审与联络记录：\nhttp://127.0.0.1:8000/r/…\n\n随信附有日历文件，供您存入日历，不作答复之用。\n\nPudong New Area People''s Court\n王书记员\n","calendar":"REQUEST c6a1394e-6d69-4309-81e5-0624a0248261 1","salt":"71d5f00c9a3e8ede6f938f6efefe21e1"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000039, '{"name":"李敏","address":"li@huacheng.example","salt":"b5c1e83f9264c6e19721f6c5d02a3579"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000040, '{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"1f2de5243c33e89ba0274f88d27d3c7b"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000041, '{"name":"李敏","address":"+8613800138001","subject":"","text":"【浦东法院】（2026）沪0115民初1号（买卖合同纠纷）定于12月13日周日09:30在第三法庭开庭，不能到庭请立即告知法院。http://127.0.0.1:8000/r/…","salt":"a32fb48ff8f28a0b31c8423aedd876ad"}');
INSERT INTO public.record_content_202611 VALUES (2026110000000042, '{"name":"李敏","address":"+8613800138001","salt":"f70e96e22c4a4177c602cd480083fc3a"}');

INSERT INTO public.record_day VALUES (1, 1, '2026-11-22', '2026-11-23 01:00:00+00', '[]', '0000000000000000000000000000000000000000000000000000000000000000', '971f438d281792f948e674f231ea84d352b42f2c6b6a0fdeaff28da71a07ff96');
INSERT INTO public.record_day VALUES (1, 2, '2026-11-23', '2026-11-24 01:00:00+00', '[[1,16,"f02ecc465f1e949735d320a7f8e3f9c0c698e22de046407699f9316e3ccadf35"],[2,11,"f6451f1b6125590faf9eb1f34ec31ca7078d498d9b6ce98e09b348093a868663"]]', '971f438d281792f948e674f231ea84d352b42f2c6b6a0fdeaff28da71a07ff96', '6b26457645f3c555bcf9594ab8553b9f52119f59c4d446d0e76b3446c5f2279c');

INSERT INTO public.record_head VALUES (2, 11, 'f6451f1b6125590faf9eb1f34ec31ca7078d498d9b6ce98e09b348093a868663', 11, '2026-11-23 01:00:00+00');
INSERT INTO public.record_head VALUES (1, 31, '1f74a4d9f0429ad5eb98993574236a1aa7ae9a16e2655aa83b0d7e08dc9a5f37', 16, '2026-11-24 01:00:00+00');

INSERT INTO public.record_line_202611 VALUES (2026110000000001, 1, 1, 1, '2026-11-23 01:00:00+00', 'queued', 'out', 'hearing/1', 'n1.0', 1, 1, 'claimant', 'email', 'proposal', '{"due_at":"2026-11-23T01:00:00.000000Z"}', 'f7de488964c8351fad00011ae60e57a464d69d3594061d901bfc046289d3ae7a', '0000000000000000000000000000000000000000000000000000000000000000', '3886eb65360d061bf3c39e31504a1a0344972ada6c14cc8486c18a7dbfc0f679');
INSERT INTO public.record_line_202611 VALUES (2026110000000002, 1, 1, 2, '2026-11-23 01:00:00+00', 'queued', 'out', 'hearing/1', 'n2.0', 2, 1, 'claimant', 'sms', 'proposal', '{"due_at":"2026-11-23T01:00:00.000000Z"}', '4b9579320b5e5db2fb3ba3547428d817ca92c7a7891fb1d8a0355e62149e104b', '3886eb65360d061bf3c39e31504a1a0344972ada6c14cc8486c18a7dbfc0f679', 'cf25cc5e42b442055f422e7ebd3a940cf416f63cf08dbba27c658f32b440ccf7');
INSERT INTO public.record_line_202611 VALUES (2026110000000003, 1, 1, 3, '2026-11-23 01:00:00+00', 'queued', 'out', 'hearing/1', 'n3.0', 3, 2, 'respondent', 'email', 'proposal', '{"due_at":"2026-11-23T01:00:00.000000Z"}', '820636e77c9313afa4320d3e82c617fa396e9c897c8e3c8d0048f9f947a41fa7', 'cf25cc5e42b442055f422e7ebd3a940cf416f63cf08dbba27c658f32b440ccf7', '2cb6b23777b80f968d4275036d92b0c8fc1b9e4af7fbcc739efbcd8b61332d26');
INSERT INTO public.record_line_202611 VALUES (2026110000000004, 1, 1, 4, '2026-11-23 01:00:00+00', 'queued', 'out', 'hearing/1', 'n4.0', 4, 1, 'claimant', 'email', 'nudge', '{"due_at":"2026-11-29T09:00:00.000000Z"}', '1a920e8585bafd3aab175d7ab757a0899fccfc3fab11125be67e69ab9fd8668f', '2cb6b23777b80f968d4275036d92b0c8fc1b9e4af7fbcc739efbcd8b61332d26', '32b701c358bc0f1cf3db7cb1b37b49454e29e286c9d61c21ad70a0616e5138e4');
INSERT INTO public.record_line_202611 VALUES (2026110000000005, 1, 1, 5, '2026-11-23 01:00:00+00', 'queued', 'out', 'hearing/1', 'n5.0', 5, 2, 'respondent', 'email', 'nudge', '{"due_at":"2026-11-29T09:00:00.000000Z"}', '97a313f18dbd6fb6af61228fcaa7e94ebb9c72100072a75b2ca97f68d9c53205', '32b701c358bc0f1cf3db7cb1b37b49454e29e286c9d61c21ad70a0616e5138e4', '98ca3e125172487d677c38ceb02f1182a889f33b4d5bcef4b5b1582005970dcf');
INSERT INTO public.record_line_202611 VALUES (2026110000000006, 1, 2, 1, '2026-11-23 01:00:00+00', 'queued', 'out', 'hearing/2', 'n6.0', 6, 1, 'claimant', 'email', 'proposal', '{"due_at":"2026-11-23T01:00:00.000000Z"}', '1de98764d9cbf416780b36f1162786edcb780a1bdbdbddf5f03869f68819c5fd', '0000000000000000000000000000000000000000000000000000000000000000', '7ef9b6e93b8871e022948e8b538cba04359506e5974adbfd8d585a549ee86cc0');
INSERT INTO public.record_line_202611 VALUES (2026110000000007, 1, 2, 2, '2026-11-23 01:00:00+00', 'queued', 'out', 'hearing/2', 'n7.0', 7, 1, 'claimant', 'sms', 'proposal', '{"due_at":"2026-11-23T01:00:00.000000Z"}', '9d6017fb1ae6663149e635882c2e1c92b26080aca8800ea01480e3cfb53c72bb', '7ef9b6e93b8871e022948e8b538cba04359506e5974adbfd8d585a549ee86cc0', '253d0ddd5a4b2ad70be818d61849577e44e6c25dfe198125dab78bba9be74465');
INSERT INTO public.record_line_202611 VALUES (2026110000000008, 1, 2, 3, '2026-11-23 01:00:00+00', 'queued', 'out', 'hearing/2', 'n8.0', 8, 2, 'respondent', 'email', 'proposal', '{"due_at":"2026-11-23T01:00:00.000000Z"}', '296dedbcd7b375a153e32ab0c8ae7183491bf8a854d0de14c83005db76a3c102', '253d0ddd5a4b2ad70be818d61849577e44e6c25dfe198125dab78bba9be74465', '772004315ac21bf1a5971fefb101baf26c843cf2a3cc2968ff3439c659f31bef');
INSERT INTO public.record_line_202611 VALUES (2026110000000009, 1, 2, 4, '2026-11-23 01:00:00+00', 'queued', 'out', 'hearing/2', 'n9.0', 9, 1, 'claimant', 'email', 'nudge', '{"due_at":"2026-11-29T09:00:00.000000Z"}', 'e440867c593991a6f223eacaf89dec67f9d5fb30af37e9cf5ac52c8a764d5ca8', '772004315ac21bf1a5971fefb101baf26c843cf2a3cc2968ff3439c659f31bef', '6533cc4f55cf8e74ea1b7ff13a61d33b345f3ae8057c2ff44f7034e1a32395b7');
INSERT INTO public.record_line_202611 VALUES (2026110000000010, 1, 2, 5, '2026-11-23 01:00:00+00', 'queued', 'out', 'hearing/2', 'n10.0', 10, 2, 'respondent', 'email', 'nudge', '{"due_at":"2026-11-29T09:00:00.000000Z"}', '773eb98cb71ad8ce9f98f153dc09af1dab99a28f4afc180d47e505de536edde0', '6533cc4f55cf8e74ea1b7ff13a61d33b345f3ae8057c2ff44f7034e1a32395b7', '8da3452640bd22ae9c23efaba283cdff740078d2064d95b7e5b719ebd7a475d5');
INSERT INTO public.record_line_202611 VALUES (2026110000000011, 1, 1, 6, '2026-11-23 01:00:00+00', 'started', 'out', 'hearing/1', 'n1.1', 1, 1, 'claimant', 'email', 'proposal', '{"carrier":"outbox"}', 'bdffca0f9c0e2a35a356b50f6624904246fa4c07b5be8d489e197e6765e121f6', '98ca3e125172487d677c38ceb02f1182a889f33b4d5bcef4b5b1582005970dcf', 'bb51622ca1816aaad835a22603477c3bb70389db2dc887a59162b246fcd5a8a1');
INSERT INTO public.record_line_202611 VALUES (2026110000000012, 1, 1, 7, '2026-11-23 01:00:00+00', 'started', 'out', 'hearing/1', 'n3.1', 3, 2, 'respondent', 'email', 'proposal', '{"carrier":"outbox"}', 'aec69f0df23b32aa08ce2439672b1ffba45900e0af7bb6977d9c2ce314d001a5', 'bb51622ca1816aaad835a22603477c3bb70389db2dc887a59162b246fcd5a8a1', '12427cd4951333d69392d592a39c2ac9ed9fbd4309bc1f8bfafcb4c3c30b5295');
INSERT INTO public.record_line_202611 VALUES (2026110000000013, 1, 2, 6, '2026-11-23 01:00:00+00', 'started', 'out', 'hearing/2', 'n6.1', 6, 1, 'claimant', 'email', 'proposal', '{"carrier":"outbox"}', '71e240f1a50d6603141a27d270c15be006f209699dc615304df1c397e52f6a8a', '8da3452640bd22ae9c23efaba283cdff740078d2064d95b7e5b719ebd7a475d5', 'bb0ddfef5251f247e0c580777ad704569e8e47e42d02ac1f161bbf758784b1af');
INSERT INTO public.record_line_202611 VALUES (2026110000000014, 1, 2, 7, '2026-11-23 01:00:00+00', 'started', 'out', 'hearing/2', 'n8.1', 8, 2, 'respondent', 'email', 'proposal', '{"carrier":"outbox"}', '1b4c499e553af653f521e7bece714ce01a74a2d745f33f49d49a01dc88de7b5f', 'bb0ddfef5251f247e0c580777ad704569e8e47e42d02ac1f161bbf758784b1af', '3d7cff4d2bb5433348f3326b63e005139459c81a98f90e2a299dc25650e08b36');
INSERT INTO public.record_line_202611 VALUES (2026110000000015, 1, 1, 8, '2026-11-23 01:00:00+00', 'accepted', 'out', 'hearing/1', 'n1.1', 1, 1, 'claimant', 'email', 'proposal', '{"carrier":"outbox","carrier_id":"20261123T010000.000000Z-000000-593eb081-n1.1.eml","status":"stored"}', '2f1b2084e9522b8001f5905bc6fbd15785c3db9c35686dbe436c57e36aaddfae', '12427cd4951333d69392d592a39c2ac9ed9fbd4309bc1f8bfafcb4c3c30b5295', '444869bace4e301f9f49e17787aea8af130057cc393f08140e59c5ad2c4614c5');
INSERT INTO public.record_line_202611 VALUES (2026110000000016, 1, 1, 9, '2026-11-23 01:00:00+00', 'accepted', 'out', 'hearing/1', 'n3.1', 3, 2, 'respondent', 'email', 'proposal', '{"carrier":"outbox","carrier_id":"20261123T010000.000000Z-000001-b00fd156-n3.1.eml","status":"stored"}', '9b6c7ad2c94569100f6069e0a97d5badae9ca0c706451d7561ccee661465b54f', '444869bace4e301f9f49e17787aea8af130057cc393f08140e59c5ad2c4614c5', 'a90872864941f4e5b8bff895c66a2a1539544e2c3978730000765b7aaa7a3880');
INSERT INTO public.record_line_202611 VALUES (2026110000000017, 1, 2, 8, '2026-11-23 01:00:00+00', 'accepted', 'out', 'hearing/2', 'n6.1', 6, 1, 'claimant', 'email', 'proposal', '{"carrier":"outbox","carrier_id":"20261123T010000.000000Z-000002-d8440319-n6.1.eml","status":"stored"}', '6971a80f7bf15db63287565c8bf21f68a69b2c2732c36c73893ed7dd1a323b18', '3d7cff4d2bb5433348f3326b63e005139459c81a98f90e2a299dc25650e08b36', '9d8d8f3ad648a3a5031e4eb5cbaa5f3ee4ec2dbe8559267e5f592f2e244c81f6');
INSERT INTO public.record_line_202611 VALUES (2026110000000018, 1, 2, 9, '2026-11-23 01:00:00+00', 'accepted', 'out', 'hearing/2', 'n8.1', 8, 2, 'respondent', 'email', 'proposal', '{"carrier":"outbox","carrier_id":"20261123T010000.000000Z-000003-a75ac2d1-n8.1.eml","status":"stored"}', 'fa850880f2ab63c8dc415fc2ff6ae906af40751f1fb721b2afd78b3d23a98624', '9d8d8f3ad648a3a5031e4eb5cbaa5f3ee4ec2dbe8559267e5f592f2e244c81f6', 'c32bbe9aa12a2bffa4dc196456eddcf11bd9404ffa0a176601231a16c5b73711');
INSERT INTO public.record_line_202611 VALUES (2026110000000019, 1, 1, 10, '2026-11-23 01:00:00+00', 'started', 'out', 'hearing/1', 'n2.1', 2, 1, 'claimant', 'sms', 'proposal', '{"carrier":"outbox"}', 'e22c75cb4296be1e7d255eeb0d4dbf0a28d5bb10f17e665f5b5cff0d90ff4735', 'a90872864941f4e5b8bff895c66a2a1539544e2c3978730000765b7aaa7a3880', '6ea9cab82977c1b5c871fb8c98960f86fbce516777597d76ad3e09eb3e2957c5');
INSERT INTO public.record_line_202611 VALUES (2026110000000020, 1, 2, 10, '2026-11-23 01:00:00+00', 'started', 'out', 'hearing/2', 'n7.1', 7, 1, 'claimant', 'sms', 'proposal', '{"carrier":"outbox"}', '78528796217acf4c7b64fda6fe1b75d718de5896763d04868b3a4f72c40bcca9', 'c32bbe9aa12a2bffa4dc196456eddcf11bd9404ffa0a176601231a16c5b73711', '12ef47b712e445545c9e1fc92e365489e217d961fc1e6b3f0cbd8fa31698d080');
INSERT INTO public.record_line_202611 VALUES (2026110000000021, 1, 1, 11, '2026-11-23 01:00:00+00', 'accepted', 'out', 'hearing/1', 'n2.1', 2, 1, 'claimant', 'sms', 'proposal', '{"carrier":"outbox","carrier_id":"20261123T010000.000000Z-000004-6730666f-n2.1.json","status":"stored"}', 'ad20f83e082d00a3a110cfea0bfdd990c76ab201926b5c742adfe4a4e5e4aa74', '6ea9cab82977c1b5c871fb8c98960f86fbce516777597d76ad3e09eb3e2957c5', '21c48f9bb5dcfdeb5ea2eb37f10ea0902640ecc8795b50d4b529aad0d1813bc4');
INSERT INTO public.record_line_202611 VALUES (2026110000000022, 1, 2, 11, '2026-11-23 01:00:00+00', 'accepted', 'out', 'hearing/2', 'n7.1', 7, 1, 'claimant', 'sms', 'proposal', '{"carrier":"outbox","carrier_id":"20261123T010000.000000Z-000005-7cd491c8-n7.1.json","status":"stored"}', '9ae4189a0385e59f4a730d36ac4302995f27f57f5d847c42bac38806c03fbdd3', '12ef47b712e445545c9e1fc92e365489e217d961fc1e6b3f0cbd8fa31698d080', 'f6451f1b6125590faf9eb1f34ec31ca7078d498d9b6ce98e09b348093a868663');
INSERT INTO public.record_line_202611 VALUES (2026110000000023, 1, 1, 12, '2026-11-23 01:00:00+00', 'withdrawn', 'out', 'hearing/1', 'n4.0', 4, 1, 'claimant', 'email', 'nudge', '{"why":"the date was settled"}', 'c6879a5d1f8f800295318ca08dd513623631a5e27eb04f31475e4b26e79204fc', '21c48f9bb5dcfdeb5ea2eb37f10ea0902640ecc8795b50d4b529aad0d1813bc4', '323f525a53e214c25b8f73a6bc07e8ba200c01af16a8e5f4e9ad3d54301e6ee1');
INSERT INTO public.record_line_202611 VALUES (2026110000000024, 1, 1, 13, '2026-11-23 01:00:00+00', 'withdrawn', 'out', 'hearing/1', 'n5.0', 5, 2, 'respondent', 'email', 'nudge', '{"why":"the date was settled"}', '9468ced2a8cf2ea4aaec1f5bbae21bf40a3fb9f205b601d61cb7a9bfcf2ac3b9', '323f525a53e214c25b8f73a6bc07e8ba200c01af16a8e5f4e9ad3d54301e6ee1', 'c7034c8f076782d944988a287f2d1ba0119d7e0a3bb74ec570d58f5a7c97d12d');
INSERT INTO public.record_line_202611 VALUES (2026110000000025, 1, 1, 14, '2026-11-23 01:00:00+00', 'queued', 'out', 'hearing/1', 'n11.0', 11, 1, 'claimant', 'email', 'fixed', '{"due_at":"2026-11-23T01:00:00.000000Z"}', '948a2f2e6ff3b26dcc221633d79590625030f9d1d9d3a419b59e7184f5790a38', 'c7034c8f076782d944988a287f2d1ba0119d7e0a3bb74ec570d58f5a7c97d12d', '5767e9f9fc3709d3ab6cc665fe77391fdd5f904b54fab45d0146b939b44ce330');
INSERT INTO public.record_line_202611 VALUES (2026110000000026, 1, 1, 15, '2026-11-23 01:00:00+00', 'queued', 'out', 'hearing/1', 'n12.0', 12, 1, 'claimant', 'sms', 'fixed', '{"due_at":"2026-11-23T01:00:00.000000Z"}', '3a278334271bd772b7b996903a80d977453c9ab92b6eb645b2b420dca5e52d40', '5767e9f9fc3709d3ab6cc665fe77391fdd5f904b54fab45d0146b939b44ce330', '7c38370abcc0452cb330975f4ec4bfd3254f3924ceca45dbcab2450120e270b5');
INSERT INTO public.record_line_202611 VALUES (2026110000000027, 1, 1, 16, '2026-11-23 01:00:00+00', 'queued', 'out', 'hearing/1', 'n13.0', 13, 2, 'respondent', 'email', 'fixed', '{"due_at":"2026-11-23T01:00:00.000000Z"}', '8e8884656eea53292e9f53f0c1eba2b85e5f414f814c4314b1c408c421c1a110', '7c38370abcc0452cb330975f4ec4bfd3254f3924ceca45dbcab2450120e270b5', 'f02ecc465f1e949735d320a7f8e3f9c0c698e22de046407699f9316e3ccadf35');
INSERT INTO public.record_line_202611 VALUES (2026110000000028, 1, 1, 17, '2026-11-24 01:00:00+00', 'queued', 'out', 'hearing/1', 'n14.0', 14, 1, 'claimant', 'email', 'reminder', '{"due_at":"2026-12-06T01:00:00.000000Z"}', 'b63b5cd345b7f4d56a2c4a286106a8b506de99bad983d3ab67e5f47dba862158', 'f02ecc465f1e949735d320a7f8e3f9c0c698e22de046407699f9316e3ccadf35', '343af5e7349c027ffe67ca5001ed2634bba0730add414a35d636717f60593c9f');
INSERT INTO public.record_line_202611 VALUES (2026110000000029, 1, 1, 18, '2026-11-24 01:00:00+00', 'queued', 'out', 'hearing/1', 'n15.0', 15, 1, 'claimant', 'sms', 'reminder', '{"due_at":"2026-12-06T01:00:00.000000Z"}', 'd643ba55969dbe712197ab3109d0fcc65a447249780354e5e7a726af5b01a4ca', '343af5e7349c027ffe67ca5001ed2634bba0730add414a35d636717f60593c9f', '7a9dc5f12056b003adf0c7abad59f730ab844910bf03c365220048995e65ff30');
INSERT INTO public.record_line_202611 VALUES (2026110000000030, 1, 1, 19, '2026-11-24 01:00:00+00', 'queued', 'out', 'hearing/1', 'n16.0', 16, 2, 'respondent', 'email', 'reminder', '{"due_at":"2026-12-06T01:00:00.000000Z"}', '5513853f37fab8bd32fd89e6c11c665328df279955d3c21ba83e39fba108004d', '7a9dc5f12056b003adf0c7abad59f730ab844910bf03c365220048995e65ff30', 'df44cf6d075d758e86b6cd5cacf01565c064b603373a9c727cb33b99a3580079');
INSERT INTO public.record_line_202611 VALUES (2026110000000031, 1, 1, 20, '2026-11-24 01:00:00+00', 'queued', 'out', 'hearing/1', 'n17.0', 17, 1, 'claimant', 'email', 'reminder', '{"due_at":"2026-12-10T01:00:00.000000Z"}', 'ba2cfa5b84df0d35bf8d543680ab4400fb04463899352d0418c4c5d78e7fd2b2', 'df44cf6d075d758e86b6cd5cacf01565c064b603373a9c727cb33b99a3580079', '5a7fa65bad2e5c9a4adf7a2c41dab9c64065892240084a4bcfeb486f9ac0f8bc');
INSERT INTO public.record_line_202611 VALUES (2026110000000032, 1, 1, 21, '2026-11-24 01:00:00+00', 'queued', 'out', 'hearing/1', 'n18.0', 18, 1, 'claimant', 'sms', 'reminder', '{"due_at":"2026-12-10T01:00:00.000000Z"}', '2e2ca11f0f4380a659cf2d89711c89337958f990340ca6e951def20caf6ea279', '5a7fa65bad2e5c9a4adf7a2c41dab9c64065892240084a4bcfeb486f9ac0f8bc', '4c56afb9964898c6909e46e1ae93c3b36de21036f73598673c29caaed223c7f4');
INSERT INTO public.record_line_202611 VALUES (2026110000000033, 1, 1, 22, '2026-11-24 01:00:00+00', 'queued', 'out', 'hearing/1', 'n19.0', 19, 2, 'respondent', 'email', 'reminder', '{"due_at":"2026-12-10T01:00:00.000000Z"}', '1c82b635ee456858a2edc009468e207f9db8e03c31f8446e02af88924fe3a4b4', '4c56afb9964898c6909e46e1ae93c3b36de21036f73598673c29caaed223c7f4', 'a005cee302cfcf781d04e3ed813e6c2ee127a936759ae57afd978c0f6bfe04e7');
INSERT INTO public.record_line_202611 VALUES (2026110000000034, 1, 1, 23, '2026-11-24 01:00:00+00', 'queued', 'out', 'hearing/1', 'n20.0', 20, 1, 'claimant', 'email', 'reminder', '{"due_at":"2026-12-12T01:00:00.000000Z"}', '31a895c5b603e40b05f2dee8fd1534ec83a21a20d07aa247e6d654fe6c8b82bc', 'a005cee302cfcf781d04e3ed813e6c2ee127a936759ae57afd978c0f6bfe04e7', 'c208f53f105fbb63b97e4c4a54b7b82d4f68a813c156a87496b4b6efb2c64e87');
INSERT INTO public.record_line_202611 VALUES (2026110000000035, 1, 1, 24, '2026-11-24 01:00:00+00', 'queued', 'out', 'hearing/1', 'n21.0', 21, 1, 'claimant', 'sms', 'reminder', '{"due_at":"2026-12-12T01:00:00.000000Z"}', '0c0a41fcbfeb3cb5a10d0c94ee189b4539c2fda41556faca00914f458182fbf3', 'c208f53f105fbb63b97e4c4a54b7b82d4f68a813c156a87496b4b6efb2c64e87', 'fb39c80323825a1abd5c04496610f269cbb78dd5e09a8f2c178298a88df7c5a6');
INSERT INTO public.record_line_202611 VALUES (2026110000000036, 1, 1, 25, '2026-11-24 01:00:00+00', 'queued', 'out', 'hearing/1', 'n22.0', 22, 2, 'respondent', 'email', 'reminder', '{"due_at":"2026-12-12T01:00:00.000000Z"}', '0d5a8fc53cca1ac4920f917801811180d97d80f5a6bb46f6113d65b6d66a6841', 'fb39c80323825a1abd5c04496610f269cbb78dd5e09a8f2c178298a88df7c5a6', 'aa9a4398a624a24267cc9e92b348461726a6fffd1b5c4ee7f612b6cd6a12850f');
INSERT INTO public.record_line_202611 VALUES (2026110000000037, 1, 1, 26, '2026-11-24 01:00:00+00', 'started', 'out', 'hearing/1', 'n11.1', 11, 1, 'claimant', 'email', 'fixed', '{"carrier":"outbox"}', 'e541539dd4384460bc472e250d324001b28bc950938c68acbed796dda71ebd66', 'aa9a4398a624a24267cc9e92b348461726a6fffd1b5c4ee7f612b6cd6a12850f', '996536a33659c995fac420149bbd24f317090e50a2f6227765016cb2fc31b56d');
INSERT INTO public.record_line_202611 VALUES (2026110000000038, 1, 1, 27, '2026-11-24 01:00:00+00', 'started', 'out', 'hearing/1', 'n13.1', 13, 2, 'respondent', 'email', 'fixed', '{"carrier":"outbox"}', 'fd3daa47a709a324b0032ad6a8834e97b3b8fa469db1e35220e1eb1440ff72b5', '996536a33659c995fac420149bbd24f317090e50a2f6227765016cb2fc31b56d', '15226664bfc13fe2893254e9d3dbdcb66674031e224928c14f674e0f80113087');
INSERT INTO public.record_line_202611 VALUES (2026110000000039, 1, 1, 28, '2026-11-24 01:00:00+00', 'accepted', 'out', 'hearing/1', 'n11.1', 11, 1, 'claimant', 'email', 'fixed', '{"carrier":"outbox","carrier_id":"20261124T010000.000000Z-000006-126063ea-n11.1.eml","status":"stored"}', '990980ba35500dfe0a841c26943ba153429d0d10e40c3b92b0595ba4ee69d5b1', '15226664bfc13fe2893254e9d3dbdcb66674031e224928c14f674e0f80113087', '993ee6bfab519ffbe9322fc59fb42f7fae0dcab497f99e191887f5b0b3bee7a0');
INSERT INTO public.record_line_202611 VALUES (2026110000000040, 1, 1, 29, '2026-11-24 01:00:00+00', 'accepted', 'out', 'hearing/1', 'n13.1', 13, 2, 'respondent', 'email', 'fixed', '{"carrier":"outbox","carrier_id":"20261124T010000.000000Z-000007-7a5dd7dd-n13.1.eml","status":"stored"}', '71ed00c6b839ce20ba745b70e4f9030feb9105b207e6f005d19927a9f1ba4141', '993ee6bfab519ffbe9322fc59fb42f7fae0dcab497f99e191887f5b0b3bee7a0', 'a28beda8ea09b082bdb6751026861f00b8d8d589b5e4155d8daa54bea6099079');
INSERT INTO public.record_line_202611 VALUES (2026110000000041, 1, 1, 30, '2026-11-24 01:00:00+00', 'started', 'out', 'hearing/1', 'n12.1', 12, 1, 'claimant', 'sms', 'fixed', '{"carrier":"outbox"}', '5a46e88a7c3b4241896bbb7f47210c48c041888566877151661499f7348dea5a', 'a28beda8ea09b082bdb6751026861f00b8d8d589b5e4155d8daa54bea6099079', 'ee680aeeadf3351b2c3498098c66541d383cf0c8bcb06cb01ce11f8300ee973f');
INSERT INTO public.record_line_202611 VALUES (2026110000000042, 1, 1, 31, '2026-11-24 01:00:00+00', 'accepted', 'out', 'hearing/1', 'n12.1', 12, 1, 'claimant', 'sms', 'fixed', '{"carrier":"outbox","carrier_id":"20261124T010000.000000Z-000008-c9c887b2-n12.1.json","status":"stored"}', '33eaa6485cc73356b713899923644fb7023e7340fbbd0c68318c73a106cc804c', 'ee680aeeadf3351b2c3498098c66541d383cf0c8bcb06cb01ce11f8300ee973f', '1f74a4d9f0429ad5eb98993574236a1aa7ae9a16e2655aa83b0d7e08dc9a5f37');

INSERT INTO public.rendered_event VALUES (2, 'en', 4, '82dfe67d510e29093d9625d7f2156ba3', '[{"slot":true,"room":1,"at":1797298200.0,"until":1797303600.0,"zone":"Asia/Shanghai","changed_at":1795395600.0,"falls_at":null,"uid":"6b1c9e02-b0f9-4504-8526-40c64b54cc19-slot-2","text":"BEGIN:VEVENT\r\nSUMMARY:Proposed: Trial （2026）沪0115民初2号\r\nDTSTART;TZID=Asia/Shanghai:20261215T093000\r\nDTEND;TZID=Asia/Shanghai:20261215T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:6b1c9e02-b0f9-4504-8526-40c64b54cc19-slot-2\r\nSEQUENCE:0\r\nCOLOR:goldenrod\r\nDESCRIPTION:Pudong New Area People''s Court\\nCase: （2026）沪0115民初2\r\n 号\\, 买卖合同纠纷\\nKind: Trial\\nJudge: 陈法官\\nTime zone: Shangh\r\n ai time (Asia/Shanghai\\, UTC+8)\r\nLAST-MODIFIED:20261123T010000Z\r\nLOCATION:第三法庭\\, 主楼三层\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:TENTATIVE\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n","busy_uid":"busy-69e9135815fb78b84f1b51877843a8c3","busy":"BEGIN:VEVENT\r\nSUMMARY:Busy\r\nDTSTART;TZID=Asia/Shanghai:20261215T093000\r\nDTEND;TZID=Asia/Shanghai:20261215T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:busy-69e9135815fb78b84f1b51877843a8c3\r\nSEQUENCE:0\r\nCOLOR:goldenrod\r\nLAST-MODIFIED:20261123T010000Z\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:TENTATIVE\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n"},{"slot":true,"room":2,"at":1797384600.0,"until":1797390000.0,"zone":"Asia/Shanghai","changed_at":1795395600.0,"falls_at":null,"uid":"6b1c9e02-b0f9-4504-8526-40c64b54cc19-slot-3","text":"BEGIN:VEVENT\r\nSUMMARY:Proposed: Trial （2026）沪0115民初2号\r\nDTSTART;TZID=Asia/Shanghai:20261216T093000\r\nDTEND;TZID=Asia/Shanghai:20261216T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:6b1c9e02-b0f9-4504-8526-40c64b54cc19-slot-3\r\nSEQUENCE:0\r\nCOLOR:goldenrod\r\nDESCRIPTION:Pudong New Area People''s Court\\nCase: （2026）沪0115民初2\r\n 号\\, 买卖合同纠纷\\nKind: Trial\\nJudge: 陈法官\\nTime zone: Shangh\r\n ai time (Asia/Shanghai\\, UTC+8)\r\nLAST-MODIFIED:20261123T010000Z\r\nLOCATION:第五法庭\\, 主楼五层\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:TENTATIVE\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n","busy_uid":"busy-c34b53a2ef9546ca5f9a6bf09c3d91bf","busy":"BEGIN:VEVENT\r\nSUMMARY:Busy\r\nDTSTART;TZID=Asia/Shanghai:20261216T093000\r\nDTEND;TZID=Asia/Shanghai:20261216T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:busy-c34b53a2ef9546ca5f9a6bf09c3d91bf\r\nSEQUENCE:0\r\nCOLOR:goldenrod\r\nLAST-MODIFIED:20261123T010000Z\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:TENTATIVE\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n"}]');
INSERT INTO public.rendered_event VALUES (2, 'zh', 4, '82dfe67d510e29093d9625d7f2156ba3', '[{"slot":true,"room":1,"at":1797298200.0,"until":1797303600.0,"zone":"Asia/Shanghai","changed_at":1795395600.0,"falls_at":null,"uid":"6b1c9e02-b0f9-4504-8526-40c64b54cc19-slot-2","text":"BEGIN:VEVENT\r\nSUMMARY:征询中：开庭审理 （2026）沪0115民初2号\r\nDTSTART;TZID=Asia/Shanghai:20261215T093000\r\nDTEND;TZID=Asia/Shanghai:20261215T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:6b1c9e02-b0f9-4504-8526-40c64b54cc19-slot-2\r\nSEQUENCE:0\r\nCOLOR:goldenrod\r\nDESCRIPTION:Pudong New Area People''s Court\\n案号：（2026）沪0115民\r\n 初2号，买卖合同纠纷\\n事项：开庭审理\\n法官：陈法官\\n\r\n 时区：上海时间（Asia/Shanghai，UTC+8）\r\nLAST-MODIFIED:20261123T010000Z\r\nLOCATION:第三法庭，主楼三层\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:TENTATIVE\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n","busy_uid":"busy-69e9135815fb78b84f1b51877843a8c3","busy":"BEGIN:VEVENT\r\nSUMMARY:占用\r\nDTSTART;TZID=Asia/Shanghai:20261215T093000\r\nDTEND;TZID=Asia/Shanghai:20261215T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:busy-69e9135815fb78b84f1b51877843a8c3\r\nSEQUENCE:0\r\nCOLOR:goldenrod\r\nLAST-MODIFIED:20261123T010000Z\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:TENTATIVE\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n"},{"slot":true,"room":2,"at":1797384600.0,"until":1797390000.0,"zone":"Asia/Shanghai","changed_at":1795395600.0,"falls_at":null,"uid":"6b1c9e02-b0f9-4504-8526-40c64b54cc19-slot-3","text":"BEGIN:VEVENT\r\nSUMMARY:征询中：开庭审理 （2026）沪0115民初2号\r\nDTSTART;TZID=Asia/Shanghai:20261216T093000\r\nDTEND;TZID=Asia/Shanghai:20261216T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:6b1c9e02-b0f9-4504-8526-40c64b54cc19-slot-3\r\nSEQUENCE:0\r\nCOLOR:goldenrod\r\nDESCRIPTION:Pudong New Area People''s Court\\n案号：（2026）沪0115民\r\n 初2号，买卖合同纠纷\\n事项：开庭审理\\n法官：陈法官\\n\r\n 时区：上海时间（Asia/Shanghai，UTC+8）\r\nLAST-MODIFIED:20261123T010000Z\r\nLOCATION:第五法庭，主楼五层\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:TENTATIVE\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n","busy_uid":"busy-c34b53a2ef9546ca5f9a6bf09c3d91bf","busy":"BEGIN:VEVENT\r\nSUMMARY:占用\r\nDTSTART;TZID=Asia/Shanghai:20261216T093000\r\nDTEND;TZID=Asia/Shanghai:20261216T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:busy-c34b53a2ef9546ca5f9a6bf09c3d91bf\r\nSEQUENCE:0\r\nCOLOR:goldenrod\r\nLAST-MODIFIED:20261123T010000Z\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:TENTATIVE\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n"}]');
INSERT INTO public.rendered_event VALUES (1, 'en', 6, '82dfe67d510e29093d9625d7f2156ba3', '[{"slot":false,"room":1,"at":1797125400.0,"until":1797130800.0,"zone":"Asia/Shanghai","changed_at":1795395600.0,"falls_at":1828661400.0,"uid":"c6a1394e-6d69-4309-81e5-0624a0248261","text":"BEGIN:VEVENT\r\nSUMMARY:Trial （2026）沪0115民初1号\r\nDTSTART;TZID=Asia/Shanghai:20261213T093000\r\nDTEND;TZID=Asia/Shanghai:20261213T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:c6a1394e-6d69-4309-81e5-0624a0248261\r\nSEQUENCE:1\r\nDESCRIPTION:Pudong New Area People''s Court\\nCase: （2026）沪0115民初1\r\n 号\\, 买卖合同纠纷\\nKind: Trial\\nJudge: 陈法官\\nTime zone: Shangh\r\n ai time (Asia/Shanghai\\, UTC+8)\r\nLAST-MODIFIED:20261123T010000Z\r\nLOCATION:第三法庭\\, 主楼三层\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n","busy_uid":"busy-82873533e75a576c23f478c029fdadc4","busy":"BEGIN:VEVENT\r\nSUMMARY:Busy\r\nDTSTART;TZID=Asia/Shanghai:20261213T093000\r\nDTEND;TZID=Asia/Shanghai:20261213T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:busy-82873533e75a576c23f478c029fdadc4\r\nSEQUENCE:1\r\nLAST-MODIFIED:20261123T010000Z\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n"}]');
INSERT INTO public.rendered_event VALUES (1, 'zh', 6, '82dfe67d510e29093d9625d7f2156ba3', '[{"slot":false,"room":1,"at":1797125400.0,"until":1797130800.0,"zone":"Asia/Shanghai","changed_at":1795395600.0,"falls_at":1828661400.0,"uid":"c6a1394e-6d69-4309-81e5-0624a0248261","text":"BEGIN:VEVENT\r\nSUMMARY:开庭审理 （2026）沪0115民初1号\r\nDTSTART;TZID=Asia/Shanghai:20261213T093000\r\nDTEND;TZID=Asia/Shanghai:20261213T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:c6a1394e-6d69-4309-81e5-0624a0248261\r\nSEQUENCE:1\r\nDESCRIPTION:Pudong New Area People''s Court\\n案号：（2026）沪0115民\r\n 初1号，买卖合同纠纷\\n事项：开庭审理\\n法官：陈法官\\n\r\n 时区：上海时间（Asia/Shanghai，UTC+8）\r\nLAST-MODIFIED:20261123T010000Z\r\nLOCATION:第三法庭，主楼三层\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n","busy_uid":"busy-82873533e75a576c23f478c029fdadc4","busy":"BEGIN:VEVENT\r\nSUMMARY:占用\r\nDTSTART;TZID=Asia/Shanghai:20261213T093000\r\nDTEND;TZID=Asia/Shanghai:20261213T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:busy-82873533e75a576c23f478c029fdadc4\r\nSEQUENCE:1\r\nLAST-MODIFIED:20261123T010000Z\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n"}]');

INSERT INTO public.representation VALUES (1, 1, 1, true, NULL, true);
INSERT INTO public.representation VALUES (2, 2, 2, true, NULL, true);
INSERT INTO public.representation VALUES (3, 3, 1, true, NULL, true);
INSERT INTO public.representation VALUES (4, 4, 2, true, NULL, true);

INSERT INTO public.setting_change VALUES (1, 1, '2026-11-23 01:00:00+00', 1, 'settin', 'settin', 'settin', 'settin', 'settin');

INSERT INTO public.slot VALUES (1, 1, '2026-12-13 01:30:00+00', '2026-12-13 03:00:00+00', 1);
INSERT INTO public.slot VALUES (2, 2, '2026-12-15 01:30:00+00', '2026-12-15 03:00:00+00', 1);
INSERT INTO public.slot VALUES (3, 2, '2026-12-16 01:30:00+00', '2026-12-16 03:00:00+00', 2);

INSERT INTO public.tally VALUES ('tally', '2026-11-23', 1);

INSERT INTO public.task VALUES (1, 'text/1.1/1', 1, 1, 'hearing/1', 1, 'claimant', 'text', 'waiting', '2026-11-30 01:00:00+00', '2026-12-08 09:00:00+00', '{"rule":"confirmed-or-proved","version":"cn-civil 2026-11","before":"2026-12-01T01:00:00+00:00"}', '', '', 0, '2026-11-24 01:00:00+00', NULL, NULL);
INSERT INTO public.task VALUES (2, 'email/1.1/1', 1, 1, 'hearing/1', 1, 'claimant', 'email', 'waiting', '2026-12-01 01:00:00+00', '2026-12-08 09:00:00+00', '{"rule":"confirmed-or-proved","version":"cn-civil 2026-11","before":"2026-12-02T01:00:00+00:00"}', '', '', 0, '2026-11-24 01:00:00+00', NULL, NULL);
INSERT INTO public.task VALUES (3, 'call/1.1/1', 1, 1, 'hearing/1', 1, 'claimant', 'call', 'waiting', '2026-12-02 01:00:00+00', '2026-12-08 09:00:00+00', '{"rule":"confirmed-or-proved","version":"cn-civil 2026-11","before":"2026-12-03T01:00:00+00:00"}', '', '', 0, '2026-11-24 01:00:00+00', NULL, NULL);
INSERT INTO public.task VALUES (4, 'paper/1.1/1', 1, 1, 'hearing/1', 1, 'claimant', 'paper', 'waiting', '2026-12-03 01:00:00+00', '2026-12-03 09:00:00+00', '{"rule":"confirmed-or-proved","version":"cn-civil 2026-11","before":"2026-12-03T09:00:00+00:00"}', '', '', 0, '2026-11-24 01:00:00+00', NULL, NULL);
INSERT INTO public.task VALUES (5, 'text/1.1/2', 1, 1, 'hearing/1', 2, 'respondent', 'text', 'waiting', '2026-11-30 01:00:00+00', '2026-12-08 09:00:00+00', '{"rule":"confirmed-or-proved","version":"cn-civil 2026-11","before":"2026-12-01T01:00:00+00:00"}', '', '', 0, '2026-11-24 01:00:00+00', NULL, NULL);
INSERT INTO public.task VALUES (6, 'email/1.1/2', 1, 1, 'hearing/1', 2, 'respondent', 'email', 'waiting', '2026-12-01 01:00:00+00', '2026-12-08 09:00:00+00', '{"rule":"confirmed-or-proved","version":"cn-civil 2026-11","before":"2026-12-02T01:00:00+00:00"}', '', '', 0, '2026-11-24 01:00:00+00', NULL, NULL);
INSERT INTO public.task VALUES (7, 'call/1.1/2', 1, 1, 'hearing/1', 2, 'respondent', 'call', 'waiting', '2026-12-02 01:00:00+00', '2026-12-08 09:00:00+00', '{"rule":"confirmed-or-proved","version":"cn-civil 2026-11","before":"2026-12-03T01:00:00+00:00"}', '', '', 0, '2026-11-24 01:00:00+00', NULL, NULL);
INSERT INTO public.task VALUES (8, 'paper/1.1/2', 1, 1, 'hearing/1', 2, 'respondent', 'paper', 'waiting', '2026-12-03 01:00:00+00', '2026-12-03 09:00:00+00', '{"rule":"confirmed-or-proved","version":"cn-civil 2026-11","before":"2026-12-03T09:00:00+00:00"}', '', '', 0, '2026-11-24 01:00:00+00', NULL, NULL);

INSERT INTO public.upload VALUES (1, 1, 1, 'upload', 1, 'upload', '{"a":["b",1]}', true, true, 1, '{"a":["b",1]}', '2026-11-23 01:00:00+00', '2026-11-23 01:00:00+00', 1, '{"a":["b",1]}');

INSERT INTO public.upload_part VALUES (1, 1, '\x00627974657327ff');

INSERT INTO public.user_account VALUES (1, 1, 'wang@court.example', '王书记员', 'assistant', '', '$argon2id$v=19$m=8,t=1,p=1$iN+B4ChjNb9kAzWhRru1fg$/BWcKzbU3JIi5ZxZ2eilqejv8MIGLUoNJ2Di6IOZFHU', 1, NULL, true, '2026-11-23 01:00:00+00', NULL);
INSERT INTO public.user_account VALUES (2, 1, 'chen@court.example', '陈法官', 'judge', '', '$argon2id$v=19$m=8,t=1,p=1$iN+B4ChjNb9kAzWhRru1fg$/BWcKzbU3JIi5ZxZ2eilqejv8MIGLUoNJ2Di6IOZFHU', 1, NULL, true, '2026-11-23 01:00:00+00', NULL);
INSERT INTO public.user_account VALUES (3, 1, 'admin@court.example', '管理员', 'admin', '', '$argon2id$v=19$m=8,t=1,p=1$iN+B4ChjNb9kAzWhRru1fg$/BWcKzbU3JIi5ZxZ2eilqejv8MIGLUoNJ2Di6IOZFHU', 1, NULL, true, '2026-11-23 01:00:00+00', NULL);

INSERT INTO public.wording VALUES (1, 1, 'wordin', 'wordin', 'wordin', 1, 'wordin', 'wordin', 1, 'wordin', '2026-11-23 01:00:00+00');

INSERT INTO public.worker VALUES ('court-1:4711:8f2a90c4', '2026-11-23 01:00:00+00', '2026-11-24 01:00:00+00', '');

INSERT INTO public.zone_rules VALUES (1, 1, 'Asia/Shanghai', '2026f', 'bf8b7ed82fe6e63e6d98f8cea934eeac901cd16aba85eb5755ce3f8b4289ea8a', '\x545a69663200000000000000000000000000000000000000000000000000000000000000000000010000000100000000000000545a6966320000000000000000000000000000000000000000000000000000000000001d000000030000000cffffffff7e364329ffffffffa097a280ffffffffa17904f0ffffffffc8595e80ffffffffc909f970ffffffffc9d3bd00ffffffffcb058af0ffffffffcb7c4000ffffffffd23b3ef0ffffffffd38b7b80ffffffffd442adf0ffffffffd5452200ffffffffd64cbff0ffffffffd73cbf00ffffffffd8066670ffffffffd91df280ffffffffd9417cf0000000001eba5220000000001f699b9000000000207e84a00000000021497d90000000002267a1200000000023295f9000000000244783200000000025127c1000000000262765200000000026f25e1000000000280747200000000028d240100201020102010201020102010201020102010201020102010201020102000071d7000000007e9001040000708000084c4d540043445400435354000a4353542d380a', '2026-11-23 01:00:00+00');

SELECT pg_catalog.setval('public.answer_id_seq', 1, true);

SELECT pg_catalog.setval('public.api_repeat_id_seq', 1, true);

SELECT pg_catalog.setval('public.api_token_id_seq', 1, true);

SELECT pg_catalog.setval('public.away_id_seq', 1, true);

SELECT pg_catalog.setval('public.booking_id_seq', 16, true);

SELECT pg_catalog.setval('public.busy_calendar_id_seq', 1, true);

SELECT pg_catalog.setval('public.busy_time_id_seq', 1, true);

SELECT pg_catalog.setval('public.calendar_tick_id_seq', 1, true);

SELECT pg_catalog.setval('public.carrier_test_id_seq', 1, true);

SELECT pg_catalog.setval('public.case_file_id_seq', 2, true);

SELECT pg_catalog.setval('public.counsel_id_seq', 2, true);

SELECT pg_catalog.setval('public.court_closure_id_seq', 1, true);

SELECT pg_catalog.setval('public.court_id_seq', 1, true);

SELECT pg_catalog.setval('public.courtroom_id_seq', 2, true);

SELECT pg_catalog.setval('public.draft_id_seq', 1, true);

SELECT pg_catalog.setval('public.feed_id_seq', 1, true);

SELECT pg_catalog.setval('public.hearing_id_seq', 2, true);

SELECT pg_catalog.setval('public.inbound_id_seq', 1, true);

SELECT pg_catalog.setval('public.invitation_id_seq', 4, true);

SELECT pg_catalog.setval('public.judge_id_seq', 1, true);

SELECT pg_catalog.setval('public.listed_hearing_id_seq', 1, true);

SELECT pg_catalog.setval('public.listing_id_seq', 1, true);

SELECT pg_catalog.setval('public.notice_id_seq', 22, true);

SELECT pg_catalog.setval('public.paper_id_seq', 1, true);

SELECT pg_catalog.setval('public.party_id_seq', 4, true);

SELECT pg_catalog.setval('public.proposal_id_seq', 2, true);

SELECT pg_catalog.setval('public.receipt_id_seq', 1, true);

SELECT pg_catalog.setval('public.record_line_id_seq', 42, true);

SELECT pg_catalog.setval('public.representation_id_seq', 4, true);

SELECT pg_catalog.setval('public.setting_change_id_seq', 1, true);

SELECT pg_catalog.setval('public.slot_id_seq', 3, true);

SELECT pg_catalog.setval('public.task_id_seq', 8, true);

SELECT pg_catalog.setval('public.upload_id_seq', 1, true);

SELECT pg_catalog.setval('public.user_account_id_seq', 3, true);

SELECT pg_catalog.setval('public.wording_id_seq', 1, true);

SELECT pg_catalog.setval('public.zone_rules_id_seq', 1, true);

ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);

ALTER TABLE ONLY public.booking
    ADD CONSTRAINT ex_booking_overlap EXCLUDE USING gist (int8range(resource, resource, '[]'::text) WITH &&, tstzrange(starts_at, ends_at) WITH &&);

ALTER TABLE ONLY public.answer
    ADD CONSTRAINT pk_answer PRIMARY KEY (id);

ALTER TABLE ONLY public.api_repeat
    ADD CONSTRAINT pk_api_repeat PRIMARY KEY (id);

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT pk_api_token PRIMARY KEY (id);

ALTER TABLE ONLY public.away
    ADD CONSTRAINT pk_away PRIMARY KEY (id);

ALTER TABLE ONLY public.booking
    ADD CONSTRAINT pk_booking PRIMARY KEY (id);

ALTER TABLE ONLY public.busy_calendar
    ADD CONSTRAINT pk_busy_calendar PRIMARY KEY (id);

ALTER TABLE ONLY public.busy_time
    ADD CONSTRAINT pk_busy_time PRIMARY KEY (id);

ALTER TABLE ONLY public.calendar_tick
    ADD CONSTRAINT pk_calendar_tick PRIMARY KEY (id);

ALTER TABLE ONLY public.carrier_test
    ADD CONSTRAINT pk_carrier_test PRIMARY KEY (id);

ALTER TABLE ONLY public.carrier_weight
    ADD CONSTRAINT pk_carrier_weight PRIMARY KEY (name);

ALTER TABLE ONLY public.case_file
    ADD CONSTRAINT pk_case_file PRIMARY KEY (id);

ALTER TABLE ONLY public.chosen_column
    ADD CONSTRAINT pk_chosen_column PRIMARY KEY (court_id, header_key);

ALTER TABLE ONLY public.clock_change
    ADD CONSTRAINT pk_clock_change PRIMARY KEY (hearing_id);

ALTER TABLE ONLY public.counsel
    ADD CONSTRAINT pk_counsel PRIMARY KEY (id);

ALTER TABLE ONLY public.court
    ADD CONSTRAINT pk_court PRIMARY KEY (id);

ALTER TABLE ONLY public.court_closure
    ADD CONSTRAINT pk_court_closure PRIMARY KEY (id);

ALTER TABLE ONLY public.courtroom
    ADD CONSTRAINT pk_courtroom PRIMARY KEY (id);

ALTER TABLE ONLY public.draft
    ADD CONSTRAINT pk_draft PRIMARY KEY (id);

ALTER TABLE ONLY public.feed
    ADD CONSTRAINT pk_feed PRIMARY KEY (id);

ALTER TABLE ONLY public.gone_hearing
    ADD CONSTRAINT pk_gone_hearing PRIMARY KEY (hearing_id);

ALTER TABLE ONLY public.hearing
    ADD CONSTRAINT pk_hearing PRIMARY KEY (id);

ALTER TABLE ONLY public.inbound
    ADD CONSTRAINT pk_inbound PRIMARY KEY (id);

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT pk_invitation PRIMARY KEY (id);

ALTER TABLE ONLY public.judge
    ADD CONSTRAINT pk_judge PRIMARY KEY (id);

ALTER TABLE ONLY public.listed_hearing
    ADD CONSTRAINT pk_listed_hearing PRIMARY KEY (id);

ALTER TABLE ONLY public.listing
    ADD CONSTRAINT pk_listing PRIMARY KEY (id);

ALTER TABLE ONLY public.mailbox
    ADD CONSTRAINT pk_mailbox PRIMARY KEY (name);

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT pk_notice PRIMARY KEY (id);

ALTER TABLE ONLY public.paper
    ADD CONSTRAINT pk_paper PRIMARY KEY (id);

ALTER TABLE ONLY public.party
    ADD CONSTRAINT pk_party PRIMARY KEY (id);

ALTER TABLE ONLY public.proposal
    ADD CONSTRAINT pk_proposal PRIMARY KEY (id);

ALTER TABLE ONLY public.receipt
    ADD CONSTRAINT pk_receipt PRIMARY KEY (id);

ALTER TABLE ONLY public.record_content
    ADD CONSTRAINT pk_record_content PRIMARY KEY (line_id);

ALTER TABLE ONLY public.record_content_before
    ADD CONSTRAINT pk_record_content_before PRIMARY KEY (line_id);

ALTER TABLE ONLY public.record_day
    ADD CONSTRAINT pk_record_day PRIMARY KEY (court_id, seq);

ALTER TABLE ONLY public.record_head
    ADD CONSTRAINT pk_record_head PRIMARY KEY (case_id);

ALTER TABLE ONLY public.record_line
    ADD CONSTRAINT pk_record_line PRIMARY KEY (id);

ALTER TABLE ONLY public.record_line_before
    ADD CONSTRAINT pk_record_line_before PRIMARY KEY (id);

ALTER TABLE ONLY public.rendered_event
    ADD CONSTRAINT pk_rendered_event PRIMARY KEY (hearing_id, language);

ALTER TABLE ONLY public.representation
    ADD CONSTRAINT pk_representation PRIMARY KEY (id);

ALTER TABLE ONLY public.setting_change
    ADD CONSTRAINT pk_setting_change PRIMARY KEY (id);

ALTER TABLE ONLY public.slot
    ADD CONSTRAINT pk_slot PRIMARY KEY (id);

ALTER TABLE ONLY public.tally
    ADD CONSTRAINT pk_tally PRIMARY KEY (name, "on");

ALTER TABLE ONLY public.task
    ADD CONSTRAINT pk_task PRIMARY KEY (id);

ALTER TABLE ONLY public.upload
    ADD CONSTRAINT pk_upload PRIMARY KEY (id);

ALTER TABLE ONLY public.upload_part
    ADD CONSTRAINT pk_upload_part PRIMARY KEY (upload_id, seq);

ALTER TABLE ONLY public.user_account
    ADD CONSTRAINT pk_user_account PRIMARY KEY (id);

ALTER TABLE ONLY public.wording
    ADD CONSTRAINT pk_wording PRIMARY KEY (id);

ALTER TABLE ONLY public.worker
    ADD CONSTRAINT pk_worker PRIMARY KEY (name);

ALTER TABLE ONLY public.zone_rules
    ADD CONSTRAINT pk_zone_rules PRIMARY KEY (id);

ALTER TABLE ONLY public.record_content_202611
    ADD CONSTRAINT record_content_202611_pkey PRIMARY KEY (line_id);

ALTER TABLE ONLY public.record_content_202612
    ADD CONSTRAINT record_content_202612_pkey PRIMARY KEY (line_id);

ALTER TABLE ONLY public.record_content_202701
    ADD CONSTRAINT record_content_202701_pkey PRIMARY KEY (line_id);

ALTER TABLE ONLY public.record_content_202702
    ADD CONSTRAINT record_content_202702_pkey PRIMARY KEY (line_id);

ALTER TABLE ONLY public.record_content_other
    ADD CONSTRAINT record_content_other_pkey PRIMARY KEY (line_id);

ALTER TABLE ONLY public.record_line_202611
    ADD CONSTRAINT record_line_202611_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.record_line_202612
    ADD CONSTRAINT record_line_202612_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.record_line_202701
    ADD CONSTRAINT record_line_202701_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.record_line_202702
    ADD CONSTRAINT record_line_202702_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.record_line_other
    ADD CONSTRAINT record_line_other_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.answer
    ADD CONSTRAINT uq_answer_invitation_id_slot_id UNIQUE (invitation_id, slot_id);

ALTER TABLE ONLY public.api_repeat
    ADD CONSTRAINT uq_api_repeat_user_id_key UNIQUE (user_id, key);

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT uq_api_token_digest UNIQUE (digest);

ALTER TABLE ONLY public.busy_calendar
    ADD CONSTRAINT uq_busy_calendar_counsel_id UNIQUE (counsel_id);

ALTER TABLE ONLY public.case_file
    ADD CONSTRAINT uq_case_file_court_id_number_key UNIQUE (court_id, number_key);

ALTER TABLE ONLY public.court_closure
    ADD CONSTRAINT uq_court_closure_on UNIQUE (court_id, "on");

ALTER TABLE ONLY public.court
    ADD CONSTRAINT uq_court_name UNIQUE (name);

ALTER TABLE ONLY public.courtroom
    ADD CONSTRAINT uq_courtroom_court_id_name_key UNIQUE (court_id, name_key);

ALTER TABLE ONLY public.draft
    ADD CONSTRAINT uq_draft_user_id UNIQUE (user_id, about);

ALTER TABLE ONLY public.feed
    ADD CONSTRAINT uq_feed_token_digest UNIQUE (token_digest);

ALTER TABLE ONLY public.hearing
    ADD CONSTRAINT uq_hearing_uid UNIQUE (uid);

ALTER TABLE ONLY public.inbound
    ADD CONSTRAINT uq_inbound_key UNIQUE (key);

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT uq_invitation_code_digest UNIQUE (code_digest);

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT uq_invitation_proposal_id_counsel_id UNIQUE (proposal_id, counsel_id);

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT uq_invitation_token_digest UNIQUE (token_digest);

ALTER TABLE ONLY public.judge
    ADD CONSTRAINT uq_judge_court_id_name_key UNIQUE (court_id, name_key);

ALTER TABLE ONLY public.listed_hearing
    ADD CONSTRAINT uq_listed_hearing_uid UNIQUE (uid);

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT uq_notice_key UNIQUE (key);

ALTER TABLE ONLY public.proposal
    ADD CONSTRAINT uq_proposal_hearing_id_round UNIQUE (hearing_id, round);

ALTER TABLE ONLY public.record_day
    ADD CONSTRAINT uq_record_day_on UNIQUE (court_id, "on");

ALTER TABLE ONLY public.representation
    ADD CONSTRAINT uq_representation_party_id_counsel_id UNIQUE (party_id, counsel_id);

ALTER TABLE ONLY public.task
    ADD CONSTRAINT uq_task_key UNIQUE (key);

ALTER TABLE ONLY public.user_account
    ADD CONSTRAINT uq_user_account_email UNIQUE (email);

ALTER TABLE ONLY public.wording
    ADD CONSTRAINT uq_wording_version UNIQUE (court_id, kind, channel, language, version);

CREATE INDEX ix_answer_slot_id ON public.answer USING btree (slot_id);

CREATE INDEX ix_api_token_user_id ON public.api_token USING btree (user_id);

CREATE INDEX ix_away_counsel_id ON public.away USING btree (counsel_id);

CREATE INDEX ix_booking_hearing_id ON public.booking USING btree (hearing_id);

CREATE INDEX ix_booking_resource_booking_starts_at ON public.booking USING btree (resource, starts_at);

CREATE INDEX ix_busy_calendar_due_at ON public.busy_calendar USING btree (due_at);

CREATE INDEX ix_busy_time_counsel_id_busy_time_starts_at ON public.busy_time USING btree (counsel_id, starts_at);

CREATE INDEX ix_carrier_test_court_id_carrier_test_asked_at ON public.carrier_test USING btree (court_id, asked_at);

CREATE INDEX ix_case_file_assistant_id ON public.case_file USING btree (assistant_id);

CREATE INDEX ix_case_file_judge_id ON public.case_file USING btree (judge_id);

CREATE INDEX ix_case_file_upload_id ON public.case_file USING btree (upload_id);

CREATE INDEX ix_counsel_court_id_counsel_name ON public.counsel USING btree (court_id, name);

CREATE INDEX ix_counsel_email ON public.counsel USING btree (email);

CREATE INDEX ix_counsel_phone ON public.counsel USING btree (phone);

CREATE INDEX ix_draft_case_id ON public.draft USING btree (case_id);

CREATE INDEX ix_feed_court_id ON public.feed USING btree (court_id);

CREATE INDEX ix_feed_user_id ON public.feed USING btree (user_id);

CREATE INDEX ix_gone_hearing_court_id_gone_hearing_stamp ON public.gone_hearing USING btree (court_id, stamp);

CREATE INDEX ix_hearing_case_id ON public.hearing USING btree (case_id);

CREATE INDEX ix_hearing_court_id_hearing_stamp ON public.hearing USING btree (court_id, stamp);

CREATE INDEX ix_hearing_court_id_hearing_starts_at ON public.hearing USING btree (court_id, starts_at);

CREATE INDEX ix_hearing_court_id_hearing_state ON public.hearing USING btree (court_id, state);

CREATE INDEX ix_hearing_courtroom_id ON public.hearing USING btree (courtroom_id);

CREATE INDEX ix_hearing_judge_id ON public.hearing USING btree (judge_id);

CREATE INDEX ix_hearing_undrawn ON public.hearing USING btree (id) WHERE (drawn_edition < edition);

CREATE INDEX ix_hearing_unplanned ON public.hearing USING btree (id) WHERE (planned_revision < revision);

CREATE INDEX ix_hearing_upload_id ON public.hearing USING btree (upload_id);

CREATE INDEX ix_hearing_user_id ON public.hearing USING btree (user_id);

CREATE INDEX ix_inbound_about ON public.inbound USING btree (about);

CREATE INDEX ix_inbound_case_id ON public.inbound USING btree (case_id);

CREATE INDEX ix_inbound_counsel_id ON public.inbound USING btree (counsel_id);

CREATE INDEX ix_inbound_court_id_inbound_id ON public.inbound USING btree (court_id, id);

CREATE INDEX ix_inbound_user_id ON public.inbound USING btree (user_id);

CREATE INDEX ix_inbound_waiting ON public.inbound USING btree (court_id, id) WHERE (done_at IS NULL);

CREATE INDEX ix_invitation_counsel_id ON public.invitation USING btree (counsel_id);

CREATE INDEX ix_listed_hearing_case_id ON public.listed_hearing USING btree (case_id);

CREATE INDEX ix_listed_hearing_hearing_id ON public.listed_hearing USING btree (hearing_id);

CREATE INDEX ix_listed_hearing_listing_id ON public.listed_hearing USING btree (listing_id);

CREATE INDEX ix_listing_at_work ON public.listing USING btree (state) WHERE ((state)::text = ANY ((ARRAY['waiting'::character varying, 'running'::character varying, 'sending'::character varying])::text[]));

CREATE INDEX ix_listing_court_id ON public.listing USING btree (court_id);

CREATE INDEX ix_notice_about ON public.notice USING btree (about);

CREATE INDEX ix_notice_carrier_id ON public.notice USING btree (carrier_id) WHERE ((carrier_id)::text <> ''::text);

CREATE INDEX ix_notice_case_id ON public.notice USING btree (case_id);

CREATE INDEX ix_notice_counsel_id_notice_tried_at ON public.notice USING btree (counsel_id, tried_at);

CREATE INDEX ix_notice_court_id_notice_created_at ON public.notice USING btree (court_id, created_at);

CREATE INDEX ix_notice_first_due_at ON public.notice USING btree (first_due_at);

CREATE INDEX ix_notice_invitation_id ON public.notice USING btree (invitation_id) WHERE ((kind)::text = 'proposal'::text);

CREATE INDEX ix_notice_server_id ON public.notice USING btree (server_id) WHERE ((server_id)::text <> ''::text);

CREATE INDEX ix_notice_under_way ON public.notice USING btree (lease_until) WHERE ((state)::text = 'sending'::text);

CREATE INDEX ix_notice_unfinished ON public.notice USING btree (ask_at) WHERE (ask_at IS NOT NULL);

CREATE INDEX ix_notice_waiting ON public.notice USING btree (channel, due_at, id) WHERE ((state)::text = 'queued'::text);

CREATE INDEX ix_paper_case_id ON public.paper USING btree (case_id);

CREATE INDEX ix_paper_task_id ON public.paper USING btree (task_id);

CREATE INDEX ix_party_case_id ON public.party USING btree (case_id);

CREATE INDEX ix_party_name ON public.party USING btree (name);

CREATE INDEX ix_proposal_created_at ON public.proposal USING btree (created_at);

CREATE INDEX ix_proposal_open ON public.proposal USING btree (answer_by) WHERE ((state)::text = 'open'::text);

CREATE INDEX ix_receipt_carrier_id ON public.receipt USING btree (carrier_id);

CREATE INDEX ix_receipt_notice_id ON public.receipt USING btree (notice_id);

CREATE INDEX ix_record_head_unsealed ON public.record_head USING btree (case_id) WHERE (sealed_seq < seq);

CREATE INDEX ix_record_line_about ON ONLY public.record_line USING btree (about);

CREATE INDEX ix_record_line_about_before ON public.record_line_before USING btree (about);

CREATE INDEX ix_record_line_attempt ON ONLY public.record_line USING btree (attempt) WHERE (notice_id IS NULL);

CREATE INDEX ix_record_line_counsel_id ON ONLY public.record_line USING btree (counsel_id);

CREATE INDEX ix_record_line_counsel_id_before ON public.record_line_before USING btree (counsel_id);

CREATE INDEX ix_record_line_erased ON ONLY public.record_line USING btree (case_id) WHERE ((what)::text = 'erased'::text);

CREATE INDEX ix_record_line_erased_before ON public.record_line_before USING btree (case_id) WHERE ((what)::text = 'erased'::text);

CREATE INDEX ix_record_line_hash ON ONLY public.record_line USING btree (hash);

CREATE INDEX ix_record_line_hash_before ON public.record_line_before USING btree (hash);

CREATE INDEX ix_record_line_notice_id ON ONLY public.record_line USING btree (notice_id);

CREATE INDEX ix_record_line_notice_id_before ON public.record_line_before USING btree (notice_id);

CREATE INDEX ix_record_line_place ON ONLY public.record_line USING btree (case_id, seq);

CREATE INDEX ix_rendered_event_house ON public.rendered_event USING btree (house);

CREATE INDEX ix_representation_counsel_id ON public.representation USING btree (counsel_id);

CREATE INDEX ix_representation_joined ON public.representation USING btree (id) WHERE (NOT welcomed);

CREATE INDEX ix_setting_change_court_id_setting_change_id ON public.setting_change USING btree (court_id, id);

CREATE INDEX ix_slot_proposal_id ON public.slot USING btree (proposal_id);

CREATE INDEX ix_task_about ON public.task USING btree (about);

CREATE INDEX ix_task_callback ON public.task USING btree (created_at) WHERE ((way)::text = 'callback'::text);

CREATE INDEX ix_task_case_id_task_counsel_id ON public.task USING btree (case_id, counsel_id);

CREATE INDEX ix_task_coming ON public.task USING btree (opens_at) WHERE ((state)::text = ANY ((ARRAY['waiting'::character varying, 'open'::character varying])::text[]));

CREATE INDEX ix_task_counsel_id ON public.task USING btree (counsel_id);

CREATE INDEX ix_task_court_id_task_state ON public.task USING btree (court_id, state);

CREATE INDEX ix_upload_court_id_upload_id ON public.upload USING btree (court_id, id);

CREATE INDEX ix_upload_state ON public.upload USING btree (state);

CREATE INDEX ix_user_account_court_id ON public.user_account USING btree (court_id);

CREATE INDEX ix_zone_rules_court_id ON public.zone_rules USING btree (court_id);

CREATE INDEX record_line_202611_about_idx ON public.record_line_202611 USING btree (about);

CREATE INDEX record_line_202611_attempt_idx ON public.record_line_202611 USING btree (attempt) WHERE (notice_id IS NULL);

CREATE INDEX record_line_202611_case_id_idx ON public.record_line_202611 USING btree (case_id) WHERE ((what)::text = 'erased'::text);

CREATE INDEX record_line_202611_case_id_seq_idx ON public.record_line_202611 USING btree (case_id, seq);

CREATE INDEX record_line_202611_counsel_id_idx ON public.record_line_202611 USING btree (counsel_id);

CREATE INDEX record_line_202611_hash_idx ON public.record_line_202611 USING btree (hash);

CREATE INDEX record_line_202611_notice_id_idx ON public.record_line_202611 USING btree (notice_id);

CREATE INDEX record_line_202612_about_idx ON public.record_line_202612 USING btree (about);

CREATE INDEX record_line_202612_attempt_idx ON public.record_line_202612 USING btree (attempt) WHERE (notice_id IS NULL);

CREATE INDEX record_line_202612_case_id_idx ON public.record_line_202612 USING btree (case_id) WHERE ((what)::text = 'erased'::text);

CREATE INDEX record_line_202612_case_id_seq_idx ON public.record_line_202612 USING btree (case_id, seq);

CREATE INDEX record_line_202612_counsel_id_idx ON public.record_line_202612 USING btree (counsel_id);

CREATE INDEX record_line_202612_hash_idx ON public.record_line_202612 USING btree (hash);

CREATE INDEX record_line_202612_notice_id_idx ON public.record_line_202612 USING btree (notice_id);

CREATE INDEX record_line_202701_about_idx ON public.record_line_202701 USING btree (about);

CREATE INDEX record_line_202701_attempt_idx ON public.record_line_202701 USING btree (attempt) WHERE (notice_id IS NULL);

CREATE INDEX record_line_202701_case_id_idx ON public.record_line_202701 USING btree (case_id) WHERE ((what)::text = 'erased'::text);

CREATE INDEX record_line_202701_case_id_seq_idx ON public.record_line_202701 USING btree (case_id, seq);

CREATE INDEX record_line_202701_counsel_id_idx ON public.record_line_202701 USING btree (counsel_id);

CREATE INDEX record_line_202701_hash_idx ON public.record_line_202701 USING btree (hash);

CREATE INDEX record_line_202701_notice_id_idx ON public.record_line_202701 USING btree (notice_id);

CREATE INDEX record_line_202702_about_idx ON public.record_line_202702 USING btree (about);

CREATE INDEX record_line_202702_attempt_idx ON public.record_line_202702 USING btree (attempt) WHERE (notice_id IS NULL);

CREATE INDEX record_line_202702_case_id_idx ON public.record_line_202702 USING btree (case_id) WHERE ((what)::text = 'erased'::text);

CREATE INDEX record_line_202702_case_id_seq_idx ON public.record_line_202702 USING btree (case_id, seq);

CREATE INDEX record_line_202702_counsel_id_idx ON public.record_line_202702 USING btree (counsel_id);

CREATE INDEX record_line_202702_hash_idx ON public.record_line_202702 USING btree (hash);

CREATE INDEX record_line_202702_notice_id_idx ON public.record_line_202702 USING btree (notice_id);

CREATE INDEX record_line_before_attempt_idx ON public.record_line_before USING btree (attempt) WHERE (notice_id IS NULL);

CREATE INDEX record_line_before_case_id_seq_idx ON public.record_line_before USING btree (case_id, seq);

CREATE INDEX record_line_other_about_idx ON public.record_line_other USING btree (about);

CREATE INDEX record_line_other_attempt_idx ON public.record_line_other USING btree (attempt) WHERE (notice_id IS NULL);

CREATE INDEX record_line_other_case_id_idx ON public.record_line_other USING btree (case_id) WHERE ((what)::text = 'erased'::text);

CREATE INDEX record_line_other_case_id_seq_idx ON public.record_line_other USING btree (case_id, seq);

CREATE INDEX record_line_other_counsel_id_idx ON public.record_line_other USING btree (counsel_id);

CREATE INDEX record_line_other_hash_idx ON public.record_line_other USING btree (hash);

CREATE INDEX record_line_other_notice_id_idx ON public.record_line_other USING btree (notice_id);

ALTER INDEX public.ix_record_line_about ATTACH PARTITION public.ix_record_line_about_before;

ALTER INDEX public.ix_record_line_counsel_id ATTACH PARTITION public.ix_record_line_counsel_id_before;

ALTER INDEX public.ix_record_line_erased ATTACH PARTITION public.ix_record_line_erased_before;

ALTER INDEX public.ix_record_line_hash ATTACH PARTITION public.ix_record_line_hash_before;

ALTER INDEX public.ix_record_line_notice_id ATTACH PARTITION public.ix_record_line_notice_id_before;

ALTER INDEX public.pk_record_content ATTACH PARTITION public.pk_record_content_before;

ALTER INDEX public.pk_record_line ATTACH PARTITION public.pk_record_line_before;

ALTER INDEX public.pk_record_content ATTACH PARTITION public.record_content_202611_pkey;

ALTER INDEX public.pk_record_content ATTACH PARTITION public.record_content_202612_pkey;

ALTER INDEX public.pk_record_content ATTACH PARTITION public.record_content_202701_pkey;

ALTER INDEX public.pk_record_content ATTACH PARTITION public.record_content_202702_pkey;

ALTER INDEX public.pk_record_content ATTACH PARTITION public.record_content_other_pkey;

ALTER INDEX public.ix_record_line_about ATTACH PARTITION public.record_line_202611_about_idx;

ALTER INDEX public.ix_record_line_attempt ATTACH PARTITION public.record_line_202611_attempt_idx;

ALTER INDEX public.ix_record_line_erased ATTACH PARTITION public.record_line_202611_case_id_idx;

ALTER INDEX public.ix_record_line_place ATTACH PARTITION public.record_line_202611_case_id_seq_idx;

ALTER INDEX public.ix_record_line_counsel_id ATTACH PARTITION public.record_line_202611_counsel_id_idx;

ALTER INDEX public.ix_record_line_hash ATTACH PARTITION public.record_line_202611_hash_idx;

ALTER INDEX public.ix_record_line_notice_id ATTACH PARTITION public.record_line_202611_notice_id_idx;

ALTER INDEX public.pk_record_line ATTACH PARTITION public.record_line_202611_pkey;

ALTER INDEX public.ix_record_line_about ATTACH PARTITION public.record_line_202612_about_idx;

ALTER INDEX public.ix_record_line_attempt ATTACH PARTITION public.record_line_202612_attempt_idx;

ALTER INDEX public.ix_record_line_erased ATTACH PARTITION public.record_line_202612_case_id_idx;

ALTER INDEX public.ix_record_line_place ATTACH PARTITION public.record_line_202612_case_id_seq_idx;

ALTER INDEX public.ix_record_line_counsel_id ATTACH PARTITION public.record_line_202612_counsel_id_idx;

ALTER INDEX public.ix_record_line_hash ATTACH PARTITION public.record_line_202612_hash_idx;

ALTER INDEX public.ix_record_line_notice_id ATTACH PARTITION public.record_line_202612_notice_id_idx;

ALTER INDEX public.pk_record_line ATTACH PARTITION public.record_line_202612_pkey;

ALTER INDEX public.ix_record_line_about ATTACH PARTITION public.record_line_202701_about_idx;

ALTER INDEX public.ix_record_line_attempt ATTACH PARTITION public.record_line_202701_attempt_idx;

ALTER INDEX public.ix_record_line_erased ATTACH PARTITION public.record_line_202701_case_id_idx;

ALTER INDEX public.ix_record_line_place ATTACH PARTITION public.record_line_202701_case_id_seq_idx;

ALTER INDEX public.ix_record_line_counsel_id ATTACH PARTITION public.record_line_202701_counsel_id_idx;

ALTER INDEX public.ix_record_line_hash ATTACH PARTITION public.record_line_202701_hash_idx;

ALTER INDEX public.ix_record_line_notice_id ATTACH PARTITION public.record_line_202701_notice_id_idx;

ALTER INDEX public.pk_record_line ATTACH PARTITION public.record_line_202701_pkey;

ALTER INDEX public.ix_record_line_about ATTACH PARTITION public.record_line_202702_about_idx;

ALTER INDEX public.ix_record_line_attempt ATTACH PARTITION public.record_line_202702_attempt_idx;

ALTER INDEX public.ix_record_line_erased ATTACH PARTITION public.record_line_202702_case_id_idx;

ALTER INDEX public.ix_record_line_place ATTACH PARTITION public.record_line_202702_case_id_seq_idx;

ALTER INDEX public.ix_record_line_counsel_id ATTACH PARTITION public.record_line_202702_counsel_id_idx;

ALTER INDEX public.ix_record_line_hash ATTACH PARTITION public.record_line_202702_hash_idx;

ALTER INDEX public.ix_record_line_notice_id ATTACH PARTITION public.record_line_202702_notice_id_idx;

ALTER INDEX public.pk_record_line ATTACH PARTITION public.record_line_202702_pkey;

ALTER INDEX public.ix_record_line_attempt ATTACH PARTITION public.record_line_before_attempt_idx;

ALTER INDEX public.ix_record_line_place ATTACH PARTITION public.record_line_before_case_id_seq_idx;

ALTER INDEX public.ix_record_line_about ATTACH PARTITION public.record_line_other_about_idx;

ALTER INDEX public.ix_record_line_attempt ATTACH PARTITION public.record_line_other_attempt_idx;

ALTER INDEX public.ix_record_line_erased ATTACH PARTITION public.record_line_other_case_id_idx;

ALTER INDEX public.ix_record_line_place ATTACH PARTITION public.record_line_other_case_id_seq_idx;

ALTER INDEX public.ix_record_line_counsel_id ATTACH PARTITION public.record_line_other_counsel_id_idx;

ALTER INDEX public.ix_record_line_hash ATTACH PARTITION public.record_line_other_hash_idx;

ALTER INDEX public.ix_record_line_notice_id ATTACH PARTITION public.record_line_other_notice_id_idx;

ALTER INDEX public.pk_record_line ATTACH PARTITION public.record_line_other_pkey;

CREATE TRIGGER case_file_update_in_calendars AFTER UPDATE ON public.case_file FOR EACH ROW WHEN ((((old.number)::text IS DISTINCT FROM (new.number)::text) OR ((old.title)::text IS DISTINCT FROM (new.title)::text) OR (old.assistant_id IS DISTINCT FROM new.assistant_id))) EXECUTE FUNCTION public.case_file_update_in_calendars();

CREATE TRIGGER court_update_in_calendars AFTER UPDATE ON public.court FOR EACH ROW WHEN ((((old.name)::text IS DISTINCT FROM (new.name)::text) OR ((old.zone)::text IS DISTINCT FROM (new.zone)::text) OR ((old.phone)::text IS DISTINCT FROM (new.phone)::text))) EXECUTE FUNCTION public.court_update_in_calendars();

CREATE TRIGGER courtroom_followed BEFORE DELETE ON public.courtroom FOR EACH ROW EXECUTE FUNCTION public.courtroom_followed();

CREATE TRIGGER courtroom_update_in_calendars AFTER UPDATE ON public.courtroom FOR EACH ROW WHEN ((((old.name)::text IS DISTINCT FROM (new.name)::text) OR ((old.location)::text IS DISTINCT FROM (new.location)::text))) EXECUTE FUNCTION public.courtroom_update_in_calendars();

CREATE TRIGGER hearing_gone BEFORE DELETE ON public.hearing FOR EACH ROW EXECUTE FUNCTION public.hearing_gone();

CREATE TRIGGER hearing_stamped BEFORE INSERT OR UPDATE ON public.hearing FOR EACH ROW EXECUTE FUNCTION public.hearing_stamped();

CREATE TRIGGER invitation_insert_in_calendars AFTER INSERT ON public.invitation FOR EACH ROW EXECUTE FUNCTION public.invitation_insert_in_calendars();

CREATE TRIGGER invitation_update_in_calendars AFTER UPDATE ON public.invitation FOR EACH ROW WHEN ((old.revoked_at IS DISTINCT FROM new.revoked_at)) EXECUTE FUNCTION public.invitation_update_in_calendars();

CREATE TRIGGER judge_update_in_calendars AFTER UPDATE ON public.judge FOR EACH ROW WHEN (((old.name)::text IS DISTINCT FROM (new.name)::text)) EXECUTE FUNCTION public.judge_update_in_calendars();

CREATE TRIGGER proposal_insert_in_calendars AFTER INSERT ON public.proposal FOR EACH ROW EXECUTE FUNCTION public.proposal_insert_in_calendars();

CREATE TRIGGER proposal_update_in_calendars AFTER UPDATE ON public.proposal FOR EACH ROW WHEN (((old.state)::text IS DISTINCT FROM (new.state)::text)) EXECUTE FUNCTION public.proposal_update_in_calendars();

CREATE TRIGGER receipt_not_emptied BEFORE TRUNCATE ON public.receipt FOR EACH STATEMENT EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER receipt_only_added_to BEFORE DELETE OR UPDATE ON public.receipt FOR EACH ROW EXECUTE FUNCTION public.receipt_blanked();

CREATE TRIGGER record_content_not_emptied BEFORE TRUNCATE ON public.record_content FOR EACH STATEMENT EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER record_content_not_emptied BEFORE TRUNCATE ON public.record_content_202611 FOR EACH STATEMENT EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER record_content_not_emptied BEFORE TRUNCATE ON public.record_content_202612 FOR EACH STATEMENT EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER record_content_not_emptied BEFORE TRUNCATE ON public.record_content_202701 FOR EACH STATEMENT EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER record_content_not_emptied BEFORE TRUNCATE ON public.record_content_202702 FOR EACH STATEMENT EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER record_content_not_emptied BEFORE TRUNCATE ON public.record_content_before FOR EACH STATEMENT EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER record_content_not_emptied BEFORE TRUNCATE ON public.record_content_other FOR EACH STATEMENT EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER record_content_only_added_to BEFORE DELETE OR UPDATE ON public.record_content FOR EACH ROW EXECUTE FUNCTION public.record_content_blanked();

CREATE TRIGGER record_day_not_emptied BEFORE TRUNCATE ON public.record_day FOR EACH STATEMENT EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER record_day_only_added_to BEFORE DELETE OR UPDATE ON public.record_day FOR EACH ROW EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER record_head_not_back BEFORE UPDATE ON public.record_head FOR EACH ROW WHEN (((new.seq < old.seq) OR (new.case_id <> old.case_id))) EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER record_head_not_emptied BEFORE TRUNCATE ON public.record_head FOR EACH STATEMENT EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER record_head_not_taken BEFORE DELETE ON public.record_head FOR EACH ROW EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER record_line_follows AFTER INSERT ON public.record_line FOR EACH ROW EXECUTE FUNCTION public.record_line_follows();

CREATE TRIGGER record_line_not_emptied BEFORE TRUNCATE ON public.record_line FOR EACH STATEMENT EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER record_line_not_emptied BEFORE TRUNCATE ON public.record_line_202611 FOR EACH STATEMENT EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER record_line_not_emptied BEFORE TRUNCATE ON public.record_line_202612 FOR EACH STATEMENT EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER record_line_not_emptied BEFORE TRUNCATE ON public.record_line_202701 FOR EACH STATEMENT EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER record_line_not_emptied BEFORE TRUNCATE ON public.record_line_202702 FOR EACH STATEMENT EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER record_line_not_emptied BEFORE TRUNCATE ON public.record_line_before FOR EACH STATEMENT EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER record_line_not_emptied BEFORE TRUNCATE ON public.record_line_other FOR EACH STATEMENT EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER record_line_only_added_to BEFORE DELETE OR UPDATE ON public.record_line FOR EACH ROW EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER representation_insert_in_calendars AFTER INSERT ON public.representation FOR EACH ROW EXECUTE FUNCTION public.representation_insert_in_calendars();

CREATE TRIGGER representation_update_in_calendars AFTER UPDATE ON public.representation FOR EACH ROW WHEN ((old.left_at IS DISTINCT FROM new.left_at)) EXECUTE FUNCTION public.representation_update_in_calendars();

CREATE TRIGGER setting_change_not_emptied BEFORE TRUNCATE ON public.setting_change FOR EACH STATEMENT EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER setting_change_only_added_to BEFORE DELETE OR UPDATE ON public.setting_change FOR EACH ROW EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER wording_not_emptied BEFORE TRUNCATE ON public.wording FOR EACH STATEMENT EXECUTE FUNCTION public.only_added_to();

CREATE TRIGGER wording_only_added_to BEFORE DELETE OR UPDATE ON public.wording FOR EACH ROW EXECUTE FUNCTION public.only_added_to();

ALTER TABLE ONLY public.answer
    ADD CONSTRAINT fk_answer_invitation_id FOREIGN KEY (invitation_id) REFERENCES public.invitation(id);

ALTER TABLE ONLY public.answer
    ADD CONSTRAINT fk_answer_slot_id FOREIGN KEY (slot_id) REFERENCES public.slot(id);

ALTER TABLE ONLY public.api_repeat
    ADD CONSTRAINT fk_api_repeat_user_id FOREIGN KEY (user_id) REFERENCES public.user_account(id);

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT fk_api_token_user_id FOREIGN KEY (user_id) REFERENCES public.user_account(id);

ALTER TABLE ONLY public.away
    ADD CONSTRAINT fk_away_counsel_id FOREIGN KEY (counsel_id) REFERENCES public.counsel(id);

ALTER TABLE ONLY public.booking
    ADD CONSTRAINT fk_booking_hearing_id FOREIGN KEY (hearing_id) REFERENCES public.hearing(id);

ALTER TABLE ONLY public.busy_calendar
    ADD CONSTRAINT fk_busy_calendar_counsel_id FOREIGN KEY (counsel_id) REFERENCES public.counsel(id);

ALTER TABLE ONLY public.busy_time
    ADD CONSTRAINT fk_busy_time_counsel_id FOREIGN KEY (counsel_id) REFERENCES public.counsel(id);

ALTER TABLE ONLY public.carrier_test
    ADD CONSTRAINT fk_carrier_test_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

ALTER TABLE ONLY public.carrier_test
    ADD CONSTRAINT fk_carrier_test_user_id FOREIGN KEY (user_id) REFERENCES public.user_account(id);

ALTER TABLE ONLY public.case_file
    ADD CONSTRAINT fk_case_file_assistant_id FOREIGN KEY (assistant_id) REFERENCES public.user_account(id);

ALTER TABLE ONLY public.case_file
    ADD CONSTRAINT fk_case_file_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

ALTER TABLE ONLY public.case_file
    ADD CONSTRAINT fk_case_file_judge_id FOREIGN KEY (judge_id) REFERENCES public.judge(id);

ALTER TABLE ONLY public.chosen_column
    ADD CONSTRAINT fk_chosen_column_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

ALTER TABLE ONLY public.clock_change
    ADD CONSTRAINT fk_clock_change_hearing_id FOREIGN KEY (hearing_id) REFERENCES public.hearing(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.counsel
    ADD CONSTRAINT fk_counsel_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

ALTER TABLE ONLY public.court_closure
    ADD CONSTRAINT fk_court_closure_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

ALTER TABLE ONLY public.courtroom
    ADD CONSTRAINT fk_courtroom_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

ALTER TABLE ONLY public.draft
    ADD CONSTRAINT fk_draft_case_id FOREIGN KEY (case_id) REFERENCES public.case_file(id);

ALTER TABLE ONLY public.draft
    ADD CONSTRAINT fk_draft_user_id FOREIGN KEY (user_id) REFERENCES public.user_account(id);

ALTER TABLE ONLY public.feed
    ADD CONSTRAINT fk_feed_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

ALTER TABLE ONLY public.feed
    ADD CONSTRAINT fk_feed_user_id FOREIGN KEY (user_id) REFERENCES public.user_account(id);

ALTER TABLE ONLY public.hearing
    ADD CONSTRAINT fk_hearing_case_id FOREIGN KEY (case_id) REFERENCES public.case_file(id);

ALTER TABLE ONLY public.hearing
    ADD CONSTRAINT fk_hearing_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

ALTER TABLE ONLY public.hearing
    ADD CONSTRAINT fk_hearing_courtroom_id FOREIGN KEY (courtroom_id) REFERENCES public.courtroom(id);

ALTER TABLE ONLY public.hearing
    ADD CONSTRAINT fk_hearing_judge_id FOREIGN KEY (judge_id) REFERENCES public.judge(id);

ALTER TABLE ONLY public.hearing
    ADD CONSTRAINT fk_hearing_user_id FOREIGN KEY (user_id) REFERENCES public.user_account(id);

ALTER TABLE ONLY public.inbound
    ADD CONSTRAINT fk_inbound_case_id FOREIGN KEY (case_id) REFERENCES public.case_file(id);

ALTER TABLE ONLY public.inbound
    ADD CONSTRAINT fk_inbound_counsel_id FOREIGN KEY (counsel_id) REFERENCES public.counsel(id);

ALTER TABLE ONLY public.inbound
    ADD CONSTRAINT fk_inbound_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

ALTER TABLE ONLY public.inbound
    ADD CONSTRAINT fk_inbound_user_id FOREIGN KEY (user_id) REFERENCES public.user_account(id);

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT fk_invitation_counsel_id FOREIGN KEY (counsel_id) REFERENCES public.counsel(id);

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT fk_invitation_party_id FOREIGN KEY (party_id) REFERENCES public.party(id);

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT fk_invitation_proposal_id FOREIGN KEY (proposal_id) REFERENCES public.proposal(id);

ALTER TABLE ONLY public.judge
    ADD CONSTRAINT fk_judge_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

ALTER TABLE ONLY public.listed_hearing
    ADD CONSTRAINT fk_listed_hearing_case_id FOREIGN KEY (case_id) REFERENCES public.case_file(id);

ALTER TABLE ONLY public.listed_hearing
    ADD CONSTRAINT fk_listed_hearing_hearing_id FOREIGN KEY (hearing_id) REFERENCES public.hearing(id);

ALTER TABLE ONLY public.listed_hearing
    ADD CONSTRAINT fk_listed_hearing_listing_id FOREIGN KEY (listing_id) REFERENCES public.listing(id);

ALTER TABLE ONLY public.listing
    ADD CONSTRAINT fk_listing_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

ALTER TABLE ONLY public.listing
    ADD CONSTRAINT fk_listing_user_id FOREIGN KEY (user_id) REFERENCES public.user_account(id);

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT fk_notice_case_id FOREIGN KEY (case_id) REFERENCES public.case_file(id);

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT fk_notice_counsel_id FOREIGN KEY (counsel_id) REFERENCES public.counsel(id);

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT fk_notice_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT fk_notice_user_id FOREIGN KEY (user_id) REFERENCES public.user_account(id);

ALTER TABLE ONLY public.paper
    ADD CONSTRAINT fk_paper_case_id FOREIGN KEY (case_id) REFERENCES public.case_file(id);

ALTER TABLE ONLY public.paper
    ADD CONSTRAINT fk_paper_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

ALTER TABLE ONLY public.paper
    ADD CONSTRAINT fk_paper_task_id FOREIGN KEY (task_id) REFERENCES public.task(id);

ALTER TABLE ONLY public.party
    ADD CONSTRAINT fk_party_case_id FOREIGN KEY (case_id) REFERENCES public.case_file(id);

ALTER TABLE ONLY public.proposal
    ADD CONSTRAINT fk_proposal_hearing_id FOREIGN KEY (hearing_id) REFERENCES public.hearing(id);

ALTER TABLE ONLY public.receipt
    ADD CONSTRAINT fk_receipt_notice_id FOREIGN KEY (notice_id) REFERENCES public.notice(id);

ALTER TABLE public.record_content
    ADD CONSTRAINT fk_record_content_line_id FOREIGN KEY (line_id) REFERENCES public.record_line(id);

ALTER TABLE ONLY public.record_day
    ADD CONSTRAINT fk_record_day_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

ALTER TABLE ONLY public.record_head
    ADD CONSTRAINT fk_record_head_case_id FOREIGN KEY (case_id) REFERENCES public.case_file(id);

ALTER TABLE public.record_line
    ADD CONSTRAINT fk_record_line_case_id FOREIGN KEY (case_id) REFERENCES public.case_file(id);

ALTER TABLE public.record_line
    ADD CONSTRAINT fk_record_line_counsel_id FOREIGN KEY (counsel_id) REFERENCES public.counsel(id);

ALTER TABLE public.record_line
    ADD CONSTRAINT fk_record_line_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

ALTER TABLE public.record_line
    ADD CONSTRAINT fk_record_line_notice_id FOREIGN KEY (notice_id) REFERENCES public.notice(id);

ALTER TABLE ONLY public.rendered_event
    ADD CONSTRAINT fk_rendered_event_hearing_id FOREIGN KEY (hearing_id) REFERENCES public.hearing(id);

ALTER TABLE ONLY public.representation
    ADD CONSTRAINT fk_representation_counsel_id FOREIGN KEY (counsel_id) REFERENCES public.counsel(id);

ALTER TABLE ONLY public.representation
    ADD CONSTRAINT fk_representation_party_id FOREIGN KEY (party_id) REFERENCES public.party(id);

ALTER TABLE ONLY public.setting_change
    ADD CONSTRAINT fk_setting_change_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

ALTER TABLE ONLY public.setting_change
    ADD CONSTRAINT fk_setting_change_user_id FOREIGN KEY (user_id) REFERENCES public.user_account(id);

ALTER TABLE ONLY public.slot
    ADD CONSTRAINT fk_slot_courtroom_id FOREIGN KEY (courtroom_id) REFERENCES public.courtroom(id);

ALTER TABLE ONLY public.slot
    ADD CONSTRAINT fk_slot_proposal_id FOREIGN KEY (proposal_id) REFERENCES public.proposal(id);

ALTER TABLE ONLY public.task
    ADD CONSTRAINT fk_task_case_id FOREIGN KEY (case_id) REFERENCES public.case_file(id);

ALTER TABLE ONLY public.task
    ADD CONSTRAINT fk_task_counsel_id FOREIGN KEY (counsel_id) REFERENCES public.counsel(id);

ALTER TABLE ONLY public.task
    ADD CONSTRAINT fk_task_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

ALTER TABLE ONLY public.upload
    ADD CONSTRAINT fk_upload_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

ALTER TABLE ONLY public.upload_part
    ADD CONSTRAINT fk_upload_part_upload_id FOREIGN KEY (upload_id) REFERENCES public.upload(id);

ALTER TABLE ONLY public.upload
    ADD CONSTRAINT fk_upload_user_id FOREIGN KEY (user_id) REFERENCES public.user_account(id);

ALTER TABLE ONLY public.user_account
    ADD CONSTRAINT fk_user_account_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

ALTER TABLE ONLY public.wording
    ADD CONSTRAINT fk_wording_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

ALTER TABLE ONLY public.wording
    ADD CONSTRAINT fk_wording_user_id FOREIGN KEY (user_id) REFERENCES public.user_account(id);

ALTER TABLE ONLY public.zone_rules
    ADD CONSTRAINT fk_zone_rules_court_id FOREIGN KEY (court_id) REFERENCES public.court(id);

