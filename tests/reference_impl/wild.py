"""Malformed and extreme requests, made from botocore's shapes and from raw bytes; also a script for a long run:

    python tests/reference_impl/wild.py URL [--requests 20000] [--seed N]

Each answer must come within some seconds, must not be a fault of the server, and where it refuses a body that parses
it must name a member of the request. `501` is asked for by operations that are not served.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import re
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from batchproof.reference_impl.http import wire
from batchproof.reference_impl.logs import LOG_HANDLERS

PATIENCE_S = 20
ANSWERS = frozenset({200, 400, 403, 404, 405, 408, 413, 415, 501})

TEXTS = (
    "", "a", "quickstart", "quickstart:1", "arn:", "arn:aws:batch:us-east-1:123456789012:job-queue/quickstart",
    "arn:a", ":", "x:y:z", "*", "\x00", "☂" * 200, "ENABLED", "RETRY", "VCPU", "1e400", "NaN", "-1", "0", "UNMANAGED",
    "MANAGED", "container", "JOB_NAME", "BEFORE_CREATED_AT", "9" * 30, "RUNNABLE", "true", "AWS_BATCH_X", "Ref::a",
    "/aws/batch/job", "f/0", "b/99999999999999999", "quickstart/default/x", "{ $.a = 1 }", '"', "-x ?y", "REPLENISHABLE",
    "x" * 5000, "\ud7ff", "%00", "../..", "job/a:3",
)  # fmt: skip
NUMBERS = (0, 1, 2, 60, -1, 10, 11, 100, 600, 9999, 2**31 - 1, -(2**31), 2**31, 1.5, 1e308, 2**63 - 1, 2**63, 10**40)


class Wild(NamedTuple):
    """One request: what it is, and how it is sent."""

    operation: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def value(shape: str, chance: random.Random, service: str = wire.BATCH, depth: int = 0) -> Any:
    """Something for a shape: usually of its type."""
    if chance.random() < 0.03:
        return chance.choice([None, [], {}, "x", 1, True, [[]], {"a": {}}])
    about = wire.service_model(service)["shapes"][shape]
    match about["type"]:
        case "structure":
            likely = 0.9 / (1 + depth)
            required = about.get("required", ())
            return {
                member: value(target["shape"], chance, service, depth + 1)
                for member, target in about["members"].items()
                if chance.random() < (0.97 if member in required else likely * 0.4)
            }
        case "list":
            count = chance.choice([0, 1, 1, 2, 4] if depth else [0, 1, 2, 51, 101])
            return [value(about["member"]["shape"], chance, service, depth + 1) for _ in range(count)]
        case "map":
            return {chance.choice(TEXTS): value(about["value"]["shape"], chance, service, depth + 1) for _ in range(2)}
        case "boolean":
            return chance.choice([True, False])
        case "string":
            return chance.choice([*about.get("enum", ()), *TEXTS])
    return chance.choice(NUMBERS)


def requests(chance: random.Random, count: int) -> Iterator[Wild]:
    """So many requests, operations in turn; one in six is broken after it was made."""
    batch = [(wire.BATCH, operation) for operation in sorted(wire.operations())]
    every = [*batch, *((wire.LOGS, target.rpartition(".")[2]) for target in sorted(LOG_HANDLERS))]
    made = 0
    while made < count:
        service, operation = every[made % len(every)]
        made += 1
        shape = wire.service_model(service)["operations"][operation]["input"]["shape"]
        body = json.dumps(value(shape, chance, service)).encode()
        if service == wire.LOGS:
            headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": f"Logs_20140328.{operation}"}
            wild = Wild(operation, "POST", "/", headers, body)
        else:
            method, path = wire.operations()[operation]
            path = path.replace("{resourceArn}", quote(chance.choice(TEXTS), safe=""))
            wild = Wild(operation, method, path, {"content-type": "application/json"}, body)
        yield broken(wild, chance) if chance.random() < 1 / 6 else wild


def broken(wild: Wild, chance: random.Random) -> Wild:
    """The request with its body, or its head, spoilt."""
    body = bytearray(wild.body)
    match chance.randrange(7):
        case 0:
            del body[chance.randrange(len(body) + 1) :]
        case 1:
            for _ in range(3):
                body[chance.randrange(len(body))] = chance.randrange(256)
        case 2:
            body = bytearray(chance.randbytes(chance.choice([1, 100, 5000])))
        case 3:
            body = bytearray(b"[" * chance.choice([10, 2000, 100_000]))
        case 4:
            return wild._replace(method=chance.choice(["GET", "PUT", "PATCH", "HEAD", "OPTIONS"]))
        case 5:
            return wild._replace(
                path=wild.path + chance.choice(["/", "?x=" + "y" * 9000, "%2F..", "//", ";a", "?tagKeys=" * 50])
            )
        case 6:
            more = [
                ("content-type", "text/xml"),
                ("host", "evil.example"),
                ("authorization", "AWS4 x"),
                ("x-amz-target", "☂".encode().decode("latin-1")),
            ]
            return wild._replace(headers={**wild.headers, **dict([chance.choice(more)])})
    return wild._replace(body=bytes(body))


def names_a_member(message: str, wild: Wild) -> bool:
    """Whether a refusal says what it is about: a member of the request, in its words or by AWS's own text."""
    try:
        body = json.loads(wild.body)
    except (ValueError, RecursionError):
        return True
    service = wire.LOGS if "x-amz-target" in wild.headers else wire.BATCH
    model = wire.service_model(service)
    known = set(model["shapes"][model["operations"][wild.operation]["input"]["shape"]]["members"])
    words = set(re.findall(r"\w+", message))
    about_all = "JSON object" in message or "not found" in message.lower() or not isinstance(body, dict)
    theirs = ("JobQueue ", "JobDefinition ", "ComputeEnvironment ", "Command field", "log group", "log stream", "Job ")
    return bool(words & known) or about_all or any(text in message for text in theirs)


