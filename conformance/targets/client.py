"""The boto3 client with which a service is called: unmodified, and never asking twice by itself."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

PLACEHOLDER = "batchproof"
"""Signs calls of services on this machine where nobody gave any credentials: they have none to check."""


def client(
    endpoint_url: str | None,
    region: str | None = None,
    *,
    profile: str | None = None,
    ca_bundle: str | None = None,
    service: str = "batch",
    more: Config | None = None,
) -> Any:
    """
    A client of AWS Batch, or of another service of AWS's.

    Credentials, region and certificates are found as boto3 finds them: arguments, environment, profile, instance. Only
    for a service on a loopback address are placeholders used where there are none.

    It has no retries, for a second SubmitJob would be a second job (ST-33), and checks no parameters, for the kit sends
    what a client should not (ERR-08). `more` is set beside that.
    """
    session = boto3.Session(profile_name=profile, region_name=region)
    if is_loopback(endpoint_url):  # no machine's own role is meant for it, and looking for one takes seconds
        for provider in ("iam-role", "container-role"):
            session._session.get_component("credential_provider").remove(provider)
    who: dict[str, Any] = {"region_name": session.region_name or "us-east-1"}
    if session.get_credentials() is None and is_loopback(endpoint_url):
        who |= {"aws_access_key_id": PLACEHOLDER, "aws_secret_access_key": PLACEHOLDER}
    if ca_bundle:
        who["verify"] = ca_bundle
    config = Config(
        retries={"total_max_attempts": 1},
        connect_timeout=5,
        read_timeout=20,
        max_pool_connections=64,
        parameter_validation=False,
        tcp_keepalive=True,
    )
    return session.client(service, endpoint_url=endpoint_url, config=config.merge(more) if more else config, **who)


def is_loopback(url: str | None) -> bool:
    """
    Whether a URL is one of this machine.

    >>> is_loopback("http://127.0.0.1:4590"), is_loopback("http://localhost"), is_loopback("https://batch.example.org")
    (True, True, False)
    """
    host = urlsplit(url or "").hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
