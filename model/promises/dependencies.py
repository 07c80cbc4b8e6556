"""Dependencies: which jobs wait for which, and how a failure travels."""

from __future__ import annotations

from .promise import Modality, Promise

PROMISES = (
    Promise(
        id="DEP-01",
        modality=Modality.MUST,
        confidence="H",
        says=(
            'At most 20 dependencies; observed rejection "Job cannot have more than 20 dependencies". (Documented as '
            "100 until 2017.)"
        ),
        sources=("BC:SubmitJobRequest.dependsOn", "UG:service_limits", "GH:OpenNeuroOrg/openneuro#100", "HIST"),
        observed_by="response.",
    ),
    Promise(
        id="DEP-02",
        modality=Modality.MUST,
        confidence="H",
        says="A job runs only after all its dependencies SUCCEEDED.",
        sources=("UG:job_dependencies",),
        observed_by="D/E order: dependent's RUNNABLE after last dependency's SUCCEEDED.",
    ),
    Promise(
        id="DEP-03",
        modality=Modality.MUST,
        confidence="H",
        says="If any dependency fails, the dependent goes from PENDING to FAILED by itself, without an attempt.",
        sources=("UG:job_dependencies",),
        observed_by="D.",
    ),
    Promise(
        id="DEP-04",
        modality=Modality.MUST,
        confidence="M",
        says="This cascades along chains.",
        sources=("derived from other rules",),
        observed_by="D.",
    ),
    Promise(
        id="DEP-05",
        modality=Modality.MUST,
        confidence="L",
        says='Its `statusReason` contains "Dependent Job failed" (third-party handlers match on it).',
        sources=("CODE:46654903280", "CODE:71233114199"),
        observed_by="D.",
    ),
    Promise(
        id="DEP-06",
        modality=Modality.UNSPECIFIED,
        confidence="H",
        says=(
            "When: at the first failed dependency or after all have completed. The cancel note (CANCEL-04) waits for "
            "all; the dependency page does not say."
        ),
        sources=("UG:job_dependencies", "BC:op CancelJob"),
        observed_by="D with one failed and one long-running dependency.",
    ),
    Promise(
        id="DEP-07",
        modality=Modality.MUST,
        confidence="M",
        says="A dependency that is retried is not failed; dependents stay PENDING until its final state.",
        sources=("derived from ST-09, RETRY-26",),
        observed_by="D.",
    ),
    Promise(
        id="DEP-08",
        modality=Modality.MUST,
        confidence="M",
        says="A dependency already SUCCEEDED at submit time is satisfied.",
        sources=("derived from ST-03",),
        observed_by="D.",
    ),
    Promise(
        id="DEP-09",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="A dependency already FAILED at submit time: reject, or accept then FAILED.",
        sources=("nothing found",),
        observed_by="response, D.",
    ),
    Promise(
        id="DEP-10",
        modality=Modality.UNSPECIFIED,
        confidence="H",
        says="Unknown, expired or malformed dependency id: no source found. (EMU:moto waits for ever.)",
        sources=("nothing found", "EMU:moto _wait_for_dependencies"),
        observed_by="response, D.",
    ),
    Promise(
        id="DEP-11",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "Dependencies may cross job queues: the service model recommends them to order jobs of queues with "
            "different priority."
        ),
        sources=("BC:JobQueueDetail.priority",),
        observed_by="D.",
    ),
    Promise(
        id="DEP-12",
        modality=Modality.MUST,
        confidence="H",
        says="`SEQUENTIAL` without a job id on an array job orders its own children from index 0.",
        sources=("BC:SubmitJobRequest.dependsOn", "UG:array_jobs"),
        observed_by="D children.",
    ),
    Promise(
        id="DEP-13",
        modality=Modality.CONFLICTING,
        confidence="H",
        says=(
            'What releases child i+1: one sentence on the array page says the previous child "must succeed", the '
            'next says it "can\'t start until" it "finishes". Use succeed.'
        ),
        sources=("UG:array_jobs",),
        observed_by="D with a failing child 0.",
    ),
    Promise(
        id="DEP-14",
        modality=Modality.MUST,
        confidence="H",
        says="`N_TO_N` with a job id: child i waits for child i of each such dependency.",
        sources=("BC", "UG:array_jobs"),
        observed_by="D.",
    ),
    Promise(
        id="DEP-15",
        modality=Modality.MUST,
        confidence="M",
        says="N_TO_N: failure of child i of the dependency fails only child i of the dependent.",
        sources=("derived from other rules",),
        observed_by="D.",
    ),
    Promise(
        id="DEP-16",
        modality=Modality.UNSPECIFIED,
        confidence="H",
        says="N_TO_N between arrays of different sizes, or with a non-array job.",
        sources=("nothing found",),
        observed_by="response.",
    ),
    Promise(
        id="DEP-17",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "`SEQUENTIAL` with a job id, or a job id with no type. Real jobs show `{jobId, type: SEQUENTIAL}` used "
            "as a plain dependency."
        ),
        sources=("CODE:69446668703", "BC:JobDependency"),
        observed_by="D `dependsOn`.",
    ),
    Promise(
        id="DEP-18",
        modality=Modality.MUST,
        confidence="M",
        says="A plain dependency on an array parent waits for the whole array to succeed.",
        sources=("derived from ARR-05 + DEP-02", "UG:example_array_job"),
        observed_by="D.",
    ),
    Promise(
        id="DEP-19",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="Dependency on a child id `id:3` or a node id `id#1`.",
        sources=("nothing found",),
        observed_by="response.",
    ),
    Promise(
        id="DEP-20",
        modality=Modality.MUST,
        confidence="H",
        says="Only ids, not names, are accepted.",
        sources=("GH:boto/boto3#1038", "HIST:6c8649717"),
        observed_by="response.",
    ),
    Promise(
        id="DEP-21",
        modality=Modality.MUST,
        confidence="H",
        says='There is no "after any outcome" dependency.',
        sources=("BC:ArrayJobDependency enum", "GH:awsdocs/aws-batch-user-guide#32"),
    ),
    Promise(
        id="DEP-22",
        modality=Modality.MUST,
        confidence="M",
        says="Cycles cannot be built: an id exists only after submission.",
        sources=("derived from other rules",),
    ),
    Promise(
        id="DEP-23",
        modality=Modality.MUST,
        confidence="H",
        says="Dependencies are echoed in `dependsOn` of DescribeJobs and events.",
        sources=("BC:JobDetail",),
        observed_by="D/E.",
    ),
    Promise(
        id="DEP-24",
        modality=Modality.MAY,
        confidence="M",
        says="Third-party guides swap the two types' meanings (oneuptime 2026 post). Do not use them as an oracle.",
        sources=("a third-party guide of 2026 against BC:ArrayJobDependency",),
    ),
)
