"""What emulators were seen to do otherwise: not promises of AWS, but first things to look for."""

from __future__ import annotations

from .promise import Modality, Promise

PROMISES = (
    Promise(
        id="EMUL-01",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "EMU:moto (probed): ListJobs without status returns SUCCEEDED jobs (violates LIST-02) and a call with no "
            "selector returns an empty list (LIST-01)."
        ),
        sources=("EMU:moto probe",),
        observed_by="L.",
    ),
    Promise(
        id="EMUL-02",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "EMU:moto (probed, no-Docker mode): accepts 21 dependencies, array size 1, 11 attempts, timeout 5 s, an "
            "illegal job name, 101 ids in DescribeJobs, a 2000-character reason, and submission to a DISABLED queue. "
            "In Docker mode the job-name check exists but also refuses one-character names (regex needs two)."
        ),
        sources=("EMU:moto probe", "EMU:moto source line JOB_NAME_REGEX"),
        observed_by="response.",
    ),
    Promise(
        id="EMUL-03",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "EMU:moto: retryStrategy is ignored and not echoed (a failing job with attempts=3 has one attempt); no "
            "isCancelled/isTerminated anywhere; statusReason empty for dependency and array failures."
        ),
        sources=("EMU:moto probe, source",),
        observed_by="D.",
    ),
    Promise(
        id="EMUL-04",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "EMU:moto: TerminateJob on a SUCCEEDED job overwrites its `statusReason`. Legal only because TERM-16 "
            "leaves it open; worth a warning."
        ),
        sources=("EMU:moto probe",),
        observed_by="D.",
    ),
    Promise(
        id="EMUL-05",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "EMU:moto: unknown ids succeed in cancel and terminate (agrees with CANCEL-10; PR #5394's original wish "
            "for an error is not in 5.2.5), empty reason is refused (agrees with CANCEL-12)."
        ),
        sources=("EMU:moto probe",),
        observed_by="response.",
    ),
    Promise(
        id="EMUL-06",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "EMU:moto Docker mode (source only): dependency on an unknown id waits for ever; SEQUENTIAL without job "
            "id would raise KeyError in the worker thread; N_TO_N is treated as a plain dependency; array parent "
            "status is only aggregated for the all-succeeded case."
        ),
        sources=("EMU:moto source",),
        observed_by="D.",
    ),
    Promise(
        id="EMUL-07",
        modality=Modality.MUST,
        confidence="M",
        says=(
            'EMU:floci (source): unknown id raises ClientException "Job not found" (violates CANCEL-10/TERM-17); '
            "cancel of PENDING is immediate (CANCEL-04 allows delay, so legal); TerminateJob sets FAILED and "
            "`stoppedAt` before the container stops; a STARTING job is marked FAILED but its container is not asked "
            "to stop; no isCancelled/isTerminated set in the control path; reason length is checked."
        ),
        sources=("CODE:68844747315",),
        observed_by="D.",
    ),
    Promise(
        id="EMUL-08",
        modality=Modality.MUST,
        confidence="M",
        says="EMU:floci#3595: an MNP job succeeds only if all nodes exit 0 (violates MNP-05).",
        sources=("EMU:floci#3595",),
        observed_by="D.",
    ),
    Promise(
        id="EMUL-09",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "EMU:fakecloud: array parents can show RUNNING (violates ARR-03); retry is modelled as RUNNABLE to "
            'STARTING; dependency failure text is "Dependent job failed".'
        ),
        sources=("GH:faiscadev/fakecloud#1987", "GH:faiscadev/fakecloud#1988", "GH:faiscadev/fakecloud#1989"),
        observed_by="D.",
    ),
    Promise(
        id="EMUL-10",
        modality=Modality.MUST,
        confidence="M",
        says="LocalStack documents array jobs as sequential only.",
        sources=("GH:localstack/localstack-docs#709",),
        observed_by="D.",
    ),
)
