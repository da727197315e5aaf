"""The settings of the mailbox that replies are read from."""

import re
from dataclasses import dataclass

from app.core import addresses
from app.core.errors import N_, Misconfigured
from app.core.settings import setting, url_of


def server_name(name: str, text: str) -> str:
    """Return the name of a mail server as it stands in Authentication-Results (RFC 8601, 2.5)."""
    try:
        host = addresses.ascii_host(text.rstrip(";. "))
    except ValueError:
        host = ""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,253}", host):
        raise Misconfigured(
            N_(
                "%(name)s must be the name of one server, such as %(example)s: the first word of "
                "the topmost Authentication-Results in a mail from outside."
            ),
            name=name,
            example="mx.court.example",
        )
    return host


@dataclass(frozen=True)
class MailboxSettings:
    """Where replies by mail are read, and whose Authentication-Results are believed.

    ``url`` is as `ImapMailbox` takes it; ``authserv`` is the name by which the court's own mail
    server signs Authentication-Results.
    """

    url: str = setting(url_of("imap", "imaps"), name="TINGQI_IMAP_URL", secret=True)
    authserv: str = setting(server_name, name="TINGQI_MAIL_AUTHSERV")
