"""How things are named: ARNs from names, and names from ARNs, in one account and any region."""

from __future__ import annotations

from hashlib import md5

ACCOUNT = "123456789012"
"""The only account; the one that AWS's own examples use."""

DEFAULT_REGION = "us-east-1"
"""The region of a request that is not signed."""


def of(region: str, resource: str) -> str:
    """
    The ARN of a Batch resource such as `job-queue/high`.

    >>> of("eu-west-1", "job-queue/high")
    'arn:aws:batch:eu-west-1:123456789012:job-queue/high'
    """
    return f"arn:aws:batch:{region}:{ACCOUNT}:{resource}"


def expanded(region: str, kind: str, name_or_arn: str) -> str:
    """
    The ARN that a caller means who gives a name or an ARN. ARNs of other regions name nothing in this one.

    >>> expanded("us-east-1", "job-queue", "high")
    'arn:aws:batch:us-east-1:123456789012:job-queue/high'
    """
    return name_or_arn if name_or_arn.startswith("arn:") else of(region, f"{kind}/{name_or_arn}")


def short(arn: str) -> str:
    """
    The name inside an ARN.

    >>> short("arn:aws:batch:us-east-1:123456789012:job-definition/render:3")
    'render:3'
    """
    return arn.partition("/")[2]


def task_id(job_id: str, number: int) -> str:
    """The ECS task id of one run of a job: 32 hexadecimal digits, the same whenever it is asked for."""
    return md5(f"{job_id}/{number}".encode(), usedforsecurity=False).hexdigest()


def task(region: str, job_id: str, number: int) -> str:
    """The ARN under which ECS would know one run of a job; another for each attempt (ST-34)."""
    return f"arn:aws:ecs:{region}:{ACCOUNT}:task/batchproof/{task_id(job_id, number)}"


def instance(job_id: str, number: int) -> str:
    """
    The EC2 instance under one run of a job. Here each run has one of its own.

    >>> instance("4f9c", 1)
    'i-0b63b17d9d0a41b6c'
    """
    return f"i-0{md5(f'host of {job_id}/{number}'.encode(), usedforsecurity=False).hexdigest()[:16]}"


def container_instance(region: str, job_id: str, number: int) -> str:
    """The ARN under which ECS would know that instance."""
    name = md5(f"container instance of {job_id}/{number}".encode(), usedforsecurity=False).hexdigest()
    return f"arn:aws:ecs:{region}:{ACCOUNT}:container-instance/batchproof/{name}"


def log_stream(definition_arn: str, job_id: str, number: int) -> str:
    """
    The log stream of one run, in the log group /aws/batch/job (ST-28): one for each run of a job.

    A stream's name has no colon, so that of a child shows a dot in its place.

    >>> log_stream("arn:aws:batch:r:1:job-definition/render:3", "5f1c", 1)
    'render/default/5f1c'
    >>> log_stream("arn:aws:batch:r:1:job-definition/render:3", "5f1c:7", 2)
    'render/default/5f1c.7/2'
    """
    name = f"{short(definition_arn).partition(':')[0]}/default/{job_id.replace(':', '.')}"
    return name if number == 1 else f"{name}/{number}"


def region(arn: str) -> str:
    """
    The region that an ARN names.

    >>> region("arn:aws:batch:eu-west-1:123456789012:job-queue/high")
    'eu-west-1'
    >>> region("no ARN at all")
    ''
    """
    return (arn.split(":", 4) + [""] * 4)[3]
