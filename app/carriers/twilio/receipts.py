"""Twilio's reports about a message, from a status callback or from the message resource."""

from collections.abc import Mapping
from typing import Any

from app.carriers.base import DeliveryReceipt, DeliveryState, RetryAdvice, SendStatus
from app.carriers.twilio.codes import state_of, verdict


def read_form(carrier: str, form: Mapping[str, str], reference: str) -> DeliveryReceipt:
    """Return the receipt in the form of a status callback.

    `carrier` is the name of the account that signed it, `reference` our id of the attempt. The
    older names of the fields (SmsSid, SmsStatus) are accepted too.
    """
    return _receipt(
        carrier,
        form.get("MessageSid", form.get("SmsSid", "")),
        form.get("MessageStatus", form.get("SmsStatus", "")),
        form.get("ErrorCode", ""),
        reference=reference,
        to=form.get("To", ""),
        raw=form,
    )


def read_resource(carrier: str, message: Any) -> DeliveryReceipt:
    """Return the receipt in a message resource, as the SDK gives it."""
    sid, code = str(message.sid), str(message.error_code or "")
    status = str(getattr(message.status, "value", message.status) or "")
    raw = {"asked": "1", "MessageSid": sid, "MessageStatus": status, "ErrorCode": code}
    return _receipt(carrier, sid, status, code, raw=raw)


def _receipt(carrier: str, sid: str, status: str, code: str, **more: Any) -> DeliveryReceipt:
    state, meaning = state_of(status), verdict(code)
    failed = state is DeliveryState.FAILED
    may_succeed = failed and meaning.outcome is SendStatus.TEMPORARY
    return DeliveryReceipt(
        carrier=carrier,
        carrier_id=sid,
        status=status,
        state=state,
        code=code,
        advice=meaning.advice if failed else "",
        retry=RetryAdvice(meaning.again_after, meaning.at_most or 2) if may_succeed else None,
        impersonal={"MessageSid": sid, "MessageStatus": status, "ErrorCode": code},
        **more,
    )
