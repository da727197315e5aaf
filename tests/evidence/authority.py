"""An authority for time stamps (RFC 3161): `openssl ts` behind a web server on loopback."""

import datetime as dt
import subprocess
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

POLICY = "1.2.3.4.1"
CONFIG = f"""
[tsa]
default_tsa = own
[own]
serial = {{folder}}/serial
signer_digest = sha256
default_policy = {POLICY}
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""
DAY = dt.timedelta(days=1)


class LocalAuthority:
    """Stamps what it is asked for; ``answers`` may be replaced by what an attacker would answer.

    ``trusted`` is the PEM file of its root. Certificates are valid for ten days from ``since``.
    """

    def __init__(self, folder: Path, *, since: dt.timedelta = -DAY, stamps: bool = True) -> None:
        folder.mkdir()
        self.folder, self.trusted = folder, folder / "root.pem"
        self.asked: list[bytes] = []
        self.answers: Callable[[bytes], bytes | None] = self.reply
        begin = dt.datetime.now(dt.UTC) + since
        root_key = rsa.generate_private_key(65537, 2048)
        root = self._certificate("Test root", root_key, None, begin, is_root=True)
        key = rsa.generate_private_key(65537, 2048)
        signer = self._certificate("Test authority", key, (root, root_key), begin, stamps=stamps)
        pem = serialization.Encoding.PEM
        self.trusted.write_bytes(root.public_bytes(pem))
        (folder / "signer.pem").write_bytes(signer.public_bytes(pem))
        (folder / "key.pem").write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        (folder / "serial").write_text("01")
        (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    @staticmethod
    def _certificate(
        name: str,
        key: rsa.RSAPrivateKey,
        issuer: tuple[x509.Certificate, rsa.RSAPrivateKey] | None,
        begin: dt.datetime,
        *,
        is_root: bool = False,
        stamps: bool = True,
    ) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer[0].subject if issuer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + 10 * DAY)
            .add_extension(x509.BasicConstraints(is_root, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(
                    (issuer[1] if issuer else key).public_key()
                ),
                False,
            )
        )
        if not is_root:
            usage = ExtendedKeyUsageOID.TIME_STAMPING if stamps else ExtendedKeyUsageOID.SERVER_AUTH
            builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
        return builder.sign(issuer[1] if issuer else key, hashes.SHA256())

    def reply(self, query: bytes) -> bytes:
        """Return the stamp for a query, made by `openssl ts`."""
        (self.folder / "query.tsq").write_bytes(query)
        self.openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq",
                     "-signer", "signer.pem", "-inkey", "key.pem", "-out", "reply.tsr",
                     "-chain", "root.pem")  # fmt: skip
        return (self.folder / "reply.tsr").read_bytes()

    def query(self, digest: str) -> bytes:
        """Return a query for another digest."""
        self.openssl("ts", "-query", "-digest", digest, "-sha256", "-cert", "-out", "other.tsq")
        return (self.folder / "other.tsq").read_bytes()

    def openssl(self, *words: str) -> str:
        """Run openssl in the authority's folder; return what it printed."""
        run = subprocess.run(
            ["openssl", *words], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout + run.stderr

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.headers["Content-Type"] == "application/timestamp-query"
                query = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked.append(query)
                answer = outer.answers(query)
                self.send_response(500 if answer is None else 200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(answer or b"")))
                self.end_headers()
                self.wfile.write(answer or b"")

            def log_message(self, *_: Any) -> None: ...

        return Handler

    def __enter__(self) -> "LocalAuthority":
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(20)
        self._server.server_close()
