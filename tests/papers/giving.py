"""How a browser gives papers in."""

import re
from typing import Any

from flask.testing import FlaskClient

PDF = b"%PDF-1.7\nWarehouse contract"
JPEG = b"\xff\xd8\xff\xe0photograph"
Files = list[tuple[str, str, bytes]]  # field, name, bytes


def send(client: FlaskClient, path: str, form: dict[str, Any], files: Files = []) -> Any:  # noqa: B006
    """Post a form with files as a browser does; the test client's own leaves them open."""
    fields = [(k, v) for k, vs in form.items() for v in (vs if isinstance(vs, list) else [vs])]
    parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in fields]
    for field, name, body in files:
        head = f'name="{field}"; filename="{name}"\r\nContent-Type: text/html\r\n\r\n'
        parts.append(head.encode() + body)
    whole = b"".join(b"--x\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts)
    return client.post(
        path, data=whole + b"--x--\r\n", content_type="multipart/form-data; boundary=x"
    )


def fields_of(page: Any) -> dict[str, str]:
    """What the form of the draft holds, as a browser would send it."""
    text = page.get_data(as_text=True)
    inputs = re.findall(
        r'<input[^>]* name="((?:name|proves|filing|nonce)[^"]*)" value="([^"]*)"', text
    )
    radios = re.findall(r'type="radio" name="([^"]+)" value="([^"]*)" checked', text)
    return dict(inputs) | dict(radios)


def draft(client: FlaskClient, link: str, files: Files = [], **more: Any) -> Any:  # noqa: B006
    """Send the form of the draft as it is, with files and what else is typed or pressed."""
    place, _, hearing = link.partition("?")
    path = f"{place}/papers" + (f"?{hearing}" if hearing else "")
    return send(client, path, {**fields_of(client.get(path)), **more}, files)
