"""CancelJobs, TerminateJobs and TerminateServiceJobs: up to 50 jobs in one call, each answered on its own."""

from __future__ import annotations

from .promise import Modality, Promise

PROMISES = (
    Promise(
        id="BULK-01",
        modality=Modality.MUST,
        confidence="H",
        says="Input is `jobs` (up to 50 ids) and one `reason` shared by all; both required.",
        sources=("BC:CancelJobsRequest etc",),
        observed_by="request.",
    ),
    Promise(
        id="BULK-02",
        modality=Modality.MUST,
        confidence="H",
        says="HTTP 200 even when some or all items failed; the caller must read `errors`.",
        sources=("BC:op CancelJobs",),
        observed_by="response.",
    ),
    Promise(
        id="BULK-03",
        modality=Modality.MUST,
        confidence="H",
        says="`successful` and `errors` are both required members of the response.",
        sources=("BC:CancelJobsResponse.required",),
        observed_by="response.",
    ),
    Promise(
        id="BULK-04",
        modality=Modality.MUST,
        confidence="M",
        says="Every submitted id appears in exactly one of the two lists.",
        sources=('derived from "reports the result for each job individually"',),
        observed_by="response.",
    ),
    Promise(
        id="BULK-05",
        modality=Modality.MUST,
        confidence="H",
        says="An id that cannot be found is reported in `successful`.",
        sources=("BC:op CancelJobs/TerminateJobs/TerminateServiceJobs",),
        observed_by="response.",
    ),
    Promise(
        id="BULK-06",
        modality=Modality.MUST,
        confidence="H",
        says=(
            'A malformed id is an item error with code "ValidationException" (contrast BULK-05: malformed vs merely '
            "unknown)."
        ),
        sources=("BC:CancelJobsErrorDetail.code",),
        observed_by="response.",
    ),
    Promise(
        id="BULK-07",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Item codes are a closed list: ValidationException, ClientException, ThrottlingException, "
            "ServerException, AccessDenied."
        ),
        sources=("BC:*ErrorDetail.code",),
        observed_by="response.",
    ),
    Promise(
        id="BULK-08",
        modality=Modality.MUST,
        confidence="H",
        says="ThrottlingException and ServerException items are to be retried by the caller.",
        sources=("BC:*ErrorDetail.code",),
        observed_by="response.",
    ),
    Promise(
        id="BULK-09",
        modality=Modality.MUST,
        confidence="H",
        says=(
            'Each error item carries `job`, `code`, `message`, all required. A documented sample message is "Failed '
            'to read job state. Please retry this job."'
        ),
        sources=("BC", "API:API_CancelJobs", "API:API_TerminateJobs"),
        observed_by="response.",
    ),
    Promise(
        id="BULK-10",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Authorization is per job with the singular action name; denial of one job is an item error "
            '"AccessDenied", not a failed call.'
        ),
        sources=("BC:op CancelJobs", "BC:CancelJobsErrorDetail.code"),
        observed_by="response.",
    ),
    Promise(
        id="BULK-11",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Effect per job equals the singular operation's (PENDING delay, array-parent fan-out, STARTING/RUNNING "
            "untouched by CancelJobs)."
        ),
        sources=("BC:op CancelJobs",),
        observed_by="D.",
    ),
    Promise(
        id="BULK-12",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "`successful` lists ids whose request was accepted; for CancelJobs a RUNNING id can be there although "
            'nothing was cancelled. The sentence "the API operation still succeeds" is missing from the bulk text, '
            "so an error item for a RUNNING job cannot be excluded."
        ),
        sources=("BC:CancelJobsResponse.successful", "CANCEL-08"),
        observed_by="response vs D.",
    ),
    Promise(
        id="BULK-13",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "More than 50 ids, an empty list, duplicate ids, list order, partial processing order. Expect "
            "ClientException for more than 50."
        ),
        sources=("nothing found",),
        observed_by="response.",
    ),
    Promise(
        id="BULK-14",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "A parent and its child in one request: order of effect. Final states must still satisfy the rules of "
            "arrays."
        ),
        sources=("nothing found",),
        observed_by="D.",
    ),
    Promise(
        id="BULK-15",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="CloudTrail `eventName` for bulk calls (operation name is likely, since all actions are logged).",
        sources=("nothing found",),
        observed_by="T.",
    ),
    Promise(
        id="BULK-16",
        modality=Modality.MUST,
        confidence="H",
        says="Whole-call errors remain ClientException (400) and ServerException (500).",
        sources=("BC:op errors",),
        observed_by="response.",
    ),
    Promise(
        id="BULK-17",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "The 1024-character reason limit applies to CancelJobs and TerminateJobs; TerminateServiceJob(s) "
            "document no limit."
        ),
        sources=("BC:*Request.reason",),
        observed_by="response.",
    ),
    Promise(
        id="BULK-18",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "EMU:moto 5.2.5 does not implement CancelJobs or TerminateJobs (NotImplementedError surfaces "
            "in-process). A kit must detect and skip."
        ),
        sources=("EMU:moto probe",),
        observed_by="exception.",
    ),
)
