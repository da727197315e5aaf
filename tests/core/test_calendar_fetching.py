"""Fetching what a stranger named: only the open internet, only so much, only so long."""

import gzip
import ssl
import threading
from http.server import BaseHTTPRequestHandler

import pytest

from app.core.web_client.calendar_fetching import LARGEST, CalendarFetcher
from app.core.web_client.guarded_http import FetchFailed, is_public
from tests.tls import TlsServer, gives


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2001:0:1::1",
        "::7f00:1",
        "::ffff:0:7f00:1",
        "64:ff9b:1::7f00:1",
        "fec0::1",
    ],
)
def test_addresses_inside_are_not_public_however_they_are_wrapped(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://calendar.example/a.ics", "begins with https"),
        ("ftp://calendar.example/a.ics", "begins with https"),
        ("file:///etc/passwd", "begins with https"),
        ("https://", "begins with https"),
        ("https://me:secret@calendar.example/a.ics", "user's name"),
        ("https://calendar.example:8443/a.ics", "usual port"),
        ("https://calendar.example:99999/", "not an address"),
        ("https://calendar.example/a b", "begins with https"),
        ("https://127.0.0.1/a.ics", "open internet"),
        ("https://[::1]/a.ics", "open internet"),
        ("https://localhost/a.ics", "open internet"),
        ("https://2130706433/", "open internet"),
        ("https://0x7f.1/", "open internet"),
        ("https://169.254.169.254/latest/meta-data", "open internet"),
    ],
)
def test_what_must_not_be_asked_is_refused_in_words(address: str, words: str) -> None:
    with pytest.raises(FetchFailed, match=words):
        CalendarFetcher().fetch(address)


def test_a_calendar_is_fetched_and_known_again_by_its_tag() -> None:
    with TlsServer(gives(b"BEGIN:VCALENDAR", ETag='"a"')) as server:
        gateway = CalendarFetcher(server.context, server.also)
        assert gateway.fetch(server.url).body == b"BEGIN:VCALENDAR"
        server.answer = gives(b"", 304)
        again = gateway.fetch(server.url, '"a"')
        assert (again.body, again.etag) == (None, '"a"')
        assert server.asked[-1]["If-None-Match"] == '"a"'
        assert {"Cookie", "Authorization"} & set(server.asked[-1]) == set()


def test_a_packed_calendar_is_unpacked_and_a_bomb_is_not() -> None:
    with TlsServer(gives(gzip.compress(b"BEGIN:VCALENDAR"), Content_Encoding="gzip")) as server:
        gateway = CalendarFetcher(server.context, server.also)
        assert gateway.fetch(server.url).body == b"BEGIN:VCALENDAR"
        server.answer = gives(gzip.compress(b"0" * (200 * LARGEST // 4)), Content_Encoding="gzip")
        with pytest.raises(FetchFailed, match="larger than 2 MB"):
            gateway.fetch(server.url)
        server.answer = gives(b"no gzip at all", Content_Encoding="gzip")
        with pytest.raises(FetchFailed, match="cannot be decompressed"):
            gateway.fetch(server.url)
        server.answer = gives(b"x", Content_Encoding="br")
        with pytest.raises(FetchFailed, match="compressed in an unknown way"):
            gateway.fetch(server.url)


def endless(to: BaseHTTPRequestHandler) -> None:
    """Never stop sending."""
    to.send_response(200)
    to.end_headers()
    while True:
        to.wfile.write(b"X" * 65536)


def test_what_never_ends_is_read_no_further_than_2_mb() -> None:
    with TlsServer(endless) as server, pytest.raises(FetchFailed, match="larger than 2 MB"):
        CalendarFetcher(server.context, server.also).fetch(server.url)


def test_what_trickles_is_cut_off_when_its_time_is_over() -> None:
    over = threading.Event()

    def trickle(to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.end_headers()
        while not over.wait(0.05):
            to.wfile.write(b"X")

    with TlsServer(trickle) as server:
        gateway = CalendarFetcher(server.context, server.also, seconds=0.6)
        with pytest.raises(FetchFailed, match="in time"):
            gateway.fetch(server.url)
        over.set()


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("http://localhost/x", "begins with https"),
        ("https://127.0.0.1/x", "open internet"),
        ("/again", "too often"),
        ("https://10.0.0.1/", "open internet"),
    ],
)
def test_a_redirect_is_looked_at_as_the_address_was(target: str, words: str) -> None:
    with (
        TlsServer(gives(b"", 302, Location=target)) as server,
        pytest.raises(FetchFailed, match=words),
    ):
        CalendarFetcher(server.context, server.also).fetch(server.url)


def test_errors_and_certificates_that_nobody_trusts_are_told_apart() -> None:
    with TlsServer(gives(b"", 500)) as server:
        with pytest.raises(FetchFailed, match="answers with an error"):
            CalendarFetcher(server.context, server.also).fetch(server.url)
        with pytest.raises(FetchFailed, match="certificate"):
            CalendarFetcher(ssl.create_default_context(), server.also).fetch(server.url)
    with pytest.raises(FetchFailed, match="cannot be reached"):
        CalendarFetcher(server.context, server.also).fetch(server.url)