def send(connection: http.client.HTTPConnection, wild: Wild) -> tuple[int, dict[str, Any]]:
    """The status and the body of the answer."""
    connection.request(wild.method, wild.path, wild.body, wild.headers)
    response = connection.getresponse()
    text = response.read()
    if wild.method == "HEAD":
        return response.status, {"message": ""}
    try:
        return response.status, json.loads(text)
    except ValueError:  # what is no HTTP is answered by the HTTP library
        return response.status, {"message": text.decode("latin-1")}


def raw(url: str, chance: random.Random) -> None:
    """Bytes that are hardly HTTP; the answer, if there is one, does not matter, but the server must not hang on it."""
    where = urlsplit(url)
    with socket.create_connection((where.hostname or "", where.port or 80), timeout=PATIENCE_S) as plug:
        start = b"POST /v1/describejobs HTTP/1.1\r\nHost: localhost\r\n"
        plug.sendall(
            chance.choice(
                [
                    chance.randbytes(chance.choice([1, 50, 3000])) + b"\r\n\r\n",
                    start + b"Content-Length: -1\r\n\r\n{}",
                    start + b"Content-Length: 99999999999999999999\r\n\r\n{}",
                    start + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n",
                    start + b"X: " + b"y" * 70_000 + b"\r\n\r\n",
                    b"GET / HTTP/9.9\r\n\r\n",
                ]
            )
        )
        plug.shutdown(socket.SHUT_WR)
        while plug.recv(65536):
            pass


def run(url: str, count: int, seed: int) -> tuple[Counter[int], list[str]]:
    """Send so many requests; the answers by status, and what was wrong with any of them."""
    chance = random.Random(seed)
    statuses: Counter[int] = Counter()
    faults: list[str] = []
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_S)
    for number, wild in enumerate(requests(chance, count)):
        if number % 50 == 0:
            raw(url, chance)
        try:
            status, answer = send(connection, wild)
        except (http.client.HTTPException, ConnectionError):
            connection.close()  # the head was such that the server hung up; once is fine, a new connection must do
            status, answer = send(connection, wild._replace(headers={}, path="/"))
        statuses[status] += 1
        served = wire.operations().get(wild.operation) == (wild.method, wild.path)
        if status not in ANSWERS:
            faults.append(f"{status} {wild} {answer}")
        elif status == 400 and served and not names_a_member(str(answer.get("message")), wild):
            faults.append(f"names no member: {wild.operation} {wild.body[:300]!r} {answer}")
    connection.close()
    return statuses, faults


def main() -> int:
    """The long form."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("url")
    options.add_argument("--requests", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=20261122)
    given = options.parse_args()
    statuses, faults = run(given.url, given.requests, given.seed)
    print(f"{given.requests} requests, seed {given.seed}:", dict(sorted(statuses.items())))
    print(*faults[:20], f"{len(faults)} faults", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
