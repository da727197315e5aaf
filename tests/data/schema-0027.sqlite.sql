BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0027');
CREATE TABLE answer (
	id INTEGER NOT NULL, 
	invitation_id INTEGER NOT NULL, 
	slot_id INTEGER NOT NULL, 
	says VARCHAR(10) NOT NULL, 
	CONSTRAINT pk_answer PRIMARY KEY (id), 
	CONSTRAINT fk_answer_invitation_id FOREIGN KEY(invitation_id) REFERENCES invitation (id), 
	CONSTRAINT fk_answer_slot_id FOREIGN KEY(slot_id) REFERENCES slot (id), 
	CONSTRAINT uq_answer_invitation_id_slot_id UNIQUE (invitation_id, slot_id)
);
INSERT INTO "answer" VALUES(1,1,1,'answer');
CREATE TABLE api_repeat (
	id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	"key" VARCHAR(255) NOT NULL, 
	asked VARCHAR(64) NOT NULL, 
	status INTEGER NOT NULL, 
	answer JSON NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_api_repeat PRIMARY KEY (id), 
	CONSTRAINT fk_api_repeat_user_id FOREIGN KEY(user_id) REFERENCES user_account (id), 
	CONSTRAINT uq_api_repeat_user_id_key UNIQUE (user_id, "key")
);
INSERT INTO "api_repeat" VALUES(1,1,'api_re','api_re',1,'{"a":["b",1]}','2026-11-23 01:00:00.000000');
CREATE TABLE api_token (
	id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	hint VARCHAR(12) NOT NULL, 
	created_at DATETIME NOT NULL, 
	revoked_at DATETIME, 
	CONSTRAINT pk_api_token PRIMARY KEY (id), 
	CONSTRAINT fk_api_token_user_id FOREIGN KEY(user_id) REFERENCES user_account (id), 
	CONSTRAINT uq_api_token_digest UNIQUE (digest)
);
INSERT INTO "api_token" VALUES(1,1,'tests','51e7bdd38987547f3b9c907877bab8831f569f2c627ae95829b4d8751406a8a4','tq_tyl-J','2026-11-23 01:00:00.000000',NULL);
CREATE TABLE away (
	id INTEGER NOT NULL, 
	counsel_id INTEGER NOT NULL, 
	from_on DATE NOT NULL, 
	until_on DATE, 
	weekdays JSON NOT NULL, 
	said_at DATETIME NOT NULL, 
	CONSTRAINT pk_away PRIMARY KEY (id), 
	CONSTRAINT fk_away_counsel_id FOREIGN KEY(counsel_id) REFERENCES counsel (id)
);
INSERT INTO "away" VALUES(1,1,'2026-11-23','2026-11-23','{"a":["b",1]}','2026-11-23 01:00:00.000000');
CREATE TABLE booking (
	id INTEGER NOT NULL, 
	hearing_id INTEGER NOT NULL, 
	resource INTEGER NOT NULL, 
	starts_at DATETIME NOT NULL, 
	ends_at DATETIME NOT NULL, 
	firm BOOLEAN NOT NULL, 
	CONSTRAINT pk_booking PRIMARY KEY (id), 
	CONSTRAINT ck_booking_forward CHECK (ends_at > starts_at), 
	CONSTRAINT fk_booking_hearing_id FOREIGN KEY(hearing_id) REFERENCES hearing (id)
);
INSERT INTO "booking" VALUES(5,2,3,'2026-12-15 01:30:00.000000','2026-12-15 03:00:00.000000',0);
INSERT INTO "booking" VALUES(6,2,3,'2026-12-16 01:30:00.000000','2026-12-16 03:00:00.000000',0);
INSERT INTO "booking" VALUES(7,2,4,'2026-12-15 01:30:00.000000','2026-12-15 03:00:00.000000',0);
INSERT INTO "booking" VALUES(8,2,5,'2026-12-15 01:30:00.000000','2026-12-15 03:00:00.000000',0);
INSERT INTO "booking" VALUES(9,2,5,'2026-12-16 01:30:00.000000','2026-12-16 03:00:00.000000',0);
INSERT INTO "booking" VALUES(10,2,7,'2026-12-16 01:30:00.000000','2026-12-16 03:00:00.000000',0);
INSERT INTO "booking" VALUES(11,2,8,'2026-12-15 01:30:00.000000','2026-12-15 03:00:00.000000',0);
INSERT INTO "booking" VALUES(12,2,8,'2026-12-16 01:30:00.000000','2026-12-16 03:00:00.000000',0);
INSERT INTO "booking" VALUES(13,1,3,'2026-12-13 01:30:00.000000','2026-12-13 03:00:00.000000',1);
INSERT INTO "booking" VALUES(14,1,4,'2026-12-13 01:30:00.000000','2026-12-13 03:00:00.000000',1);
INSERT INTO "booking" VALUES(15,1,5,'2026-12-13 01:30:00.000000','2026-12-13 03:00:00.000000',1);
INSERT INTO "booking" VALUES(16,1,8,'2026-12-13 01:30:00.000000','2026-12-13 03:00:00.000000',1);
CREATE TABLE busy_calendar (
	id INTEGER NOT NULL, 
	counsel_id INTEGER NOT NULL, 
	address VARCHAR(2000) NOT NULL, 
	said_at DATETIME NOT NULL, 
	due_at DATETIME, 
	read_at DATETIME, 
	etag VARCHAR(200) NOT NULL, 
	failures INTEGER NOT NULL, 
	fault VARCHAR(300) NOT NULL, 
	CONSTRAINT pk_busy_calendar PRIMARY KEY (id), 
	CONSTRAINT uq_busy_calendar_counsel_id UNIQUE (counsel_id), 
	CONSTRAINT fk_busy_calendar_counsel_id FOREIGN KEY(counsel_id) REFERENCES counsel (id)
);
INSERT INTO "busy_calendar" VALUES(1,1,'busy_c','2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000','busy_c',1,'busy_c');
CREATE TABLE busy_time (
	id INTEGER NOT NULL, 
	counsel_id INTEGER NOT NULL, 
	starts_at DATETIME NOT NULL, 
	ends_at DATETIME NOT NULL, 
	CONSTRAINT pk_busy_time PRIMARY KEY (id), 
	CONSTRAINT fk_busy_time_counsel_id FOREIGN KEY(counsel_id) REFERENCES counsel (id)
);
INSERT INTO "busy_time" VALUES(1,1,'2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000');
CREATE TABLE calendar_tick (
	id INTEGER NOT NULL, 
	n INTEGER NOT NULL, 
	CONSTRAINT pk_calendar_tick PRIMARY KEY (id)
);
INSERT INTO "calendar_tick" VALUES(1,15);
CREATE TABLE carrier_test (
	id INTEGER NOT NULL, 
	court_id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	channel VARCHAR(10) NOT NULL, 
	address VARCHAR(254) NOT NULL, 
	language VARCHAR(8) NOT NULL, 
	asked_at DATETIME NOT NULL, 
	tried_at DATETIME, 
	state VARCHAR(20) NOT NULL, 
	carrier VARCHAR(20) NOT NULL, 
	said VARCHAR(500) NOT NULL, 
	CONSTRAINT pk_carrier_test PRIMARY KEY (id), 
	CONSTRAINT fk_carrier_test_court_id FOREIGN KEY(court_id) REFERENCES court (id), 
	CONSTRAINT fk_carrier_test_user_id FOREIGN KEY(user_id) REFERENCES user_account (id)
);
INSERT INTO "carrier_test" VALUES(1,1,1,'carrie','carrie','carrie','2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000','carrie','carrie','carrie');
CREATE TABLE carrier_weight (
	name VARCHAR(20) NOT NULL, 
	weight INTEGER NOT NULL, 
	shifted_at DATETIME, 
	why VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_carrier_weight PRIMARY KEY (name)
);
INSERT INTO "carrier_weight" VALUES('carrie',1,'2026-11-23 01:00:00.000000','carrie');
CREATE TABLE case_file (
	id INTEGER NOT NULL, 
	court_id INTEGER NOT NULL, 
	number VARCHAR(200) NOT NULL, 
	number_key VARCHAR(200) NOT NULL, 
	title VARCHAR(500) NOT NULL, 
	procedure VARCHAR(40) NOT NULL, 
	judge_id INTEGER NOT NULL, 
	assistant_id INTEGER, 
	created_at DATETIME NOT NULL, upload_id INTEGER, 
	CONSTRAINT pk_case_file PRIMARY KEY (id), 
	CONSTRAINT fk_case_file_assistant_id FOREIGN KEY(assistant_id) REFERENCES user_account (id), 
	CONSTRAINT fk_case_file_court_id FOREIGN KEY(court_id) REFERENCES court (id), 
	CONSTRAINT fk_case_file_judge_id FOREIGN KEY(judge_id) REFERENCES judge (id), 
	CONSTRAINT uq_case_file_court_id_number_key UNIQUE (court_id, number_key)
);
INSERT INTO "case_file" VALUES(1,1,'（2026）沪0115民初1号','(2026)沪0115民初1号','买卖合同纠纷','other',1,1,'2026-11-23 01:00:00.000000',NULL);
INSERT INTO "case_file" VALUES(2,1,'（2026）沪0115民初2号','(2026)沪0115民初2号','买卖合同纠纷','other',1,1,'2026-11-23 01:00:00.000000',NULL);
CREATE TABLE chosen_column (
	court_id INTEGER NOT NULL, 
	header_key VARCHAR(200) NOT NULL, 
	field VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_chosen_column PRIMARY KEY (court_id, header_key), 
	CONSTRAINT fk_chosen_column_court_id FOREIGN KEY(court_id) REFERENCES court (id)
);
INSERT INTO "chosen_column" VALUES(1,'chosen','chosen');
CREATE TABLE clock_change (
	hearing_id INTEGER NOT NULL, 
	was DATETIME, 
	zone VARCHAR(64) NOT NULL, 
	version VARCHAR(40) NOT NULL, 
	clashes JSON NOT NULL, 
	CONSTRAINT pk_clock_change PRIMARY KEY (hearing_id), 
	CONSTRAINT fk_clock_change_hearing_id FOREIGN KEY(hearing_id) REFERENCES hearing (id) ON DELETE CASCADE
);
INSERT INTO "clock_change" VALUES(1,'2026-11-23 01:00:00.000000','clock_','clock_','{"a":["b",1]}');
CREATE TABLE counsel (
	id INTEGER NOT NULL, 
	court_id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	firm VARCHAR(200) NOT NULL, 
	email VARCHAR(254) NOT NULL, 
	phone VARCHAR(20) NOT NULL, 
	language VARCHAR(8) NOT NULL, 
	zone VARCHAR(64) NOT NULL, 
	channels JSON NOT NULL, 
	in_person BOOLEAN NOT NULL, 
	address_confirmed_on DATE, 
	electronic_consent_on DATE, 
	opted_out_at DATETIME, travel_minutes INTEGER DEFAULT '0' NOT NULL, postal VARCHAR(300) DEFAULT '' NOT NULL, 
	CONSTRAINT pk_counsel PRIMARY KEY (id), 
	CONSTRAINT fk_counsel_court_id FOREIGN KEY(court_id) REFERENCES court (id)
);
INSERT INTO "counsel" VALUES(1,1,'李敏','','li@huacheng.example','+8613800138001','zh','','["email","sms"]',0,NULL,NULL,NULL,0,'');
INSERT INTO "counsel" VALUES(2,1,'Zhao Lei','','zhao@jinmao.example','','zh','','["email"]',0,NULL,NULL,NULL,0,'');
CREATE TABLE court (
	id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	short VARCHAR(40) NOT NULL, 
	zone VARCHAR(64) NOT NULL, 
	country VARCHAR(2) NOT NULL, 
	language VARCHAR(8) NOT NULL, 
	phone VARCHAR(40) NOT NULL, 
	rule_set VARCHAR(40) NOT NULL, 
	reminder_days JSON NOT NULL, 
	reminder_at VARCHAR(5) NOT NULL, 
	quiet_from VARCHAR(5) NOT NULL, 
	quiet_until VARCHAR(5) NOT NULL, 
	text_links BOOLEAN NOT NULL, keep_days INTEGER, text_slots BOOLEAN DEFAULT 0 NOT NULL, tentative_invites BOOLEAN DEFAULT 0 NOT NULL, opens VARCHAR(5) DEFAULT '09:00' NOT NULL, lunch_from VARCHAR(5) DEFAULT '12:00' NOT NULL, lunch_until VARCHAR(5) DEFAULT '13:30' NOT NULL, closes VARCHAR(5) DEFAULT '17:00' NOT NULL, buffer_minutes INTEGER DEFAULT '0' NOT NULL, postal VARCHAR(300) DEFAULT '' NOT NULL, public_names VARCHAR(10) DEFAULT 'short' NOT NULL, subdivision VARCHAR(40) DEFAULT '' NOT NULL, erase_names BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_court PRIMARY KEY (id), 
	CONSTRAINT uq_court_name UNIQUE (name)
);
INSERT INTO "court" VALUES(1,'Pudong New Area People''s Court','浦东法院','Asia/Shanghai','CN','zh','','cn-civil','[7,3,1]','09:00','21:00','08:00',1,NULL,0,0,'09:00','12:00','13:30','17:00',0,'','short','',0);
CREATE TABLE court_closure (
	id INTEGER NOT NULL, 
	court_id INTEGER NOT NULL, 
	"on" DATE NOT NULL, 
	why VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_court_closure PRIMARY KEY (id), 
	CONSTRAINT uq_court_closure_on UNIQUE (court_id, "on"), 
	CONSTRAINT fk_court_closure_court_id FOREIGN KEY(court_id) REFERENCES court (id)
);
INSERT INTO "court_closure" VALUES(1,1,'2026-11-23','court_');
CREATE TABLE courtroom (
	id INTEGER NOT NULL, 
	court_id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	name_key VARCHAR(200) NOT NULL, 
	location VARCHAR(500) NOT NULL, retired_at DATETIME, 
	CONSTRAINT pk_courtroom PRIMARY KEY (id), 
	CONSTRAINT fk_courtroom_court_id FOREIGN KEY(court_id) REFERENCES court (id), 
	CONSTRAINT uq_courtroom_court_id_name_key UNIQUE (court_id, name_key)
);
INSERT INTO "courtroom" VALUES(1,1,'第三法庭','第三法庭','主楼三层',NULL);
INSERT INTO "courtroom" VALUES(2,1,'第五法庭','第五法庭','主楼五层',NULL);
CREATE TABLE draft (
	id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	case_id INTEGER NOT NULL, 
	about VARCHAR(40) NOT NULL, 
	fields JSON NOT NULL, 
	changed_at DATETIME NOT NULL, 
	CONSTRAINT pk_draft PRIMARY KEY (id), 
	CONSTRAINT uq_draft_user_id UNIQUE (user_id, about), 
	CONSTRAINT fk_draft_user_id FOREIGN KEY(user_id) REFERENCES user_account (id), 
	CONSTRAINT fk_draft_case_id FOREIGN KEY(case_id) REFERENCES case_file (id)
);
INSERT INTO "draft" VALUES(1,1,1,'draft','{"a":["b",1]}','2026-11-23 01:00:00.000000');
CREATE TABLE feed (
	id INTEGER NOT NULL, 
	court_id INTEGER NOT NULL, 
	scope VARCHAR(20) NOT NULL, 
	whose INTEGER NOT NULL, 
	user_id INTEGER, 
	token_digest VARCHAR(64), 
	created_at DATETIME NOT NULL, 
	revoked_at DATETIME, busy_only BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_feed PRIMARY KEY (id), 
	CONSTRAINT fk_feed_court_id FOREIGN KEY(court_id) REFERENCES court (id), 
	CONSTRAINT fk_feed_user_id FOREIGN KEY(user_id) REFERENCES user_account (id), 
	CONSTRAINT uq_feed_token_digest UNIQUE (token_digest)
);
INSERT INTO "feed" VALUES(1,1,'assistant',1,1,'533630ff3d8e749fad2c2b82359f9bda727c66d99e8334b97e02abffc9156d77','2026-11-24 01:00:00.000000',NULL,0);
CREATE TABLE gone_hearing (
	hearing_id INTEGER NOT NULL, 
	court_id INTEGER NOT NULL, 
	stamp INTEGER NOT NULL, 
	CONSTRAINT pk_gone_hearing PRIMARY KEY (hearing_id)
);
CREATE TABLE hearing (
	id INTEGER NOT NULL, 
	court_id INTEGER NOT NULL, 
	case_id INTEGER NOT NULL, 
	judge_id INTEGER NOT NULL, 
	kind VARCHAR(100) NOT NULL, 
	minutes INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	revision INTEGER NOT NULL, 
	planned_revision INTEGER NOT NULL, 
	uid VARCHAR(200) NOT NULL, 
	starts_at DATETIME, 
	ends_at DATETIME, 
	courtroom_id INTEGER, 
	reason TEXT NOT NULL, 
	imported BOOLEAN NOT NULL, 
	user_id INTEGER, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, edition INTEGER DEFAULT '0' NOT NULL, drawn_edition INTEGER DEFAULT '0' NOT NULL, stamp INTEGER DEFAULT '0' NOT NULL, upload_id INTEGER, corrections INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_hearing PRIMARY KEY (id), 
	CONSTRAINT fk_hearing_case_id FOREIGN KEY(case_id) REFERENCES case_file (id), 
	CONSTRAINT fk_hearing_court_id FOREIGN KEY(court_id) REFERENCES court (id), 
	CONSTRAINT fk_hearing_courtroom_id FOREIGN KEY(courtroom_id) REFERENCES courtroom (id), 
	CONSTRAINT fk_hearing_judge_id FOREIGN KEY(judge_id) REFERENCES judge (id), 
	CONSTRAINT fk_hearing_user_id FOREIGN KEY(user_id) REFERENCES user_account (id), 
	CONSTRAINT uq_hearing_uid UNIQUE (uid)
);
INSERT INTO "hearing" VALUES(1,1,1,1,'trial',90,'fixed',1,1,'bf0149af-5f9a-4007-8764-f8bd9fb6703c','2026-12-13 01:30:00.000000','2026-12-13 03:00:00.000000',1,'依职权',0,1,'2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000',6,6,15,NULL,0);
INSERT INTO "hearing" VALUES(2,1,2,1,'trial',90,'proposed',0,0,'a3850734-341f-4ee6-b017-2e199d297f19',NULL,NULL,NULL,'',0,1,'2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000',4,4,13,NULL,0);
CREATE TABLE inbound (
	id INTEGER NOT NULL, 
	"key" VARCHAR(120) NOT NULL, 
	court_id INTEGER, 
	case_id INTEGER, 
	counsel_id INTEGER, 
	about VARCHAR(40) NOT NULL, 
	at DATETIME NOT NULL, 
	channel VARCHAR(10) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	sender VARCHAR(254) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	subject VARCHAR(300) NOT NULL, 
	words TEXT NOT NULL, 
	detail JSON NOT NULL, 
	done_at DATETIME, 
	user_id INTEGER, 
	CONSTRAINT pk_inbound PRIMARY KEY (id), 
	CONSTRAINT uq_inbound_key UNIQUE ("key"), 
	CONSTRAINT fk_inbound_court_id FOREIGN KEY(court_id) REFERENCES court (id), 
	CONSTRAINT fk_inbound_case_id FOREIGN KEY(case_id) REFERENCES case_file (id), 
	CONSTRAINT fk_inbound_counsel_id FOREIGN KEY(counsel_id) REFERENCES counsel (id), 
	CONSTRAINT fk_inbound_user_id FOREIGN KEY(user_id) REFERENCES user_account (id)
);
INSERT INTO "inbound" VALUES(1,'inboun',1,1,1,'inboun','2026-11-23 01:00:00.000000','inboun','inboun','inboun','inboun','inboun','inboun','{"a":["b",1]}','2026-11-23 01:00:00.000000',1);
CREATE TABLE invitation (
	id INTEGER NOT NULL, 
	proposal_id INTEGER NOT NULL, 
	counsel_id INTEGER NOT NULL, 
	party_id INTEGER NOT NULL, 
	side VARCHAR(20) NOT NULL, 
	required BOOLEAN NOT NULL, 
	version INTEGER NOT NULL, 
	token_digest VARCHAR(64), 
	code_digest VARCHAR(64), 
	revoked_at DATETIME, 
	answered_at DATETIME, 
	comment TEXT NOT NULL, 
	nonce VARCHAR(64) NOT NULL, left_at DATETIME, 
	CONSTRAINT pk_invitation PRIMARY KEY (id), 
	CONSTRAINT fk_invitation_counsel_id FOREIGN KEY(counsel_id) REFERENCES counsel (id), 
	CONSTRAINT fk_invitation_party_id FOREIGN KEY(party_id) REFERENCES party (id), 
	CONSTRAINT fk_invitation_proposal_id FOREIGN KEY(proposal_id) REFERENCES proposal (id), 
	CONSTRAINT uq_invitation_code_digest UNIQUE (code_digest), 
	CONSTRAINT uq_invitation_proposal_id_counsel_id UNIQUE (proposal_id, counsel_id), 
	CONSTRAINT uq_invitation_token_digest UNIQUE (token_digest)
);
INSERT INTO "invitation" VALUES(1,1,1,1,'claimant',1,1,'8af34c248dc8860670acec75f3b159912b4c11afd8b25cc22d258a370919a58a','fa256bf7d171a61ac23a274cedf8bbfe49f53da717bd7544e39d1b3afb91ce72',NULL,NULL,'','',NULL);
INSERT INTO "invitation" VALUES(2,1,2,2,'respondent',1,1,'1d223ac3bf942498eb8a61cf3f079b246a6d154a7426b39c226281cf9af06e17','0f4dece6d08011b3fe07eeda48d338d4328a0e4a7658f035816462ee70e748a5',NULL,NULL,'','',NULL);
INSERT INTO "invitation" VALUES(3,2,1,3,'claimant',1,1,'cf705a44efb393846bd460348ff375e5c4c25563f148a72e8efeffbd1016cdb7','17b9fe8f6826d212bf426f985557cf0cb765a21a0a99684698461df5d95369dc',NULL,NULL,'','',NULL);
INSERT INTO "invitation" VALUES(4,2,2,4,'respondent',1,1,'9c45448de11aae59ac49b2b8a1b1530ea0cb304165bf4dd1f8a711f7152cea0c','6e85c2173834fe548ff5186b95d8f5787650819dd672b037b70b5ed47f11c2a9',NULL,NULL,'','',NULL);
CREATE TABLE judge (
	id INTEGER NOT NULL, 
	court_id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	name_key VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_judge PRIMARY KEY (id), 
	CONSTRAINT fk_judge_court_id FOREIGN KEY(court_id) REFERENCES court (id), 
	CONSTRAINT uq_judge_court_id_name_key UNIQUE (court_id, name_key)
);
INSERT INTO "judge" VALUES(1,1,'陈法官','陈法官');
CREATE TABLE listed_hearing (
	id INTEGER NOT NULL, 
	listing_id INTEGER NOT NULL, 
	case_id INTEGER NOT NULL, 
	line INTEGER NOT NULL, 
	kind VARCHAR(100) NOT NULL, 
	minutes INTEGER NOT NULL, 
	wishes JSON NOT NULL, 
	slots JSON NOT NULL, 
	why JSON, 
	tried BOOLEAN NOT NULL, 
	uid VARCHAR(200) NOT NULL, 
	hearing_id INTEGER, 
	CONSTRAINT pk_listed_hearing PRIMARY KEY (id), 
	CONSTRAINT uq_listed_hearing_uid UNIQUE (uid), 
	CONSTRAINT fk_listed_hearing_listing_id FOREIGN KEY(listing_id) REFERENCES listing (id), 
	CONSTRAINT fk_listed_hearing_case_id FOREIGN KEY(case_id) REFERENCES case_file (id), 
	CONSTRAINT fk_listed_hearing_hearing_id FOREIGN KEY(hearing_id) REFERENCES hearing (id)
);
INSERT INTO "listed_hearing" VALUES(1,1,1,1,'listed',1,'{"a":["b",1]}','{"a":["b",1]}','{"a":["b",1]}',1,'listed',1);
CREATE TABLE listing (
	id INTEGER NOT NULL, 
	court_id INTEGER NOT NULL, 
	user_id INTEGER, 
	name VARCHAR(200) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	first_on DATE NOT NULL, 
	last_on DATE NOT NULL, 
	answer_by DATETIME NOT NULL, 
	slots INTEGER NOT NULL, 
	rooms JSON NOT NULL, 
	seconds INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	started_at DATETIME, 
	ended_at DATETIME, 
	worker VARCHAR(200) NOT NULL, 
	lease_until DATETIME, 
	stop BOOLEAN NOT NULL, 
	placed INTEGER, 
	most INTEGER, 
	cost INTEGER, 
	bound INTEGER, 
	fault JSON, 
	CONSTRAINT pk_listing PRIMARY KEY (id), 
	CONSTRAINT fk_listing_court_id FOREIGN KEY(court_id) REFERENCES court (id), 
	CONSTRAINT fk_listing_user_id FOREIGN KEY(user_id) REFERENCES user_account (id)
);
INSERT INTO "listing" VALUES(1,1,1,'listin','listin','2026-11-23','2026-11-23','2026-11-23 01:00:00.000000',1,'{"a":["b",1]}',1,'2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000','listin','2026-11-23 01:00:00.000000',1,1,1,1,1,'{"a":["b",1]}');
CREATE TABLE mailbox (
	name VARCHAR(300) NOT NULL, 
	uidvalidity INTEGER NOT NULL, 
	last_uid INTEGER NOT NULL, 
	read_at DATETIME, 
	fault VARCHAR(300) NOT NULL, 
	CONSTRAINT pk_mailbox PRIMARY KEY (name)
);
INSERT INTO "mailbox" VALUES('mailbo',1,1,'2026-11-23 01:00:00.000000','mailbo');
CREATE TABLE notice (
	id INTEGER NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	court_id INTEGER NOT NULL, 
	case_id INTEGER NOT NULL, 
	about VARCHAR(40) NOT NULL, 
	counsel_id INTEGER, 
	user_id INTEGER, 
	invitation_id INTEGER, 
	link_version INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	channel VARCHAR(10) NOT NULL, 
	address VARCHAR(254) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	side VARCHAR(20) NOT NULL, 
	language VARCHAR(8) NOT NULL, 
	facts JSON NOT NULL, 
	due_at DATETIME NOT NULL, 
	first_due_at DATETIME NOT NULL, 
	stale_at DATETIME NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	tries INTEGER NOT NULL, 
	tried_at DATETIME, 
	lease_until DATETIME, 
	claimed_by VARCHAR(100) NOT NULL, 
	carrier VARCHAR(20) NOT NULL, 
	carrier_id VARCHAR(100) NOT NULL, 
	created_at DATETIME NOT NULL, handed_at DATETIME, ask_at DATETIME, server_id VARCHAR(100) DEFAULT '' NOT NULL, 
	CONSTRAINT pk_notice PRIMARY KEY (id), 
	CONSTRAINT fk_notice_case_id FOREIGN KEY(case_id) REFERENCES case_file (id), 
	CONSTRAINT fk_notice_counsel_id FOREIGN KEY(counsel_id) REFERENCES counsel (id), 
	CONSTRAINT fk_notice_court_id FOREIGN KEY(court_id) REFERENCES court (id), 
	CONSTRAINT fk_notice_user_id FOREIGN KEY(user_id) REFERENCES user_account (id), 
	CONSTRAINT uq_notice_key UNIQUE ("key")
);
INSERT INTO "notice" VALUES(1,'proposal/1.r1/1/email',1,1,'hearing/1',1,NULL,1,1,'proposal','email','li@huacheng.example','李敏','claimant','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"bf0149af-5f9a-4007-8764-f8bd9fb6703c","kind":"trial","minutes":90,"revision":0,"sequence":0,"judge":"陈法官","starts_at":null,"ends_at":null,"courtroom":null,"location":null},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"slots":[{"starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"}],"answer_by":"2026-11-30T09:00:00+00:00","round":1,"tentative":false,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}','2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000','2026-11-30 09:00:00.000000','sent',1,'2026-11-23 01:00:00.000000',NULL,'','outbox','20261123T010000.000000Z-000000-97ffee93-n1.1.eml','2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000',NULL,'');
INSERT INTO "notice" VALUES(2,'proposal/1.r1/1/sms',1,1,'hearing/1',1,NULL,1,1,'proposal','sms','+8613800138001','李敏','claimant','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"bf0149af-5f9a-4007-8764-f8bd9fb6703c","kind":"trial","minutes":90,"revision":0,"sequence":0,"judge":"陈法官","starts_at":null,"ends_at":null,"courtroom":null,"location":null},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"slots":[{"starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"}],"answer_by":"2026-11-30T09:00:00+00:00","round":1,"tentative":false,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}','2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000','2026-11-30 09:00:00.000000','sent',1,'2026-11-23 01:00:00.000000',NULL,'','outbox','20261123T010000.000000Z-000004-1fe30342-n2.1.json','2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000',NULL,'');
INSERT INTO "notice" VALUES(3,'proposal/1.r1/2/email',1,1,'hearing/1',2,NULL,2,1,'proposal','email','zhao@jinmao.example','Zhao Lei','respondent','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"bf0149af-5f9a-4007-8764-f8bd9fb6703c","kind":"trial","minutes":90,"revision":0,"sequence":0,"judge":"陈法官","starts_at":null,"ends_at":null,"courtroom":null,"location":null},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"slots":[{"starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"}],"answer_by":"2026-11-30T09:00:00+00:00","round":1,"tentative":false,"person":{"name":"Zhao Lei","party":"Haitong Trading Ltd","side":"respondent","is_court":false}}','2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000','2026-11-30 09:00:00.000000','sent',1,'2026-11-23 01:00:00.000000',NULL,'','outbox','20261123T010000.000000Z-000001-d5f34484-n3.1.eml','2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000',NULL,'');
INSERT INTO "notice" VALUES(4,'nudge/1.r1/1/email',1,1,'hearing/1',1,NULL,1,1,'nudge','email','li@huacheng.example','李敏','claimant','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"bf0149af-5f9a-4007-8764-f8bd9fb6703c","kind":"trial","minutes":90,"revision":0,"sequence":0,"judge":"陈法官","starts_at":null,"ends_at":null,"courtroom":null,"location":null},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"slots":[{"starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"}],"answer_by":"2026-11-30T09:00:00+00:00","round":1,"tentative":false,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}','2026-11-29 09:00:00.000000','2026-11-29 09:00:00.000000','2026-11-30 09:00:00.000000','withdrawn',0,NULL,NULL,'','','','2026-11-23 01:00:00.000000',NULL,NULL,'');
INSERT INTO "notice" VALUES(5,'nudge/1.r1/2/email',1,1,'hearing/1',2,NULL,2,1,'nudge','email','zhao@jinmao.example','Zhao Lei','respondent','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"bf0149af-5f9a-4007-8764-f8bd9fb6703c","kind":"trial","minutes":90,"revision":0,"sequence":0,"judge":"陈法官","starts_at":null,"ends_at":null,"courtroom":null,"location":null},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"slots":[{"starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"}],"answer_by":"2026-11-30T09:00:00+00:00","round":1,"tentative":false,"person":{"name":"Zhao Lei","party":"Haitong Trading Ltd","side":"respondent","is_court":false}}','2026-11-29 09:00:00.000000','2026-11-29 09:00:00.000000','2026-11-30 09:00:00.000000','withdrawn',0,NULL,NULL,'','','','2026-11-23 01:00:00.000000',NULL,NULL,'');
INSERT INTO "notice" VALUES(6,'proposal/2.r1/3/email',1,2,'hearing/2',1,NULL,3,1,'proposal','email','li@huacheng.example','李敏','claimant','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初2号","title":"买卖合同纠纷"},"hearing":{"id":2,"uid":"a3850734-341f-4ee6-b017-2e199d297f19","kind":"trial","minutes":90,"revision":0,"sequence":0,"judge":"陈法官","starts_at":null,"ends_at":null,"courtroom":null,"location":null},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"slots":[{"starts_at":"2026-12-15T01:30:00+00:00","ends_at":"2026-12-15T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},{"starts_at":"2026-12-16T01:30:00+00:00","ends_at":"2026-12-16T03:00:00+00:00","courtroom":"第五法庭","location":"主楼五层"}],"answer_by":"2026-11-30T09:00:00+00:00","round":1,"tentative":false,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}','2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000','2026-11-30 09:00:00.000000','sent',1,'2026-11-23 01:00:00.000000',NULL,'','outbox','20261123T010000.000000Z-000002-ffaadca3-n6.1.eml','2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000',NULL,'');
INSERT INTO "notice" VALUES(7,'proposal/2.r1/3/sms',1,2,'hearing/2',1,NULL,3,1,'proposal','sms','+8613800138001','李敏','claimant','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初2号","title":"买卖合同纠纷"},"hearing":{"id":2,"uid":"a3850734-341f-4ee6-b017-2e199d297f19","kind":"trial","minutes":90,"revision":0,"sequence":0,"judge":"陈法官","starts_at":null,"ends_at":null,"courtroom":null,"location":null},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"slots":[{"starts_at":"2026-12-15T01:30:00+00:00","ends_at":"2026-12-15T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},{"starts_at":"2026-12-16T01:30:00+00:00","ends_at":"2026-12-16T03:00:00+00:00","courtroom":"第五法庭","location":"主楼五层"}],"answer_by":"2026-11-30T09:00:00+00:00","round":1,"tentative":false,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}','2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000','2026-11-30 09:00:00.000000','sent',1,'2026-11-23 01:00:00.000000',NULL,'','outbox','20261123T010000.000000Z-000005-32ed349d-n7.1.json','2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000',NULL,'');
INSERT INTO "notice" VALUES(8,'proposal/2.r1/4/email',1,2,'hearing/2',2,NULL,4,1,'proposal','email','zhao@jinmao.example','Zhao Lei','respondent','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初2号","title":"买卖合同纠纷"},"hearing":{"id":2,"uid":"a3850734-341f-4ee6-b017-2e199d297f19","kind":"trial","minutes":90,"revision":0,"sequence":0,"judge":"陈法官","starts_at":null,"ends_at":null,"courtroom":null,"location":null},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"slots":[{"starts_at":"2026-12-15T01:30:00+00:00","ends_at":"2026-12-15T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},{"starts_at":"2026-12-16T01:30:00+00:00","ends_at":"2026-12-16T03:00:00+00:00","courtroom":"第五法庭","location":"主楼五层"}],"answer_by":"2026-11-30T09:00:00+00:00","round":1,"tentative":false,"person":{"name":"Zhao Lei","party":"Haitong Trading Ltd","side":"respondent","is_court":false}}','2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000','2026-11-30 09:00:00.000000','sent',1,'2026-11-23 01:00:00.000000',NULL,'','outbox','20261123T010000.000000Z-000003-f4d3d95c-n8.1.eml','2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000',NULL,'');
INSERT INTO "notice" VALUES(9,'nudge/2.r1/3/email',1,2,'hearing/2',1,NULL,3,1,'nudge','email','li@huacheng.example','李敏','claimant','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初2号","title":"买卖合同纠纷"},"hearing":{"id":2,"uid":"a3850734-341f-4ee6-b017-2e199d297f19","kind":"trial","minutes":90,"revision":0,"sequence":0,"judge":"陈法官","starts_at":null,"ends_at":null,"courtroom":null,"location":null},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"slots":[{"starts_at":"2026-12-15T01:30:00+00:00","ends_at":"2026-12-15T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},{"starts_at":"2026-12-16T01:30:00+00:00","ends_at":"2026-12-16T03:00:00+00:00","courtroom":"第五法庭","location":"主楼五层"}],"answer_by":"2026-11-30T09:00:00+00:00","round":1,"tentative":false,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}','2026-11-29 09:00:00.000000','2026-11-29 09:00:00.000000','2026-11-30 09:00:00.000000','queued',0,NULL,NULL,'','','','2026-11-23 01:00:00.000000',NULL,NULL,'');
INSERT INTO "notice" VALUES(10,'nudge/2.r1/4/email',1,2,'hearing/2',2,NULL,4,1,'nudge','email','zhao@jinmao.example','Zhao Lei','respondent','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初2号","title":"买卖合同纠纷"},"hearing":{"id":2,"uid":"a3850734-341f-4ee6-b017-2e199d297f19","kind":"trial","minutes":90,"revision":0,"sequence":0,"judge":"陈法官","starts_at":null,"ends_at":null,"courtroom":null,"location":null},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"slots":[{"starts_at":"2026-12-15T01:30:00+00:00","ends_at":"2026-12-15T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},{"starts_at":"2026-12-16T01:30:00+00:00","ends_at":"2026-12-16T03:00:00+00:00","courtroom":"第五法庭","location":"主楼五层"}],"answer_by":"2026-11-30T09:00:00+00:00","round":1,"tentative":false,"person":{"name":"Zhao Lei","party":"Haitong Trading Ltd","side":"respondent","is_court":false}}','2026-11-29 09:00:00.000000','2026-11-29 09:00:00.000000','2026-11-30 09:00:00.000000','queued',0,NULL,NULL,'','','','2026-11-23 01:00:00.000000',NULL,NULL,'');
INSERT INTO "notice" VALUES(11,'fixed/1.1/1/email',1,1,'hearing/1',1,NULL,1,1,'fixed','email','li@huacheng.example','李敏','claimant','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"bf0149af-5f9a-4007-8764-f8bd9fb6703c","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"依职权","by_order":true,"was":{"starts_at":null,"courtroom":null},"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}','2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000','2026-12-13 01:30:00.000000','sent',1,'2026-11-24 01:00:00.000000',NULL,'','outbox','20261124T010000.000000Z-000006-165ef7de-n11.1.eml','2026-11-23 01:00:00.000000','2026-11-24 01:00:00.000000',NULL,'');
INSERT INTO "notice" VALUES(12,'fixed/1.1/1/sms',1,1,'hearing/1',1,NULL,1,1,'fixed','sms','+8613800138001','李敏','claimant','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"bf0149af-5f9a-4007-8764-f8bd9fb6703c","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"依职权","by_order":true,"was":{"starts_at":null,"courtroom":null},"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}','2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000','2026-12-13 01:30:00.000000','sent',1,'2026-11-24 01:00:00.000000',NULL,'','outbox','20261124T010000.000000Z-000008-a0786986-n12.1.json','2026-11-23 01:00:00.000000','2026-11-24 01:00:00.000000',NULL,'');
INSERT INTO "notice" VALUES(13,'fixed/1.1/2/email',1,1,'hearing/1',2,NULL,2,1,'fixed','email','zhao@jinmao.example','Zhao Lei','respondent','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"bf0149af-5f9a-4007-8764-f8bd9fb6703c","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"依职权","by_order":true,"was":{"starts_at":null,"courtroom":null},"person":{"name":"Zhao Lei","party":"Haitong Trading Ltd","side":"respondent","is_court":false}}','2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000','2026-12-13 01:30:00.000000','sent',1,'2026-11-24 01:00:00.000000',NULL,'','outbox','20261124T010000.000000Z-000007-63be499e-n13.1.eml','2026-11-23 01:00:00.000000','2026-11-24 01:00:00.000000',NULL,'');
INSERT INTO "notice" VALUES(14,'reminder-7d/1.1/1/email',1,1,'hearing/1',1,NULL,1,1,'reminder','email','li@huacheng.example','李敏','claimant','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"bf0149af-5f9a-4007-8764-f8bd9fb6703c","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"days":7,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}','2026-12-06 01:00:00.000000','2026-12-06 01:00:00.000000','2026-12-10 01:00:00.000000','queued',0,NULL,NULL,'','','','2026-11-24 01:00:00.000000',NULL,NULL,'');
INSERT INTO "notice" VALUES(15,'reminder-7d/1.1/1/sms',1,1,'hearing/1',1,NULL,1,1,'reminder','sms','+8613800138001','李敏','claimant','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"bf0149af-5f9a-4007-8764-f8bd9fb6703c","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"days":7,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}','2026-12-06 01:00:00.000000','2026-12-06 01:00:00.000000','2026-12-10 01:00:00.000000','queued',0,NULL,NULL,'','','','2026-11-24 01:00:00.000000',NULL,NULL,'');
INSERT INTO "notice" VALUES(16,'reminder-7d/1.1/2/email',1,1,'hearing/1',2,NULL,2,1,'reminder','email','zhao@jinmao.example','Zhao Lei','respondent','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"bf0149af-5f9a-4007-8764-f8bd9fb6703c","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"days":7,"person":{"name":"Zhao Lei","party":"Haitong Trading Ltd","side":"respondent","is_court":false}}','2026-12-06 01:00:00.000000','2026-12-06 01:00:00.000000','2026-12-10 01:00:00.000000','queued',0,NULL,NULL,'','','','2026-11-24 01:00:00.000000',NULL,NULL,'');
INSERT INTO "notice" VALUES(17,'reminder-3d/1.1/1/email',1,1,'hearing/1',1,NULL,1,1,'reminder','email','li@huacheng.example','李敏','claimant','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"bf0149af-5f9a-4007-8764-f8bd9fb6703c","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"days":3,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}','2026-12-10 01:00:00.000000','2026-12-10 01:00:00.000000','2026-12-12 01:00:00.000000','queued',0,NULL,NULL,'','','','2026-11-24 01:00:00.000000',NULL,NULL,'');
INSERT INTO "notice" VALUES(18,'reminder-3d/1.1/1/sms',1,1,'hearing/1',1,NULL,1,1,'reminder','sms','+8613800138001','李敏','claimant','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"bf0149af-5f9a-4007-8764-f8bd9fb6703c","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"days":3,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}','2026-12-10 01:00:00.000000','2026-12-10 01:00:00.000000','2026-12-12 01:00:00.000000','queued',0,NULL,NULL,'','','','2026-11-24 01:00:00.000000',NULL,NULL,'');
INSERT INTO "notice" VALUES(19,'reminder-3d/1.1/2/email',1,1,'hearing/1',2,NULL,2,1,'reminder','email','zhao@jinmao.example','Zhao Lei','respondent','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"bf0149af-5f9a-4007-8764-f8bd9fb6703c","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"days":3,"person":{"name":"Zhao Lei","party":"Haitong Trading Ltd","side":"respondent","is_court":false}}','2026-12-10 01:00:00.000000','2026-12-10 01:00:00.000000','2026-12-12 01:00:00.000000','queued',0,NULL,NULL,'','','','2026-11-24 01:00:00.000000',NULL,NULL,'');
INSERT INTO "notice" VALUES(20,'reminder-1d/1.1/1/email',1,1,'hearing/1',1,NULL,1,1,'reminder','email','li@huacheng.example','李敏','claimant','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"bf0149af-5f9a-4007-8764-f8bd9fb6703c","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"days":1,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}','2026-12-12 01:00:00.000000','2026-12-12 01:00:00.000000','2026-12-12 23:30:00.000000','queued',0,NULL,NULL,'','','','2026-11-24 01:00:00.000000',NULL,NULL,'');
INSERT INTO "notice" VALUES(21,'reminder-1d/1.1/1/sms',1,1,'hearing/1',1,NULL,1,1,'reminder','sms','+8613800138001','李敏','claimant','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"bf0149af-5f9a-4007-8764-f8bd9fb6703c","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"days":1,"person":{"name":"李敏","party":"远洋设备有限公司","side":"claimant","is_court":false}}','2026-12-12 01:00:00.000000','2026-12-12 01:00:00.000000','2026-12-12 23:30:00.000000','queued',0,NULL,NULL,'','','','2026-11-24 01:00:00.000000',NULL,NULL,'');
INSERT INTO "notice" VALUES(22,'reminder-1d/1.1/2/email',1,1,'hearing/1',2,NULL,2,1,'reminder','email','zhao@jinmao.example','Zhao Lei','respondent','zh','{"court":{"name":"Pudong New Area People''s Court","short":"浦东法院","zone":"Asia/Shanghai","phone":"","text_links":true,"text_slots":false},"case":{"number":"（2026）沪0115民初1号","title":"买卖合同纠纷"},"hearing":{"id":1,"uid":"bf0149af-5f9a-4007-8764-f8bd9fb6703c","kind":"trial","minutes":90,"revision":1,"sequence":1,"judge":"陈法官","starts_at":"2026-12-13T01:30:00+00:00","ends_at":"2026-12-13T03:00:00+00:00","courtroom":"第三法庭","location":"主楼三层"},"assistant":{"name":"王书记员"},"reason":"","by_order":false,"days":1,"person":{"name":"Zhao Lei","party":"Haitong Trading Ltd","side":"respondent","is_court":false}}','2026-12-12 01:00:00.000000','2026-12-12 01:00:00.000000','2026-12-12 23:30:00.000000','queued',0,NULL,NULL,'','','','2026-11-24 01:00:00.000000',NULL,NULL,'');
CREATE TABLE paper (
	id INTEGER NOT NULL, 
	court_id INTEGER NOT NULL, 
	case_id INTEGER NOT NULL, 
	task_id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	kind VARCHAR(100) NOT NULL, 
	size INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	body BLOB NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_paper PRIMARY KEY (id), 
	CONSTRAINT fk_paper_court_id FOREIGN KEY(court_id) REFERENCES court (id), 
	CONSTRAINT fk_paper_case_id FOREIGN KEY(case_id) REFERENCES case_file (id), 
	CONSTRAINT fk_paper_task_id FOREIGN KEY(task_id) REFERENCES task (id)
);
INSERT INTO "paper" VALUES(1,1,1,1,'paper','paper',1,'paper',X'00627974657327FF','2026-11-23 01:00:00.000000');
CREATE TABLE party (
	id INTEGER NOT NULL, 
	case_id INTEGER NOT NULL, 
	role VARCHAR(100) NOT NULL, 
	side VARCHAR(20) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	email VARCHAR(254) NOT NULL, 
	phone VARCHAR(20) NOT NULL, 
	reference VARCHAR(100) NOT NULL, 
	CONSTRAINT pk_party PRIMARY KEY (id), 
	CONSTRAINT fk_party_case_id FOREIGN KEY(case_id) REFERENCES case_file (id)
);
INSERT INTO "party" VALUES(1,1,'原告','claimant','远洋设备有限公司','','','');
INSERT INTO "party" VALUES(2,1,'被告','respondent','Haitong Trading Ltd','','','');
INSERT INTO "party" VALUES(3,2,'原告','claimant','远洋设备有限公司','','','');
INSERT INTO "party" VALUES(4,2,'被告','respondent','Haitong Trading Ltd','','','');
CREATE TABLE proposal (
	id INTEGER NOT NULL, 
	hearing_id INTEGER NOT NULL, 
	round INTEGER NOT NULL, 
	answer_by DATETIME NOT NULL, 
	fix VARCHAR(20) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	overridden_because TEXT NOT NULL, 
	rules_version VARCHAR(40) NOT NULL, 
	created_at DATETIME NOT NULL, tentative BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_proposal PRIMARY KEY (id), 
	CONSTRAINT fk_proposal_hearing_id FOREIGN KEY(hearing_id) REFERENCES hearing (id), 
	CONSTRAINT uq_proposal_hearing_id_round UNIQUE (hearing_id, round)
);
INSERT INTO "proposal" VALUES(1,1,1,'2026-11-30 09:00:00.000000','auto','decided','','cn-civil 2026-11','2026-11-23 01:00:00.000000',0);
INSERT INTO "proposal" VALUES(2,2,1,'2026-11-30 09:00:00.000000','auto','open','','cn-civil 2026-11','2026-11-23 01:00:00.000000',0);
CREATE TABLE receipt (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	carrier VARCHAR(20) NOT NULL, 
	carrier_id VARCHAR(100) NOT NULL, 
	status VARCHAR(40) NOT NULL, 
	notice_id INTEGER, 
	raw JSON NOT NULL, 
	CONSTRAINT pk_receipt PRIMARY KEY (id), 
	CONSTRAINT fk_receipt_notice_id FOREIGN KEY(notice_id) REFERENCES notice (id)
);
INSERT INTO "receipt" VALUES(1,'2026-11-23 01:00:00.000000','receip','receip','receip',1,'{"a":["b",1]}');
CREATE TABLE record_content (
	line_id INTEGER NOT NULL, 
	body JSON NOT NULL, 
	CONSTRAINT pk_record_content PRIMARY KEY (line_id), 
	CONSTRAINT fk_record_content_line_id FOREIGN KEY(line_id) REFERENCES record_line (id)
);
INSERT INTO "record_content" VALUES(1,'{"name":"李敏","address":"li@huacheng.example","salt":"804500e9092c21980158f82b6a53fadf"}');
INSERT INTO "record_content" VALUES(2,'{"name":"李敏","address":"+8613800138001","salt":"7f27724d8248258dc94cf278084373b3"}');
INSERT INTO "record_content" VALUES(3,'{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"cbda4c9ee7a997c4ee2592f4700ad589"}');
INSERT INTO "record_content" VALUES(4,'{"name":"李敏","address":"li@huacheng.example","salt":"8975acdef48395d5e18fc353b5d975b9"}');
INSERT INTO "record_content" VALUES(5,'{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"0ecd6145b0dd857764b17c2cd2ac9231"}');
INSERT INTO "record_content" VALUES(6,'{"name":"李敏","address":"li@huacheng.example","salt":"0c62de24d735d8406976a97be4643c76"}');
INSERT INTO "record_content" VALUES(7,'{"name":"李敏","address":"+8613800138001","salt":"c2918720ad665e781516106f6886bc1a"}');
INSERT INTO "record_content" VALUES(8,'{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"2dc1ecae073cd4c4cc0f24f1625dfb2a"}');
INSERT INTO "record_content" VALUES(9,'{"name":"李敏","address":"li@huacheng.example","salt":"fb912127e92a9c1bb2339127fd75af5e"}');
INSERT INTO "record_content" VALUES(10,'{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"f0e0b3b243577c6818c58672fa43a5a8"}');
INSERT INTO "record_content" VALUES(11,'{"name":"李敏","address":"li@huacheng.example","subject":"请选定庭期：（2026）沪0115民初1号，2026年11月30日 周一 17:00前答复","text":"李敏：\n\n您好。Pudong New Area People''s Court就下列案件征询您可以出庭的时间。各方同时收到相同的候选时段。\n\n案号：（2026）沪0115民初1号\n案件：买卖合同纠纷\n您代理：远洋设备有限公司（原告方）\n事项：开庭审理，90分钟\n法官：陈法官\n\n候选时段，上海时间（Asia/Shanghai，UTC+8）：\n- 2026年12月13日 周日 09:30–11:00，第三法庭，主楼三层\n\n请于2026年11月30日 周一 17:00前逐一答复各时段：\nhttp://127.0.0.1:8000/r/…\n\n在此之前且庭期排定之前，您可以更改答复。逾期未答复的，法院可以直接排定庭期。\n\n本链接仅供您本人使用，持有者可以您的名义答复，请勿转交他人。\n\nPudong New Area People''s Court\n王书记员\n","salt":"d660f6dd453d2ee1f4d4e7b7a0c96487"}');
INSERT INTO "record_content" VALUES(12,'{"name":"Zhao Lei","address":"zhao@jinmao.example","subject":"请选定庭期：（2026）沪0115民初1号，2026年11月30日 周一 17:00前答复","text":"Zhao Lei：\n\n您好。Pudong New Area People''s Court就下列案件征询您可以出庭的时间。各方同时收到相同的候选时段。\n\n案号：（2026）沪0115民初1号\n案件：买卖合同纠纷\n您代理：Haitong Trading Ltd（被告方）\n事项：开庭审理，90分钟\n法官：陈法官\n\n候选时段，上海时间（Asia/Shanghai，UTC+8）：\n- 2026年12月13日 周日 09:30–11:00，第三法庭，主楼三层\n\n请于2026年11月30日 周一 17:00前逐一答复各时段：\nhttp://127.0.0.1:8000/r/…\n\n在此之前且庭期排定之前，您可以更改答复。逾期未答复的，法院可以直接排定庭期。\n\n本链接仅供您本人使用，持有者可以您的名义答复，请勿转交他人。\n\nPudong New Area People''s Court\n王书记员\n","salt":"a5a4df05e98b8e042ce564559e087d97"}');
INSERT INTO "record_content" VALUES(13,'{"name":"李敏","address":"li@huacheng.example","subject":"请选定庭期：（2026）沪0115民初2号，2026年11月30日 周一 17:00前答复","text":"李敏：\n\n您好。Pudong New Area People''s Court就下列案件征询您可以出庭的时间。各方同时收到相同的候选时段。\n\n案号：（2026）沪0115民初2号\n案件：买卖合同纠纷\n您代理：远洋设备有限公司（原告方）\n事项：开庭审理，90分钟\n法官：陈法官\n\n候选时段，上海时间（Asia/Shanghai，UTC+8）：\n- 2026年12月15日 周二 09:30–11:00，第三法庭，主楼三层\n- 2026年12月16日 周三 09:30–11:00，第五法庭，主楼五层\n\n请于2026年11月30日 周一 17:00前逐一答复各时段：\nhttp://127.0.0.1:8000/r/…\n\n在此之前且庭期排定之前，您可以更改答复。逾期未答复的，法院可以直接排定庭期。\n\n本链接仅供您本人使用，持有者可以您的名义答复，请勿转交他人。\n\nPudong New Area People''s Court\n王书记员\n","salt":"07ac364472dd60b30f0822bd74d01fe2"}');
INSERT INTO "record_content" VALUES(14,'{"name":"Zhao Lei","address":"zhao@jinmao.example","subject":"请选定庭期：（2026）沪0115民初2号，2026年11月30日 周一 17:00前答复","text":"Zhao Lei：\n\n您好。Pudong New Area People''s Court就下列案件征询您可以出庭的时间。各方同时收到相同的候选时段。\n\n案号：（2026）沪0115民初2号\n案件：买卖合同纠纷\n您代理：Haitong Trading Ltd（被告方）\n事项：开庭审理，90分钟\n法官：陈法官\n\n候选时段，上海时间（Asia/Shanghai，UTC+8）：\n- 2026年12月15日 周二 09:30–11:00，第三法庭，主楼三层\n- 2026年12月16日 周三 09:30–11:00，第五法庭，主楼五层\n\n请于2026年11月30日 周一 17:00前逐一答复各时段：\nhttp://127.0.0.1:8000/r/…\n\n在此之前且庭期排定之前，您可以更改答复。逾期未答复的，法院可以直接排定庭期。\n\n本链接仅供您本人使用，持有者可以您的名义答复，请勿转交他人。\n\nPudong New Area People''s Court\n王书记员\n","salt":"84095c2e409ad123a86ae289d2ae053f"}');
INSERT INTO "record_content" VALUES(15,'{"name":"李敏","address":"li@huacheng.example","salt":"6b769263bac585e594fcbb61c92b1aa0"}');
INSERT INTO "record_content" VALUES(16,'{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"c57321a326c9cf5e978f6396bc03098e"}');
INSERT INTO "record_content" VALUES(17,'{"name":"李敏","address":"li@huacheng.example","salt":"2aefb11b3dc63500eb833d919eea2296"}');
INSERT INTO "record_content" VALUES(18,'{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"7a1d8fa3175a74f3c9167b548d23f503"}');
INSERT INTO "record_content" VALUES(19,'{"name":"李敏","address":"+8613800138001","subject":"","text":"【浦东法院】请于11月30日17:00前选定（2026）沪0115民初1号（买卖合同纠纷）庭期，逾期由法院排定。http://127.0.0.1:8000/r/…","salt":"62aa863650ed0611e20e7000e4ad8cdf"}');
INSERT INTO "record_content" VALUES(20,'{"name":"李敏","address":"+8613800138001","subject":"","text":"【浦东法院】请于11月30日17:00前选定（2026）沪0115民初2号（买卖合同纠纷）庭期，逾期由法院排定。http://127.0.0.1:8000/r/…","salt":"17a707188dccd10386ee3d39baf8a56a"}');
INSERT INTO "record_content" VALUES(21,'{"name":"李敏","address":"+8613800138001","salt":"3b051b895cfd8e1e47c523e7f2f026fc"}');
INSERT INTO "record_content" VALUES(22,'{"name":"李敏","address":"+8613800138001","salt":"a91b7108181999a273a93a6e8542c177"}');
INSERT INTO "record_content" VALUES(23,'{"name":"李敏","address":"li@huacheng.example","salt":"50486d0f2a4b7a8b4deff56403fa7d67"}');
INSERT INTO "record_content" VALUES(24,'{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"74c045e30bbac0308a1d36a2ff4a861e"}');
INSERT INTO "record_content" VALUES(25,'{"name":"李敏","address":"li@huacheng.example","salt":"7c007c1b6e7bb1054e558b99f3635dab"}');
INSERT INTO "record_content" VALUES(26,'{"name":"李敏","address":"+8613800138001","salt":"f1664fdbc03eb5f854b2029e9685b2f9"}');
INSERT INTO "record_content" VALUES(27,'{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"a374e23c537abff765837f2e7058ec26"}');
INSERT INTO "record_content" VALUES(28,'{"name":"李敏","address":"li@huacheng.example","salt":"479c47b84c8e0121bf8b9ed97c34d1cb"}');
INSERT INTO "record_content" VALUES(29,'{"name":"李敏","address":"+8613800138001","salt":"82a05ab95c9b94906c77c3a6b24e9628"}');
INSERT INTO "record_content" VALUES(30,'{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"00ed95930c14b446b73aa10eac1d1d8f"}');
INSERT INTO "record_content" VALUES(31,'{"name":"李敏","address":"li@huacheng.example","salt":"65a597178d40091f1f3c13e2b86eea08"}');
INSERT INTO "record_content" VALUES(32,'{"name":"李敏","address":"+8613800138001","salt":"04c6e6fd51b5bc5bb9995aeca26cb507"}');
INSERT INTO "record_content" VALUES(33,'{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"bc872bbb0c85561a48ea4794b3034536"}');
INSERT INTO "record_content" VALUES(34,'{"name":"李敏","address":"li@huacheng.example","salt":"63972984670529c0dee0c20a95808947"}');
INSERT INTO "record_content" VALUES(35,'{"name":"李敏","address":"+8613800138001","salt":"dbaa7fa07b93ba8193afbfc8c0e5bd0f"}');
INSERT INTO "record_content" VALUES(36,'{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"62b426094941054f2b1016cc0f8c19cb"}');
INSERT INTO "record_content" VALUES(37,'{"name":"李敏","address":"li@huacheng.example","subject":"庭期已排定：2026年12月13日 周日 09:30–11:00，（2026）沪0115民初1号","text":"李敏：\n\n您好。下列案件的庭期已由法院决定排定。理由：依职权\n\n案号：（2026）沪0115民初1号\n案件：买卖合同纠纷\n您代理：远洋设备有限公司（原告方）\n事项：开庭审理，90分钟\n法官：陈法官\n时间：2026年12月13日 周日 09:30–11:00\n地点：第三法庭，主楼三层\n时区：上海时间（Asia/Shanghai，UTC+8）\n\n请提前十分钟到庭。不能到庭的，请立即告知法院并说明理由；无正当理由不到庭的，法院可以依法继续审理。\n\n庭审与联络记录：\nhttp://127.0.0.1:8000/r/…\n\n随信附有日历文件，供您存入日历，不作答复之用。\n\nPudong New Area People''s Court\n王书记员\n","calendar":"REQUEST bf0149af-5f9a-4007-8764-f8bd9fb6703c 1","salt":"50f87e2730bf3b1fe576e79caac33054"}');
INSERT INTO "record_content" VALUES(38,'{"name":"Zhao Lei","address":"zhao@jinmao.example","subject":"庭期已排定：2026年12月13日 周日 09:30–11:00，（2026）沪0115民初1号","text":"Zhao Lei：\n\n您好。下列案件的庭期已由法院决定排定。理由：依职权\n\n案号：（2026）沪0115民初1号\n案件：买卖合同纠纷\n您代理：Haitong Trading Ltd（被告方）\n事项：开庭审理，90分钟\n法官：陈法官\n时间：2026年12月13日 周日 09:30–11:00\n地点：第三法庭，主楼三层\n时区：上海时间（Asia/Shanghai，UTC+8）\n\n请提前十分钟到庭。不能到庭的，请立即告知法院并说明理由；无正当理由不到庭的，法院可以依法继续审理。\n\n庭审与联络记录：\nhttp://127.0.0.1:8000/r/…\n\n随信附有日历文件，供您存入日历，不作答复之用。\n\nPudong New Area People''s Court\n王书记员\n","calendar":"REQUEST bf0149af-5f9a-4007-8764-f8bd9fb6703c 1","salt":"53528567f46dd8f9959d1a31573b5a3d"}');
INSERT INTO "record_content" VALUES(39,'{"name":"李敏","address":"li@huacheng.example","salt":"9b439457ee89af3eab3a19a123f5cc19"}');
INSERT INTO "record_content" VALUES(40,'{"name":"Zhao Lei","address":"zhao@jinmao.example","salt":"70a9ed68b408db399fe3b610b0f3f072"}');
INSERT INTO "record_content" VALUES(41,'{"name":"李敏","address":"+8613800138001","subject":"","text":"【浦东法院】（2026）沪0115民初1号（买卖合同纠纷）定于12月13日周日09:30在第三法庭开庭，不能到庭请立即告知法院。http://127.0.0.1:8000/r/…","salt":"5f77cc5ace302b83e024616461c0fa53"}');
INSERT INTO "record_content" VALUES(42,'{"name":"李敏","address":"+8613800138001","salt":"ecb2bae2c2c6de7d1fccdfee965223b4"}');
CREATE TABLE record_day (
	court_id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	"on" DATE NOT NULL, 
	at DATETIME NOT NULL, 
	heads JSON NOT NULL, 
	prev VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_record_day PRIMARY KEY (court_id, seq), 
	CONSTRAINT fk_record_day_court_id FOREIGN KEY(court_id) REFERENCES court (id), 
	CONSTRAINT uq_record_day_on UNIQUE (court_id, "on")
);
INSERT INTO "record_day" VALUES(1,1,'2026-11-22','2026-11-23 01:00:00.000000','[]','0000000000000000000000000000000000000000000000000000000000000000','971f438d281792f948e674f231ea84d352b42f2c6b6a0fdeaff28da71a07ff96');
INSERT INTO "record_day" VALUES(1,2,'2026-11-23','2026-11-24 01:00:00.000000','[[1,16,"0d005f0f0d561d791a809f2502119ac83197180f07fe0ce42f4ee8585106c876"],[2,11,"78a8b02d891317cad2e58bde444e9b070f9f34cb4573869dd5af54df30de077c"]]','971f438d281792f948e674f231ea84d352b42f2c6b6a0fdeaff28da71a07ff96','16a5eb4f4b43ccb246e47e29a2d26579fcbad1bee17ac1b669741c0ea5d171fc');
CREATE TABLE record_head (
	case_id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	hash VARCHAR(64) NOT NULL, sealed_seq INTEGER DEFAULT '0' NOT NULL, last_at DATETIME, 
	CONSTRAINT pk_record_head PRIMARY KEY (case_id), 
	CONSTRAINT fk_record_head_case_id FOREIGN KEY(case_id) REFERENCES case_file (id)
);
INSERT INTO "record_head" VALUES(1,31,'cf696f0842b2a3919240a44240352072bfe583498e0936ca79598269b2a10a08',16,'2026-11-24 01:00:00.000000');
INSERT INTO "record_head" VALUES(2,11,'78a8b02d891317cad2e58bde444e9b070f9f34cb4573869dd5af54df30de077c',11,'2026-11-23 01:00:00.000000');
CREATE TABLE record_line (
	id INTEGER NOT NULL, 
	court_id INTEGER NOT NULL, 
	case_id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	what VARCHAR(20) NOT NULL, 
	direction VARCHAR(3) NOT NULL, 
	about VARCHAR(40) NOT NULL, 
	attempt VARCHAR(40) NOT NULL, 
	notice_id INTEGER, 
	counsel_id INTEGER, 
	side VARCHAR(20) NOT NULL, 
	channel VARCHAR(20) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	detail JSON NOT NULL, 
	content_hash VARCHAR(64) NOT NULL, 
	prev VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_record_line PRIMARY KEY (id), 
	CONSTRAINT fk_record_line_case_id FOREIGN KEY(case_id) REFERENCES case_file (id), 
	CONSTRAINT fk_record_line_counsel_id FOREIGN KEY(counsel_id) REFERENCES counsel (id), 
	CONSTRAINT fk_record_line_court_id FOREIGN KEY(court_id) REFERENCES court (id), 
	CONSTRAINT fk_record_line_notice_id FOREIGN KEY(notice_id) REFERENCES notice (id), 
	CONSTRAINT uq_record_line_case_id_seq UNIQUE (case_id, seq)
);
INSERT INTO "record_line" VALUES(1,1,1,1,'2026-11-23 01:00:00.000000','queued','out','hearing/1','n1.0',1,1,'claimant','email','proposal','{"due_at":"2026-11-23T01:00:00.000000Z"}','6bdd88a02635477d5c56f0ff1300341bd64326775103f0477bffdf787e332977','0000000000000000000000000000000000000000000000000000000000000000','0b1493aba8caba26eabbe9d8431b6b1acd92c3245e4c4c33bdb712e8d58d3fb4');
INSERT INTO "record_line" VALUES(2,1,1,2,'2026-11-23 01:00:00.000000','queued','out','hearing/1','n2.0',2,1,'claimant','sms','proposal','{"due_at":"2026-11-23T01:00:00.000000Z"}','7461775af91f4a8a45d88da1a7a123aa7917ac4e752d32ab1009b8f492c8c9fc','0b1493aba8caba26eabbe9d8431b6b1acd92c3245e4c4c33bdb712e8d58d3fb4','12db14ed69ee46b75fac090da0b3c11313d3c3f43a367afa9d9275ad7bf019e4');
INSERT INTO "record_line" VALUES(3,1,1,3,'2026-11-23 01:00:00.000000','queued','out','hearing/1','n3.0',3,2,'respondent','email','proposal','{"due_at":"2026-11-23T01:00:00.000000Z"}','66d9f26634ec7b35a9238502503456b1083946403318f22ab7da7cc061ace2c6','12db14ed69ee46b75fac090da0b3c11313d3c3f43a367afa9d9275ad7bf019e4','a8cee2c9e7cd8126a4a80b2538aaa2fc9bc7997b3198fd029f55e765a6470a3f');
INSERT INTO "record_line" VALUES(4,1,1,4,'2026-11-23 01:00:00.000000','queued','out','hearing/1','n4.0',4,1,'claimant','email','nudge','{"due_at":"2026-11-29T09:00:00.000000Z"}','685779addfe07d4476c138484b730e4ed9ea5dc05ff91b2d23120eb461417ba4','a8cee2c9e7cd8126a4a80b2538aaa2fc9bc7997b3198fd029f55e765a6470a3f','c8dbe05cf9b33da5068dc31103a0f4398d8319314107b5f2ffe2499a6d0c1393');
INSERT INTO "record_line" VALUES(5,1,1,5,'2026-11-23 01:00:00.000000','queued','out','hearing/1','n5.0',5,2,'respondent','email','nudge','{"due_at":"2026-11-29T09:00:00.000000Z"}','3016ae21947fa750fa2edda14e6a74fd89dbc9aaccf33f1edc3cfaecc9f73df0','c8dbe05cf9b33da5068dc31103a0f4398d8319314107b5f2ffe2499a6d0c1393','2a602b9b37ee34c5ef153b71897664d9347e7180fd24f72b8121ba8ff7ddfa68');
INSERT INTO "record_line" VALUES(6,1,2,1,'2026-11-23 01:00:00.000000','queued','out','hearing/2','n6.0',6,1,'claimant','email','proposal','{"due_at":"2026-11-23T01:00:00.000000Z"}','059eb1029cb796b25e1496eea74529c40a8fc7978213983d7b27fdd43f0e9a44','0000000000000000000000000000000000000000000000000000000000000000','f552e96d52deeeb5348c6978431a1275060ff9e61dbebf8bc9a9800e54427e34');
INSERT INTO "record_line" VALUES(7,1,2,2,'2026-11-23 01:00:00.000000','queued','out','hearing/2','n7.0',7,1,'claimant','sms','proposal','{"due_at":"2026-11-23T01:00:00.000000Z"}','1419d2e068644f76830227b3eff613cfc59f41bb9c3fe2981b6a1d177eae8673','f552e96d52deeeb5348c6978431a1275060ff9e61dbebf8bc9a9800e54427e34','b0c710d93ac449809a742a0400054c204e512a6d59fc5daf91706f16e4442508');
INSERT INTO "record_line" VALUES(8,1,2,3,'2026-11-23 01:00:00.000000','queued','out','hearing/2','n8.0',8,2,'respondent','email','proposal','{"due_at":"2026-11-23T01:00:00.000000Z"}','e19300da6367cea8c271ceb81b7373926cd9feea11da8720ca90a38f5769a161','b0c710d93ac449809a742a0400054c204e512a6d59fc5daf91706f16e4442508','499127a98d65bc9abf7e145a4e28933872f8cd469e8d26ea630c576a859b37f5');
INSERT INTO "record_line" VALUES(9,1,2,4,'2026-11-23 01:00:00.000000','queued','out','hearing/2','n9.0',9,1,'claimant','email','nudge','{"due_at":"2026-11-29T09:00:00.000000Z"}','b37c0c897cc163899961e66a822ceba4ab8d3d4eb107e233286d2f8c1008e5f7','499127a98d65bc9abf7e145a4e28933872f8cd469e8d26ea630c576a859b37f5','b0623af011b14430d820cde32f56ed7148a28636e9b7435e91ee181a583a60b6');
INSERT INTO "record_line" VALUES(10,1,2,5,'2026-11-23 01:00:00.000000','queued','out','hearing/2','n10.0',10,2,'respondent','email','nudge','{"due_at":"2026-11-29T09:00:00.000000Z"}','edb346c1386420cc20e338e64c3091d552064703e591a868153a0931eacf476e','b0623af011b14430d820cde32f56ed7148a28636e9b7435e91ee181a583a60b6','04ee73c4f700b4ce826f8754e8deaa9f051503e2df9e63dee2450f30dcf8743d');
INSERT INTO "record_line" VALUES(11,1,1,6,'2026-11-23 01:00:00.000000','started','out','hearing/1','n1.1',1,1,'claimant','email','proposal','{"carrier":"outbox"}','007797b6e0ade7d0b98df6a069fb09bafb2d0c00766795d6d4d58a4e4b8fbb44','2a602b9b37ee34c5ef153b71897664d9347e7180fd24f72b8121ba8ff7ddfa68','a1f1afbb04240713862224d830a18937f49cef99a6fd5c3b7fce253952cf0dd0');
INSERT INTO "record_line" VALUES(12,1,1,7,'2026-11-23 01:00:00.000000','started','out','hearing/1','n3.1',3,2,'respondent','email','proposal','{"carrier":"outbox"}','79f3ad87404881e46f135d666a9c79581809fd80f88c9badbb70f1bd1c387a79','a1f1afbb04240713862224d830a18937f49cef99a6fd5c3b7fce253952cf0dd0','785689433be7d3bb2f205434315f7c802dfca8b1a2d0697d301ee818470e3fed');
INSERT INTO "record_line" VALUES(13,1,2,6,'2026-11-23 01:00:00.000000','started','out','hearing/2','n6.1',6,1,'claimant','email','proposal','{"carrier":"outbox"}','65f317d088fd449c3b0d1f888f285891955d8f5645ad97436323d67eff4fa433','04ee73c4f700b4ce826f8754e8deaa9f051503e2df9e63dee2450f30dcf8743d','8b0c8ab4779e34cd1890175b2ee84c14655bd7862abc1d8b9046f3a23a2fbbbd');
INSERT INTO "record_line" VALUES(14,1,2,7,'2026-11-23 01:00:00.000000','started','out','hearing/2','n8.1',8,2,'respondent','email','proposal','{"carrier":"outbox"}','280aa69221717a701c4ca288ff99247240a4bc363aed321fb5b8f435f323e4ec','8b0c8ab4779e34cd1890175b2ee84c14655bd7862abc1d8b9046f3a23a2fbbbd','753fe50528275481a4c9a74fc7a9217d72586bae3f9300a075686569a797cc7e');
INSERT INTO "record_line" VALUES(15,1,1,8,'2026-11-23 01:00:00.000000','accepted','out','hearing/1','n1.1',1,1,'claimant','email','proposal','{"carrier":"outbox","carrier_id":"20261123T010000.000000Z-000000-97ffee93-n1.1.eml","status":"stored"}','013e2ca2c31c1c1888319b3212a38d23747b681c71a89adf527f3322c28a0305','785689433be7d3bb2f205434315f7c802dfca8b1a2d0697d301ee818470e3fed','60f25770fd9ce5f71cbb43aca14d6bcae87485e79136e0b1032c074b6fa87faf');
INSERT INTO "record_line" VALUES(16,1,1,9,'2026-11-23 01:00:00.000000','accepted','out','hearing/1','n3.1',3,2,'respondent','email','proposal','{"carrier":"outbox","carrier_id":"20261123T010000.000000Z-000001-d5f34484-n3.1.eml","status":"stored"}','fb485567fd807811066fe8205e91299b37045ef0bab01de0467b49d64439712f','60f25770fd9ce5f71cbb43aca14d6bcae87485e79136e0b1032c074b6fa87faf','179faed9cd34c97b6cae1f038ce8732a233d355f833325a4204f32ef49f1e238');
INSERT INTO "record_line" VALUES(17,1,2,8,'2026-11-23 01:00:00.000000','accepted','out','hearing/2','n6.1',6,1,'claimant','email','proposal','{"carrier":"outbox","carrier_id":"20261123T010000.000000Z-000002-ffaadca3-n6.1.eml","status":"stored"}','6028cefcd555cb2713725137b7c341a67a921b731b511a565b8a27f7139aff78','753fe50528275481a4c9a74fc7a9217d72586bae3f9300a075686569a797cc7e','dbfc0b61bf43aa764fe58658371d9cd8f57dc1be6450238645a35f1dc60c78cb');
INSERT INTO "record_line" VALUES(18,1,2,9,'2026-11-23 01:00:00.000000','accepted','out','hearing/2','n8.1',8,2,'respondent','email','proposal','{"carrier":"outbox","carrier_id":"20261123T010000.000000Z-000003-f4d3d95c-n8.1.eml","status":"stored"}','e6664370d780c1bab2d5562cdba4342e4bfcb05dda4d22c051f35f4d94a004b7','dbfc0b61bf43aa764fe58658371d9cd8f57dc1be6450238645a35f1dc60c78cb','df9b9492e04aa6084f3e27ff1e4117ca4f3ca865ecd25b99ac65fd0827230eaf');
INSERT INTO "record_line" VALUES(19,1,1,10,'2026-11-23 01:00:00.000000','started','out','hearing/1','n2.1',2,1,'claimant','sms','proposal','{"carrier":"outbox"}','c58b9ac7cc2dc28aa3a775c17852026af4c2677e42d2c7efd40f803c5a1aedb2','179faed9cd34c97b6cae1f038ce8732a233d355f833325a4204f32ef49f1e238','5e71489def7cc5f6941e471709bb7836bc592b20cc147a173f6559fd1f148535');
INSERT INTO "record_line" VALUES(20,1,2,10,'2026-11-23 01:00:00.000000','started','out','hearing/2','n7.1',7,1,'claimant','sms','proposal','{"carrier":"outbox"}','a38f46031b32179b8b5aba632e1fcca7471ed7caea8c2e768f8f5d7570df486b','df9b9492e04aa6084f3e27ff1e4117ca4f3ca865ecd25b99ac65fd0827230eaf','d50ae551a9ab27ba4036d66367de4edceedcde8e587ef4d515cab91b03dbb8b8');
INSERT INTO "record_line" VALUES(21,1,1,11,'2026-11-23 01:00:00.000000','accepted','out','hearing/1','n2.1',2,1,'claimant','sms','proposal','{"carrier":"outbox","carrier_id":"20261123T010000.000000Z-000004-1fe30342-n2.1.json","status":"stored"}','87c4562eb5be780f0ee23584228518130ce8528b138341e38ba25938bfb949fe','5e71489def7cc5f6941e471709bb7836bc592b20cc147a173f6559fd1f148535','57afd8b67283b4d7b24edd8eb3bcc7c7becf7c1937edea032cb30b18e1195cad');
INSERT INTO "record_line" VALUES(22,1,2,11,'2026-11-23 01:00:00.000000','accepted','out','hearing/2','n7.1',7,1,'claimant','sms','proposal','{"carrier":"outbox","carrier_id":"20261123T010000.000000Z-000005-32ed349d-n7.1.json","status":"stored"}','b49e1498172b48075e3f251bfccab406747de2cec77d78dea54dec7f59e80f0b','d50ae551a9ab27ba4036d66367de4edceedcde8e587ef4d515cab91b03dbb8b8','78a8b02d891317cad2e58bde444e9b070f9f34cb4573869dd5af54df30de077c');
INSERT INTO "record_line" VALUES(23,1,1,12,'2026-11-23 01:00:00.000000','withdrawn','out','hearing/1','n4.0',4,1,'claimant','email','nudge','{"why":"the date was settled"}','ac0ce05f3b5681323247d44abda70a0316de94d711d650ef80c737f0dd217a8d','57afd8b67283b4d7b24edd8eb3bcc7c7becf7c1937edea032cb30b18e1195cad','27ba24c4e42ec20b6eb6f816694c662ea8e74ff1f57cdeaeb03970194056746b');
INSERT INTO "record_line" VALUES(24,1,1,13,'2026-11-23 01:00:00.000000','withdrawn','out','hearing/1','n5.0',5,2,'respondent','email','nudge','{"why":"the date was settled"}','ad2c638483ceb67c9ed5f46c7116d68e43e670b9dd51dc175815056546e4ecf7','27ba24c4e42ec20b6eb6f816694c662ea8e74ff1f57cdeaeb03970194056746b','28e39f7eddd905aa4df557ac3b6d48cbf4f18cc38d8bb64f9911b08c4f82daab');
INSERT INTO "record_line" VALUES(25,1,1,14,'2026-11-23 01:00:00.000000','queued','out','hearing/1','n11.0',11,1,'claimant','email','fixed','{"due_at":"2026-11-23T01:00:00.000000Z"}','f05179f44bafeea60ede9affb39c476a26b0c764194d73f5bb4ddf4af6db6ed3','28e39f7eddd905aa4df557ac3b6d48cbf4f18cc38d8bb64f9911b08c4f82daab','265ec727acf76f32eb084ce2ba4e32cd82266c60c3b2921e777dddaed751b1af');
INSERT INTO "record_line" VALUES(26,1,1,15,'2026-11-23 01:00:00.000000','queued','out','hearing/1','n12.0',12,1,'claimant','sms','fixed','{"due_at":"2026-11-23T01:00:00.000000Z"}','284ca41e7dffcf1940284768e629b2e7f935c9363af5d63ec1e2d12c6882999a','265ec727acf76f32eb084ce2ba4e32cd82266c60c3b2921e777dddaed751b1af','b06a165a8db46d9c8e1337303364493a6b997f9be214c55921e44c5532c36508');
INSERT INTO "record_line" VALUES(27,1,1,16,'2026-11-23 01:00:00.000000','queued','out','hearing/1','n13.0',13,2,'respondent','email','fixed','{"due_at":"2026-11-23T01:00:00.000000Z"}','9c5b950b330bc377d2a98992615a2e2e90c8ea051e8da31b241057848d756984','b06a165a8db46d9c8e1337303364493a6b997f9be214c55921e44c5532c36508','0d005f0f0d561d791a809f2502119ac83197180f07fe0ce42f4ee8585106c876');
INSERT INTO "record_line" VALUES(28,1,1,17,'2026-11-24 01:00:00.000000','queued','out','hearing/1','n14.0',14,1,'claimant','email','reminder','{"due_at":"2026-12-06T01:00:00.000000Z"}','c3acb11eb1cfe38ab24c69acc3c8a0c5b90128efc410331b12c38bdacbc590ef','0d005f0f0d561d791a809f2502119ac83197180f07fe0ce42f4ee8585106c876','476b2e26eb4d757fa208e8c4d26b12932b5116450bd9c4c1f5a6a3500228e9b2');
INSERT INTO "record_line" VALUES(29,1,1,18,'2026-11-24 01:00:00.000000','queued','out','hearing/1','n15.0',15,1,'claimant','sms','reminder','{"due_at":"2026-12-06T01:00:00.000000Z"}','7ab17d93a97c19b465c06fd14d7e53cc1f5411e0cbfeda699c96d5ab1f667da5','476b2e26eb4d757fa208e8c4d26b12932b5116450bd9c4c1f5a6a3500228e9b2','4675f31842617cf875a428e23167a6239dedc06f5d1244dd5020f8c7e6eb85ab');
INSERT INTO "record_line" VALUES(30,1,1,19,'2026-11-24 01:00:00.000000','queued','out','hearing/1','n16.0',16,2,'respondent','email','reminder','{"due_at":"2026-12-06T01:00:00.000000Z"}','a5e1dc20398eed98760f1fc7e975b2ddee390a253244ed794bb57396a12b9549','4675f31842617cf875a428e23167a6239dedc06f5d1244dd5020f8c7e6eb85ab','f4050004dc24b39de4e34c27ece83ff14d1787ac4527de69efc64a7a9b65a906');
INSERT INTO "record_line" VALUES(31,1,1,20,'2026-11-24 01:00:00.000000','queued','out','hearing/1','n17.0',17,1,'claimant','email','reminder','{"due_at":"2026-12-10T01:00:00.000000Z"}','d276855c8145429b3af0bb16d62a64794fe7024715f8824e525a68a6306a68bf','f4050004dc24b39de4e34c27ece83ff14d1787ac4527de69efc64a7a9b65a906','e219f5268c3acbbfd49d2fa74188474989730d4f0c144bbea22782738ad7517d');
INSERT INTO "record_line" VALUES(32,1,1,21,'2026-11-24 01:00:00.000000','queued','out','hearing/1','n18.0',18,1,'claimant','sms','reminder','{"due_at":"2026-12-10T01:00:00.000000Z"}','71166f44b6485546609bcbc7a093bc7eb886aeb2b619f25ee8bf8bf69e75cce9','e219f5268c3acbbfd49d2fa74188474989730d4f0c144bbea22782738ad7517d','5051e1e42c0884eddaf17034ed33eb532466d3eddf67ceb95c1eb8b714c6cbca');
INSERT INTO "record_line" VALUES(33,1,1,22,'2026-11-24 01:00:00.000000','queued','out','hearing/1','n19.0',19,2,'respondent','email','reminder','{"due_at":"2026-12-10T01:00:00.000000Z"}','45664fa9ad95822790392530f486d8a5931aefdb1d60379b8415cbd2a377840e','5051e1e42c0884eddaf17034ed33eb532466d3eddf67ceb95c1eb8b714c6cbca','8153c61b9ccd884e8eb7d6464457fb9c9ac6f4f7d2b32cb692a6378351bd5786');
INSERT INTO "record_line" VALUES(34,1,1,23,'2026-11-24 01:00:00.000000','queued','out','hearing/1','n20.0',20,1,'claimant','email','reminder','{"due_at":"2026-12-12T01:00:00.000000Z"}','9d6cfa4eca9b6228f02ea6f9bc56d647f8896859200055f68a24d9d68024f5be','8153c61b9ccd884e8eb7d6464457fb9c9ac6f4f7d2b32cb692a6378351bd5786','87b3cf03791c79f5469127c20604c5a7b183ab6e3796dc0ba9d00af8cf3fb7d4');
INSERT INTO "record_line" VALUES(35,1,1,24,'2026-11-24 01:00:00.000000','queued','out','hearing/1','n21.0',21,1,'claimant','sms','reminder','{"due_at":"2026-12-12T01:00:00.000000Z"}','c705c3d4f6fe56b4d04ac6a45cd1ac9d440a3751095866d350a3c6e65469a7bc','87b3cf03791c79f5469127c20604c5a7b183ab6e3796dc0ba9d00af8cf3fb7d4','6608745ae6a2bb754907dc28c04ee3da297588c11a38eb2fa754d1e804ae0c82');
INSERT INTO "record_line" VALUES(36,1,1,25,'2026-11-24 01:00:00.000000','queued','out','hearing/1','n22.0',22,2,'respondent','email','reminder','{"due_at":"2026-12-12T01:00:00.000000Z"}','70c3355a6511726c9ef1ea3cb178f1c5336e4bec5c00fbaa3ce4e8ec95c34bad','6608745ae6a2bb754907dc28c04ee3da297588c11a38eb2fa754d1e804ae0c82','4c77780cb732a222ded70ea660f1a277f848e711d7853966afdf6d355042ca7e');
INSERT INTO "record_line" VALUES(37,1,1,26,'2026-11-24 01:00:00.000000','started','out','hearing/1','n11.1',11,1,'claimant','email','fixed','{"carrier":"outbox"}','a69616a9498fcf5ba61a4b09a25e471ccc4c19c6e91a393443b8b6dd86d39416','4c77780cb732a222ded70ea660f1a277f848e711d7853966afdf6d355042ca7e','6732e0170846d6668f90e1d66d0f90115bbaf07e5e3b1b022fd8f4f0b6e30aea');
INSERT INTO "record_line" VALUES(38,1,1,27,'2026-11-24 01:00:00.000000','started','out','hearing/1','n13.1',13,2,'respondent','email','fixed','{"carrier":"outbox"}','8bab859b6215616b9e20a6d63db125ec4b3cccc3c3cdd66b90098e2886ad5046','6732e0170846d6668f90e1d66d0f90115bbaf07e5e3b1b022fd8f4f0b6e30aea','bd2772818fbee54b2d9d959961ce9ff66ee9187ff599838cbc90e4400a8d23da');
INSERT INTO "record_line" VALUES(39,1,1,28,'2026-11-24 01:00:00.000000','accepted','out','hearing/1','n11.1',11,1,'claimant','email','fixed','{"carrier":"outbox","carrier_id":"20261124T010000.000000Z-000006-165ef7de-n11.1.eml","status":"stored"}','47db1cc9166a6e4d21a41045e5820f04d292f949f93383cb9b1b89a62ec7f867','bd2772818fbee54b2d9d959961ce9ff66ee9187ff599838cbc90e4400a8d23da','d342691d9ebbb3d0aab8ebbad6fe824b82233ad7b427cc309f3c40a4dbad0ad2');
INSERT INTO "record_line" VALUES(40,1,1,29,'2026-11-24 01:00:00.000000','accepted','out','hearing/1','n13.1',13,2,'respondent','email','fixed','{"carrier":"outbox","carrier_id":"20261124T010000.000000Z-000007-63be499e-n13.1.eml","status":"stored"}','21b32fc7eb0fae0b6aff65e4efa39ae53241e07803464bdb91d31e1a734adec7','d342691d9ebbb3d0aab8ebbad6fe824b82233ad7b427cc309f3c40a4dbad0ad2','708cd75d25972a068aff7fcc3d8cdb835b6143d702b7d114d752e4f7cb67b516');
INSERT INTO "record_line" VALUES(41,1,1,30,'2026-11-24 01:00:00.000000','started','out','hearing/1','n12.1',12,1,'claimant','sms','fixed','{"carrier":"outbox"}','93c33d537866fc6d5e95c955a90b332669391ea63bbeb12961b38a7e73a9086b','708cd75d25972a068aff7fcc3d8cdb835b6143d702b7d114d752e4f7cb67b516','ebb95ed5fd03dac532c7808818f423b41d98ea0826f0522702fa1ac003c1943f');
INSERT INTO "record_line" VALUES(42,1,1,31,'2026-11-24 01:00:00.000000','accepted','out','hearing/1','n12.1',12,1,'claimant','sms','fixed','{"carrier":"outbox","carrier_id":"20261124T010000.000000Z-000008-a0786986-n12.1.json","status":"stored"}','536146fbae7cb2c7e4ca5a060c5079d6e4dbb3b55f66e33a1749d23826e7669c','ebb95ed5fd03dac532c7808818f423b41d98ea0826f0522702fa1ac003c1943f','cf696f0842b2a3919240a44240352072bfe583498e0936ca79598269b2a10a08');
CREATE TABLE rendered_event (
	hearing_id INTEGER NOT NULL, 
	language VARCHAR(8) NOT NULL, 
	edition INTEGER NOT NULL, 
	house VARCHAR(32) NOT NULL, 
	events JSON NOT NULL, 
	CONSTRAINT pk_rendered_event PRIMARY KEY (hearing_id, language), 
	CONSTRAINT fk_rendered_event_hearing_id FOREIGN KEY(hearing_id) REFERENCES hearing (id)
);
INSERT INTO "rendered_event" VALUES(2,'en',4,'82dfe67d510e29093d9625d7f2156ba3','[{"slot":true,"room":1,"at":1797298200.0,"until":1797303600.0,"zone":"Asia/Shanghai","changed_at":1795395600.0,"falls_at":null,"uid":"a3850734-341f-4ee6-b017-2e199d297f19-slot-2","text":"BEGIN:VEVENT\r\nSUMMARY:Proposed: Trial （2026）沪0115民初2号\r\nDTSTART;TZID=Asia/Shanghai:20261215T093000\r\nDTEND;TZID=Asia/Shanghai:20261215T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:a3850734-341f-4ee6-b017-2e199d297f19-slot-2\r\nSEQUENCE:0\r\nCOLOR:goldenrod\r\nDESCRIPTION:Pudong New Area People''s Court\\nCase: （2026）沪0115民初2\r\n 号\\, 买卖合同纠纷\\nKind: Trial\\nJudge: 陈法官\\nTime zone: Shangh\r\n ai time (Asia/Shanghai\\, UTC+8)\r\nLAST-MODIFIED:20261123T010000Z\r\nLOCATION:第三法庭\\, 主楼三层\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:TENTATIVE\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n","busy_uid":"busy-d74ddf196ac963f60712c7c12d19670e","busy":"BEGIN:VEVENT\r\nSUMMARY:Busy\r\nDTSTART;TZID=Asia/Shanghai:20261215T093000\r\nDTEND;TZID=Asia/Shanghai:20261215T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:busy-d74ddf196ac963f60712c7c12d19670e\r\nSEQUENCE:0\r\nCOLOR:goldenrod\r\nLAST-MODIFIED:20261123T010000Z\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:TENTATIVE\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n"},{"slot":true,"room":2,"at":1797384600.0,"until":1797390000.0,"zone":"Asia/Shanghai","changed_at":1795395600.0,"falls_at":null,"uid":"a3850734-341f-4ee6-b017-2e199d297f19-slot-3","text":"BEGIN:VEVENT\r\nSUMMARY:Proposed: Trial （2026）沪0115民初2号\r\nDTSTART;TZID=Asia/Shanghai:20261216T093000\r\nDTEND;TZID=Asia/Shanghai:20261216T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:a3850734-341f-4ee6-b017-2e199d297f19-slot-3\r\nSEQUENCE:0\r\nCOLOR:goldenrod\r\nDESCRIPTION:Pudong New Area People''s Court\\nCase: （2026）沪0115民初2\r\n 号\\, 买卖合同纠纷\\nKind: Trial\\nJudge: 陈法官\\nTime zone: Shangh\r\n ai time (Asia/Shanghai\\, UTC+8)\r\nLAST-MODIFIED:20261123T010000Z\r\nLOCATION:第五法庭\\, 主楼五层\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:TENTATIVE\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n","busy_uid":"busy-8d67c5fac551cde72ded968b609d67b5","busy":"BEGIN:VEVENT\r\nSUMMARY:Busy\r\nDTSTART;TZID=Asia/Shanghai:20261216T093000\r\nDTEND;TZID=Asia/Shanghai:20261216T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:busy-8d67c5fac551cde72ded968b609d67b5\r\nSEQUENCE:0\r\nCOLOR:goldenrod\r\nLAST-MODIFIED:20261123T010000Z\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:TENTATIVE\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n"}]');
INSERT INTO "rendered_event" VALUES(2,'zh',4,'82dfe67d510e29093d9625d7f2156ba3','[{"slot":true,"room":1,"at":1797298200.0,"until":1797303600.0,"zone":"Asia/Shanghai","changed_at":1795395600.0,"falls_at":null,"uid":"a3850734-341f-4ee6-b017-2e199d297f19-slot-2","text":"BEGIN:VEVENT\r\nSUMMARY:征询中：开庭审理 （2026）沪0115民初2号\r\nDTSTART;TZID=Asia/Shanghai:20261215T093000\r\nDTEND;TZID=Asia/Shanghai:20261215T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:a3850734-341f-4ee6-b017-2e199d297f19-slot-2\r\nSEQUENCE:0\r\nCOLOR:goldenrod\r\nDESCRIPTION:Pudong New Area People''s Court\\n案号：（2026）沪0115民\r\n 初2号，买卖合同纠纷\\n事项：开庭审理\\n法官：陈法官\\n\r\n 时区：上海时间（Asia/Shanghai，UTC+8）\r\nLAST-MODIFIED:20261123T010000Z\r\nLOCATION:第三法庭，主楼三层\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:TENTATIVE\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n","busy_uid":"busy-d74ddf196ac963f60712c7c12d19670e","busy":"BEGIN:VEVENT\r\nSUMMARY:占用\r\nDTSTART;TZID=Asia/Shanghai:20261215T093000\r\nDTEND;TZID=Asia/Shanghai:20261215T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:busy-d74ddf196ac963f60712c7c12d19670e\r\nSEQUENCE:0\r\nCOLOR:goldenrod\r\nLAST-MODIFIED:20261123T010000Z\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:TENTATIVE\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n"},{"slot":true,"room":2,"at":1797384600.0,"until":1797390000.0,"zone":"Asia/Shanghai","changed_at":1795395600.0,"falls_at":null,"uid":"a3850734-341f-4ee6-b017-2e199d297f19-slot-3","text":"BEGIN:VEVENT\r\nSUMMARY:征询中：开庭审理 （2026）沪0115民初2号\r\nDTSTART;TZID=Asia/Shanghai:20261216T093000\r\nDTEND;TZID=Asia/Shanghai:20261216T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:a3850734-341f-4ee6-b017-2e199d297f19-slot-3\r\nSEQUENCE:0\r\nCOLOR:goldenrod\r\nDESCRIPTION:Pudong New Area People''s Court\\n案号：（2026）沪0115民\r\n 初2号，买卖合同纠纷\\n事项：开庭审理\\n法官：陈法官\\n\r\n 时区：上海时间（Asia/Shanghai，UTC+8）\r\nLAST-MODIFIED:20261123T010000Z\r\nLOCATION:第五法庭，主楼五层\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:TENTATIVE\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n","busy_uid":"busy-8d67c5fac551cde72ded968b609d67b5","busy":"BEGIN:VEVENT\r\nSUMMARY:占用\r\nDTSTART;TZID=Asia/Shanghai:20261216T093000\r\nDTEND;TZID=Asia/Shanghai:20261216T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:busy-8d67c5fac551cde72ded968b609d67b5\r\nSEQUENCE:0\r\nCOLOR:goldenrod\r\nLAST-MODIFIED:20261123T010000Z\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:TENTATIVE\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n"}]');
INSERT INTO "rendered_event" VALUES(1,'en',6,'82dfe67d510e29093d9625d7f2156ba3','[{"slot":false,"room":1,"at":1797125400.0,"until":1797130800.0,"zone":"Asia/Shanghai","changed_at":1795395600.0,"falls_at":1828661400.0,"uid":"bf0149af-5f9a-4007-8764-f8bd9fb6703c","text":"BEGIN:VEVENT\r\nSUMMARY:Trial （2026）沪0115民初1号\r\nDTSTART;TZID=Asia/Shanghai:20261213T093000\r\nDTEND;TZID=Asia/Shanghai:20261213T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:bf0149af-5f9a-4007-8764-f8bd9fb6703c\r\nSEQUENCE:1\r\nDESCRIPTION:Pudong New Area People''s Court\\nCase: （2026）沪0115民初1\r\n 号\\, 买卖合同纠纷\\nKind: Trial\\nJudge: 陈法官\\nTime zone: Shangh\r\n ai time (Asia/Shanghai\\, UTC+8)\r\nLAST-MODIFIED:20261123T010000Z\r\nLOCATION:第三法庭\\, 主楼三层\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n","busy_uid":"busy-2d7a073471c03ae69214e6c608148e13","busy":"BEGIN:VEVENT\r\nSUMMARY:Busy\r\nDTSTART;TZID=Asia/Shanghai:20261213T093000\r\nDTEND;TZID=Asia/Shanghai:20261213T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:busy-2d7a073471c03ae69214e6c608148e13\r\nSEQUENCE:1\r\nLAST-MODIFIED:20261123T010000Z\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n"}]');
INSERT INTO "rendered_event" VALUES(1,'zh',6,'82dfe67d510e29093d9625d7f2156ba3','[{"slot":false,"room":1,"at":1797125400.0,"until":1797130800.0,"zone":"Asia/Shanghai","changed_at":1795395600.0,"falls_at":1828661400.0,"uid":"bf0149af-5f9a-4007-8764-f8bd9fb6703c","text":"BEGIN:VEVENT\r\nSUMMARY:开庭审理 （2026）沪0115民初1号\r\nDTSTART;TZID=Asia/Shanghai:20261213T093000\r\nDTEND;TZID=Asia/Shanghai:20261213T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:bf0149af-5f9a-4007-8764-f8bd9fb6703c\r\nSEQUENCE:1\r\nDESCRIPTION:Pudong New Area People''s Court\\n案号：（2026）沪0115民\r\n 初1号，买卖合同纠纷\\n事项：开庭审理\\n法官：陈法官\\n\r\n 时区：上海时间（Asia/Shanghai，UTC+8）\r\nLAST-MODIFIED:20261123T010000Z\r\nLOCATION:第三法庭，主楼三层\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n","busy_uid":"busy-2d7a073471c03ae69214e6c608148e13","busy":"BEGIN:VEVENT\r\nSUMMARY:占用\r\nDTSTART;TZID=Asia/Shanghai:20261213T093000\r\nDTEND;TZID=Asia/Shanghai:20261213T110000\r\nDTSTAMP:20261123T010000Z\r\nUID:busy-2d7a073471c03ae69214e6c608148e13\r\nSEQUENCE:1\r\nLAST-MODIFIED:20261123T010000Z\r\nORGANIZER;CN=\"Pudong New Area People''s Court\":mailto:tingqi@127.0.0.1\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n"}]');
CREATE TABLE representation (
	id INTEGER NOT NULL, 
	party_id INTEGER NOT NULL, 
	counsel_id INTEGER NOT NULL, 
	required BOOLEAN NOT NULL, 
	left_at DATETIME, welcomed BOOLEAN DEFAULT 1 NOT NULL, 
	CONSTRAINT pk_representation PRIMARY KEY (id), 
	CONSTRAINT fk_representation_counsel_id FOREIGN KEY(counsel_id) REFERENCES counsel (id), 
	CONSTRAINT fk_representation_party_id FOREIGN KEY(party_id) REFERENCES party (id), 
	CONSTRAINT uq_representation_party_id_counsel_id UNIQUE (party_id, counsel_id)
);
INSERT INTO "representation" VALUES(1,1,1,1,NULL,1);
INSERT INTO "representation" VALUES(2,2,2,1,NULL,1);
INSERT INTO "representation" VALUES(3,3,1,1,NULL,1);
INSERT INTO "representation" VALUES(4,4,2,1,NULL,1);
CREATE TABLE setting_change (
	id INTEGER NOT NULL, 
	court_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	user_id INTEGER, 
	"by" VARCHAR(200) NOT NULL, 
	area VARCHAR(20) NOT NULL, 
	what VARCHAR(300) NOT NULL, 
	was TEXT NOT NULL, 
	became TEXT NOT NULL, 
	CONSTRAINT pk_setting_change PRIMARY KEY (id), 
	CONSTRAINT fk_setting_change_court_id FOREIGN KEY(court_id) REFERENCES court (id), 
	CONSTRAINT fk_setting_change_user_id FOREIGN KEY(user_id) REFERENCES user_account (id)
);
INSERT INTO "setting_change" VALUES(1,1,'2026-11-23 01:00:00.000000',1,'settin','settin','settin','settin','settin');
CREATE TABLE slot (
	id INTEGER NOT NULL, 
	proposal_id INTEGER NOT NULL, 
	starts_at DATETIME NOT NULL, 
	ends_at DATETIME NOT NULL, 
	courtroom_id INTEGER NOT NULL, 
	CONSTRAINT pk_slot PRIMARY KEY (id), 
	CONSTRAINT fk_slot_courtroom_id FOREIGN KEY(courtroom_id) REFERENCES courtroom (id), 
	CONSTRAINT fk_slot_proposal_id FOREIGN KEY(proposal_id) REFERENCES proposal (id)
);
INSERT INTO "slot" VALUES(1,1,'2026-12-13 01:30:00.000000','2026-12-13 03:00:00.000000',1);
INSERT INTO "slot" VALUES(2,2,'2026-12-15 01:30:00.000000','2026-12-15 03:00:00.000000',1);
INSERT INTO "slot" VALUES(3,2,'2026-12-16 01:30:00.000000','2026-12-16 03:00:00.000000',2);
CREATE TABLE tally (
	name VARCHAR(40) NOT NULL, 
	"on" DATE NOT NULL, 
	count INTEGER NOT NULL, 
	CONSTRAINT pk_tally PRIMARY KEY (name, "on")
);
INSERT INTO "tally" VALUES('tally','2026-11-23',1);
CREATE TABLE task (
	id INTEGER NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	court_id INTEGER NOT NULL, 
	case_id INTEGER NOT NULL, 
	about VARCHAR(40) NOT NULL, 
	counsel_id INTEGER NOT NULL, 
	side VARCHAR(20) NOT NULL, 
	way VARCHAR(10) NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	opens_at DATETIME NOT NULL, 
	latest_at DATETIME, 
	because JSON NOT NULL, 
	wish TEXT NOT NULL, 
	phone VARCHAR(20) NOT NULL, 
	seen_seq INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	tried_at DATETIME, 
	ended_at DATETIME, 
	CONSTRAINT pk_task PRIMARY KEY (id), 
	CONSTRAINT fk_task_court_id FOREIGN KEY(court_id) REFERENCES court (id), 
	CONSTRAINT fk_task_case_id FOREIGN KEY(case_id) REFERENCES case_file (id), 
	CONSTRAINT fk_task_counsel_id FOREIGN KEY(counsel_id) REFERENCES counsel (id), 
	CONSTRAINT uq_task_key UNIQUE ("key")
);
INSERT INTO "task" VALUES(1,'text/1.1/1',1,1,'hearing/1',1,'claimant','text','waiting','2026-11-30 01:00:00.000000','2026-12-08 09:00:00.000000','{"rule":"confirmed-or-proved","version":"cn-civil 2026-11","before":"2026-12-01T01:00:00+00:00"}','','',0,'2026-11-24 01:00:00.000000',NULL,NULL);
INSERT INTO "task" VALUES(2,'email/1.1/1',1,1,'hearing/1',1,'claimant','email','waiting','2026-12-01 01:00:00.000000','2026-12-08 09:00:00.000000','{"rule":"confirmed-or-proved","version":"cn-civil 2026-11","before":"2026-12-02T01:00:00+00:00"}','','',0,'2026-11-24 01:00:00.000000',NULL,NULL);
INSERT INTO "task" VALUES(3,'call/1.1/1',1,1,'hearing/1',1,'claimant','call','waiting','2026-12-02 01:00:00.000000','2026-12-08 09:00:00.000000','{"rule":"confirmed-or-proved","version":"cn-civil 2026-11","before":"2026-12-03T01:00:00+00:00"}','','',0,'2026-11-24 01:00:00.000000',NULL,NULL);
INSERT INTO "task" VALUES(4,'paper/1.1/1',1,1,'hearing/1',1,'claimant','paper','waiting','2026-12-03 01:00:00.000000','2026-12-03 09:00:00.000000','{"rule":"confirmed-or-proved","version":"cn-civil 2026-11","before":"2026-12-03T09:00:00+00:00"}','','',0,'2026-11-24 01:00:00.000000',NULL,NULL);
INSERT INTO "task" VALUES(5,'text/1.1/2',1,1,'hearing/1',2,'respondent','text','waiting','2026-11-30 01:00:00.000000','2026-12-08 09:00:00.000000','{"rule":"confirmed-or-proved","version":"cn-civil 2026-11","before":"2026-12-01T01:00:00+00:00"}','','',0,'2026-11-24 01:00:00.000000',NULL,NULL);
INSERT INTO "task" VALUES(6,'email/1.1/2',1,1,'hearing/1',2,'respondent','email','waiting','2026-12-01 01:00:00.000000','2026-12-08 09:00:00.000000','{"rule":"confirmed-or-proved","version":"cn-civil 2026-11","before":"2026-12-02T01:00:00+00:00"}','','',0,'2026-11-24 01:00:00.000000',NULL,NULL);
INSERT INTO "task" VALUES(7,'call/1.1/2',1,1,'hearing/1',2,'respondent','call','waiting','2026-12-02 01:00:00.000000','2026-12-08 09:00:00.000000','{"rule":"confirmed-or-proved","version":"cn-civil 2026-11","before":"2026-12-03T01:00:00+00:00"}','','',0,'2026-11-24 01:00:00.000000',NULL,NULL);
INSERT INTO "task" VALUES(8,'paper/1.1/2',1,1,'hearing/1',2,'respondent','paper','waiting','2026-12-03 01:00:00.000000','2026-12-03 09:00:00.000000','{"rule":"confirmed-or-proved","version":"cn-civil 2026-11","before":"2026-12-03T09:00:00+00:00"}','','',0,'2026-11-24 01:00:00.000000',NULL,NULL);
CREATE TABLE upload (
	id INTEGER NOT NULL, 
	court_id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	size INTEGER NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	columns JSON NOT NULL, 
	partial BOOLEAN NOT NULL, 
	remind BOOLEAN NOT NULL, 
	tries INTEGER NOT NULL, 
	report JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	counsel_before INTEGER NOT NULL, reading JSON DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_upload PRIMARY KEY (id), 
	CONSTRAINT fk_upload_court_id FOREIGN KEY(court_id) REFERENCES court (id), 
	CONSTRAINT fk_upload_user_id FOREIGN KEY(user_id) REFERENCES user_account (id)
);
INSERT INTO "upload" VALUES(1,1,1,'upload',1,'upload','{"a":["b",1]}',1,1,1,'{"a":["b",1]}','2026-11-23 01:00:00.000000','2026-11-23 01:00:00.000000',1,'{"a":["b",1]}');
CREATE TABLE upload_part (
	upload_id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	CONSTRAINT pk_upload_part PRIMARY KEY (upload_id, seq), 
	CONSTRAINT fk_upload_part_upload_id FOREIGN KEY(upload_id) REFERENCES upload (id)
);
INSERT INTO "upload_part" VALUES(1,1,X'00627974657327FF');
CREATE TABLE user_account (
	id INTEGER NOT NULL, 
	court_id INTEGER NOT NULL, 
	email VARCHAR(254) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	language VARCHAR(8) NOT NULL, 
	password_hash VARCHAR(200) NOT NULL, 
	version INTEGER NOT NULL, 
	password_link_until DATETIME, 
	active BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, seen_at DATETIME, 
	CONSTRAINT pk_user_account PRIMARY KEY (id), 
	CONSTRAINT fk_user_account_court_id FOREIGN KEY(court_id) REFERENCES court (id), 
	CONSTRAINT uq_user_account_email UNIQUE (email)
);
INSERT INTO "user_account" VALUES(1,1,'wang@court.example','王书记员','assistant','','$argon2id$v=19$m=8,t=1,p=1$MlOfneG/J1AFZXdH6qJjHQ$vsiM5hs1fjCwAwpwsu60VVXMZtvbx/KjfgXle1mX80U',1,NULL,1,'2026-11-23 01:00:00.000000',NULL);
INSERT INTO "user_account" VALUES(2,1,'chen@court.example','陈法官','judge','','$argon2id$v=19$m=8,t=1,p=1$MlOfneG/J1AFZXdH6qJjHQ$vsiM5hs1fjCwAwpwsu60VVXMZtvbx/KjfgXle1mX80U',1,NULL,1,'2026-11-23 01:00:00.000000',NULL);
INSERT INTO "user_account" VALUES(3,1,'admin@court.example','管理员','admin','','$argon2id$v=19$m=8,t=1,p=1$MlOfneG/J1AFZXdH6qJjHQ$vsiM5hs1fjCwAwpwsu60VVXMZtvbx/KjfgXle1mX80U',1,NULL,1,'2026-11-23 01:00:00.000000',NULL);
CREATE TABLE wording (
	id INTEGER NOT NULL, 
	court_id INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	channel VARCHAR(10) NOT NULL, 
	language VARCHAR(8) NOT NULL, 
	version INTEGER NOT NULL, 
	subject VARCHAR(300) NOT NULL, 
	text TEXT NOT NULL, 
	user_id INTEGER, 
	"by" VARCHAR(200) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_wording PRIMARY KEY (id), 
	CONSTRAINT fk_wording_court_id FOREIGN KEY(court_id) REFERENCES court (id), 
	CONSTRAINT fk_wording_user_id FOREIGN KEY(user_id) REFERENCES user_account (id), 
	CONSTRAINT uq_wording_version UNIQUE (court_id, kind, channel, language, version)
);
INSERT INTO "wording" VALUES(1,1,'wordin','wordin','wordin',1,'wordin','wordin',1,'wordin','2026-11-23 01:00:00.000000');
CREATE TABLE worker (
	name VARCHAR(100) NOT NULL, 
	started_at DATETIME NOT NULL, 
	beat_at DATETIME NOT NULL, 
	said VARCHAR(500) NOT NULL, 
	CONSTRAINT pk_worker PRIMARY KEY (name)
);
INSERT INTO "worker" VALUES('court-1:4711:8f2a90c4','2026-11-23 01:00:00.000000','2026-11-24 01:00:00.000000','');
CREATE TABLE zone_rules (
	id INTEGER NOT NULL, 
	court_id INTEGER NOT NULL, 
	zone VARCHAR(64) NOT NULL, 
	version VARCHAR(40) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	rules BLOB NOT NULL, 
	since DATETIME NOT NULL, 
	CONSTRAINT pk_zone_rules PRIMARY KEY (id), 
	CONSTRAINT fk_zone_rules_court_id FOREIGN KEY(court_id) REFERENCES court (id)
);
INSERT INTO "zone_rules" VALUES(1,1,'Asia/Shanghai','2026f','bf8b7ed82fe6e63e6d98f8cea934eeac901cd16aba85eb5755ce3f8b4289ea8a',X'545A69663200000000000000000000000000000000000000000000000000000000000000000000010000000100000000000000545A6966320000000000000000000000000000000000000000000000000000000000001D000000030000000CFFFFFFFF7E364329FFFFFFFFA097A280FFFFFFFFA17904F0FFFFFFFFC8595E80FFFFFFFFC909F970FFFFFFFFC9D3BD00FFFFFFFFCB058AF0FFFFFFFFCB7C4000FFFFFFFFD23B3EF0FFFFFFFFD38B7B80FFFFFFFFD442ADF0FFFFFFFFD5452200FFFFFFFFD64CBFF0FFFFFFFFD73CBF00FFFFFFFFD8066670FFFFFFFFD91DF280FFFFFFFFD9417CF0000000001EBA5220000000001F699B9000000000207E84A00000000021497D90000000002267A1200000000023295F9000000000244783200000000025127C1000000000262765200000000026F25E1000000000280747200000000028D240100201020102010201020102010201020102010201020102010201020102000071D7000000007E9001040000708000084C4D540043445400435354000A4353542D380A','2026-11-23 01:00:00.000000');
CREATE INDEX ix_counsel_court_id_counsel_name ON counsel (court_id, name);
CREATE INDEX ix_counsel_email ON counsel (email);
CREATE INDEX ix_counsel_phone ON counsel (phone);
CREATE INDEX ix_user_account_court_id ON user_account (court_id);
CREATE INDEX ix_api_token_user_id ON api_token (user_id);
CREATE INDEX ix_case_file_assistant_id ON case_file (assistant_id);
CREATE INDEX ix_case_file_judge_id ON case_file (judge_id);
CREATE INDEX ix_feed_court_id ON feed (court_id);
CREATE INDEX ix_feed_user_id ON feed (user_id);
CREATE INDEX ix_hearing_case_id ON hearing (case_id);
CREATE INDEX ix_hearing_court_id_hearing_starts_at ON hearing (court_id, starts_at);
CREATE INDEX ix_hearing_court_id_hearing_state ON hearing (court_id, state);
CREATE INDEX ix_hearing_courtroom_id ON hearing (courtroom_id);
CREATE INDEX ix_hearing_judge_id ON hearing (judge_id);
CREATE INDEX ix_hearing_unplanned ON hearing (id) WHERE planned_revision < revision;
CREATE INDEX ix_hearing_user_id ON hearing (user_id);
CREATE INDEX ix_notice_about ON notice (about);
CREATE INDEX ix_notice_case_id ON notice (case_id);
CREATE INDEX ix_notice_under_way ON notice (lease_until) WHERE state = 'sending';
CREATE INDEX ix_party_case_id ON party (case_id);
CREATE INDEX ix_party_name ON party (name);
CREATE INDEX ix_booking_hearing_id ON booking (hearing_id);
CREATE INDEX ix_booking_resource_booking_starts_at ON booking (resource, starts_at);
CREATE INDEX ix_proposal_open ON proposal (answer_by) WHERE state = 'open';
CREATE INDEX ix_receipt_carrier_id ON receipt (carrier_id);
CREATE INDEX ix_receipt_notice_id ON receipt (notice_id);
CREATE INDEX ix_record_line_about ON record_line (about);
CREATE INDEX ix_record_line_counsel_id ON record_line (counsel_id);
CREATE INDEX ix_record_line_notice_id ON record_line (notice_id);
CREATE INDEX ix_representation_counsel_id ON representation (counsel_id);
CREATE INDEX ix_invitation_counsel_id ON invitation (counsel_id);
CREATE INDEX ix_slot_proposal_id ON slot (proposal_id);
CREATE INDEX ix_answer_slot_id ON answer (slot_id);
CREATE TRIGGER record_line_no_update BEFORE UPDATE ON record_line BEGIN SELECT RAISE(ABORT, 'the record is only ever added to (record_line)'); END;
CREATE TRIGGER record_line_no_delete BEFORE DELETE ON record_line BEGIN SELECT RAISE(ABORT, 'the record is only ever added to (record_line)'); END;
CREATE TRIGGER record_content_no_delete BEFORE DELETE ON record_content BEGIN SELECT RAISE(ABORT, 'the record is only ever added to (record_content)'); END;
CREATE TRIGGER receipt_no_delete BEFORE DELETE ON receipt BEGIN SELECT RAISE(ABORT, 'the record is only ever added to (receipt)'); END;
CREATE TRIGGER record_line_no_replace BEFORE INSERT ON record_line WHEN EXISTS (SELECT 1 FROM record_line WHERE id = NEW.id OR (case_id = NEW.case_id AND seq = NEW.seq)) BEGIN SELECT RAISE(ABORT, 'the record is only ever added to (record_line)'); END;
CREATE TRIGGER record_content_no_replace BEFORE INSERT ON record_content WHEN EXISTS (SELECT 1 FROM record_content WHERE line_id = NEW.line_id) BEGIN SELECT RAISE(ABORT, 'the record is only ever added to (record_content)'); END;
CREATE TRIGGER receipt_no_replace BEFORE INSERT ON receipt WHEN EXISTS (SELECT 1 FROM receipt WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'the record is only ever added to (receipt)'); END;
CREATE INDEX ix_notice_unfinished ON notice (ask_at) WHERE ask_at IS NOT NULL;
CREATE INDEX ix_notice_court_id_notice_created_at ON notice (court_id, created_at);
CREATE INDEX ix_record_head_unsealed ON record_head (case_id) WHERE sealed_seq < seq;
CREATE INDEX ix_record_line_hash ON record_line (hash);
CREATE INDEX ix_record_line_erased ON record_line (case_id) WHERE what = 'erased';
CREATE INDEX ix_task_court_id_task_state ON task (court_id, state);
CREATE INDEX ix_task_case_id_task_counsel_id ON task (case_id, counsel_id);
CREATE INDEX ix_task_about ON task (about);
CREATE INDEX ix_task_counsel_id ON task (counsel_id);
CREATE INDEX ix_task_coming ON task (opens_at) WHERE state IN ('waiting', 'open');
CREATE TRIGGER record_content_no_update BEFORE UPDATE ON record_content WHEN NOT (NEW.line_id = OLD.line_id AND NEW.body = '{}' AND EXISTS (SELECT 1 FROM record_line l JOIN record_line e ON e.case_id = l.case_id AND e.what = 'erased' AND e.seq > l.seq WHERE l.id = OLD.line_id)) BEGIN SELECT RAISE(ABORT, 'the record is only ever added to (record_content)'); END;
CREATE INDEX ix_inbound_waiting ON inbound (court_id, id) WHERE done_at IS NULL;
CREATE INDEX ix_inbound_court_id_inbound_id ON inbound (court_id, id);
CREATE INDEX ix_inbound_case_id ON inbound (case_id);
CREATE INDEX ix_inbound_counsel_id ON inbound (counsel_id);
CREATE INDEX ix_inbound_about ON inbound (about);
CREATE INDEX ix_inbound_user_id ON inbound (user_id);
CREATE INDEX ix_hearing_court_id_hearing_stamp ON hearing (court_id, stamp);
CREATE INDEX ix_hearing_undrawn ON hearing (id) WHERE drawn_edition < edition;
CREATE INDEX ix_rendered_event_house ON rendered_event (house);
CREATE TRIGGER hearing_stamped_insert AFTER INSERT ON hearing BEGIN UPDATE calendar_tick SET n = n + 1; UPDATE hearing SET stamp = (SELECT n FROM calendar_tick), edition = edition + 1 WHERE id = NEW.id; END;
CREATE TRIGGER hearing_stamped_update AFTER UPDATE OF court_id, case_id, judge_id, kind, minutes, state, revision, uid, starts_at, ends_at, courtroom_id, imported, user_id, changed_at ON hearing WHEN OLD.court_id IS NOT NEW.court_id OR OLD.case_id IS NOT NEW.case_id OR OLD.judge_id IS NOT NEW.judge_id OR OLD.kind IS NOT NEW.kind OR OLD.minutes IS NOT NEW.minutes OR OLD.state IS NOT NEW.state OR OLD.revision IS NOT NEW.revision OR OLD.uid IS NOT NEW.uid OR OLD.starts_at IS NOT NEW.starts_at OR OLD.ends_at IS NOT NEW.ends_at OR OLD.courtroom_id IS NOT NEW.courtroom_id OR OLD.imported IS NOT NEW.imported OR OLD.user_id IS NOT NEW.user_id OR OLD.changed_at IS NOT NEW.changed_at BEGIN UPDATE calendar_tick SET n = n + 1; UPDATE hearing SET stamp = (SELECT n FROM calendar_tick), edition = edition + 1 WHERE id = NEW.id; END;
CREATE TRIGGER court_update_in_calendars AFTER UPDATE OF name, zone, phone ON court WHEN OLD.name IS NOT NEW.name OR OLD.zone IS NOT NEW.zone OR OLD.phone IS NOT NEW.phone BEGIN UPDATE calendar_tick SET n = n + 1; UPDATE hearing SET stamp = (SELECT n FROM calendar_tick), edition = edition + 1 WHERE court_id = NEW.id; END;
CREATE TRIGGER case_file_update_in_calendars AFTER UPDATE OF number, title, assistant_id ON case_file WHEN OLD.number IS NOT NEW.number OR OLD.title IS NOT NEW.title OR OLD.assistant_id IS NOT NEW.assistant_id BEGIN UPDATE calendar_tick SET n = n + 1; UPDATE hearing SET stamp = (SELECT n FROM calendar_tick), edition = edition + 1 WHERE case_id = NEW.id; END;
CREATE TRIGGER judge_update_in_calendars AFTER UPDATE OF name ON judge WHEN OLD.name IS NOT NEW.name BEGIN UPDATE calendar_tick SET n = n + 1; UPDATE hearing SET stamp = (SELECT n FROM calendar_tick), edition = edition + 1 WHERE judge_id = NEW.id; END;
CREATE TRIGGER courtroom_update_in_calendars AFTER UPDATE OF name, location ON courtroom WHEN OLD.name IS NOT NEW.name OR OLD.location IS NOT NEW.location BEGIN UPDATE calendar_tick SET n = n + 1; UPDATE hearing SET stamp = (SELECT n FROM calendar_tick), edition = edition + 1 WHERE courtroom_id = NEW.id OR id IN (SELECT p.hearing_id FROM proposal p JOIN slot s ON s.proposal_id = p.id WHERE p.state = 'open' AND s.courtroom_id = NEW.id); END;
CREATE TRIGGER proposal_insert_in_calendars AFTER INSERT ON proposal BEGIN UPDATE calendar_tick SET n = n + 1; UPDATE hearing SET stamp = (SELECT n FROM calendar_tick), edition = edition + 1 WHERE id = NEW.hearing_id; END;
CREATE TRIGGER proposal_update_in_calendars AFTER UPDATE OF state ON proposal WHEN OLD.state IS NOT NEW.state BEGIN UPDATE calendar_tick SET n = n + 1; UPDATE hearing SET stamp = (SELECT n FROM calendar_tick), edition = edition + 1 WHERE id = NEW.hearing_id; END;
CREATE TRIGGER invitation_insert_in_calendars AFTER INSERT ON invitation BEGIN UPDATE calendar_tick SET n = n + 1; UPDATE hearing SET stamp = (SELECT n FROM calendar_tick), edition = edition + 1 WHERE id = (SELECT p.hearing_id FROM proposal p WHERE p.id = NEW.proposal_id); END;
CREATE TRIGGER invitation_update_in_calendars AFTER UPDATE OF revoked_at ON invitation WHEN OLD.revoked_at IS NOT NEW.revoked_at BEGIN UPDATE calendar_tick SET n = n + 1; UPDATE hearing SET stamp = (SELECT n FROM calendar_tick), edition = edition + 1 WHERE id = (SELECT p.hearing_id FROM proposal p WHERE p.id = NEW.proposal_id); END;
CREATE TRIGGER representation_insert_in_calendars AFTER INSERT ON representation BEGIN UPDATE calendar_tick SET n = n + 1; UPDATE hearing SET stamp = (SELECT n FROM calendar_tick), edition = edition + 1 WHERE case_id = (SELECT p.case_id FROM party p WHERE p.id = NEW.party_id); END;
CREATE TRIGGER representation_update_in_calendars AFTER UPDATE OF left_at ON representation WHEN OLD.left_at IS NOT NEW.left_at BEGIN UPDATE calendar_tick SET n = n + 1; UPDATE hearing SET stamp = (SELECT n FROM calendar_tick), edition = edition + 1 WHERE case_id = (SELECT p.case_id FROM party p WHERE p.id = NEW.party_id); END;
CREATE INDEX ix_away_counsel_id ON away (counsel_id);
CREATE INDEX ix_busy_calendar_due_at ON busy_calendar (due_at);
CREATE INDEX ix_busy_time_counsel_id_busy_time_starts_at ON busy_time (counsel_id, starts_at);
CREATE TRIGGER booking_overlap_insert BEFORE INSERT ON booking BEGIN SELECT RAISE(ABORT, 'double booking') WHERE (SELECT b.ends_at FROM booking b WHERE b.resource = NEW.resource AND b.starts_at < NEW.ends_at AND b.id IS NOT NEW.id ORDER BY b.starts_at DESC LIMIT 1) > NEW.starts_at; END;
CREATE TRIGGER booking_overlap_update BEFORE UPDATE ON booking BEGIN SELECT RAISE(ABORT, 'double booking') WHERE (SELECT b.ends_at FROM booking b WHERE b.resource = NEW.resource AND b.starts_at < NEW.ends_at AND b.id IS NOT NEW.id ORDER BY b.starts_at DESC LIMIT 1) > NEW.starts_at; END;
CREATE INDEX ix_draft_case_id ON draft (case_id);
CREATE INDEX ix_setting_change_court_id_setting_change_id ON setting_change (court_id, id);
CREATE INDEX ix_carrier_test_court_id_carrier_test_asked_at ON carrier_test (court_id, asked_at);
CREATE TRIGGER setting_change_no_update BEFORE UPDATE ON setting_change BEGIN SELECT RAISE(ABORT, 'the record is only ever added to (setting_change)'); END;
CREATE TRIGGER setting_change_no_delete BEFORE DELETE ON setting_change BEGIN SELECT RAISE(ABORT, 'the record is only ever added to (setting_change)'); END;
CREATE TRIGGER wording_no_update BEFORE UPDATE ON wording BEGIN SELECT RAISE(ABORT, 'the record is only ever added to (wording)'); END;
CREATE TRIGGER wording_no_delete BEFORE DELETE ON wording BEGIN SELECT RAISE(ABORT, 'the record is only ever added to (wording)'); END;
CREATE TRIGGER courtroom_followed BEFORE DELETE ON courtroom WHEN EXISTS (SELECT 1 FROM feed WHERE scope = 'courtroom' AND whose = OLD.id) BEGIN SELECT RAISE(ABORT, 'the courtroom has calendars'); END;
CREATE INDEX ix_listing_court_id ON listing (court_id);
CREATE INDEX ix_listing_at_work ON listing (state) WHERE state IN ('waiting', 'running', 'sending');
CREATE INDEX ix_listed_hearing_listing_id ON listed_hearing (listing_id);
CREATE INDEX ix_listed_hearing_case_id ON listed_hearing (case_id);
CREATE INDEX ix_listed_hearing_hearing_id ON listed_hearing (hearing_id);
CREATE INDEX ix_paper_case_id ON paper (case_id);
CREATE INDEX ix_paper_task_id ON paper (task_id);
CREATE TRIGGER record_line_follows AFTER INSERT ON record_line BEGIN UPDATE record_head SET seq = NEW.seq, hash = NEW.hash, last_at = NEW.at WHERE case_id = NEW.case_id AND seq = NEW.seq - 1 AND hash = NEW.prev AND (last_at IS NULL OR last_at <= NEW.at); SELECT RAISE(ABORT, 'the record is only ever added to: a line follows the last one (record_line)') WHERE changes() = 0; END;
CREATE INDEX ix_representation_joined ON representation (id) WHERE NOT welcomed;
CREATE INDEX ix_notice_waiting ON notice (channel, due_at, id) WHERE state = 'queued';
CREATE INDEX ix_notice_counsel_id_notice_tried_at ON notice (counsel_id, tried_at);
CREATE INDEX ix_upload_court_id_upload_id ON upload (court_id, id);
CREATE INDEX ix_upload_state ON upload (state);
CREATE INDEX ix_case_file_upload_id ON case_file (upload_id);
CREATE INDEX ix_hearing_upload_id ON hearing (upload_id);
CREATE INDEX ix_gone_hearing_court_id_gone_hearing_stamp ON gone_hearing (court_id, stamp);
CREATE TRIGGER hearing_gone BEFORE DELETE ON hearing BEGIN DELETE FROM rendered_event WHERE hearing_id = OLD.id; UPDATE calendar_tick SET n = n + 1; INSERT OR REPLACE INTO gone_hearing (hearing_id, court_id, stamp) SELECT OLD.id, OLD.court_id, n FROM calendar_tick; END;
CREATE INDEX ix_notice_first_due_at ON notice (first_due_at);
CREATE INDEX ix_proposal_created_at ON proposal (created_at);
CREATE INDEX ix_task_callback ON task (created_at) WHERE way = 'callback';
CREATE INDEX ix_notice_carrier_id ON notice (carrier_id) WHERE carrier_id <> '';
CREATE INDEX ix_record_line_attempt ON record_line (attempt) WHERE notice_id IS NULL;
CREATE INDEX ix_notice_invitation_id ON notice (invitation_id) WHERE kind = 'proposal';
CREATE INDEX ix_notice_server_id ON notice (server_id) WHERE server_id <> '';
CREATE INDEX ix_zone_rules_court_id ON zone_rules (court_id);
CREATE TRIGGER receipt_no_update BEFORE UPDATE ON receipt WHEN NOT (NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.carrier = OLD.carrier AND NEW.carrier_id = OLD.carrier_id AND NEW.status = OLD.status AND (NEW.notice_id IS NULL AND OLD.notice_id IS NULL OR NEW.notice_id = OLD.notice_id AND EXISTS (SELECT 1 FROM notice n JOIN record_line e ON e.case_id = n.case_id AND e.what = 'erased' WHERE n.id = OLD.notice_id)) AND NEW.raw = '{}') BEGIN SELECT RAISE(ABORT, 'the record is only ever added to (receipt)'); END;
CREATE TRIGGER record_day_no_update BEFORE UPDATE ON record_day BEGIN SELECT RAISE(ABORT, 'the record is only ever added to (record_day)'); END;
CREATE TRIGGER record_day_no_delete BEFORE DELETE ON record_day BEGIN SELECT RAISE(ABORT, 'the record is only ever added to (record_day)'); END;
CREATE TRIGGER record_day_no_replace BEFORE INSERT ON record_day WHEN EXISTS (SELECT 1 FROM record_day WHERE (court_id = NEW.court_id AND (seq = NEW.seq OR "on" = NEW."on"))) BEGIN SELECT RAISE(ABORT, 'the record is only ever added to (record_day)'); END;
COMMIT;
