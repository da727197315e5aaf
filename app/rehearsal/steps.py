"""The steps of the rehearsal, in order; each names the steps it depends on."""

from app.core.errors import N_
from app.rehearsal import (
    steps_address,
    steps_agree,
    steps_ask,
    steps_outcome,
    steps_papers,
    steps_set_up,
    steps_tell,
)
from app.rehearsal.report import RehearsalStep

ALL = (
    RehearsalStep(N_("migrate"), (), steps_set_up.migrate),
    RehearsalStep(N_("court"), ("migrate",), steps_set_up.court),
    RehearsalStep(N_("token"), ("court",), steps_set_up.token),
    RehearsalStep(N_("import"), ("token",), steps_set_up.import_file),
    RehearsalStep(N_("propose"), ("import",), steps_ask.propose),
    RehearsalStep(N_("both sides asked"), ("propose",), steps_ask.asked),
    RehearsalStep(N_("offered"), ("both sides asked",), steps_ask.offered),
    RehearsalStep(N_("double booking"), ("propose",), steps_ask.double_booking),
    RehearsalStep(N_("address"), ("both sides asked",), steps_address.confirm_address),
    RehearsalStep(N_("number"), ("address",), steps_address.change_number),
    RehearsalStep(N_("first answer"), ("both sides asked",), steps_ask.first_answer),
    RehearsalStep(N_("second answer"), ("first answer",), steps_ask.second_answer),
    RehearsalStep(N_("fixed"), ("second answer",), steps_ask.fixed),
    RehearsalStep(N_("confirmations"), ("second answer",), steps_tell.confirmations),
    RehearsalStep(N_("invites"), ("fixed", "confirmations"), steps_tell.invites),
    RehearsalStep(N_("feed"), ("fixed",), steps_tell.feed),
    RehearsalStep(N_("receipts"), ("invites",), steps_tell.receipts),
    RehearsalStep(N_("forged receipt"), ("invites",), steps_tell.forged_receipt),
    RehearsalStep(N_("reminders"), ("invites",), steps_tell.reminders),
    RehearsalStep(N_("question"), ("both sides asked",), steps_agree.ask_question),
    RehearsalStep(N_("answer to all"), ("question",), steps_agree.answer_question),
    RehearsalStep(N_("paper filed"), ("both sides asked",), steps_papers.file_paper),
    RehearsalStep(N_("paper received"), ("paper filed",), steps_papers.receive_paper),
    RehearsalStep(N_("request to move"), ("invites",), steps_agree.ask_to_move),
    RehearsalStep(N_("consent by digit"), ("request to move",), steps_agree.agree_by_digit),
    RehearsalStep(N_("one press"), ("consent by digit",), steps_agree.move_by_one_press),
    RehearsalStep(N_("consent by link"), ("one press",), steps_agree.agree_by_link),
    RehearsalStep(N_("move"), ("invites",), steps_tell.move),
    RehearsalStep(N_("cancel"), ("move",), steps_tell.cancel),
    RehearsalStep(N_("answer too late"), ("cancel",), steps_ask.too_late),
    RehearsalStep(N_("outcome"), ("answer too late",), steps_outcome.absence),
    RehearsalStep(N_("record"), ("fixed",), steps_tell.whole_record),
    RehearsalStep(N_("nothing twice"), ("both sides asked",), steps_tell.nothing_twice),
)
