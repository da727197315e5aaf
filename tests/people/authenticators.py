"""What the tests prove with: an app for one-time codes, and passkeys in software."""

import html
import json
import re
from struct import pack
from typing import Any

import pyotp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.utils import sha256
from flask.testing import FlaskClient
from soft_webauthn import SoftWebauthnDevice
from webauthn import base64url_to_bytes
from webauthn.helpers import bytes_to_base64url

from app.core.db import transaction
from app.people import service as people
from tests.conftest import PASSWORD, Scenario

USER_PRESENT, USER_VERIFIED, ATTESTED = 0x01, 0x04, 0x40
ORIGIN = "https://court.example"


class SoftPasskey(SoftWebauthnDevice):
    """A passkey in software whose user is verified, as its PIN or finger would do."""

    flags = USER_PRESENT | USER_VERIFIED

    def made(self, options: Any, origin: str = ORIGIN) -> str:
        """Return the browser's answer to options of navigator.credentials.create, as JSON."""
        options = json.loads(options) if isinstance(options, str) else options
        raw = {**options, "challenge": base64url_to_bytes(options["challenge"])}
        raw["pubKeyCredParams"] = [{"alg": -7, "type": "public-key"}]
        answer = self.create({"publicKey": raw}, origin)
        response = answer["response"]
        response["attestationObject"] = response["attestationObject"].replace(
            sha256(self.rp_id.encode()) + b"\x41",
            sha256(self.rp_id.encode()) + bytes([self.flags | ATTESTED]),
        )
        return self._json(answer)

    def used(self, options: Any, origin: str = ORIGIN, rp_id: str = "") -> str:
        """Return the browser's answer to options of navigator.credentials.get, as JSON."""
        options = json.loads(options) if isinstance(options, str) else options
        self.sign_count += 1
        client_data = json.dumps(
            {"type": "webauthn.get", "challenge": options["challenge"], "origin": origin}
        ).encode()
        host = sha256((rp_id or options["rpId"]).encode())
        data = host + bytes([self.flags]) + pack(">I", self.sign_count)
        signature = self.private_key.sign(data + sha256(client_data), ec.ECDSA(hashes.SHA256()))
        response = {
            "authenticatorData": data,
            "clientDataJSON": client_data,
            "signature": signature,
        }
        return self._json({"rawId": self.credential_id, "type": "public-key", "response": response})

    @staticmethod
    def _json(answer: dict[str, Any]) -> str:
        response = {name: bytes_to_base64url(value) for name, value in answer["response"].items()}
        raw_id = bytes_to_base64url(answer["rawId"])
        return json.dumps(
            {"id": raw_id, "rawId": raw_id, "type": answer["type"], "response": response}
        )


def password_shown(scenario: Scenario, email: str, **more: str) -> FlaskClient:
    """Return a browser in which the right password was entered."""
    browser = scenario.client
    browser.post("/sign-in", data={"email": email, "password": PASSWORD, **more})
    return browser


def fields(page: Any) -> dict[str, str]:
    """Return the hidden fields of a page."""
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return {name: html.unescape(value) for name, value in found}


def set_up_app(scenario: Scenario, browser: FlaskClient) -> tuple[pyotp.TOTP, list[str]]:
    """Set up an app in a browser; return it, and the recovery codes that were shown."""
    page = browser.get("/me/factors/app")
    app = pyotp.TOTP(re.findall(r'<p class="key">([A-Z2-7 ]+)</p>', page.text)[0].replace(" ", ""))
    data = {**fields(page), "code": app.at(scenario.clock.now())}
    answer = browser.post("/me/factors/app", data=data)
    assert answer.status_code in (200, 303), answer.text
    return app, recovery_codes(answer)


def recovery_codes(page: Any) -> list[str]:
    """Return the recovery codes that a page shows."""
    return re.findall(r"<code>([0-9A-Z-]{29})</code>", page.text)


def set_up_passkey(browser: FlaskClient, name: str = "desk") -> SoftPasskey:
    """Set up a passkey in a browser and return it."""
    passkey = SoftPasskey()
    made = passkey.made(challenge(browser, "create"))
    answer = browser.post("/me/factors/passkeys", data={"answer": made, "name": name})
    assert answer.status_code in (200, 303), answer.text
    return passkey


def challenge(browser: FlaskClient, purpose: str = "get") -> Any:
    """Return the options that the server gives a browser."""
    answer = browser.post("/me/factors/challenge", data={"purpose": purpose})
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def prove(browser: FlaskClient, method: str, answer: str, path: str = "/sign-in/factor") -> Any:
    """Send a proof."""
    return browser.post(path, data={"method": method, "answer": answer})


def require(scenario: Scenario, email: str, role: str) -> None:
    """Let the court of a user require a second factor of a role."""
    with scenario.app.app_context(), transaction() as session:
        setattr(people.find_user(session, email).court, f"factor_{role}", True)


def is_signed_in(browser: FlaskClient) -> bool:
    """Tell whether a page of the court is shown to this browser."""
    return browser.get("/me").status_code == 200
