"""The store that is a bucket of an S3 service. The SDK is an extra, and imported here only."""

import uuid
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from app.core.errors import N_, Message, Misconfigured
from app.storage.settings import StorageSettings
from app.storage.staging import StagedFile

REGION = "us-east-1"  # of services that know none; real ones are told by their endpoint
TIMEOUT = 20  # seconds


class BucketStore:
    """Files under a prefix of a bucket; ``incoming`` is a folder of this machine."""

    def __init__(self, settings: StorageSettings, incoming: Path) -> None:
        """Create the client; nothing is connected yet. Raises Misconfigured without boto3."""
        address = urlsplit(settings.place)
        self.place, self.incoming = settings.place, incoming
        self.bucket, self.prefix = address.netloc, address.path.strip("/")
        try:
            import boto3
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError, ClientError
        except ImportError:
            raise Misconfigured(
                N_("TINGQI_PAPERS names a bucket, which needs boto3: run %(command)s."),
                command="`pip install 'tingqi[s3]'`",
            ) from None
        self._refused: Any = ClientError
        self._faults: tuple[Any, ...] = (ClientError, BotoCoreError)
        self._client = boto3.client(
            "s3",
            endpoint_url=settings.endpoint or None,
            aws_access_key_id=settings.key,
            aws_secret_access_key=settings.secret,
            region_name=REGION,
            config=Config(
                connect_timeout=TIMEOUT, read_timeout=TIMEOUT, retries={"max_attempts": 3}
            ),
        )

    def __str__(self) -> str:
        return self.place

    def _key(self, digest: str) -> str:
        return f"{self.prefix}/{digest}".lstrip("/")

    def _call(self, action: str, key: str, **arguments: Any) -> Any:
        """Call the service. Raises FileNotFoundError for a missing key, else OSError."""
        try:
            return getattr(self._client, action)(Bucket=self.bucket, Key=key, **arguments)
        except self._faults as fault:
            if isinstance(fault, self._refused):
                code = str(fault.response.get("Error", {}).get("Code", ""))
                if code in ("404", "NoSuchKey", "NotFound"):
                    raise FileNotFoundError(key) from fault
            raise OSError(f"{self.place}: {fault}") from fault

    def publish(self, staged: StagedFile) -> None:
        """Upload a finished file; the service shows it only once it is complete."""
        digest = staged.finish()
        staged.published = True
        if self.has(digest):
            return
        with staged.path.open("rb") as body:
            self._call("put_object", self._key(digest), Body=body)

    def has(self, digest: str) -> bool:
        """Tell whether the bytes of a digest are stored."""
        try:
            self._call("head_object", self._key(digest))
        except FileNotFoundError:
            return False
        return True

    def open(self, digest: str, start: int = 0) -> BinaryIO:
        """Return a stream of stored bytes from an offset on. Raises FileNotFoundError."""
        part = {"Range": f"bytes={start}-"} if start else {}
        stream: BinaryIO = self._call("get_object", self._key(digest), **part)["Body"]
        return stream

    def delete(self, digest: str) -> None:
        """Delete stored bytes; no error where there are none."""
        self._call("delete_object", self._key(digest))

    def check(self) -> Message | None:
        """Write, read and remove a probe. Raises OSError."""
        key = self._key(f"probe-{uuid.uuid4().hex}")
        self._call("put_object", key, Body=b"probe")
        self._call("get_object", key)["Body"].read()
        self._call("delete_object", key)
        return None

    def free_bytes(self) -> int | None:
        """Return None: a bucket has no end that it tells."""
        return None
