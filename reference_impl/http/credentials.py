"""The access keys with which requests may be signed: from a file, or from the environment."""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from pathlib import Path

KEY_ID, SECRET = "BATCHPROOF_ACCESS_KEY_ID", "BATCHPROOF_SECRET_ACCESS_KEY"


class UnreadableCredentials(ValueError):
    """There are no usable credentials where there should be; the text says what is wrong, and tells no secret."""


def of_file(file: Path) -> dict[str, str]:
    """All keys of a file in the form of ~/.aws/credentials; the names of its profiles do not matter."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(file.read_text("utf-8"))
    except OSError as failure:
        raise UnreadableCredentials(f"{file}: {failure.strerror}") from None
    except (configparser.Error, UnicodeDecodeError):
        raise UnreadableCredentials(f"{file} is not in the form of ~/.aws/credentials") from None
    keys: dict[str, str] = {}
    for profile in parser.sections():
        key, secret = (
            parser[profile].get(f"aws_{name}", "").strip() for name in ("access_key_id", "secret_access_key")
        )
        if not key or not secret:
            raise UnreadableCredentials(f"{file}: [{profile}] needs aws_access_key_id and aws_secret_access_key")
        keys[key] = secret
    if not keys:
        raise UnreadableCredentials(f"{file} has no credentials")
    return keys


def of_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """
    The key of the environment, if it has one.

    >>> of_environment({"BATCHPROOF_ACCESS_KEY_ID": "me", "BATCHPROOF_SECRET_ACCESS_KEY": "s"}), of_environment({})
    ({'me': 's'}, {})
    """
    key, secret = environment.get(KEY_ID), environment.get(SECRET)
    if bool(key) != bool(secret):
        raise UnreadableCredentials(f"{KEY_ID} and {SECRET} belong together, and one of them is missing")
    return {key: secret} if key and secret else {}
