"""The service behind the adversary: where it is, how it is reached, and one connection to it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import h11
from botocore.httpsession import get_cert_path

from .wire import RawAnswer, RawRequest

LONGEST_BODY_BYTES = 16 * 2**20
READ_BYTES = 2**16


class NoAnswer(Exception):
    """The service ended the connection, or sent what is no answer; whether it did what was asked is not known."""


class Unreachable(Exception):
    """There is no connection to the service."""


class BadUrl(ValueError):
    """The text is no URL of a service."""


class Upstream:
    """
    A service by its URL, with the certificates by which it is known.

    Raises BadUrl, and OSError for a bundle that cannot be read.
    """

    def __init__(self, url: str, ca_bundle: Path | None = None) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as failure:
            raise BadUrl(f"{url!r} is no URL: {failure}") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadUrl(f"{url!r} is no URL of a service: it begins with http:// or https://, and a host follows")
        if parts.query or parts.fragment or parts.username:
            raise BadUrl(f"{url!r} has more than a host, a port and a path")
        self.url, self.host = url, parts.hostname
        self.port = port or (443 if parts.scheme == "https" else 80)
        self.authority = parts.netloc
        self.path = parts.path.rstrip("/")
        self._tls = _trusting(ca_bundle) if parts.scheme == "https" else None

    async def connect(self) -> Line:
        """A new connection; raises Unreachable."""
        try:
            reader, writer = await asyncio.open_connection(self.host, self.port, ssl=self._tls)
        except (OSError, ssl.CertificateError) as failure:
            raise Unreachable(f"cannot connect to {self.url}: {failure}") from None
        return Line(reader, writer, self.path.encode())


def bundle_of(given: Path | None, environment: Mapping[str, str]) -> Path | None:
    """The file of certificates that counts: what was given, else what boto3 would take from the environment."""
    named = environment.get("AWS_CA_BUNDLE")
    return given or (Path(named) if named else None)


def _trusting(ca_bundle: Path | None) -> ssl.SSLContext:
    """What boto3 does: a bundle that is given counts alone, else that which botocore carries."""
    context = ssl.create_default_context(cafile=str(ca_bundle or get_cert_path(True)))
    context.set_alpn_protocols(["http/1.1"])
    return context


class Line:
    """One connection to the service, for one request after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: bytes) -> None:
        self._reader, self._writer, self._path = reader, writer, path
        self._http = h11.Connection(h11.CLIENT)

    @property
    def open(self) -> bool:
        """Whether it takes another request."""
        ready = self._http.our_state is h11.IDLE and self._http.their_state is h11.IDLE
        return ready and not self._reader.at_eof() and not self._writer.is_closing()

    async def ask(self, raw: RawRequest) -> RawAnswer:
        """Send a request and wait for its answer; raises NoAnswer."""
        events = (
            h11.Request(method=raw.method, target=self._path + raw.target, headers=list(raw.headers)),
            *((h11.Data(data=raw.body),) if raw.body else ()),
            h11.EndOfMessage(),
        )
        try:
            for event in events:
                self._writer.write(self._http.send(event) or b"")
            return await self._answer()
        except (OSError, h11.ProtocolError, EOFError) as failure:
            raise NoAnswer(str(failure) or "the connection ended") from None

    def end(self) -> None:
        """End it, whatever is under way."""
        self._writer.transport.abort()

    async def _answer(self) -> RawAnswer:
        head: h11.Response | None = None
        body = bytearray()
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                self._http.receive_data(await self._reader.read(READ_BYTES))
            elif isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > LONGEST_BODY_BYTES:
                    raise NoAnswer(f"an answer has more than {LONGEST_BODY_BYTES} bytes")
            elif isinstance(event, h11.EndOfMessage):
                break
            elif not isinstance(event, h11.InformationalResponse):
                raise NoAnswer("the connection ended")
        assert head is not None
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        else:
            self._writer.close()
        return RawAnswer(head.status_code, head.reason, tuple(head.headers.raw_items()), bytes(body))


class Caller:
    """Asks the service over one connection, made when it is first needed, and anew when it has ended."""

    def __init__(self, upstream: Upstream, sign: Callable[[RawRequest], Awaitable[RawRequest]] | None) -> None:
        self._upstream, self._sign = upstream, sign
        self._line: Line | None = None

    async def ask(self, raw: RawRequest) -> RawAnswer:
        """The service's answer; raises Unreachable, NoAnswer, and what signing raises."""
        if self._sign is not None:
            raw = await self._sign(raw)
        if self._line is None or not self._line.open:
            self.end()
            self._line = await self._upstream.connect()
        return await self._line.ask(raw)

    def end(self) -> None:
        """End the connection, if there is one."""
        if self._line is not None:
            self._line.end()
            self._line = None
