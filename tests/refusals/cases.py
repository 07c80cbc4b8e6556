"""The requests of docs/errors.md, each by the name of its row, and how one is sent without a client that checks it first."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import quote, urlsplit

JSON = {"content-type": "application/json"}

Request = tuple[str, str, dict[str, str], bytes]
"""Method, path, headers, body."""


def call(operation: str, **members: Any) -> Request:
    return "POST", f"/v1/{operation.lower()}", JSON, json.dumps(members).encode()


def submit(**members: Any) -> Request:
    return call("SubmitJob", **{"jobName": "job", "jobQueue": "quickstart", "jobDefinition": "quickstart"} | members)


def overriding(**members: Any) -> Request:
    return submit(containerOverrides=members)


def retrying(**strategy: Any) -> Request:
    return submit(retryStrategy=strategy)


def register(**members: Any) -> Request:
    required = {"jobDefinitionName": "d", "type": "container", "containerProperties": {"image": "i"}}
    return call("RegisterJobDefinition", **required | members)


def nodes(platformCapabilities: list[str] | None = None, **members: Any) -> Request:
    ranges = [{"targetNodes": "0:1", "container": {"image": "i"}}]
    properties = {"numNodes": 2, "mainNode": 0, "nodeRangeProperties": ranges} | members
    return register(
        type="multinode",
        containerProperties=None,
        nodeProperties=properties,
        platformCapabilities=platformCapabilities,
    )


def queue(**members: Any) -> Request:
    order = [{"order": 1, "computeEnvironment": "quickstart"}]
    return call("CreateJobQueue", **{"jobQueueName": "q", "priority": 1, "computeEnvironmentOrder": order} | members)


def limiting(**members: Any) -> Request:
    action = {"state": "RUNNABLE", "action": "CANCEL", "maxTimeSeconds": 600}
    reason = "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"
    return queue(jobStateTimeLimitActions=[{**action, "reason": reason} | members])


def logs(operation: str, **members: Any) -> Request:
    target = {"content-type": "application/x-amz-json-1.1", "x-amz-target": f"Logs_20140328.{operation}"}
    return "POST", "/", target, json.dumps(members).encode()


def tagging(method: str, resource: str, **members: Any) -> Request:
    arn = quote(f"arn:aws:batch:us-east-1:123456789012:{resource}", safe="")
    return method, f"/v1/tags/{arn}", JSON, json.dumps(members).encode()


GROUP = "/aws/batch/job"
QUEUE = "job-queue/quickstart"

CASES: dict[str, Request] = {
    "SubmitJob to an unknown queue": submit(jobQueue="nowhere"),
    "SubmitJob to a queue of another region": submit(
        jobQueue="arn:aws:batch:eu-west-1:123456789012:job-queue/quickstart"
    ),
    "SubmitJob to a DISABLED queue": submit(jobQueue="closed"),
    "SubmitJob with an unknown definition": submit(jobDefinition="nothing"),
    "SubmitJob with an unknown revision": submit(jobDefinition="quickstart:99"),
    "SubmitJob with a deregistered definition": submit(jobDefinition="gone:1"),
    "SubmitJob without a name": call("SubmitJob", jobQueue="quickstart", jobDefinition="quickstart"),
    "SubmitJob with an empty name": submit(jobName=""),
    "SubmitJob with a name of 129 characters": submit(jobName="x" * 129),
    "SubmitJob with a name that begins with a hyphen": submit(jobName="-x"),
    "SubmitJob with 21 dependencies": submit(dependsOn=[{"jobId": "a"}] * 21),
    "SubmitJob with an unknown dependency": submit(dependsOn=[{"jobId": "no-such-job"}]),
    "SubmitJob with a dependency that has no id": submit(dependsOn=[{}]),
    "SubmitJob with attempts 11": retrying(attempts=11),
    "SubmitJob with attempts 0": retrying(attempts=0),
    "SubmitJob with attempts in quotes": retrying(attempts="3"),
    "SubmitJob with attempts beyond 32 bits": retrying(attempts=2**32),
    "SubmitJob with evaluateOnExit and no attempts": retrying(evaluateOnExit=[{"action": "EXIT", "onExitCode": "1"}]),
    "SubmitJob with 7 evaluateOnExit entries": retrying(attempts=2, evaluateOnExit=[{"action": "EXIT"}] * 7),
    "SubmitJob with an unknown action": retrying(attempts=2, evaluateOnExit=[{"action": "STOP"}]),
    "SubmitJob with onExitCode that is no number": retrying(
        attempts=2, evaluateOnExit=[{"action": "EXIT", "onExitCode": "one"}]
    ),
    "SubmitJob with a pattern that begins with an asterisk": retrying(
        attempts=2, evaluateOnExit=[{"action": "EXIT", "onReason": "*OutOfMemoryError*"}]
    ),
    "RegisterJobDefinition with an asterisk within a pattern": call(
        "RegisterJobDefinition",
        jobDefinitionName="x",
        type="container",
        containerProperties={"image": "i"},
        retryStrategy={"attempts": 2, "evaluateOnExit": [{"action": "RETRY", "onStatusReason": "Cannot*Error*"}]},
    ),
    "SubmitJob with a timeout of 59 s": submit(timeout={"attemptDurationSeconds": 59}),
    "SubmitJob with a reserved variable": overriding(environment=[{"name": "AWS_BATCH_X", "value": "1"}]),
    "SubmitJob with an empty command argument": overriding(command=["echo", ""]),
    "SubmitJob with a NUL in its command": overriding(command=["echo", "a\0b"]),
    "SubmitJob with a NUL in a variable's name": overriding(environment=[{"name": "A\0", "value": "1"}]),
    "SubmitJob with a NUL in a variable's value": overriding(environment=[{"name": "A", "value": "\0"}]),
    "SubmitJob with an equals sign in a variable's name": overriding(environment=[{"name": "A=B", "value": "1"}]),
    "SubmitJob with a NUL in a parameter": submit(parameters={"message": "\0"}),
    "SubmitJob with 51 tags": submit(tags={str(number): "x" for number in range(51)}),
    "SubmitJob with a VCPU requirement that is no number": overriding(
        resourceRequirements=[{"type": "VCPU", "value": "many"}]
    ),
    "SubmitJob with an array of size 1": submit(arrayProperties={"size": 1}),
    "SubmitJob with an array of size 10001": submit(arrayProperties={"size": 10_001}),
    "SubmitJob with an array of no size": submit(arrayProperties={}),
    "SubmitJob with nodeOverrides": submit(nodeOverrides={"numNodes": 2}),
    "SubmitJob with overrides of a range that is not there": submit(
        jobDefinition="nodes", nodeOverrides={"nodePropertyOverrides": [{"targetNodes": "0:0"}]}
    ),
    "SubmitJob with more nodes than ranges allow": submit(jobDefinition="nodes", nodeOverrides={"numNodes": 4}),
    "SubmitJob of a multi-node job as an array": submit(jobDefinition="nodes", arrayProperties={"size": 2}),
    "SubmitJob of a multi-node job to a queue on Spot alone": submit(jobQueue="spot", jobDefinition="nodes"),
    "SubmitJob with N_TO_N and no array": submit(dependsOn=[{"jobId": "a", "type": "N_TO_N"}]),
    "SubmitJob with SEQUENTIAL and no array": submit(dependsOn=[{"type": "SEQUENTIAL"}]),
    "SubmitJob with N_TO_N and no id": submit(arrayProperties={"size": 2}, dependsOn=[{"type": "N_TO_N"}]),
    "SubmitJob with an unknown kind of dependency": submit(dependsOn=[{"jobId": "a", "type": "AFTER_ANY"}]),
    "SubmitJob with shareIdentifier to a FIFO queue": submit(shareIdentifier="a"),
    "SubmitJob without shareIdentifier to a fair-share queue": submit(jobQueue="fair"),
    "SubmitJob with schedulingPriorityOverride 10000": submit(
        jobQueue="fair", shareIdentifier="a", schedulingPriorityOverride=10_000
    ),
    "SubmitJob that consumes an unknown resource": submit(
        consumableResourcePropertiesOverride={"consumableResourceList": [{"consumableResource": "none", "quantity": 1}]}
    ),
    "SubmitJob with a payload over 30 KiB": overriding(command=["echo", "x" * 30 * 1024]),
    "CancelJob without a reason": call("CancelJob", jobId="a"),
    "CancelJob with an empty reason": call("CancelJob", jobId="a", reason=""),
    "CancelJob with an empty id": call("CancelJob", jobId="", reason="x"),
    "CancelJob with a reason of 1025 characters": call("CancelJob", jobId="a", reason="x" * 1025),
    "TerminateJob without an id": call("TerminateJob", reason="x"),
    "TerminateJob with a reason of 1025 characters": call("TerminateJob", jobId="a", reason="x" * 1025),
    "CancelJobs with 51 ids": call("CancelJobs", jobs=[str(number) for number in range(51)], reason="x"),
    "TerminateJobs without a reason": call("TerminateJobs", jobs=["a"]),
    "DescribeJobs without ids": call("DescribeJobs"),
    "DescribeJobs with 101 ids": call("DescribeJobs", jobs=[str(number) for number in range(101)]),
    "ListJobs without a selector": call("ListJobs"),
    "ListJobs with two selectors": call("ListJobs", jobQueue="quickstart", arrayJobId="a"),
    "ListJobs of an unknown queue": call("ListJobs", jobQueue="nowhere"),
    "ListJobs with an unknown status": call("ListJobs", jobQueue="quickstart", jobStatus="DONE"),
    "ListJobs with two filters": call(
        "ListJobs", jobQueue="quickstart", filters=[{"name": "JOB_NAME", "values": ["a"]}] * 2
    ),
    "ListJobs with two values of a filter": call(
        "ListJobs", jobQueue="quickstart", filters=[{"name": "JOB_NAME", "values": ["a", "b"]}]
    ),
    "ListJobs with a filter name in small letters": call(
        "ListJobs", jobQueue="quickstart", filters=[{"name": "job_name", "values": ["a"]}]
    ),
    "ListJobs with a page of 1001": call("ListJobs", jobQueue="quickstart", maxResults=1001),
    "ListJobs with a filter and a page of 101": call(
        "ListJobs", jobQueue="quickstart", maxResults=101, filters=[{"name": "JOB_NAME", "values": ["a"]}]
    ),
    "ListJobs with a token of its own making": call("ListJobs", jobQueue="quickstart", nextToken="mine"),
    "RegisterJobDefinition without an image": register(containerProperties={"command": ["true"]}),
    "RegisterJobDefinition of an unknown type": register(type="lambda"),
    "RegisterJobDefinition without containerProperties": call(
        "RegisterJobDefinition", jobDefinitionName="d", type="container"
    ),
    "RegisterJobDefinition of a multi-node job with containerProperties": register(type="multinode"),
    "RegisterJobDefinition with 1001 nodes": nodes(numNodes=1001),
    "RegisterJobDefinition with 6 ranges of nodes": nodes(
        numNodes=6, nodeRangeProperties=[{"targetNodes": str(node), "container": {"image": "i"}} for node in range(6)]
    ),
    "RegisterJobDefinition with a main node beyond the last": nodes(mainNode=2),
    "RegisterJobDefinition with a node that no range has": nodes(numNodes=3),
    "RegisterJobDefinition with a range that is none": nodes(
        nodeRangeProperties=[{"targetNodes": "1-2", "container": {"image": "i"}}]
    ),
    "RegisterJobDefinition of a multi-node job for Fargate": nodes(platformCapabilities=["EC2", "FARGATE"]),
    "RegisterJobDefinition for an unknown platform": register(platformCapabilities=["LAPTOP"]),
    "RegisterJobDefinition with a payload over 24 KiB": register(
        containerProperties={"image": "i", "command": ["x" * 24 * 1024]}
    ),
    "RegisterJobDefinition with a reserved variable": register(
        containerProperties={"image": "i", "environment": [{"name": "AWS_BATCH_JOB_ID", "value": "1"}]}
    ),
    "RegisterJobDefinition with a NUL in its command": register(containerProperties={"image": "i", "command": ["\0"]}),
    "RegisterJobDefinition with a NUL in a parameter": register(parameters={"a": "\0"}),
    "RegisterJobDefinition with a NUL in a node's command": nodes(
        nodeRangeProperties=[{"targetNodes": "0:1", "container": {"image": "i", "command": ["\0"]}}]
    ),
    "RegisterJobDefinition with attempts 11": register(retryStrategy={"attempts": 11}),
    "RegisterJobDefinition with a timeout of 0 s": register(timeout={"attemptDurationSeconds": 0}),
    "CreateJobQueue with a taken name": queue(jobQueueName="quickstart"),
    "CreateJobQueue with an unknown environment": queue(
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "nowhere"}]
    ),
    "CreateJobQueue with 4 environments": queue(
        computeEnvironmentOrder=[{"order": order, "computeEnvironment": "quickstart"} for order in range(4)]
    ),
    "CreateJobQueue without environments": queue(computeEnvironmentOrder=[]),
    "CreateJobQueue in an unknown state": queue(state="OPEN"),
    "CreateComputeEnvironment of an unknown type": call(
        "CreateComputeEnvironment", computeEnvironmentName="c", type="RENTED"
    ),
    "CreateComputeEnvironment MANAGED without resources": call(
        "CreateComputeEnvironment", computeEnvironmentName="c", type="MANAGED"
    ),
    "CreateComputeEnvironment of an unknown type of resources": call(
        "CreateComputeEnvironment",
        computeEnvironmentName="c",
        type="MANAGED",
        computeResources={"type": "LAPTOP", "maxvCpus": 1},
    ),
    "LoseHost of a host that is not there": ("POST", "/batchproof/lose-host", JSON, b'{"host": "i-0"}'),
    "LoseHost of nothing": ("POST", "/batchproof/lose-host", JSON, b"{}"),
    "AdvanceClock by nothing": ("POST", "/batchproof/advance-clock", JSON, b"{}"),
    "AdvanceClock backwards": ("POST", "/batchproof/advance-clock", JSON, b'{"seconds": -60}'),
    "AdvanceClock of a server with --data": ("POST", "/batchproof/advance-clock", JSON, b'{"seconds": 60}'),
    "CreateJobQueue with an unknown policy": queue(schedulingPolicyArn="arn:none"),
    "CreateJobQueue with a time limit of 599 s": limiting(maxTimeSeconds=599),
    "CreateJobQueue with a time limit that terminates": limiting(action="TERMINATE"),
    "CreateJobQueue with a time limit for another reason": limiting(reason="UNDETERMINED"),
    "UpdateJobQueue with a policy where there was none": call(
        "UpdateJobQueue", jobQueue="quickstart", schedulingPolicyArn="arn:none"
    ),
    "CreateSchedulingPolicy with a weight of 0": call(
        "CreateSchedulingPolicy",
        name="p",
        fairsharePolicy={"shareDistribution": [{"shareIdentifier": "a", "weightFactor": 0}]},
    ),
    "DeleteSchedulingPolicy of an unknown policy": call("DeleteSchedulingPolicy", arn="arn:none"),
    "CreateConsumableResource of an unknown type": call(
        "CreateConsumableResource", consumableResourceName="c", resourceType="AIR"
    ),
    "DescribeConsumableResource of an unknown resource": call("DescribeConsumableResource", consumableResource="none"),
    "UpdateConsumableResource with a token of 65 characters": call(
        "UpdateConsumableResource", consumableResource="seats", quantity=1, clientToken="x" * 65
    ),
    "GetJobQueueSnapshot of an unknown queue": call("GetJobQueueSnapshot", jobQueue="nowhere"),
    "DeleteJobQueue of an ENABLED queue": call("DeleteJobQueue", jobQueue="quickstart"),
    "DeleteJobQueue of an unknown queue": call("DeleteJobQueue", jobQueue="nowhere"),
    "DeleteComputeEnvironment of an ENABLED environment": call(
        "DeleteComputeEnvironment", computeEnvironment="quickstart"
    ),
    "TagResource with 51 tags": tagging("POST", QUEUE, tags={str(number): "" for number in range(51)}),
    "TagResource with a key of AWS's own": tagging("POST", QUEUE, tags={"aws:x": ""}),
    "TagResource of a child": tagging("POST", "job/a:3", tags={"a": ""}),
    "UntagResource without keys": tagging("DELETE", QUEUE),
    "GetLogEvents of an unknown group": logs("GetLogEvents", logGroupName="/x", logStreamName="a"),
    "GetLogEvents of an unknown stream": logs("GetLogEvents", logGroupName=GROUP, logStreamName="a"),
    "GetLogEvents with a limit of 0": logs("GetLogEvents", logGroupName=GROUP, logStreamName="a", limit=0),
    "FilterLogEvents with a pattern for JSON": logs("FilterLogEvents", logGroupName=GROUP, filterPattern="{ $.a = 1 }"),
    "a body that is not JSON": ("POST", "/v1/submitjob", JSON, b"{'jobName': 'x'}"),
    "a body that is a JSON list": ("POST", "/v1/submitjob", JSON, b"[]"),
    "a body of 100000 open brackets": ("POST", "/v1/describejobs", JSON, b'{"jobs":' + b"[" * 100_000),
    "a body of 100000 open brackets where none is read": ("POST", "/v1/describejobs", JSON, b'{"x":' + b"[" * 100_000),
    "a body that is not UTF-8": ("POST", "/v1/describejobs", JSON, b'{"jobs": ["\xff\xfe"]}'),
    "a body over 1 MiB": ("POST", "/v1/submitjob", JSON, b" " * (1024 * 1024 + 1)),
    "a body announced as 1 TB": ("POST", "/v1/submitjob", {**JSON, "content-length": str(10**12)}, b"{"),
    "a content type that is not JSON": ("POST", "/v1/describejobs", {"content-type": "text/plain"}, b'{"jobs": []}'),
    "a method that is not POST": ("GET", "/v1/submitjob", {}, b""),
    "an unknown path": ("POST", "/v2/submitjob", JSON, b"{}"),
    "an operation that is not served": call("SubmitServiceJob"),
    "an operation of CloudWatch Logs that is not served": logs("PutLogEvents"),
    "an unknown X-Amz-Target": ("POST", "/", {**JSON, "x-amz-target": "S3.Get"}, b"{}"),
    "a Host that is not loopback": ("POST", "/v1/describejobs", {**JSON, "host": "evil.example"}, b'{"jobs": []}'),
    "a page in a browser": ("POST", "/v1/describejobs", {"origin": "http://evil.example"}, b'{"jobs": []}'),
    "CancelJob of an unknown job": call("CancelJob", jobId="no-such-job", reason="x"),
    "TerminateJob of an unknown job": call("TerminateJob", jobId="no-such-job", reason="x"),
    "DescribeJobs of an unknown job": call("DescribeJobs", jobs=["no-such-job"]),
    "CancelJobs of an unknown job": call("CancelJobs", jobs=["no-such-job"], reason="x"),
    "TerminateJobs of a malformed id": call("TerminateJobs", jobs=["no such job"], reason="x"),
}


def answer(url: str, request: Request) -> tuple[int, http.client.HTTPMessage, bytes]:
    method, path, headers, body = request
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()
