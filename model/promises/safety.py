"""What never happens (S1 to S20), and what happens in the end (L1 to L11): statements over whole lives.

A broken safety property shows in a finite history. Liveness needs what its `assumes` names, or a bound that the kit
chooses: nobody can watch a job for ever.
"""

from __future__ import annotations

from .promise import Property

SAFETY = (
    Property(
        id="S1",
        says="status only takes the 7 values",
        rules=("ST-01",),
    ),
    Property(
        id="S2",
        says="no edge outside the table of moves (under polling: outside its closure)",
        rules=(
            "ST-03",
            "ST-04",
            "ST-05",
            "ST-06",
            "ST-07",
            "ST-08",
            "ST-09",
            "ST-10",
            "ST-11",
            "ST-12",
            "ST-13",
            "ST-14",
            "ST-15",
            "ST-16",
        ),
    ),
    Property(
        id="S3",
        says="nothing after SUCCEEDED or FAILED",
        rules=("ST-10", "RETRY-26"),
    ),
    Property(
        id="S4",
        says="never STARTING/RUNNING while a dependency is not SUCCEEDED",
        rules=("DEP-02",),
    ),
    Property(
        id="S5",
        says="never STARTING/RUNNING after an effective cancel in SUBMITTED, PENDING, RUNNABLE",
        rules=("CANCEL-02", "CANCEL-03", "CANCEL-04", "CANCEL-05"),
    ),
    Property(
        id="S6",
        says="CancelJob never delivers a signal to a running container",
        rules=("CANCEL-07",),
    ),
    Property(
        id="S7",
        says="never another attempt after: effective cancel, terminate, timeout, EXIT match, attempts used up",
        rules=("RETRY-20", "RETRY-27", "RETRY-28", "TERM-12", "TO-06"),
    ),
    Property(
        id="S8",
        says="attempts list never longer than N, never shrinks, past entries never change",
        rules=("RETRY-23",),
    ),
    Property(
        id="S9",
        says="timeout never fires before attemptDurationSeconds after that attempt's startedAt",
        rules=("TO-04",),
    ),
    Property(
        id="S10",
        says="SIGKILL never earlier than the grace time after SIGTERM",
        rules=("TERM-07", "TERM-08", "TERM-09"),
    ),
    Property(
        id="S11",
        says="array parent never RUNNABLE/STARTING/RUNNING; never terminal before all children are terminal; never SUCCEEDED with a non-SUCCEEDED child",
        rules=("ARR-03", "ARR-05", "ARR-06"),
    ),
    Property(
        id="S12",
        says="MNP job status never differs from the main node's final status",
        rules=("MNP-05",),
    ),
    Property(
        id="S13",
        says="non-main nodes never RUNNING before the main node was RUNNING",
        rules=("MNP-02",),
    ),
    Property(
        id="S14",
        says="cancel/terminate of one child never changes a sibling (except SEQUENTIAL successors)",
        rules=("CANCEL-27", "CANCEL-28", "TERM-21"),
    ),
    Property(
        id="S15",
        says="a 200 from cancel/terminate of a terminal job never changes its status",
        rules=("CANCEL-09", "TERM-16"),
    ),
    Property(
        id="S16",
        says="no new job id accepted by a DISABLED queue",
        rules=("Q-01",),
    ),
    Property(
        id="S17",
        says='bulk: HTTP 200, every id in exactly one list, never "not found" as an error',
        rules=("BULK-02", "BULK-04", "BULK-05"),
    ),
    Property(
        id="S18",
        says="terminal jobs never disappear before 7 days",
        rules=("ST-18", "ST-21"),
    ),
    Property(
        id="S19",
        says="AWS_BATCH_JOB_ATTEMPT = 1,2,3... without gaps",
        rules=("RETRY-24",),
    ),
    Property(
        id="S20",
        says="service job: preemption or capacity retry never counts against attempts (capacity: stated; preemption: open)",
        rules=("SVC-04", "SVC-13"),
    ),
)

LIVENESS = (
    Property(
        id="L1",
        says="SUBMITTED eventually leaves SUBMITTED",
        rules=("ST-03",),
        assumes="scheduler runs",
    ),
    Property(
        id="L2",
        says="cancel accepted in SUBMITTED/RUNNABLE leads to FAILED",
        rules=("CANCEL-02", "CANCEL-03"),
        assumes="none under the current text; under that of 2023 and 2024, that it reaches the head of its queue",
    ),
    Property(
        id="L3",
        says="cancel accepted in PENDING leads to FAILED",
        rules=("CANCEL-04",),
        assumes="all dependencies terminate",
    ),
    Property(
        id="L4",
        says="terminate accepted in STARTING/RUNNING leads to a terminal state",
        rules=("TERM-02", "TERM-19"),
        assumes="host agent responds, container can be stopped (TERM-19 shows failure)",
    ),
    Property(
        id="L5",
        says="failed dependency leads to FAILED dependents",
        rules=("DEP-03", "DEP-06"),
        assumes="scheduler runs; possibly all dependencies terminate (DEP-06)",
    ),
    Property(
        id="L6",
        says="array parent becomes terminal",
        rules=("ARR-06",),
        assumes="all children terminate",
    ),
    Property(
        id="L7",
        says="RUNNABLE leads to STARTING",
        rules=("ST-05",),
        assumes="not guaranteed (ST-05) without capacity",
    ),
    Property(
        id="L8",
        says="timed-out attempt ends",
        rules=("TO-05", "TO-06"),
        assumes="best effort (TO-05)",
    ),
    Property(
        id="L9",
        says="job becomes visible in DescribeJobs after SubmitJob",
        rules=("ST-20",),
        assumes="eventual consistency (ST-20)",
    ),
    Property(
        id="L10",
        says="blocked RUNNABLE head leads to FAILED",
        rules=("Q-12", "Q-18"),
        assumes="only with jobStateTimeLimitActions, permissions, matching reason (Q-12, Q-18)",
    ),
    Property(
        id="L11",
        says="jobs of a deleted queue become terminal",
        rules=("Q-02",),
        assumes="none: DeleteJobQueue terminates them",
    ),
)
