"""The steps of the rehearsal, in order; each names the steps that it builds on."""

from app.rehearsal import steps_ask, steps_set_up, steps_tell
from app.rehearsal.report import Step

ALL = (
    Step("migrate", (), steps_set_up.migrate),
    Step("court", ("migrate",), steps_set_up.court),
    Step("token", ("court",), steps_set_up.token),
    Step("import", ("token",), steps_set_up.import_file),
    Step("propose", ("import",), steps_ask.propose),
    Step("both sides asked", ("propose",), steps_ask.asked),
    Step("offered", ("both sides asked",), steps_ask.offered),
    Step("double booking", ("propose",), steps_ask.double_booking),
    Step("first answer", ("both sides asked",), steps_ask.first_answer),
    Step("second answer", ("first answer",), steps_ask.second_answer),
    Step("fixed", ("second answer",), steps_ask.fixed),
    Step("confirmations", ("second answer",), steps_tell.confirmations),
    Step("invites", ("fixed", "confirmations"), steps_tell.invites),
    Step("feed", ("fixed",), steps_tell.feed),
    Step("receipts", ("invites",), steps_tell.receipts),
    Step("forged receipt", ("invites",), steps_tell.forged_receipt),
    Step("reminders", ("invites",), steps_tell.reminders),
    Step("move", ("invites",), steps_tell.move),
    Step("cancel", ("move",), steps_tell.cancel),
    Step("answer too late", ("cancel",), steps_ask.too_late),
    Step("record", ("fixed",), steps_tell.whole_record),
    Step("nothing twice", ("both sides asked",), steps_tell.nothing_twice),
)
