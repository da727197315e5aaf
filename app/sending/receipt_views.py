"""Page of receipts that belong to no message known here and may be of the user's court."""

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
    """Show unmatched receipts as they came, the newest first, and the counts of refused ones.

    Several courts may share an account: each sees the receipts for numbers of its own counsel.
    """
    session = db.session()
    before = request.args.get("before", "")
    query = sa.select(Receipt).where(may_be_of(current_user.court_id)).order_by(Receipt.id.desc())
    if before.isascii() and before.isdigit() and len(before) < 10:
        query = query.where(Receipt.id < int(before))
    rows: Sequence[Receipt] = session.scalars(query.limit(ON_A_PAGE + 1)).all()
    return render_template(
        "sending/receipts.html",
        receipts=rows[:ON_A_PAGE],
        older=rows[ON_A_PAGE - 1].id if len(rows) > ON_A_PAGE else 0,
        refused=counters.totals(session),
        zone=current_user.court.zone,
    )
