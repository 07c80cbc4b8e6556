"""The boto3 client with which a service is called: unmodified, and never asking twice by itself."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config


def client(endpoint_url: str | None, region: str, credentials: tuple[str, str] | None) -> Any:
    """
    A client of AWS Batch. `credentials` are an access key id and its secret; without them boto3 looks for some.

    It has no retries, for a second SubmitJob would be a second job (ST-33), and checks no parameters, for the kit sends
    what a client should not (ERR-08).
    """
    keys = {}
    if credentials:
        keys = {"aws_access_key_id": credentials[0], "aws_secret_access_key": credentials[1]}
    config = Config(
        retries={"total_max_attempts": 1},
        connect_timeout=5,
        read_timeout=20,
        max_pool_connections=64,
        parameter_validation=False,
        tcp_keepalive=True,
    )
    return boto3.Session(region_name=region, **keys).client("batch", endpoint_url=endpoint_url, config=config)
