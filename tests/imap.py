"""A real IMAP server on loopback, and the mails that calendar programs and mail systems send to it."""

import argparse
import asyncio
import imaplib
import threading
import warnings
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its dependencies' own deprecations are not ours
    from proxyprotocol.reader import ProxyProtocolReader
    from pymap.backend.dict import DictBackend
    from pymap.imap import IMAPServer, IMAPService

USER, PASSWORD = "court", "a password"


class ImapServer:
    """pymap with one empty mailbox, in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.port = 0

    def __enter__(self) -> "ImapServer":
        self._thread.start()
        assert self._ready.wait(20)
        assert self.port
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join(20)

    @property
    def url(self) -> str:
        """As TINGQI_IMAP_URL says it."""
        return f"imap://{USER}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{self.port}/INBOX"

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._ready.set()
            self._loop.close()

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        parser = argparse.ArgumentParser()
        IMAPService.add_arguments(parser)
        DictBackend.add_subparser("dict", parser.add_subparsers())
        args = parser.parse_args(
            ["--no-tls", "dict", "--demo-user", USER, "--demo-password", PASSWORD]
        )
        args.skip_services, args.passlib_cfg, args.debug = [], None, False
        backend, config = await DictBackend.init(args)
        config.apply_context()
        async with AsyncExitStack() as stack:
            await backend.start(stack)
            reader: Any = ProxyProtocolReader(config.proxy_protocol)
            answer = reader.get_callback(IMAPServer(backend.login, config))
            server = await asyncio.start_server(answer, host="127.0.0.1", port=0)
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()
            await self._over.wait()
            server.close()
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    @contextmanager
    def client(self) -> Iterator[imaplib.IMAP4]:
        """Somebody who looks into the mailbox."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=20) as client:
            client.login(USER, PASSWORD)
            yield client

    def deliver(self, *mails: bytes | str) -> None:
        """Put mails into the mailbox, as the court's mail server does."""
        with self.client() as client:
            for mail in mails:
                raw = mail.encode() if isinstance(mail, str) else mail
                raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
                assert client.append("INBOX", None, None, raw)[0] == "OK"

    def unseen(self) -> int:
        """How many mails nobody has read, by the server's own mark."""
        with self.client() as client:
            client.select("INBOX", readonly=True)
            return len(client.search(None, "UNSEEN")[1][0].split())
