"""What a verdict takes for granted about a service: facts that its target declares, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True)
class Assumptions:
    """
    The facts of a service on which a verdict may rest; the report says which they are, and which would excuse it.

    fresh_reads     DescribeJobs shows how things are, not how they were
    monotone_reads  reads of one job never go back to what an earlier one showed was over
    prompt_calls    a request that was answered with success has taken effect
    no_faults       no host is lost, no start fails, no queue is deleted
    capacity        a full queue starts nothing
    deadline        what is due happens within its bound
    """

    fresh_reads: bool = True
    monotone_reads: bool = True
    prompt_calls: bool = True
    no_faults: bool = True
    capacity: bool = True
    deadline: bool = True

    @property
    def made(self) -> tuple[str, ...]:
        """
        The names of those that are made.

        >>> Assumptions(fresh_reads=False, deadline=False).made
        ('monotone_reads', 'prompt_calls', 'no_faults', 'capacity')
        """
        return tuple(each.name for each in fields(self) if getattr(self, each.name))

    def without(self, *names: str) -> Assumptions:
        """The same with these given up. Reads that may go back may also be old."""
        given_up = {*names, *(("fresh_reads",) if "monotone_reads" in names else ())}
        return replace(self, **dict.fromkeys(given_up, False))
