"""What never happens (S1 to S20), and what happens in the end (L1 to L11): statements over whole lives.

A broken safety property shows in a finite history. Liveness needs what its `assumes` names, or a bound that the kit
chooses: nobody can watch a job for ever.
"""

from __future__ import annotations

from .promise import Property

SAFETY = (
    Property(
        id="S1",
        says="The status takes no other than its seven values.",
        rules=("ST-01",),
    ),
    Property(
        id="S2",
        says="No status follows another but by the table of moves; under polling, by one or several of its moves.",
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
        says="Nothing follows SUCCEEDED or FAILED.",
        rules=("ST-10", "RETRY-26"),
    ),
    Property(
        id="S4",
        says="A job is never STARTING or RUNNING while one of its dependencies is not SUCCEEDED.",
        rules=("DEP-02",),
    ),
    Property(
        id="S5",
        says="A job is never STARTING or RUNNING after a cancel that took effect in SUBMITTED, PENDING or RUNNABLE.",
        rules=("CANCEL-02", "CANCEL-03", "CANCEL-04", "CANCEL-05"),
    ),
    Property(
        id="S6",
        says="CancelJob never delivers a signal to a running container.",
        rules=("CANCEL-07",),
    ),
    Property(
        id="S7",
        says="No attempt follows a cancel that took effect, a terminate, a timeout, an EXIT entry that matched, or the last of the attempts.",
        rules=("RETRY-20", "RETRY-27", "RETRY-28", "TERM-12", "TO-06"),
    ),
    Property(
        id="S8",
        says="The list of attempts is never longer than the strategy allows, never gets shorter, and what it said of the past never changes.",
        rules=("RETRY-23",),
    ),
    Property(
        id="S9",
        says="A timeout never comes earlier than attemptDurationSeconds after the startedAt of its attempt.",
        rules=("TO-04",),
    ),
    Property(
        id="S10",
        says="SIGKILL never comes earlier than the grace time after SIGTERM.",
        rules=("TERM-07", "TERM-08", "TERM-09"),
    ),
    Property(
        id="S11",
        says="An array parent is never RUNNABLE, STARTING or RUNNING, never terminal before all its children are, and never SUCCEEDED with a child that is not.",
        rules=("ARR-03", "ARR-05", "ARR-06"),
    ),
    Property(
        id="S12",
        says="The status of a multi-node job never differs from the final status of its main node.",
        rules=("MNP-05",),
    ),
    Property(
        id="S13",
        says="No other node is RUNNING before the main node was.",
        rules=("MNP-02",),
    ),
    Property(
        id="S14",
        says="A cancel or terminate of one child never changes a sibling, but for those that wait for it in a SEQUENTIAL array.",
        rules=("CANCEL-27", "CANCEL-28", "TERM-21"),
    ),
    Property(
        id="S15",
        says="A cancel or terminate of a terminal job is answered with 200 and never changes its status.",
        rules=("CANCEL-09", "TERM-16"),
    ),
    Property(
        id="S16",
        says="A DISABLED queue accepts no new job.",
        rules=("Q-01",),
    ),
    Property(
        id="S17",
        says='A bulk request is answered with 200, has every id in exactly one list, and never "not found" as an error.',
        rules=("BULK-02", "BULK-04", "BULK-05"),
    ),
    Property(
        id="S18",
        says="Terminal jobs never disappear before 7 days.",
        rules=("ST-18", "ST-21"),
    ),
    Property(
        id="S19",
        says="AWS_BATCH_JOB_ATTEMPT is 1, 2, 3 and so on, without gaps.",
        rules=("RETRY-24",),
    ),
    Property(
        id="S20",
        says="What is tried again for capacity or after a preemption never counts against the attempts of a service job (stated for capacity, open for preemption).",
        rules=("SVC-04", "SVC-13"),
    ),
)

LIVENESS = (
    Property(
        id="L1",
        says="A SUBMITTED job leaves SUBMITTED.",
        rules=("ST-03",),
        assumes="the scheduler runs",
    ),
    Property(
        id="L2",
        says="A cancel that is accepted in SUBMITTED or RUNNABLE leads to FAILED.",
        rules=("CANCEL-02", "CANCEL-03"),
        assumes="nothing, by the text of today; by that of 2023 and 2024, that it reaches the head of its queue",
    ),
    Property(
        id="L3",
        says="A cancel that is accepted in PENDING leads to FAILED.",
        rules=("CANCEL-04",),
        assumes="all its dependencies end",
    ),
    Property(
        id="L4",
        says="A terminate that is accepted in STARTING or RUNNING leads to a terminal status.",
        rules=("TERM-02", "TERM-19"),
        assumes="the host's agent responds and the container can be stopped (TERM-19 is a case where it could not)",
    ),
    Property(
        id="L5",
        says="A failed dependency leads to FAILED dependents.",
        rules=("DEP-03", "DEP-06"),
        assumes="the scheduler runs; perhaps that all dependencies end (DEP-06)",
    ),
    Property(
        id="L6",
        says="An array parent becomes terminal.",
        rules=("ARR-06",),
        assumes="all its children end",
    ),
    Property(
        id="L7",
        says="RUNNABLE leads to STARTING.",
        rules=("ST-05",),
        assumes="there is capacity (ST-05)",
    ),
    Property(
        id="L8",
        says="An attempt that timed out ends.",
        rules=("TO-05", "TO-06"),
        assumes="nothing but best effort (TO-05)",
    ),
    Property(
        id="L9",
        says="A submitted job becomes visible in DescribeJobs.",
        rules=("ST-20",),
        assumes="reads catch up (ST-20)",
    ),
    Property(
        id="L10",
        says="A RUNNABLE job that blocks its queue becomes FAILED.",
        rules=("Q-12", "Q-18"),
        assumes="its queue has an action for that reason, and the service the permissions (Q-12, Q-18)",
    ),
    Property(
        id="L11",
        says="The jobs of a deleted queue become terminal.",
        rules=("Q-02",),
        assumes="nothing: DeleteJobQueue terminates them",
    ),
)
