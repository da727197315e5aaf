"""A real IMAP server on loopback, and the mails that calendar programs and mail systems send to it."""

import argparse
import asyncio
import imaplib
import socket
import threading
import warnings
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing, contextmanager
from typing import Any
from urllib.parse import quote

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its dependencies' own deprecations are not ours
    from proxyprotocol.reader import ProxyProtocolReader
    from pymap.backend.dict import DictBackend
    from pymap.context import connection_exit
    from pymap.imap import ConnectionState, IMAPConnection, IMAPServer, IMAPService
    from pymap.parsing.response import ResponseNo
    from pysasl.hashing import BuiltinHash

USER, PASSWORD = "court", "a password"


class UnsafeLogin(ConnectionState):
    """A server of NetEase's kind: no folder is opened for a client that did not say what it is.

    That it knows ID it says after the sign-in only.
    """

    told = False

    @property
    def capability(self) -> Any:
        """What it can do, as far as the client is told."""
        known = super().capability
        if self._session is None:
            known.capabilities.remove(b"ID")
        return known

    async def do_id(self, cmd: Any) -> Any:
        """Take note of what the client is."""
        self.announced = True
        return await super().do_id(cmd)

    async def do_select(self, cmd: Any) -> Any:
        """Open a folder, or ask for help from the hotline."""
        if not self.announced:
            words = "SELECT Unsafe Login. Please contact 客服@mail.example for help"
            return ResponseNo(cmd.tag, words.encode()), None
        return await super().do_select(cmd)


class _Server(IMAPServer):
    def __init__(self, login: Any, config: Any, state: type[ConnectionState]) -> None:
        super().__init__(login, config)
        self._state = state

    async def __call__(self, reader: Any, writer: Any, sock_info: Any) -> None:
        conn = IMAPConnection(self.commands, self._config, reader, writer, sock_info)
        async with AsyncExitStack() as stack:
            connection_exit.set(stack)
            stack.enter_context(closing(conn))
            await conn.run(self._state(self._login, self._config))


class ImapServer:
    """pymap with one empty mailbox, in a thread of its own."""

    def __init__(
        self,
        *,
        user: str = USER,
        password: str = PASSWORD,
        state: type[ConnectionState] = ConnectionState,
    ) -> None:
        self.user, self.password, self._state = user, password, state
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
        return f"imap://{quote(self.user)}:{quote(self.password)}@127.0.0.1:{self.port}/INBOX"

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
            ["--no-tls", "dict", "--demo-user", self.user, "--demo-password", self.password]
        )
        args.skip_services, args.passlib_cfg, args.debug = [], None, False
        # Its own hash takes half a million rounds for each sign-in: a fifth of a second.
        backend, config = await DictBackend.init(args, hash_context=BuiltinHash(rounds=1))
        config.apply_context()
        async with AsyncExitStack() as stack:
            await backend.start(stack)
            reader: Any = ProxyProtocolReader(config.proxy_protocol)
            answer = reader.get_callback(_Server(backend.login, config, self._state))
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
            # It sends a mail and its end apart: they need not wait for each other's receipt.
            client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.authenticate("PLAIN", lambda _: f"\0{self.user}\0{self.password}".encode())
            client.xatom("ID", "NIL")
            yield client

    def deliver(self, *mails: bytes | str, folder: str = "INBOX") -> None:
        """Put mails into the mailbox, as the court's mail server does."""
        with self.client() as client:
            for mail in mails:
                raw = mail.encode() if isinstance(mail, str) else mail
                raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
                assert client.append(folder, None, None, raw)[0] == "OK"

    def unseen(self) -> int:
        """How many mails nobody has read, by the server's own mark."""
        with self.client() as client:
            client.select("INBOX", readonly=True)
            return len(client.search(None, "UNSEEN")[1][0].split())
