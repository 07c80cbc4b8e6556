"""Every page that a claim about AWS rests on: what it is, where it is, and when the copy that was read was taken.

Nothing here was measured on a real account. The keys are those of the rules in `model.promises`.
"""

from __future__ import annotations

from dataclasses import dataclass

_UG = "https://docs.aws.amazon.com/batch/latest/userguide/"
_API = "https://docs.aws.amazon.com/batch/latest/APIReference/"


@dataclass(frozen=True, slots=True)
class Source:
    """A document. `read` is the date of the copy that was read, as far as it is known."""

    key: str
    title: str
    url: str
    read: str


_FAMILIES = {
    "BC": ("Batch service model, botocore 1.44.5: {}", "https://github.com/boto/botocore", "2026-11"),
    "UG": ("AWS Batch User Guide: {}", _UG + "{}.html", "2026-09 (mirror snapshot)"),
    "UG-old": (
        "AWS Batch User Guide, archived: {}",
        "https://github.com/awsdocs/aws-batch-user-guide",
        "2023-06-15",
    ),
    "API": ("AWS Batch API Reference: {}", _API + "{}.html", "2026-09 (mirror snapshot)"),
    "HIST": ("history of the Batch service model in botocore {}", "https://github.com/boto/botocore", "2026-08-07"),
    "GH": ("GitHub {}", "https://github.com/{}", "2026-09"),
    "CODE": ("public source file {}", "", "2026-09"),
    "CLIENT": ("client source: {}", "https://github.com/{}", "2026-09"),
    "EMU": ("emulator: {}", "", "2026-11"),
}


def find(key: str) -> Source:
    """
    The source with this key, as the rules write it.

    >>> find("BC:op CancelJob").url
    'https://docs.aws.amazon.com/batch/latest/APIReference/API_CancelJob.html'
    >>> find("UG:job_retries").title
    'AWS Batch User Guide: job_retries'
    >>> find("UG:job_retries (RUNNING entry)").url
    'https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html'
    >>> find("GH:aws/aws-cli#2551").url
    'https://github.com/aws/aws-cli/issues/2551'
    """
    if key.startswith("SEED"):
        return Source(
            key,
            "AWS HPC blog, Reader Question: what is the difference between canceling and terminating a job in AWS Batch?",
            "https://aws.amazon.com/blogs/hpc/",
            "2026-09",
        )
    family, _, rest = key.partition(":")
    if family not in _FAMILIES:
        return Source(key, key, "", "2026-09")
    title, url, read = _FAMILIES[family]
    rest = rest.strip()
    if family == "BC":  # the API reference page of an operation is built from the same model
        operation = rest.removeprefix("op ").split()[0].rstrip(",.") if rest else ""
        if rest.startswith("op "):
            return Source(key, title.format(rest), f"{_API}API_{operation}.html", read)
    if family == "GH":
        repository, _, number = rest.split()[0].partition("#")
        return Source(key, title.format(rest), f"https://github.com/{repository}/issues/{number}", read)
    page = rest.split()[0].rstrip(",.") if rest else ""  # what follows the page's name is a remark
    return Source(key, title.format(rest).strip(), url.format(page), read)
