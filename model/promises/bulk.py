"""CancelJobs, TerminateJobs and TerminateServiceJobs: up to 50 jobs in one call, each answered on its own."""

from __future__ import annotations

from ..sources import Cited
from .promise import Modality, Promise, Seen

PROMISES = (
    Promise(
        id="BULK-01",
        modality=Modality.MUST,
        confidence="H",
        says="Input is `jobs` (up to 50 ids) and one `reason` shared by all; both required.",
        sources=(
            Cited("API:CancelJobs", "jobs", "An array of up to 50 AWS Batch job IDs of the"),
            Cited("API:TerminateJobs", "jobs", "An array of up to 50 AWS Batch job IDs of the"),
            Cited("API:TerminateServiceJobs", "jobs", "An array of up to 50 service job IDs of the service"),
        ),
        observed=(Seen.ANSWER,),
        shows="the request",
    ),
    Promise(
        id="BULK-02",
        modality=Modality.MUST,
        confidence="H",
        says="HTTP 200 even when some or all items failed; the caller must read `errors`.",
        sources=(
            Cited("API:CancelJobs", "description", "The response returns an HTTP status code of 200 even when some"),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="BULK-03",
        modality=Modality.MUST,
        confidence="H",
        says="`successful` and `errors` are both required members of the response.",
        sources=(Cited("API:CancelJobs", "successful and errors, both always returned"),),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="BULK-04",
        modality=Modality.MUST,
        confidence="M",
        says="Every submitted id appears in exactly one of the two lists.",
        sources=(
            Cited(
                "API:CancelJobs",
                "description",
                "AWS Batch reports the result for each job individually in the response.",
            ),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="BULK-05",
        modality=Modality.MUST,
        confidence="H",
        says="An id that cannot be found is reported in `successful`.",
        sources=(
            Cited("API:CancelJobs", "description", "Jobs that can't be found are treated as successfully processed."),
            Cited(
                "API:TerminateJobs", "description", "Jobs that can't be found are treated as successfully processed."
            ),
            Cited(
                "API:TerminateServiceJobs",
                "description",
                "Service jobs that can't be found are treated as successfully processed.",
            ),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="BULK-06",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "A malformed id is an item error with the code ValidationException (an id that is merely unknown is "
            "none: BULK-05)."
        ),
        sources=(
            Cited(
                "API:CancelJobsErrorDetail",
                "code",
                "ValidationException – A job identifier in the request is malformed or isn't",
            ),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="BULK-07",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Item codes are a closed list: ValidationException, ClientException, ThrottlingException, "
            "ServerException, AccessDenied."
        ),
        sources=(
            Cited("API:CancelJobsErrorDetail", "code", "Valid values are:"),
            Cited("API:TerminateJobsErrorDetail", "code", "Valid values are:"),
            Cited("API:TerminateServiceJobsErrorDetail", "code", "Valid values are:"),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="BULK-08",
        modality=Modality.MUST,
        confidence="H",
        says="ThrottlingException and ServerException items are to be retried by the caller.",
        sources=(
            Cited("API:CancelJobsErrorDetail", "code", "ServerException – An internal error occurred."),
            Cited("API:TerminateJobsErrorDetail", "code", "ServerException – An internal error occurred."),
            Cited("API:TerminateServiceJobsErrorDetail", "code", "ServerException – An internal error occurred."),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="BULK-09",
        modality=Modality.MUST,
        confidence="H",
        says=(
            'Each error item carries `job`, `code`, `message`, all required. A documented sample message is "Failed '
            'to read job state. Please retry this job."'
        ),
        sources=(
            Cited("API:CancelJobsErrorDetail", "job, code and message, all required"),
            Cited("API:CancelJobs", "sample response"),
            Cited("API:TerminateJobs", "sample response"),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="BULK-10",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Permission is asked for each job, under the name of the single operation; where it is denied for one "
            "job, that is an item error AccessDenied and no failed call."
        ),
        sources=(
            Cited(
                "API:CancelJobs",
                "description",
                "This operation requires batch:CancelJob permission for each job in the request.",
            ),
            Cited(
                "API:CancelJobsErrorDetail",
                "code",
                "AccessDenied – The caller isn't authorized to perform the action on the",
            ),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="BULK-11",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Effect per job equals the singular operation's (PENDING delay, array-parent fan-out, STARTING/RUNNING "
            "untouched by CancelJobs)."
        ),
        sources=(
            Cited("API:CancelJobs", "description", "This is a bulk version of CancelJob."),
            Cited("API:TerminateJobs", "description", "This is a bulk version of TerminateJob."),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="BULK-12",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "`successful` lists the ids whose request was accepted; for CancelJobs a RUNNING id can be there "
            'although nothing was cancelled. The sentence "the API operation still succeeds" is missing from the '
            "bulk text, so an error item for a RUNNING job cannot be excluded."
        ),
        sources=(
            Cited("API:CancelJobs", "successful", "A list of the job IDs whose cancellation request was accepted."),
        ),
        rests_on=("CANCEL-08",),
        observed=(Seen.ANSWER, Seen.DESCRIBE_JOBS),
        shows="the answer against what becomes of the jobs",
    ),
    Promise(
        id="BULK-13",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "What becomes of more than 50 ids, of an empty list, and of an id that is given twice; in which order the "
            "ids are worked off and the lists of the answer stand."
        ),
        observed=(Seen.ANSWER,),
        notes="A ClientException for more than 50 is to be expected.",
    ),
    Promise(
        id="BULK-14",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Which takes effect first when a parent and its child are in one request. The statuses at the end must "
            "still satisfy the rules about arrays."
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="BULK-15",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Which `eventName` a bulk call has in CloudTrail (the operation's name is likely, since all actions are "
            "logged)."
        ),
        observed=(Seen.CLOUDTRAIL,),
    ),
    Promise(
        id="BULK-16",
        modality=Modality.MUST,
        confidence="H",
        says="Whole-call errors remain ClientException (400) and ServerException (500).",
        sources=(
            Cited("API:CancelJobs", "Errors: ClientException and ServerException"),
            Cited("API:TerminateJobs", "Errors: ClientException and ServerException"),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="BULK-17",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "The 1024-character reason limit applies to CancelJobs and TerminateJobs; TerminateServiceJob(s) "
            "document no limit."
        ),
        sources=(
            Cited("API:CancelJobs", "reason", "This parameter has a limit of 1024 characters."),
            Cited("API:TerminateJobs", "reason", "This parameter has a limit of 1024 characters."),
            Cited(
                "API:TerminateServiceJob", "reason", "A message to attach to the service job that explains the reason"
            ),
            Cited(
                "API:TerminateServiceJobs", "reason", "A message to attach to the service job that explains the reason"
            ),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="BULK-18",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "moto 5.2.5 implements neither CancelJobs nor TerminateJobs; whoever checks it has to find that out and "
            "leave them out."
        ),
        sources=(Cited("FILE:getmoto/moto@5.2.5:moto/batch/responses.py", "no such operation"),),
        observed=(Seen.ANSWER,),
        shows="NotImplementedError in process, an error over HTTP",
        notes="Tried: moto 5.2.5, asked through boto3.",
    ),
)
