"""What commands print, in English or Chinese.

The language is chosen once, before a command runs. Logs stay English, and so does what programs
read (JSON, CSV, the record): it does not depend on the locale.
"""

import errno
import gettext as standard_gettext
import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

import click
from dotenv import dotenv_values

from app.core import wording
from app.core.errors import N_, Message
from app.core.settings import instance_folder
from app.core.translation import CATALOGUES, translate

# In the order in which gettext reads them, after our own setting.
LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
SETTING = "TINGQI_LANGUAGE"
# Errors of the operating system that an administrator meets; Python names them in English only.
SYSTEM_ERRORS = {
    errno.EACCES: N_("Permission denied"),
    errno.EADDRINUSE: N_("Address already in use"),
    errno.EADDRNOTAVAIL: N_("Cannot assign requested address"),
    errno.ECONNREFUSED: N_("Connection refused"),
    errno.EEXIST: N_("File exists"),
    errno.EISDIR: N_("Is a directory"),
    errno.ENOENT: N_("No such file or directory"),
    errno.ENOSPC: N_("No space left on device"),
    errno.ENOTDIR: N_("Not a directory"),
    errno.EPERM: N_("Operation not permitted"),
    errno.EROFS: N_("Read-only file system"),
}
_language: ContextVar[str] = ContextVar("language of commands", default="en")


def language_of_locale(variables: Mapping[str, str]) -> str:
    """Return the language for the environment variables of a terminal: "en" or "zh".

    TINGQI_LANGUAGE decides; then, as in GNU gettext, the first of LC_ALL, LC_MESSAGES and LANG that
    is set, whose language LANGUAGE overrides unless it is the C locale.
    """
    chosen = variables.get(SETTING, "").strip().lower()
    if chosen in wording.LANGUAGES:
        return chosen
    locale = next((variables[name] for name in LOCALE_VARIABLES if variables.get(name)), "C")
    if locale.split(".")[0] in ("C", "POSIX"):
        return "en"
    preferred = variables.get("LANGUAGE", "").split(":")[0]
    return wording.language_of(preferred or locale)


def language_of_commands() -> str:
    """Return the language in which commands print; ``instance/tingqi.env`` may set it too."""
    text = ""
    with suppress(OSError, UnicodeDecodeError):  # reported once a command reads its settings
        text = (instance_folder(os.environ) / "tingqi.env").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if SETTING in line]
    in_file = dotenv_values(stream=io.StringIO("\n".join(lines)))
    own = {SETTING: in_file.get(SETTING) or ""}
    return language_of_locale({**own, **os.environ})


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Print in a language within the block, Click's own phrases included.

    Click takes its phrases from the standard library's gettext, in the domain of our catalogue.
    """
    domain = standard_gettext.textdomain()
    folder = standard_gettext.bindtextdomain(domain)
    previous = os.environ.get("LANGUAGE")
    token = _language.set(language)
    os.environ["LANGUAGE"] = language
    standard_gettext.bindtextdomain(domain, str(CATALOGUES))
    try:
        yield
    finally:
        standard_gettext.bindtextdomain(domain, folder)
        if previous is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = previous
        _language.reset(token)


def language() -> str:
    """Return the language in which the command prints."""
    return _language.get()


def translated(message: Message | str) -> str:
    """Return a message in the language of the command."""
    return translate(message, language())


def gettext(words: str, /, **facts: Any) -> str:
    """Return a text in the language of the command, with its values."""
    return translated(Message(words, **facts) if facts else words)


def say(words: str, /, *, err: bool = False, **facts: Any) -> None:
    """Print a line in the language of the command; on stderr if ``err``."""
    click.echo(gettext(words, **facts), err=err)


def system_error(fault: OSError) -> Message:
    """Return the message of an error of the operating system."""
    known = SYSTEM_ERRORS.get(fault.errno or 0)
    return Message(known) if known else Message("%(text)s", text=fault.strerror or str(fault))


def write_data(text: str) -> None:
    """Write data for programs to stdout: UTF-8, whatever the locale is."""
    click.echo(text.encode("utf-8", "surrogateescape"), nl=False)


def tolerate_other_characters() -> None:
    """Let stdout and stderr show a question mark for what their encoding does not have."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
