"""Fetching, against a server on this machine: manners, limits, resuming, and what is refused."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from detente import fetch as fetching
from detente.cli import app
from detente.errors import FetchError, InputError
from detente.fetch import Fetcher, allowed, fetch
from detente.record import Record

PAGE = """<html><head><title>Пример: визит</title><meta property="article:published_time" content="2024-05-06"></head>
<body><article><h1>Пример: визит</h1><p>Министр обороны Казахстана 5 мая 2024 года посетил Турцию, сообщила
пресс-служба ведомства.</p><p>В Анкаре стороны обсудили учения и подписали соглашение о сотрудничестве, говорится
в сообщении ведомства на его сайте.</p></article></body></html>""".encode("cp1251")
LONG = bytes(range(256)) * 4000

Answer = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """A server whose answers are functions by path; it keeps the headers and times of what was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str], float]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                site.asked.append((self.path, headers, time.monotonic()))
                with suppress(OSError):
                    site.answers.get(self.path, give(b"", 404))(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def seen(self, path: str) -> list[dict[str, str]]:
        return [headers for asked, headers, _ in self.asked if asked == path]


def give(data: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def once(first: Answer, then: Answer) -> Answer:
    answers = iter([first])
    return lambda handler: next(answers, then)(handler)


def broken(handler: BaseHTTPRequestHandler) -> None:
    """Half of LONG, then the end; the rest where it is asked for with the right tag."""
    asked = handler.headers.get("Range")
    if asked and handler.headers.get("If-Range") == '"v1"':
        start = int(asked.removeprefix("bytes=").rstrip("-"))
        about = {"Content-Range": f"bytes {start}-{len(LONG) - 1}/{len(LONG)}", "ETag": '"v1"'}
        give(LONG[start:], 206, **about)(handler)
        return
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(LONG)))
    handler.send_header("ETag", '"v1"')
    handler.end_headers()
    handler.wfile.write(LONG[: len(LONG) // 2])


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


def quick(cache: Path | None = None, **settings: Any) -> Fetcher:
    return Fetcher(cache, allow_private=True, **{"delay": 0.0, "sleep": lambda _: None, **settings})


def test_a_page_with_what_the_server_says_of_it(site: Site) -> None:
    site.answers["/a"] = give(PAGE, Content_Type="text/html; charset=Windows-1251", ETag='"1"', Last_Modified="x")
    found = fetch(f"{site.base}/a#part", allow_private=True)
    assert (found.bytes, found.charset, found.status) == (PAGE, "windows-1251", 200)
    assert (found.url, found.final_url) == (f"{site.base}/a#part", f"{site.base}/a")
    assert (found.etag, found.last_modified) == ('"1"', "x")
    assert site.seen("/a")[0]["host"] == site.base.removeprefix("http://")
    assert site.seen("/a")[0]["user-agent"].startswith("detente/")


def test_unchanged_pages_come_from_the_cache(site: Site, tmp_path: Path) -> None:
    site.answers["/a"] = once(give(PAGE, ETag='"1"', Content_Type="text/html; charset=cp1251"), give(b"", 304))
    with quick(tmp_path) as fetcher:
        first = fetcher.fetch(f"{site.base}/a")
    with quick(tmp_path) as fetcher:
        again = fetcher.fetch(f"{site.base}/a")
    assert (first.status, again.status) == (200, 304)
    assert (again.bytes, again.charset, again.etag) == (PAGE, "cp1251", '"1"')
    assert site.seen("/a")[1]["if-none-match"] == '"1"'


def test_a_damaged_cache_is_passed_over(site: Site, tmp_path: Path) -> None:
    site.answers["/a"] = give(PAGE, ETag='"1"')
    for _ in range(2):
        with quick(tmp_path) as fetcher:
            assert fetcher.fetch(f"{site.base}/a").bytes == PAGE
        for path in tmp_path.iterdir():
            path.write_bytes(path.read_bytes()[:-9])
    assert "if-none-match" not in site.seen("/a")[1]


def test_robots_are_kept_to(site: Site) -> None:
    rules = b"User-agent: *\nDisallow: /closed\nAllow: /closed/open\nDisallow: /*.pdf$\n"
    site.answers |= {"/robots.txt": give(rules), "/closed/open": give(b"yes"), "/closed": give(b"no")}
    site.answers["/to"] = give(b"", 302, Location="/closed")
    with quick() as fetcher:
        assert fetcher.fetch(f"{site.base}/closed/open").bytes == b"yes"
        for path in ("/closed", "/a.pdf", "/to"):
            with pytest.raises(FetchError, match=r"robots\.txt"):
                fetcher.fetch(site.base + path)
    assert len(site.seen("/robots.txt")) == 1
    assert not site.seen("/closed")


def test_a_failing_robots_file_closes_the_site(site: Site) -> None:
    site.answers |= {"/robots.txt": give(b"", 500), "/a": give(b"a")}
    with quick(tries=2) as fetcher, pytest.raises(FetchError, match="cannot be had"):
        fetcher.fetch(f"{site.base}/a")
    assert not site.seen("/a")


def test_a_host_is_asked_with_pauses(site: Site) -> None:
    site.answers["/a"] = give(b"a")
    with Fetcher(allow_private=True, delay=0.15) as fetcher:
        fetcher.fetch(f"{site.base}/a")
        fetcher.fetch(f"{site.base}/a")
    times = [when for _, _, when in site.asked]
    assert len(times) == 3
    assert all(after - before > 0.12 for before, after in pairwise(times))


def test_patience_is_kept(site: Site) -> None:
    site.answers["/a"] = once(give(b"", 429, Retry_After="7"), give(b"a"))
    waits: list[float] = []
    with quick(sleep=waits.append) as fetcher:
        assert fetcher.fetch(f"{site.base}/a").bytes == b"a"
    assert any(6 < wait <= 7 for wait in waits)
    site.answers["/b"] = give(b"", 503, Retry_After="100000")
    with quick() as fetcher, pytest.raises(FetchError, match="come back in 100000 seconds") as told:
        fetcher.fetch(f"{site.base}/b")
    assert told.value.status == 503
    assert len(site.seen("/b")) == 1


def test_what_is_not_there_says_so(site: Site) -> None:
    with quick() as fetcher, pytest.raises(FetchError, match="404") as told:
        fetcher.fetch(f"{site.base}/none")
    assert (told.value.status, isinstance(told.value, InputError)) == (404, True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with quick(tries=2) as fetcher, pytest.raises(FetchError, match="connection failed"):
        fetcher.fetch(f"http://127.0.0.1:{port}/")


def test_redirects_are_bounded(site: Site) -> None:
    site.answers |= {"/1": give(b"", 301, Location="/2"), "/2": give(b"", 308, Location="a"), "/a": give(b"a")}
    site.answers["/round"] = give(b"", 302, Location="/round")
    site.answers["/file"] = give(b"", 302, Location="file:///etc/hostname")
    with quick() as fetcher:
        assert fetcher.fetch(f"{site.base}/1").final_url == f"{site.base}/a"
        with pytest.raises(FetchError, match="more than 5 redirects"):
            fetcher.fetch(f"{site.base}/round")
        with pytest.raises(FetchError, match="only http and https"):
            fetcher.fetch(f"{site.base}/file")


def test_sizes_are_limited(site: Site) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(bytes(10_000))

    bomb = gzip.compress(bytes(5_000_000))
    site.answers |= {"/long": give(LONG), "/endless": endless, "/bomb": give(bomb, Content_Encoding="gzip")}
    with quick(max_bytes=100_000) as fetcher:
        for path in site.answers:
            with pytest.raises(FetchError, match="more than 100000 bytes"):
                fetcher.fetch(site.base + path)


@pytest.mark.parametrize("headers", [True, False])
def test_time_is_limited_however_slowly_bytes_drip(site: Site, headers: bool) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n" + (b"X-Long: " if headers else b"\r\n"))
        for _ in range(100):
            handler.wfile.write(b"a")
            time.sleep(0.05)

    site.answers["/drip"] = drip
    began = time.monotonic()
    with quick(timeout=0.5, tries=1) as fetcher, pytest.raises(FetchError, match=r"within 0\.5 seconds"):
        fetcher.fetch(f"{site.base}/drip")
    assert time.monotonic() - began < 3


def test_what_breaks_off_goes_on(site: Site) -> None:
    site.answers["/long"] = broken
    with quick() as fetcher:
        assert fetcher.fetch(f"{site.base}/long").bytes == LONG
    assert site.seen("/long")[1]["range"] == f"bytes={len(LONG) // 2}-"


def test_it_goes_on_in_a_later_run_too(site: Site, tmp_path: Path) -> None:
    site.answers["/long"] = broken
    with quick(tmp_path, tries=1) as fetcher, pytest.raises(FetchError, match="goes on from there"):
        fetcher.fetch(f"{site.base}/long")
    with quick(tmp_path, tries=1) as fetcher:
        assert fetcher.fetch(f"{site.base}/long").bytes == LONG
    assert [path.suffix for path in tmp_path.iterdir()] == [".page"]


def test_a_content_that_changed_in_between_is_read_anew(site: Site) -> None:
    site.answers["/long"] = once(broken, give(b"new", ETag='"v2"'))
    with quick() as fetcher:
        found = fetcher.fetch(f"{site.base}/long")
    assert (found.bytes, found.etag) == (b"new", '"v2"')


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://2130706433/", "http://0x7f.1/", "http://0/", "http://[::1]/",
        "http://[::ffff:10.0.0.1]/", "http://10.1.2.3/", "http://169.254.169.254/latest", "http://100.64.0.1/",
        "http://[64:ff9b::a00:1]/", "http://[fe80::1]/", "http://[fd00::1]/", "http://240.0.0.1/", "http://[2002:7f00:1::]/",
    ],
)  # fmt: skip
def test_private_addresses_are_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Fetcher, "_once", lambda *_: pytest.fail("a connection was tried"))
    with pytest.raises(FetchError, match="no public address"):
        fetch(url)


