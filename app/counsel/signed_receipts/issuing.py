"""Signs receipts for acts of counsel, on the pages that hand them out."""

from typing import Any

from app.core import web
from app.core.db import db
from app.counsel.page_state import CasePage
from app.evidence import receipts, signing_keys
from app.record.models import Entry


def act(page: CasePage, number: int) -> Entry | None:
    """Return the entry of one act of this counsel by its number in the case, None if it is none."""
    return receipts.act(db.session(), page.case.id, page.counsel.id, number)


def signed(page: CasePage, entry: Entry) -> dict[str, Any]:
    """Return the signed receipt for an act. Raises Misconfigured where the key cannot be read."""
    now = web.now()
    key = signing_keys.current(web.services().settings.signing_key, now)
    return receipts.issue(db.session(), page.case, entry, key, now)
