"""Engines with one fault each, of the kind that only a crash or an unlucky order brings to light."""

from __future__ import annotations

from msgspec.structs import replace

from batchproof.reference_impl.deciding.engine import Engine
from batchproof.reference_impl.deciding.messages import (
    Acknowledge,
    CancelRequested,
    Exited,
    Save,
    SetDeadline,
    Spawn,
    Stop,
    Submitted,
    TerminateRequested,
)
from batchproof.reference_impl.deciding.records import Job
from batchproof.reference_impl.exploring.world import MakeEngine


class ForgetsAnExit(Engine):
    """What became of a run is not kept."""

    def handle(self, given, *, now_ms):
        effects = super().handle(given, now_ms=now_ms)
        return [one for one in effects if not (isinstance(given, Exited) and isinstance(one, Save))]


class ForgetsACancel(Engine):
    """A cancel is acknowledged, and not kept."""

    def handle(self, given, *, now_ms):
        effects = super().handle(given, now_ms=now_ms)
        return [one for one in effects if not (isinstance(given, CancelRequested) and isinstance(one, Save))]


class AcknowledgesACancelFirst(Engine):
    """The caller is told before the record is kept."""

    first = CancelRequested

    def handle(self, given, *, now_ms):
        effects = super().handle(given, now_ms=now_ms)
        if not isinstance(given, self.first):
            return effects
        return sorted(effects, key=lambda one: not isinstance(one, Acknowledge))


class AcknowledgesASubmissionFirst(AcknowledgesACancelFirst):
    """The caller is told before the job is kept."""

    first = Submitted


class SpawnsFirst(Engine):
    """The process is started before STARTING is kept."""

    def handle(self, given, *, now_ms):
        effects = super().handle(given, now_ms=now_ms)
        return sorted(effects, key=lambda one: not isinstance(one, Spawn))


class RunsTwice(Engine):
    """After a reload an attempt under way is begun as another run."""

    def restore(self, records, *, now_ms):
        again = []
        for record in records:
            if isinstance(record, Job) and record.run is not None:
                run = replace(record.run, number=record.runs + 1)
                record = replace(record, run=run, runs=run.number)
            again.append(record)
        effects = super().restore(again, now_ms=now_ms)
        return [Save(job) for job in self.ledger.jobs.values()] + effects


class LosesACancelBetweenAttempts(Engine):
    """When an attempt of a cancelled job has failed, the cancel is forgotten, and the job is tried again."""

    def handle(self, given, *, now_ms):
        if isinstance(given, Exited):
            job = self.ledger.jobs[given.job_id]
            memory = job.memory._replace(retry_overridden=False)
            self.ledger.put(replace(job, at=job.at._replace(memory=memory)))
        return super().handle(given, now_ms=now_ms)


class StopsNothingAfterAReload(Engine):
    """A stop that was kept and not sent before a crash is never sent."""

    def restore(self, records, *, now_ms):
        return [one for one in super().restore(records, now_ms=now_ms) if not isinstance(one, Stop)]


class TimesNothingAfterAReload(Engine):
    """After a reload nobody waits for timeouts."""

    def restore(self, records, *, now_ms):
        return [one for one in super().restore(records, now_ms=now_ms) if not isinstance(one, SetDeadline)]


class StartsNothingAfterAReload(Engine):
    """A start that was kept and not done before a crash is never done."""

    def restore(self, records, *, now_ms):
        return [one for one in super().restore(records, now_ms=now_ms) if not isinstance(one, Spawn)]


class StopsAtACancel(Engine):
    """CancelJob stops what runs, as TerminateJob does, and shows it as a cancel."""

    def handle(self, given, *, now_ms):
        effects = super().handle(given, now_ms=now_ms)
        job = self.ledger.jobs.get(given.job_id) if isinstance(given, CancelRequested) else None
        return [*effects, Stop(job.id, job.run.number, 1000)] if job and job.run else effects


class IgnoresATerminateInTheQueue(Engine):
    """TerminateJob on a job that waits changes nothing, and is acknowledged."""

    def handle(self, given, *, now_ms):
        job = self.ledger.jobs.get(given.job_id) if isinstance(given, TerminateRequested) else None
        if isinstance(given, TerminateRequested) and job is not None and job.run is None:
            return [Acknowledge(given.request)]
        return super().handle(given, now_ms=now_ms)


class ForgetsWhoWaits(Engine):
    """After a reload nobody knows who waits for what has not ended."""

    def restore(self, records, *, now_ms):
        effects = super().restore(records, now_ms=now_ms)
        for name in self.ledger.jobs:
            self.dependencies.books.forget(name)
        return effects


class LeavesWhatIsLost(Engine):
    """A process whose host is said to be lost is not killed."""

    def handle(self, given, *, now_ms):
        effects = super().handle(given, now_ms=now_ms)
        return [one for one in effects if not (isinstance(one, Stop) and one.grace_ms == 0)]


class PlacesBeyondTheRoom(Engine):
    """A job is placed although there is no room for it."""

    def handle(self, given, *, now_ms):
        for room in self.capacity.rooms.values():
            room.used_mcpus = 0
        return super().handle(given, now_ms=now_ms)


def making(kind: type[Engine]) -> MakeEngine:
    return lambda lifecycle, readings: kind(lifecycle, readings=readings)
