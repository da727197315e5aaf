"""Time stamps as RFC 3161 has them: the request for one, and what an answer must fulfil."""

import datetime as dt
from dataclasses import dataclass

import rfc3161_client as rfc3161
from cryptography import x509

from app.core.errors import N_, Message
from app.record.standalone_verifier import element
from app.record.time_stamps.settings import StampAuthority

SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")
_SEQUENCE, _CERTIFICATES = 0x30, 0xA0  # tags; the latter is [0] of SignedData (RFC 5652, 5.1)
# Between the time that the authority signs and our clock, when we ask it.
MOST_APART = dt.timedelta(minutes=5)


class StampRefused(Exception):  # noqa: N818
    """What came is no time stamp of the contents by this authority; ``message`` says why."""

    def __init__(self, words: str, **facts: object) -> None:
        self.message = Message(words, **facts)
        super().__init__(str(self.message))


@dataclass(frozen=True)
class StampRequest:
    """A request for a stamp of some contents (DER), and the nonce that the answer must repeat."""

    body: bytes
    nonce: int


def request_for(contents: bytes) -> StampRequest:
    """Return the request for a stamp of the SHA-256 of contents, with a fresh nonce."""
    builder = rfc3161.TimestampRequestBuilder().data(contents)
    request = builder.hash_algorithm(rfc3161.HashAlgorithm.SHA256).build()
    if request.nonce is None:
        raise RuntimeError("the request has no nonce")
    return StampRequest(request.as_bytes(), request.nonce)


def in_order(response: bytes) -> bytes:
    """Return a stamp with its certificates in the order that DER demands of a set (X.690, 11.6).

    OpenSSL, and authorities that are built on it, write them as they come; the library refuses
    those. No signature covers the order. Raises StampRefused where it is no stamp.
    """
    try:
        status, token = element(response).parts()[:2]
        content_type, content = token.parts()
        members = content.parts()[0].parts()
    except (ValueError, IndexError):
        raise StampRefused(N_("the answer is no time stamp")) from None
    written = b"".join(
        _encoded(each.tag, b"".join(sorted(part.der for part in each.parts())))
        if each.tag == _CERTIFICATES
        else each.der
        for each in members
    )
    signed_data = _encoded(content.tag, _encoded(_SEQUENCE, written))
    return _encoded(_SEQUENCE, status.der + _encoded(_SEQUENCE, content_type.der + signed_data))


def _encoded(tag: int, body: bytes) -> bytes:
    """Return an element of DER."""
    octets = len(body).to_bytes((len(body).bit_length() + 7) // 8 or 1, "big")
    length = octets if len(body) < 0x80 else bytes([0x80 + len(octets)]) + octets
    return bytes([tag]) + length + body


def stamped_at(response: bytes, digest: str) -> dt.datetime:
    """Return the time in a stamp of the contents with this SHA-256, whoever made it.

    Raises StampRefused where it is no stamp, or one of other contents.
    """
    return _info(response, digest).gen_time


def verified(
    response: bytes,
    digest: str,
    authority: StampAuthority,
    *,
    nonce: int | None = None,
    asked_at: dt.datetime | None = None,
) -> dt.datetime:
    """Return the time that the authority signed for the contents with this SHA-256.

    Verifies the status, the imprint and its algorithm, the signature with the chain of certificates
    up to one that is trusted, valid at the time that was signed and meant for time stamps, and the
    policy if one is set. ``nonce`` and ``asked_at`` are given while the answer is fresh: it must
    repeat the one, and be of within five minutes of the other. Raises StampRefused.
    """
    info = _info(response, digest)
    policy = x509.ObjectIdentifier(authority.policy) if authority.policy else None
    builder = rfc3161.VerifierBuilder(policy_id=policy, roots=list(authority.roots), nonce=nonce)
    try:
        decoded = rfc3161.decode_timestamp_response(in_order(response))
        builder.build().verify(decoded, bytes.fromhex(digest))
    except (rfc3161.VerificationError, ValueError) as fault:
        words = N_("the stamp does not hold: %(error)s")
        raise StampRefused(words, error=" ".join(str(fault).split())[:200]) from None
    if asked_at is not None and abs(info.gen_time - asked_at) > MOST_APART:
        words = N_("the stamp says %(at)s, which is not the time at which it was asked for")
        raise StampRefused(words, at=info.gen_time.isoformat())
    return info.gen_time


def _info(response: bytes, digest: str) -> rfc3161.TimeStampTokenInfo:
    """Return what a stamp says, if it is of these contents. Raises StampRefused."""
    try:
        status = int.from_bytes(element(response).parts()[0].parts()[0].body, "big")
        if status != rfc3161.PKIStatus.GRANTED:
            words = N_("the authority gave no stamp (status %(status)s)")
            raise StampRefused(words, status=status)
        info = rfc3161.decode_timestamp_response(in_order(response)).tst_info
        info.gen_time  # noqa: B018  (raises where it is no time)
    except (ValueError, TypeError, OverflowError, IndexError):
        raise StampRefused(N_("the answer is no time stamp")) from None
    imprint = info.message_imprint
    if imprint.hash_algorithm != SHA256 or imprint.message != bytes.fromhex(digest):
        raise StampRefused(N_("the stamp is of other contents"))
    return info
