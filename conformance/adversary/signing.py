"""Signing anew: with credentials of one's own, for the host behind the adversary."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError
from botocore.session import Session

from .upstream import Upstream
from .wire import RawRequest, header, scope_of, without

DEFAULT_REGION = "us-east-1"
HERE = ("127.0.0.1", "localhost")
SIGNATURE = (b"authorization", b"x-amz-date", b"x-amz-security-token", b"x-amz-content-sha256", b"host")
ADDED = ("Authorization", "X-Amz-Date", "X-Amz-Security-Token")
SIGNED = (b"content-type", b"x-amz-target")


class NoCredentials(Exception):
    """There is nothing to sign with."""


class NotSigned(Exception):
    """A request that may not have our signature: it comes from a page in a browser."""


class Signer:
    """
    Signs with the credentials that boto3 would find, refreshed as boto3 would.

    The region and the service are those for which the request was signed, else the session's region and Batch.
    Raises NoCredentials.
    """

    def __init__(self, upstream: Upstream, profile: str | None = None) -> None:
        self._upstream = upstream
        try:
            session = Session(profile=profile)
            self._credentials = session.get_credentials()
            self._region = session.get_config_variable("region") or DEFAULT_REGION
        except BotoCoreError as failure:
            raise NoCredentials(str(failure)) from None
        if self._credentials is None:
            raise NoCredentials(
                "boto3 finds no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile"
            )

    async def signed(self, raw: RawRequest) -> RawRequest:
        """
        The same request for the service's own host, with a signature of ours instead of any that it had.

        Raises NotSigned and NoCredentials.
        """
        _check_sender(raw)
        # Credentials may have to be fetched first, which blocks.
        try:
            return await asyncio.to_thread(self._signed, raw)
        except BotoCoreError as failure:
            raise NoCredentials(str(failure)) from None

    def _signed(self, raw: RawRequest) -> RawRequest:
        _, region, service = scope_of(raw) or ("", self._region, "batch")
        url = self._upstream.url.removesuffix("/") + raw.target.decode("latin-1")
        request = AWSRequest(method=raw.method.decode("latin-1"), url=url, data=raw.body)
        request.headers["Host"] = self._upstream.authority
        for name in SIGNED:
            value = header(raw.headers, name)
            if value is not None:
                request.headers[name.decode()] = value.decode("latin-1")
        SigV4Auth(self._credentials, service, region).add_auth(request)
        signature = tuple(
            (name.encode(), str(request.headers[name]).encode()) for name in ADDED if name in request.headers
        )
        host = (b"Host", self._upstream.authority.encode())
        return replace(raw, headers=(host, *without(raw.headers, SIGNATURE), *signature))


def _check_sender(raw: RawRequest) -> None:
    """
    Refuse what a page in a browser sends, which can be made to post to any address of this machine.

    Only browsers say an Origin, and no page can choose the Host that is sent.
    """
    host = (header(raw.headers, b"host") or b"").decode("latin-1")
    if header(raw.headers, b"origin") is not None:
        raise NotSigned("the request has an Origin: nothing is signed for pages in a browser")
    if host.rpartition(":")[0] not in HERE and host not in HERE:
        raise NotSigned(f"Host is {host[:200]!r}: only requests to {' or '.join(HERE)} are signed")
