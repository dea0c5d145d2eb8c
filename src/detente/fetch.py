"""Bytes from addresses (an article, a feed, a channel's preview page): the only module that opens a socket.

Polite: robots.txt is kept to, a host gets one request at a time with a pause between them, what is kept is asked for
only if it changed, and a host that asks for patience gets it. Guarded: only http and https, and only public addresses
unless private ones are allowed; the address that was checked is the one that is connected to, at every redirect.
Proxies named in the environment are not used, since they would look the name up once more.
"""

from __future__ import annotations

import builtins
import hashlib
import ipaddress
import json
import os
import re
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx2
from protego import Protego

from detente.errors import FetchError
from detente.files import replacing

_NAME = "detente"
AGENT = f"{_NAME}/{version(_NAME)}"
DELAY = 1.0  # seconds between two requests to a host
TIMEOUT = 60.0  # seconds for one request and its answer, all in all
SILENCE = 20.0  # seconds without a byte
MAX_BYTES = 64 << 20
MAX_REDIRECTS = 5
TRIES = 4
MAX_WAIT = 60.0  # seconds that a host may ask to wait
CACHE_BYTES = 256 << 20
_ROBOTS_BYTES = 512 << 10  # RFC 9309 asks for at least 500 KiB
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:+-]{1,40})", re.IGNORECASE)
_RANGE = re.compile(r"bytes\s+(\d+)-(\d+)/(\d+|\*)$", re.IGNORECASE)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PATIENCE = frozenset({429, 503})
_PASSING = frozenset({408, 500, 502, 504}) | _PATIENCE


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave. ``status`` 304 says that it has not changed and the bytes are those kept.

    ``charset`` is the one that the server states, lower case; ``etag`` and ``last_modified`` are as it wrote them.
    """

    url: str
    final_url: str
    bytes: builtins.bytes
    charset: str | None
    status: int
    etag: str | None
    last_modified: str | None


def cache_folder() -> Path:
    """Where this user's programs keep what can be had again: ``DETENTE_CACHE`` or the system's usual place."""
    if named := os.environ.get("DETENTE_CACHE"):
        return Path(named) / "fetch"
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library/Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "detente" / "fetch"


def fetch(url: str, *, cache: str | os.PathLike[str] | None = None, allow_private: bool = False) -> Fetched:
    """Fetch one address; for several, one ``Fetcher`` keeps the pauses between them. Errors as there."""
    with Fetcher(cache, allow_private=allow_private) as fetcher:
        return fetcher.fetch(url)


class Fetcher:
    """Fetches addresses one after the other; not for several threads at once.

    ``cache`` is a folder for what was fetched and for the beginnings of what broke off; without it nothing is kept.
    It holds ``CACHE_BYTES`` at most, the oldest goes first. ``allow_private`` lets private, loopback and link-local
    addresses pass. ``delay``, ``timeout`` (one request and its answer) and ``max_wait`` (a pause that a host asks
    for) are in seconds, ``max_bytes`` counts the content decompressed.
    """

    def __init__(
        self,
        cache: str | os.PathLike[str] | None = None,
        *,
        allow_private: bool = False,
        delay: float = DELAY,
        timeout: float = TIMEOUT,
        max_bytes: int = MAX_BYTES,
        max_redirects: int = MAX_REDIRECTS,
        tries: int = TRIES,
        max_wait: float = MAX_WAIT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._kept = None if cache is None else _Kept(Path(cache))
        self._allow_private = allow_private
        self._delay, self._timeout, self._max_wait = delay, timeout, max_wait
        self._max_bytes, self._max_redirects, self._tries = max_bytes, max_redirects, tries
        self._sleep = sleep
        self._next: dict[str, float] = {}
        self._robots: dict[str, Protego] = {}
        self._client = httpx2.Client(
            verify=httpx2.create_ssl_context(),
            trust_env=False,
            follow_redirects=False,
            limits=httpx2.Limits(max_keepalive_connections=0),  # a kept connection is of an address, not of a name
        )

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the client's resources back."""
        self._client.close()

    def fetch(self, url: str) -> Fetched:
        """What an address gives, redirects followed.

        Raises FetchError where it is no http or https address, leads to a private one, is closed by robots.txt, or
        does not give its content within the limits.
        """
        told = _told(url)
        here = _parse(url)
        for _ in range(self._max_redirects + 1):
            self._obey(here)
            answer = self._request(here, self._max_bytes, keep=True)
            if answer.to is None:
                return Fetched(
                    url, str(here), answer.data, answer.charset, answer.status, answer.etag, answer.last_modified
                )
            here = _parse(answer.to, via=told)
        raise FetchError(f"{told}: more than {self._max_redirects} redirects, the last to {_told(str(here))}", url)

    # --- robots.txt ---------------------------------------------------------------------------------

    def _obey(self, url: httpx2.URL) -> None:
        origin = _origin(url)
        if origin not in self._robots:
            self._resolve(url)  # a refusal is of the address, not of its robots.txt
            self._robots[origin] = self._rules(url)
        rules = self._robots[origin]
        if not rules.can_fetch(str(url), _NAME):
            raise FetchError(f"{_told(str(url))}: the site's robots.txt asks programs not to fetch this", str(url))

    def _rules(self, url: httpx2.URL) -> Protego:
        """The rules of a site; none where it has no robots.txt, all closed while it fails (RFC 9309)."""
        here = httpx2.URL(_origin(url)).join("/robots.txt")
        try:
            for _ in range(MAX_REDIRECTS + 1):
                answer = self._request(here, _ROBOTS_BYTES, keep=False, cut=True)
                if answer.to is None:
                    return Protego.parse(answer.data.decode("utf-8", "replace").removeprefix("\ufeff"))
                here = _parse(answer.to, via=_told(str(here)))
        except FetchError as error:
            if error.status is None or error.status >= 500 or error.status == 429:
                raise FetchError(
                    f"{_told(str(url))}: the site's robots.txt cannot be had, so it is not known what may be fetched "
                    f"({error})",
                    str(url),
                    error.status,
                ) from error
        return Protego.parse("")

    # --- one request, with its pauses and tries -----------------------------------------------------

    def _request(self, url: httpx2.URL, limit: int, *, keep: bool, cut: bool = False) -> _Answer:
        """The answer to one address, a redirect as such. ``cut``: what goes beyond the limit is left out."""
        told = _told(str(url))
        kept = self._kept if keep else None
        whole = kept.whole(str(url)) if kept else None
        part = (kept.part(str(url)) if kept else None) or _Part()
        cause, status = "", None
        for number in range(self._tries):
            addresses = self._resolve(url)
            self._pause(url)
            got = len(part.data)
            wait: float | None = None
            try:
                answer = self._once(url, addresses[number % len(addresses)], limit, whole, part, cut)
            except _Certificate as error:
                raise FetchError(f"{told}: the certificate is not trusted: {error}", str(url)) from None
            except _Broken as error:
                cause, status = str(error), None
            else:
                if answer.status == 416 and part.data:  # what was kept is no beginning of what is there now
                    part.clear()
                    continue
                if answer.status not in _PASSING:
                    if kept:
                        kept.drop_part(str(url))
                        if answer.status == 200:
                            kept.keep(str(url), answer)
                    if answer.status >= 400 or (answer.status not in (200, 304) and answer.to is None):
                        raise FetchError(
                            f"{told}: the server answered {_called(answer.status)}", str(url), answer.status
                        )
                    return answer
                cause, status = f"the server answered {_called(answer.status)}", answer.status
                wait = answer.wait
                if wait is not None and wait > self._max_wait:
                    raise FetchError(f"{told}: {cause} and asks to come back in {wait:.0f} seconds", str(url), status)
            if number + 1 < self._tries and (
                part.validator is None or len(part.data) <= got
            ):  # no back-off from what went on
                self._put_off(url, min(self._max_wait, max(self._delay, 1.0) * 2**number if wait is None else wait))
        more = ""
        if kept and part.data and part.validator:
            kept.keep_part(str(url), part)
            more = f"; {len(part.data)} bytes are kept, and the next fetch goes on from there"
        raise FetchError(f"{told}: {cause} ({self._tries} tries){more}", str(url), status)

    def _pause(self, url: httpx2.URL) -> None:
        """Wait until the host may be asked again."""
        rules = self._robots.get(_origin(url))
        asked = float(rules.crawl_delay(_NAME) or 0) if rules is not None else 0.0
        now = time.monotonic()
        wait = self._next.get(url.host, now) - now
        if wait > 0:
            self._sleep(wait)
        self._next[url.host] = max(now, now + wait) + max(self._delay, min(asked, self._max_wait))

    def _put_off(self, url: httpx2.URL, seconds: float) -> None:
        self._next[url.host] = max(self._next.get(url.host, 0.0), time.monotonic() + seconds)

    def _resolve(self, url: httpx2.URL) -> list[str]:
        """The addresses of a host, all of them allowed. Raises FetchError where one is not."""
        told, host = _told(str(url)), url.raw_host.decode("ascii")
        try:
            found = socket.getaddrinfo(host, _port(url), type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            why = error.strerror if isinstance(error, OSError) else None
            raise FetchError(f"{told}: the host {host} is not found ({why or error})", str(url)) from None
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        for address in addresses:
            if not allowed(address, private=self._allow_private):
                raise FetchError(
                    f"{told}: {host} is at {address}, which is no public address; refused"
                    + ("" if self._allow_private else " unless private addresses are allowed"),
                    str(url),
                )
        return addresses

    def _once(
        self, url: httpx2.URL, address: str, limit: int, whole: _Answer | None, part: _Part, cut: bool
    ) -> _Answer:
        """One exchange with one address. Raises _Broken where it ends early; what came by then is in ``part``."""
        told = _told(str(url))
        headers = {
            "Host": url.netloc.decode("ascii"),
            "User-Agent": AGENT,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Encoding": "identity",  # so that a part is a part of the content
            "Connection": "close",
        }
        if part.data and part.validator:
            headers |= {"Range": f"bytes={len(part.data)}-", "If-Range": part.validator}
        elif whole is not None:
            if whole.etag:
                headers["If-None-Match"] = whole.etag
            if whole.last_modified:
                headers["If-Modified-Since"] = whole.last_modified
        silence = min(SILENCE, self._timeout)
        self._client.cookies.clear()
        with _limited(self._timeout) as (trace, expired):
            request = self._client.build_request(
                "GET", url.copy_with(host=address), headers=headers, timeout=silence,
                extensions={"sni_hostname": url.raw_host.decode("ascii"), "trace": trace},
            )  # fmt: skip
            try:
                response = self._client.send(request, stream=True)
                try:
                    answer = self._take(url, response, limit, whole, part, cut)
                finally:
                    response.close()
            except httpx2.HTTPError as error:
                if expired.is_set():
                    raise _Broken(f"not done within {self._timeout:g} seconds") from None
                if (bad := _certificate(error)) is not None:
                    raise _Certificate(bad) from None
                if isinstance(error, httpx2.TimeoutException):
                    raise _Broken(f"the server is silent for {silence:g} seconds") from None
                raise _Broken(f"the connection failed ({error or type(error).__name__})") from None
            except (OSError, ValueError) as error:
                if expired.is_set():
                    raise _Broken(f"not done within {self._timeout:g} seconds") from None
                raise FetchError(f"{told}: cannot be fetched ({error})", str(url)) from None
        if expired.is_set():  # to a content without a stated length the end of the time looks like its end
            raise _Broken(f"not done within {self._timeout:g} seconds")
        return answer

    def _take(
        self, url: httpx2.URL, response: httpx2.Response, limit: int, whole: _Answer | None, part: _Part, cut: bool
    ) -> _Answer:
        """Read an answer's content, onto what is there of it already."""
        status, headers = response.status_code, response.headers
        if status in _REDIRECTS and (target := headers.get("location")):
            try:
                return _Answer(status, to=str(url.join(target)))
            except (httpx2.InvalidURL, ValueError):
                raise FetchError(f"{_told(str(url))}: redirects to {target!r}, which is no address", str(url)) from None
        if status == 304 and whole is not None:
            return _Answer(304, whole.data, whole.charset, whole.etag, whole.last_modified)
        if status not in (200, 206):
            return _Answer(status, wait=_seconds(headers.get("retry-after")))
        if status == 200:
            part.clear()
            part.charset = _charset(headers.get("content-type"))
            part.etag, part.last_modified = headers.get("etag"), headers.get("last-modified")
            coded = headers.get("content-encoding", "identity").lower() not in ("", "identity")
            part.validator = None if coded else _validator(part.etag, part.last_modified)
        else:
            place = _RANGE.match(headers.get("content-range", "").strip())
            if place is None or int(place[1]) != len(part.data) or not part.data:
                part.clear()
                raise _Broken("the server gave another part than was asked for")
        length = headers.get("content-length", "")
        if not cut and length.isdecimal() and len(part.data) + int(length) > limit:
            raise self._large(url, limit)
        for chunk in response.iter_bytes():
            part.data += chunk
            if len(part.data) > limit:
                if not cut:
                    raise self._large(url, limit)
                del part.data[limit:]
                break
        return _Answer(200, bytes(part.data), part.charset, part.etag, part.last_modified)

    def _large(self, url: httpx2.URL, limit: int) -> FetchError:
        return FetchError(f"{_told(str(url))}: more than {limit} bytes; the limit is that", str(url))


def allowed(address: str, *, private: bool = False) -> bool:
    """Whether an IP address may be connected to: a public one, or with ``private`` any that is one host's."""
    found = ipaddress.ip_address(address)
    if found.is_multicast or found.is_unspecified:
        return False
    if private:
        return True
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return allowed(str(inner))
        if found.is_site_local:
            return False
    return found.is_global and not (found.is_private or found.is_loopback or found.is_link_local or found.is_reserved)


# --- what is kept -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Answer:
    """``to`` is where a redirect leads, ``wait`` the seconds that the server asks for."""

    status: int
    data: bytes = b""
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    to: str | None = None
    wait: float | None = None


@dataclass(slots=True)
class _Part:
    """The beginning of a content; with a ``validator`` the rest can be asked for."""

    data: bytearray = field(default_factory=bytearray)
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    validator: str | None = None

    def clear(self) -> None:
        self.data.clear()
        self.charset = self.etag = self.last_modified = self.validator = None


class _Kept:
    """A folder of files, each a line of JSON and then the content. Damage there is passed over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def whole(self, url: str) -> _Answer | None:
        found = self._load(url, ".page")
        if found is None:
            return None
        about, data = found
        if not (about["etag"] or about["last_modified"]):
            return None
        return _Answer(200, data, about["charset"], about["etag"], about["last_modified"])

    def part(self, url: str) -> _Part | None:
        found = self._load(url, ".part")
        if found is None:
            return None
        about, data = found
        etag, modified = about["etag"], about["last_modified"]
        validator = _validator(etag, modified)
        return _Part(bytearray(data), about["charset"], etag, modified, validator) if validator else None

    def keep(self, url: str, answer: _Answer) -> None:
        if answer.etag or answer.last_modified:
            self._save(url, ".page", answer.charset, answer.etag, answer.last_modified, answer.data)

    def keep_part(self, url: str, part: _Part) -> None:
        self._save(url, ".part", part.charset, part.etag, part.last_modified, bytes(part.data))

    def drop_part(self, url: str) -> None:
        with suppress(OSError):
            self._path(url, ".part").unlink(missing_ok=True)

    def _path(self, url: str, ending: str) -> Path:
        return self._folder / (hashlib.sha256(url.encode("utf-8")).hexdigest() + ending)

    def _load(self, url: str, ending: str) -> tuple[dict[str, Any], bytes] | None:
        try:
            head, _, data = self._path(url, ending).read_bytes().partition(b"\n")
            about = json.loads(head)
            texts = (about["charset"], about["etag"], about["last_modified"])
            good = all(each is None or isinstance(each, str) for each in texts) and about["url"] == url
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return (about, data) if good and about.get("sha256") == hashlib.sha256(data).hexdigest() else None

    def _save(
        self, url: str, ending: str, charset: str | None, etag: str | None, modified: str | None, data: bytes
    ) -> None:
        about = {"url": url, "charset": charset, "etag": etag, "last_modified": modified}
        about["sha256"] = hashlib.sha256(data).hexdigest()
        with suppress(OSError):  # a full disk or a closed folder costs a second fetch, no more
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with replacing(str(self._path(url, ending))) as target:
                target.write(json.dumps(about).encode("ascii") + b"\n" + data)
            self._prune()

    def _prune(self) -> None:
        found = [(path.stat(), path) for path in self._folder.iterdir() if path.suffix in (".page", ".part")]
        total = sum(stat.st_size for stat, _ in found)
        for stat, path in sorted(found, key=lambda each: each[0].st_mtime_ns):
            if total <= CACHE_BYTES:
                break
            path.unlink(missing_ok=True)
            total -= stat.st_size


# --- small things -----------------------------------------------------------------------------------


class _Broken(Exception):
    """An exchange that may go better the next time."""


class _Certificate(Exception):
    """A server that does not prove who it is."""


@contextmanager
def _limited(seconds: float) -> Iterator[tuple[Callable[[str, Mapping[str, Any]], None], threading.Event]]:
    """A hook for the client that ends its connection when the time is over, however slowly bytes drip in."""
    sockets: list[socket.socket] = []
    expired = threading.Event()

    def end(each: socket.socket) -> None:
        with suppress(OSError):
            socket.socket.shutdown(each, socket.SHUT_RDWR)  # of TLS too: its own state stays with its thread

    def expire() -> None:
        expired.set()
        for each in sockets[-1:]:
            end(each)

    def trace(name: str, info: Mapping[str, Any]) -> None:
        if name in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            found = info["return_value"].get_extra_info("socket")
            if isinstance(found, socket.socket):
                sockets.append(found)
                if expired.is_set():
                    end(found)

    timer = threading.Timer(seconds, expire)
    timer.daemon = True
    timer.start()
    try:
        yield trace, expired
    finally:
        timer.cancel()


def _parse(text: str, via: str | None = None) -> httpx2.URL:
    """An address that can be asked for, without its fragment."""
    told = f"{via}: redirects to {_told(text)}" if via else _told(text)
    try:
        url = httpx2.URL(text.strip())
        host = url.raw_host.decode("ascii")
        _port(url)
    except (httpx2.InvalidURL, ValueError, TypeError) as error:
        raise FetchError(f"{told}: this is no address ({error})", text) from None
    if url.scheme not in ("http", "https"):
        raise FetchError(f"{told}: only http and https are fetched", text)
    if not host:
        raise FetchError(f"{told}: the address names no host", text)
    if url.userinfo:
        raise FetchError(f"{told}: a name or password in an address is not sent; give it without", text)
    return url.copy_with(fragment=None)


def _told(url: str) -> str:
    """An address as errors write it: no password, no control characters, not endless."""
    safe = re.sub(r"^([a-zA-Z][\w+.-]*://)[^/?#@]*@", r"\1", url)
    safe = "".join(each if each.isprintable() else "?" for each in safe)
    return safe if len(safe) <= 200 else safe[:199] + "…"


def _port(url: httpx2.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _origin(url: httpx2.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _called(status: int) -> str:
    phrase = httpx2.codes.get_reason_phrase(status)
    return f"{status} ({phrase})" if phrase else str(status)


def _charset(kind: str | None) -> str | None:
    found = _CHARSET.search(kind or "")
    return found[1].lower() if found else None


def _validator(etag: str | None, modified: str | None) -> str | None:
    """What makes sure that a part is of the same content: a strong tag, else the day of change."""
    return etag if etag and not etag.startswith("W/") else modified


def _seconds(text: str | None) -> float | None:
    """Retry-After, in seconds or as a day and time, as seconds from now; None where it says nothing."""
    if text is None:
        return None
    if re.fullmatch(r"\s*\d{1,9}\s*", text, re.ASCII):
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


def _certificate(error: BaseException | None) -> str | None:
    """What is wrong with a certificate, where that is what ended an exchange."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message or str(error)
        error = error.__cause__ or error.__context__
    return None
