"""What a claim about AWS rests on: which page, where on it, and when the copy that was read was taken.

Nothing here was measured on a real account. A key names a page by its kind and its own name (`UG:job_states`), and
`find` knows its title and address; a `Cited` says where on that page something stands, by a heading or a member and by
the first words of a sentence, so that a search on the page finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

_MIRROR = "2026-09, in a mirror"
_MODEL = "2026-11, in botocore 1.44.5"


@dataclass(frozen=True, slots=True)
class Source:
    """A document. `url` is empty where nobody can follow it, and then the title says why. `read`: when, or of when."""

    key: str
    title: str
    url: str
    read: str


@dataclass(frozen=True, slots=True)
class Cited:
    """
    A place in a document.

    page    a key of `find`
    where   the heading, paragraph or member under which it stands, or what is to be seen there
    words   how its sentence begins; empty where no single sentence says it, or where it was not found
    """

    page: str
    where: str = ""
    words: str = ""

    @property
    def quoted(self) -> str:
        """
        The words as a reader sees them.

        >>> Cited("UG:job_states", "RUNNING", "An exit code of 0 indicates success").quoted
        '"An exit code of 0 indicates success ..."'
        """
        return f'"{self.words}"' if self.words.endswith((".", '"')) else f'"{self.words} ..."'


_UNKNOWN: Mapping[str, str] = {
    "cellenics": "a test fixture of the Cellenics API, a public repository",
    "failure-lambda": "a public Lambda function that reports failed jobs to Slack",
    "job-detail": "a public script that prints what Batch knows of a failed job",
}
"""What was read in a collection of public code that gives no repository: nobody can follow it."""


_ARTICLES: Mapping[str, tuple[str, str]] = {
    "cancel-or-terminate": (
        "Reader Question: What is the difference between canceling and terminating a job in AWS Batch?",
        "reader-question-what-is-the-difference-between-canceling-and-terminating-a-job-in-aws-batch",
    ),
}
"""Title and address of an article, by a short name."""


def _github(rest: str) -> tuple[str, str]:
    repository, _, number = rest.partition("#")
    return f"GitHub, {rest}", f"https://github.com/{repository}/issues/{number}"


def _commit(rest: str) -> tuple[str, str]:
    repository, _, commit = rest.partition("@")
    return f"GitHub, {repository}, commit {commit}", f"https://github.com/{repository}/commit/{commit}"


def _file(rest: str) -> tuple[str, str]:
    """`owner/name`, `owner/name:path` as it is today, or `owner/name@commit:path`."""
    place, _, path = rest.partition(":")
    repository, _, commit = place.partition("@")
    if not path:
        return f"GitHub, {repository}", f"https://github.com/{repository}"
    return f"GitHub, {repository}, {path}", f"https://github.com/{repository}/blob/{commit or 'HEAD'}/{path}"


_KINDS: Mapping[str, tuple[Callable[[str], tuple[str, str]], str]] = {
    "API": (
        lambda page: (
            f"AWS Batch API Reference: {page}",
            f"https://docs.aws.amazon.com/batch/latest/APIReference/API_{page}.html",
        ),
        _MODEL,
    ),
    "ECS": (
        lambda page: (
            f"Amazon ECS API Reference: {page}",
            f"https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_{page}.html",
        ),
        _MODEL,
    ),
    "UG": (
        lambda page: (
            f"AWS Batch User Guide: {page}",
            f"https://docs.aws.amazon.com/batch/latest/userguide/{page}.html",
        ),
        _MIRROR,
    ),
    "UG-old": (
        lambda page: (
            f"AWS Batch User Guide as it was archived: {page}",
            f"https://github.com/awsdocs/aws-batch-user-guide/commits/HEAD/doc_source/{page}.md",
        ),
        "2023-06-15",
    ),
    "BLOG": (
        lambda name: (f"AWS HPC Blog: {_ARTICLES[name][0]}", f"https://aws.amazon.com/blogs/hpc/{_ARTICLES[name][1]}/"),
        "2026-09",
    ),
    "WEB": (lambda page: (page.partition("/")[0], f"https://{page}"), "2026-09"),
    "GH": (_github, "2026-09"),
    "COMMIT": (_commit, "2026-09"),
    "FILE": (_file, "2026-09"),
    "LOST": (lambda name: (f"{_UNKNOWN[name]} (which repository is not known: it cannot be followed)", ""), "2026-09"),
}


def find(key: str) -> Source:
    """
    The document with this key. Raises KeyError where the kind is not known.

    >>> find("UG:job_retries").url
    'https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html'
    >>> find("GH:aws/aws-cli#2551").title
    'GitHub, aws/aws-cli#2551'
    >>> find("FILE:getmoto/moto@5.2.5:moto/batch/models.py").url
    'https://github.com/getmoto/moto/blob/5.2.5/moto/batch/models.py'
    >>> find("LOST:job-detail").url
    ''
    """
    kind, _, rest = key.partition(":")
    address, read = _KINDS[kind]
    return Source(key, *address(rest), read)
