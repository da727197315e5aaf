"""A client of the protocol tus 1.0, as a browser's script speaks it."""

import base64
from typing import Any

VERSION = {"Tus-Resumable": "1.0.0"}
PART = {**VERSION, "Content-Type": "application/offset+octet-stream"}


def encoded(**metadata: str) -> str:
    """Return Upload-Metadata."""
    pairs = (
        f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in metadata.items()
    )
    return ",".join(pairs)


def create(client: Any, link: str, size: int, name: str = "合同.pdf", **metadata: str) -> Any:
    """Begin an upload; its address is in Location."""
    head = {
        **VERSION,
        "Upload-Length": str(size),
        "Upload-Metadata": encoded(filename=name, **metadata),
    }
    return client.post(f"{link.partition('?')[0]}/papers/uploads", headers=head)


def begin(client: Any, link: str, size: int, name: str = "合同.pdf", **metadata: str) -> str:
    """Begin an upload that is taken; return its address."""
    created = create(client, link, size, name, **metadata)
    assert created.status_code == 201, created.text
    return str(created.headers["Location"])


def patch(client: Any, address: str, offset: int, data: bytes) -> Any:
    """Send a part."""
    return client.patch(address, headers={**PART, "Upload-Offset": str(offset)}, data=data)


def offset(client: Any, address: str) -> int:
    """Ask how far an upload is."""
    found = client.head(address, headers=VERSION)
    assert found.status_code == 200, found.status_code
    return int(found.headers["Upload-Offset"])


def upload(client: Any, link: str, data: bytes, name: str = "合同.pdf", **metadata: str) -> str:
    """Upload a file in one part; return its address."""
    address = begin(client, link, len(data), name, **metadata)
    sent = patch(client, address, 0, data)
    assert sent.status_code == 204, sent.text
    return address
