"""The steps of the rehearsal, in order; each names the steps it depends on."""

from app.rehearsal import steps_ask, steps_set_up, steps_tell
from app.rehearsal.report import RehearsalStep

ALL = (
    RehearsalStep("migrate", (), steps_set_up.migrate),
    RehearsalStep("court", ("migrate",), steps_set_up.court),
    RehearsalStep("token", ("court",), steps_set_up.token),
    RehearsalStep("import", ("token",), steps_set_up.import_file),
    RehearsalStep("propose", ("import",), steps_ask.propose),
    RehearsalStep("both sides asked", ("propose",), steps_ask.asked),
    RehearsalStep("offered", ("both sides asked",), steps_ask.offered),
    RehearsalStep("double booking", ("propose",), steps_ask.double_booking),
    RehearsalStep("first answer", ("both sides asked",), steps_ask.first_answer),
    RehearsalStep("second answer", ("first answer",), steps_ask.second_answer),
    RehearsalStep("fixed", ("second answer",), steps_ask.fixed),
    RehearsalStep("confirmations", ("second answer",), steps_tell.confirmations),
    RehearsalStep("invites", ("fixed", "confirmations"), steps_tell.invites),
    RehearsalStep("feed", ("fixed",), steps_tell.feed),
    RehearsalStep("receipts", ("invites",), steps_tell.receipts),
    RehearsalStep("forged receipt", ("invites",), steps_tell.forged_receipt),
    RehearsalStep("reminders", ("invites",), steps_tell.reminders),
    RehearsalStep("move", ("invites",), steps_tell.move),
    RehearsalStep("cancel", ("move",), steps_tell.cancel),
    RehearsalStep("answer too late", ("cancel",), steps_ask.too_late),
    RehearsalStep("record", ("fixed",), steps_tell.whole_record),
    RehearsalStep("nothing twice", ("both sides asked",), steps_tell.nothing_twice),
)
