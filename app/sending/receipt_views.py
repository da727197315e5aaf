"""Receipts that belong to no message known here, and can be of one's own court."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask import Blueprint, render_template, request
from flask_login import current_user

from app.core.db import db
from app.core.web.access import may
from app.record import counters
from app.record.models import Receipt
from app.sending.receipts import may_be_of

bp = Blueprint("receipts", __name__)

ON_A_PAGE = 100


@bp.get("/receipts")
@may("set_up")
def receipts() -> str:
    """Show unmatched receipts, the newest first, each as it came; and what was refused.

    Several courts may share a carrier's account: each sees what went to a number of its counsel.
    """
    session = db.session()
    asked = request.args.get("before", "")
    wanted = sa.select(Receipt).where(may_be_of(current_user.court_id)).order_by(Receipt.id.desc())
    if asked.isascii() and asked.isdigit() and len(asked) < 10:
        wanted = wanted.where(Receipt.id < int(asked))
    found: Sequence[Receipt] = session.scalars(wanted.limit(ON_A_PAGE + 1)).all()
    return render_template(
        "sending/receipts.html",
        receipts=found[:ON_A_PAGE],
        older=found[ON_A_PAGE - 1].id if len(found) > ON_A_PAGE else 0,
        refused=counters.totals(session),
        zone=current_user.court.zone,
    )
