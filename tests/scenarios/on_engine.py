"""Plays a scenario on the engine alone: every event, every process and the clock are the player's."""

from __future__ import annotations

from collections.abc import Mapping

from batchproof.model.attempts import Action, Entry, RetryStrategy
from batchproof.model.readings import valuation
from batchproof.reference_impl.deciding.engine import Engine
from batchproof.reference_impl.deciding.messages import (
    CancelRequested,
    DeadlinePassed,
    Exited,
    Input,
    LoseHostRequested,
    Put,
    QueueDeleted,
    Save,
    SetDeadline,
    Spawn,
    Started,
    StartFailed,
    Stop,
    Submitted,
    TerminateRequested,
)
from batchproof.reference_impl.deciding.records import Consumable, Environment, Group, Job, Nodes, Order, Policy, Queue

from .script import Block, Command, Seen, front, limits, needs, told, used, weights, whole

CONDITIONS = {"on_exit": "on_exit_code", "on_status": "on_status_reason", "on_reason": "on_reason"}


class OnEngine:
    """One engine, on which one scenario is played."""

    def __init__(self, readings: Mapping[str, str]) -> None:
        self.engine = Engine(readings=valuation(readings))
        self.now_ms = 0
        self.runs: dict[str, int] = {}  # processes that are up or about to be
        self.needs: dict[str, int] = {}
        self.shared: set[str] = set()  # queues whose jobs start by themselves
        self.consumables: set[str] = set()
        self.to_start: list[str] = []
        self.broken: set[str] = set()
        self.signalled: set[str] = set()
        self.deadlines: list[tuple[int, DeadlinePassed]] = []
        self.path: dict[str, list[str]] = {}
        self.before: dict[str, Seen] = {}

    def play(self, block: Block) -> list[str]:
        """The result of one block."""
        self.path = {name: [seen.status] for name, seen in self.before.items() if name in self.engine.ledger.jobs}
        for command in block.commands:
            self.do(command)
        now = {name: self.seen(name) for name in self.path}
        now |= {name: self.front(name) for name in sorted(self.shared)}
        now |= {name: self.used(name) for name in sorted(self.consumables)}
        lines = told(self.path, self.before, now)
        self.before = now
        return lines

    def do(self, command: Command) -> None:
        name = command.name
        match command.verb:
            case "reading":
                pass
            case "submit":
                self.submit(command)
            case "run":
                self.place(name)
                self.start(name)
                if command.option("exit"):
                    self.exit(name, int(command.option("exit")))
            case "place":
                self.place(name)
            case "start":
                self.start(name)
            case "exit":
                self.exit(name, int(command.words))
            case "cancel":
                self.tell(CancelRequested(0, name, command.words))
            case "terminate":
                self.tell(TerminateRequested(0, name, command.words))
            case "lose":
                self.runs.pop(name)
                self.tell(LoseHostRequested(0, name))
            case "advance":
                self.advance(int(name))
            case "environment":
                vcpus, memory = command.number("vcpus"), command.number("memory")
                self.tell(Put(0, Environment(name, not command.option("disabled"), mcpus(vcpus), {}, memory)))
            case "queue":
                self.share(command)
            case "consumable":
                self.consumables.add(name)
                self.tell(Put(0, Consumable(name, command.number("total") or 0, not command.option("spent"), {})))
            case "delete":
                self.shared.discard(name)
                self.tell(QueueDeleted(0, arn(name)))
            case verb:
                raise AssertionError(f"no player knows how to {verb}")

    def submit(self, command: Command) -> None:
        if command.option("broken"):
            self.broken.add(command.name)
        if command.option("queue"):
            self.tell(Submitted(0, order(command, arn(command.option("queue")))))
            return
        queue = Queue(arn(command.name), "r", command.name, True, 1, (command.name,), {})
        self.needs[command.name] = command.number("nodes") or 1
        self.room(command.name, 0)
        self.tell(Put(0, queue))
        self.tell(Submitted(0, order(command, queue.arn)))

    def share(self, command: Command) -> None:
        name = command.name
        self.shared.add(name)
        policy = None
        if command.option("weights"):
            policy = f"policy-of-{name}"
            self.tell(Put(0, Policy(policy, {"fairsharePolicy": {"shareDistribution": weights(command)}})))
        enabled, priority = not command.option("disabled"), command.number("priority") or 1
        created = {"jobStateTimeLimitActions": limits(command)}
        environments = command.names("on")
        self.tell(Put(0, Queue(arn(name), "r", name, enabled, priority, environments, created, policy=policy)))

    def place(self, name: str) -> None:
        job = whole(name)
        used = sum(whole(other) == job for other in self.runs)
        self.room(job, 1000 * (used + self.needs[job]))
        assert name in self.runs, f"{name} is not the next of its queue"
        self.room(job, 0)

    def room(self, name: str, mcpus: int) -> None:
        """Room for so much; without any the environment is DISABLED, since one that is too small would be a misconfiguration."""
        self.tell(Put(0, Environment(name, enabled=mcpus > 0, max_mcpus=mcpus or None, created={})))

    def start(self, name: str) -> None:
        if name in self.broken:
            self.tell(StartFailed(name, self.runs.pop(name), "CannotStartContainerError: no such program"))
        else:
            self.tell(Started(name, self.runs[name]))
        for node in [other for other in self.runs if "#" in name and whole(other) == whole(name) and other != name]:
            self.tell(Started(node, self.runs[node]))

    def exit(self, name: str, code: int) -> None:
        self.tell(Exited(name, self.runs.pop(name), code))

    def advance(self, seconds: int) -> None:
        self.now_ms += seconds * 1000
        due = [passed for at_ms, passed in self.deadlines if at_ms <= self.now_ms]
        self.deadlines = [waiting for waiting in self.deadlines if waiting[0] > self.now_ms]
        for passed in due:
            self.tell(passed)

    def tell(self, event: Input) -> None:
        self.take(event)
        while self.to_start:
            self.start(self.to_start.pop(0))

    def take(self, event: Input) -> None:
        self.now_ms += 1
        for effect in self.engine.handle(event, now_ms=self.now_ms):
            match effect:
                case Save(Job() as job):
                    path = self.path.setdefault(job.id, [])
                    if path[-1:] != [job.status.value]:
                        path.append(job.status.value)
                case Spawn(job_id, number):
                    self.runs[job_id] = number
                    if self.engine.ledger.jobs[job_id].order.queue in map(arn, self.shared):
                        self.to_start.append(job_id)
                case Stop(job_id, _, grace_ms):
                    if grace_ms:
                        self.signalled.add(job_id)
                case SetDeadline(job_id, number, at_ms):
                    self.deadlines.append((at_ms, DeadlinePassed(job_id, number)))

    def front(self, queue: str) -> Seen:
        line, jobs = self.engine.capacity.line(arn(queue)), self.engine.ledger.jobs
        return front([name for name, _ in line.front(100, lambda name: jobs[name].order.mcpus, self.now_ms)])

    def used(self, name: str) -> Seen:
        consumable = self.engine.ledger.consumables[name]
        return used(consumable.in_use, consumable.total)

    def seen(self, name: str) -> Seen:
        ledger = self.engine.ledger
        job = ledger.jobs[name]
        return Seen(
            status=job.status.value,
            reason=job.status_reason,
            attempts=len(job.attempts),
            cancelled=job.memory.is_cancelled,
            terminated=job.shows_terminated,
            signalled=name in self.signalled,
            summary=tuple((status.value, count) for status, count in ledger.summary(name).items() if count)
            if job.order.is_parent
            else (),
        )


