"""Settings of where files are stored: a folder, or a bucket of an S3 service."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.core.errors import N_, Message, Misconfigured
from app.core.settings import plain_text, read_group, setting, url_of
from app.storage import clamd


def _place(name: str, text: str) -> str:
    """Return an absolute folder, or the address of a bucket without a trailing slash."""
    if not text.startswith("s3://"):
        if "://" in text or not Path(text).is_absolute():
            raise Misconfigured(
                N_("%(name)s must be an absolute folder, or an address as %(example)s."),
                name=name,
                example="s3://bucket/prefix",
            )
        return text
    if not urlsplit(text).netloc:
        raise Misconfigured(
            N_("%(name)s names no bucket; an example that does: %(example)s"),
            name=name,
            example="s3://bucket/prefix",
        )
    return text.rstrip("/")


@dataclass(frozen=True)
class StorageSettings:
    """Settings of where files are stored, and by what they are scanned.

    An empty ``place`` is a folder of the installation.
    """

    place: str = setting(_place, name="TINGQI_PAPERS")
    endpoint: str = setting(url_of("http", "https"), name="TINGQI_S3_ENDPOINT")
    key: str = setting(plain_text, name="TINGQI_S3_KEY", ascii_only=True)
    secret: str = setting(plain_text, name="TINGQI_S3_SECRET", ascii_only=True, secret=True)
    # The scanner for malware; files are not scanned where it is empty.
    clamd: str = setting(clamd.address, name="TINGQI_CLAMD")

    @property
    def in_bucket(self) -> bool:
        """Whether files lie in a bucket of an S3 service."""
        return self.place.startswith("s3://")

    def folder(self, instance: Path) -> Path:
        """Return the folder of the files, or of those on their way to a bucket."""
        return Path(self.place) if self.place and not self.in_bucket else instance / "papers"


PLACES = frozenset({"TINGQI_PAPERS", "TINGQI_S3_ENDPOINT", "TINGQI_S3_KEY", "TINGQI_S3_SECRET"})
NAMES = PLACES | {"TINGQI_CLAMD"}


def read(values: Mapping[str, Any]) -> StorageSettings:
    """Return the settings of the environment. Raises Misconfigured where they are incomplete."""
    group = read_group(StorageSettings, "TINGQI_", values, N_("papers")) or StorageSettings()
    if group.in_bucket and not (group.key and group.secret):
        raise _incomplete("TINGQI_S3_SECRET" if group.key else "TINGQI_S3_KEY", ["TINGQI_PAPERS"])
    if not group.in_bucket and (group.endpoint or group.key or group.secret):
        raise _incomplete(
            "TINGQI_PAPERS", sorted(name for name in PLACES - {"TINGQI_PAPERS"} if name in values)
        )
    return group


def _incomplete(missing: str, present: list[str]) -> Misconfigured:
    return Misconfigured(
        N_(
            "The settings for %(purpose)s are incomplete: %(missing)s is missing. "
            "Set it, or unset %(present)s."
        ),
        purpose=Message(N_("papers")),
        missing=missing,
        present=present,
    )
