"""Requests made at random from the service model: some are fine, most are refused, none is a fault of the server."""

from __future__ import annotations

import http.client
import json
import random
from typing import Any
from urllib.parse import quote, urlsplit

from batchproof.reference_impl import wire
from batchproof.reference_impl.operations import HANDLERS

TEXTS = (
    "", "a", "quickstart", "quickstart:1", "arn:", "arn:aws:batch:us-east-1:123456789012:job-queue/quickstart",
    "arn:a", ":", "x:y:z", "*", "\x00", "☂" * 200, "ENABLED", "RETRY", "VCPU", "1e400", "NaN", "-1", "0", "UNMANAGED",
    "MANAGED", "container", "JOB_NAME", "BEFORE_CREATED_AT", "9" * 30, "RUNNABLE", "true", "AWS_BATCH_X", "Ref::a",
)  # fmt: skip
NUMBERS = (0, 1, 2, 60, -1, 10, 11, 2**31 - 1, -(2**31), 1.5, 2**63)


def value(shape: str, chance: random.Random, depth: int = 0) -> Any:
    """Something for a shape: usually of its type."""
    if chance.random() < 0.03:
        return chance.choice([None, [], {}, "x", 1, True, [[]], {"a": {}}])
    about = wire.service_model()["shapes"][shape]
    match about["type"]:
        case "structure":
            likely = 0.9 / (1 + depth)
            required = about.get("required", ())
            return {
                member: value(target["shape"], chance, depth + 1)
                for member, target in about["members"].items()
                if chance.random() < (0.97 if member in required else likely * 0.4)
            }
        case "list":
            return [value(about["member"]["shape"], chance, depth + 1) for _ in range(chance.choice([0, 1, 1, 2, 4]))]
        case "map":
            return {chance.choice(TEXTS): value(about["value"]["shape"], chance, depth + 1) for _ in range(2)}
        case "boolean":
            return chance.choice([True, False])
        case "string":
            return chance.choice([*about.get("enum", ()), *TEXTS])
    return chance.choice(NUMBERS)


def test_no_request_is_a_fault_of_the_server(start):
    server = start()
    chance = random.Random(20261122)
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)
    answers = {200: 0, 400: 0}
    for number in range(4000):
        operation = sorted(HANDLERS)[number % len(HANDLERS)]
        shape = wire.service_model()["operations"][operation]["input"]["shape"]
        body = json.dumps(value(shape, chance)).encode()
        method, path = wire.operations()[operation]
        path = path.replace("{resourceArn}", quote(chance.choice(TEXTS), safe=""))
        connection.request(method, path, body, {"content-type": "application/json"})
        response = connection.getresponse()
        text = response.read()
        assert response.status in answers, (operation, body, text)
        assert isinstance(json.loads(text), dict)
        answers[response.status] += 1
    assert min(answers.values()) > 200, "otherwise this says little"