def arn(queue: str) -> str:
    return f"arn:a:batch:r:1:job-queue/{queue}"


def mcpus(vcpus: int | None) -> int | None:
    return None if vcpus is None else vcpus * 1000


def nodes_of(command: Command) -> Nodes | None:
    """All nodes of a scenario's job are alike."""
    if (count := command.number("nodes")) is None:
        return None
    return Nodes(count, command.number("main") or 0, (Group(":", ("true",), {}, {}, 1000),))


def order(command: Command, queue: str) -> Order:
    """What SubmitJob would have made of a command."""
    entries = tuple(
        Entry(Action[action], **{CONDITIONS[option]: pattern})
        for option, value in command.options
        if option in CONDITIONS
        for pattern, _, action in [value.rpartition(":")]
    )
    return Order(
        id=command.name,
        region="r",
        name=command.name,
        queue=queue,
        definition="arn:a:batch:r:1:job-definition/d:1",
        command=("true",),
        environment={},
        container={},
        members={},
        strategy=RetryStrategy(command.number("attempts") or 1, entries),
        timeout_s=command.number("timeout"),
        depends_on=command.names("after"),
        n_to_n=command.names("n_to_n"),
        sequential=bool(command.option("sequential")),
        array_size=command.number("array"),
        mcpus=1000 * (command.number("vcpus") or command.number("nodes") or 1),
        memory_mib=command.number("memory") or 0,
        share=command.option("share"),
        priority=command.number("priority") or 0,
        consumes=tuple((name, quantity) for name, quantity in needs(command)),
        nodes=nodes_of(command),
    )