@pytest.mark.parametrize(
    "url", ["ftp://a.example/", "file:///etc/hostname", "http://", "a.example", "http://a:b@c.example/"]
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(FetchError) as told:
        fetch(url)
    assert "a:b" not in str(told.value)


def test_public_addresses_are_allowed() -> None:
    assert all(map(allowed, ("8.8.8.8", "2a00:1450:4001:81b::200e", "::ffff:8.8.8.8", "64:ff9b::808:808")))
    assert allowed("10.0.0.1", private=True)
    assert not allowed("224.0.0.1", private=True)


def test_the_checked_address_is_the_one_connected_to(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is looked up anew leads elsewhere: every look-up is checked, and a connection makes none."""
    site.answers["/a"] = give(b"a")
    looked: list[str] = []
    real = socket.getaddrinfo
    port = site.server.server_port

    def look(host: Any, *args: Any, **more: Any) -> Any:
        looked.append(str(host))
        return real("127.0.0.1" if host == "news.example" else host, *args, **more)

    monkeypatch.setattr(fetching.socket, "getaddrinfo", look)
    with quick() as fetcher:
        assert fetcher.fetch(f"http://news.example:{port}/a").bytes == b"a"
    assert site.seen("/a")[0]["host"] == f"news.example:{port}"
    answers = iter(["8.8.8.8"])

    def rebind(*_: Any, **__: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers, "127.0.0.1"), port))]

    monkeypatch.setattr(fetching.socket, "getaddrinfo", rebind)
    before = len(site.asked)
    with Fetcher(delay=0) as fetcher, pytest.raises(FetchError, match="no public address"):
        fetcher.fetch(f"http://news.example:{port}/a")
    assert len(site.asked) == before


def test_a_redirect_to_a_private_address_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.answers["/a"] = give(b"", 302, Location="http://10.0.0.1/")
    monkeypatch.setattr(fetching, "allowed", lambda address, **_: address == "127.0.0.1")
    with Fetcher(delay=0) as fetcher, pytest.raises(FetchError, match=r"10\.0\.0\.1.* no public address"):
        fetcher.fetch(f"{site.base}/a")


def test_read_and_add_take_addresses(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(fetching, "DELAY", 0.0)
    site.answers["/a"] = give(PAGE, Content_Type="text/html; charset=cp1251")
    url, desk = f"{site.base}/a", str(tmp_path / "desk")
    told = CliRunner().invoke(app, ["read", url, "--json", "--allow-private"])
    assert told.exit_code == 0, told.stderr
    assert "KAZ" in told.stdout
    refused = CliRunner().invoke(app, ["read", url])
    assert (refused.exit_code, "no public address" in refused.stderr) == (2, True)
    added = CliRunner().invoke(app, ["add", url, f"{site.base}/none", "-r", desk, "--allow-private", "--workers", "1"])
    assert added.exit_code == 1, added.output
    record = Record(desk)
    assert len(record.documents()) == 1
    assert [(row["input"], "404" in row["reason"]) for row in record.rejects()] == [(f"{site.base}/none", True)]
