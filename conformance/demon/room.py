"""Queues and compute environments: where jobs wait, and whether there is room for another one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(eq=False, slots=True)
class Environment:
    """A compute environment with room for so many vCPUs. DISABLED, nothing new is placed there (Q-03)."""

    name: str
    arn: str
    vcpus: int
    request: dict
    enabled: bool = True
    taken: int = 0

    def has(self, vcpus: int) -> bool:
        return self.enabled and self.taken + vcpus <= self.vcpus


@dataclass(eq=False, slots=True)
class Queue:
    """A job queue, and the environments that it places jobs in, in their order."""

    name: str
    arn: str
    request: dict
    environments: list[Environment]
    enabled: bool = True

    def room(self, vcpus: int) -> Environment | None:
        """The first environment that has so much room."""
        return next((environment for environment in self.environments if environment.has(vcpus)), None)
