"""Retry strategies: how many attempts a job gets, and what `evaluateOnExit` makes of a failed one."""

from __future__ import annotations

from .promise import Modality, Promise

PROMISES = (
    Promise(
        id="RETRY-01",
        modality=Modality.MUST,
        confidence="H",
        says="`attempts` is between 1 and 10.",
        sources=("BC:RetryStrategy.attempts",),
        observed_by="SubmitJob/RegisterJobDefinition response. botocore has no range check, so the service must reject.",
    ),
    Promise(
        id="RETRY-02",
        modality=Modality.MUST,
        confidence="H",
        says="Without a retry strategy a job gets exactly one attempt.",
        sources=("UG:job_retries",),
        observed_by="D.",
    ),
    Promise(
        id="RETRY-03",
        modality=Modality.CONFLICTING,
        confidence="H",
        says=(
            "`attempts` counts total placements into RUNNABLE, first one included (N attempts = N-1 retries): stated "
            'outright for service jobs, implied by "number of times to move a job to the RUNNABLE status", checked '
            'live by one project, and fixed as an off-by-one by another. The current API sentence ("retried on '
            'failure the same number of attempts as the value", since 2018-11-19) and UG:bestpractice6 ("up to 10 '
            'automated retries", "up to five times" for attempts=5) read as N retries. Use total.'
        ),
        sources=(
            "UG:service-job-retries",
            "BC:RetryStrategy.attempts",
            "HIST:13a5d805b",
            "GH:ASFHyP3/hyp3#518",
            "GH:flyteorg/flyteplugins#55",
        ),
        observed_by="D `attempts` length <= N.",
    ),
    Promise(
        id="RETRY-04",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "A `retryStrategy` given in SubmitJob replaces the one in the job definition. Member-wise merging is not "
            "described (treat as whole replacement, M)."
        ),
        sources=("BC:SubmitJobRequest.retryStrategy",),
        observed_by="D `retryStrategy`.",
    ),
    Promise(
        id="RETRY-05",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "`attempts` must be present whenever `evaluateOnExit` is (and an empty retryStrategy is refused): "
            '"RetryAttempts must be provided with retry strategy".'
        ),
        sources=(
            "BC:RetryStrategy.evaluateOnExit",
            "GH:apache/airflow#35789",
            "CODE:17885167433 (acceptance test of terraform-provider-aws)",
        ),
        observed_by="ClientException.",
    ),
    Promise(
        id="RETRY-06",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            "At most 5 entries (API reference, service model, older guide). The newest guide snapshot (mirror commit "
            '5605cb0, same commit that adds the bulk operations) says "up to 6". Test 5 as MUST accept, 7 as MUST '
            "reject, 6 as either."
        ),
        sources=("BC:RetryStrategy", "UG:job_retries", "the same page in older snapshots"),
        observed_by="response.",
    ),
    Promise(
        id="RETRY-07",
        modality=Modality.MUST,
        confidence="H",
        says="Inside one entry all specified conditions must hold (AND).",
        sources=("BC:EvaluateOnExit.action",),
        observed_by="D attempts count.",
    ),
    Promise(
        id="RETRY-08",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            'Order between entries: no text says "first match wins"; the guide\'s pattern of a final catch-all EXIT '
            "only works if it does. Treat as MUST in the model, label as inferred."
        ),
        sources=("UG:job_retries",),
        observed_by='contradictory entries test (RETRY "1*", EXIT "1").',
    ),
    Promise(
        id="RETRY-09",
        modality=Modality.MUST,
        confidence="H",
        says="If no entry matches, the job is retried (attempts permitting; documented since 2022-06-23).",
        sources=("BC:RetryStrategy", "UG:job_retries"),
        observed_by="D.",
    ),
    Promise(
        id="RETRY-10",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "An entry with only `action`: the model requires just `action`; the console demands at least one "
            "condition; code in the wild submits a bare EXIT entry. Vacuous match is the natural reading."
        ),
        sources=("BC:EvaluateOnExit.required", "UG-old:submit_job", "CODE:59485807294"),
        observed_by="response, D.",
    ),
    Promise(
        id="RETRY-11",
        modality=Modality.MUST,
        confidence="M",
        says=(
            '`onReason: "*"` must match even when the container has no `reason` at all (plain non-zero exit), '
            "otherwise the guide's own examples would retry what they say exits."
        ),
        sources=("derived from UG:job_retries and UG:bestpractice6",),
        observed_by='job exiting 1, entries [RETRY onStatusReason "Host EC2*", EXIT onReason "*"], attempts=2: one attempt.',
    ),
    Promise(
        id="RETRY-12",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Patterns match the whole string unless they end with `*`, then they match a prefix. No other wildcard "
            "position is documented for container jobs."
        ),
        sources=("BC:EvaluateOnExit",),
        observed_by="D.",
    ),
    Promise(
        id="RETRY-13",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "`onExitCode` is matched against the decimal form of the exit code: digits, optionally a final `*` (so "
            '"40*" matches 40, 400, 404).'
        ),
        sources=("BC:EvaluateOnExit.onExitCode", "CDK CustomReason text"),
        observed_by="D.",
    ),
    Promise(
        id="RETRY-14",
        modality=Modality.UNSPECIFIED,
        confidence="H",
        says=(
            'Case sensitivity of the patterns. The sentence "the values aren\'t case sensitive" sits under `action`. '
            "The service may echo `action` in another case than sent (the Terraform tests ignore that field on "
            "import for this reason)."
        ),
        sources=("BC:EvaluateOnExit.action", "CODE:17885167433"),
        observed_by="D/DescribeJobDefinitions.",
    ),
    Promise(
        id="RETRY-15",
        modality=Modality.CONFLICTING,
        confidence="H",
        says=(
            "Allowed characters: letters, digits, period, colon, white space for onReason/onStatusReason. Real "
            'reasons contain parentheses, hyphens, underscores ("Host EC2 (instance i-...) terminated.", '
            '"CAPACITY:INSUFFICIENT_..."), so they cannot be written exactly, only as prefixes. Service-job patterns '
            'may use all printable characters and the guide even shows a leading star ("*CapacityError*").'
        ),
        sources=("BC:EvaluateOnExit", "BC:ServiceJobEvaluateOnExit", "UG:service-job-retries"),
        observed_by="response.",
    ),
    Promise(
        id="RETRY-16",
        modality=Modality.MUST,
        confidence="H",
        says="Pattern length up to 512 (a 1..512 wording existed 2021-11 to 2022-10). Empty string is UNSPECIFIED.",
        sources=("BC", "HIST:c609d2817, 90a0f6766"),
        observed_by="response.",
    ),
    Promise(
        id="RETRY-17",
        modality=Modality.CONFLICTING,
        confidence="H",
        says=(
            'Which field carries what: "Host EC2..." and "Task failed to start" are status reasons; '
            '"CannotPullContainerError..." is a container reason. The guide had "Task failed to start" under '
            "onReason until corrected on 2024-02-29; the CloudFormation page still has it under OnReason."
        ),
        sources=(
            "UG:document_history",
            "UG:job_retries",
            "UG:bestpractice6",
            "CloudFormation RetryStrategy page",
            "CDK Reason texts",
        ),
        observed_by="D `statusReason` vs `container.reason`.",
    ),
    Promise(
        id="RETRY-18",
        modality=Modality.MAY,
        confidence="H",
        says='"AGENT" is a documented container reason value to match. Nothing says when it occurs.',
        sources=("UG:job_retries",),
        observed_by="D `container.reason`.",
    ),
    Promise(
        id="RETRY-19",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Causes that count as failed attempts: non-zero exit, instance failure or termination, internal service "
            "error."
        ),
        sources=("UG:job_retries",),
        observed_by="D.",
    ),
    Promise(
        id="RETRY-20",
        modality=Modality.MUST,
        confidence="H",
        says="Never retried: jobs cancelled, jobs terminated, jobs ended by timeout, jobs with an invalid definition.",
        sources=("UG:job_retries", "UG:job_timeouts", "BC:RegisterJobDefinitionRequest.retryStrategy"),
        observed_by="D.",
    ),
    Promise(
        id="RETRY-21",
        modality=Modality.MAY,
        confidence="M",
        says="A retried job is placed at the front of the queue (best-practice page only). No other ordering promise.",
        sources=("UG:bestpractice6",),
        observed_by="Q snapshot, E order.",
    ),
    Promise(
        id="RETRY-22",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Whether an attempt that failed before RUNNING gets an `attempts` entry, with or without `startedAt`. "
            'The guide counts an attempt as "placed into the RUNNING state"; the API counts moves to RUNNABLE.'
        ),
        sources=("UG:job_retries", "BC:RetryStrategy.attempts"),
        observed_by="D.",
    ),
    Promise(
        id="RETRY-23",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "`attempts` never has more than N entries (N = effective attempts); entries are appended in order and "
            "never removed or rewritten."
        ),
        sources=("derived from other rules",),
        observed_by="D polling.",
    ),
    Promise(
        id="RETRY-24",
        modality=Modality.MUST,
        confidence="H",
        says="`AWS_BATCH_JOB_ATTEMPT` is 1 for the first attempt and rises by 1.",
        sources=("UG:job_retries", "UG:job_env_vars"),
        observed_by="C.",
    ),
    Promise(
        id="RETRY-25",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Job-level `statusReason`, `container.exitCode`, `startedAt`, `stoppedAt` while back in RUNNABLE between "
            "attempts."
        ),
        sources=("nothing found", "the fixture of ST-25"),
        observed_by="D.",
    ),
    Promise(
        id="RETRY-26",
        modality=Modality.MUST,
        confidence="H",
        says="FAILED is reported only when no further attempt will be made.",
        sources=("UG:job_states",),
        observed_by="E.",
    ),
    Promise(
        id="RETRY-27",
        modality=Modality.MUST,
        confidence="H",
        says="A matching EXIT makes the job FAILED at once with attempts remaining.",
        sources=("UG-old:submit_job (Exit stops retrying)",),
        observed_by="D attempts length < N.",
    ),
    Promise(
        id="RETRY-28",
        modality=Modality.MUST,
        confidence="H",
        says="A matching RETRY cannot exceed N.",
        sources=("UG-old:submit_job (Retry until the number of attempts is reached)",),
        observed_by="D.",
    ),
    Promise(
        id="RETRY-29",
        modality=Modality.MUST,
        confidence="M",
        says="Exit 0 is success; `evaluateOnExit` is about failed attempts and must not turn a success into a retry.",
        sources=("derived from UG:job_retries",),
        observed_by='entry RETRY onExitCode "0", attempts=3.',
    ),
    Promise(
        id="RETRY-30",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "On Spot reclaim or host loss the attempt's `statusReason` reads like \"Host EC2 (instance i-...) "
            'terminated." and matches "Host EC2*"; exit code may be absent.'
        ),
        sources=("UG:bestpractice6", "CLIENT:nextflow-io/nextflow", "CODE:65784424374", "GH:nextstrain/cli#145"),
        observed_by="D `attempts[].statusReason`.",
    ),
    Promise(
        id="RETRY-31",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="Reason texts for Fargate Spot interruption: no source read.",
        sources=("nothing found",),
        observed_by="D.",
    ),
    Promise(
        id="RETRY-32",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Jobs stopped because their compute environment's infrastructure is updated can be retried through the "
            'retry strategy, although the page calls them "terminated".'
        ),
        sources=("UG:infrastructure-updates",),
        observed_by="D.",
    ),
    Promise(
        id="RETRY-33",
        modality=Modality.MUST,
        confidence="M",
        says="In an array the retry strategy works per child; the parent itself is never retried.",
        sources=("UG:array_jobs", "CODE:55381538548 (a text that cites the AWS blog on termination)"),
        observed_by="D children `attempts`.",
    ),
    Promise(
        id="RETRY-34",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "In a multi-node job only a main-node failure causes a new attempt, and each new attempt also updates "
            "the matching attempt of the other nodes."
        ),
        sources=("UG:multi-node-parallel-jobs",),
        observed_by="D `id#n` attempts.",
    ),
    Promise(
        id="RETRY-35",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Multi-container jobs (ecsProperties): which container's exit code and reason feed `evaluateOnExit` and "
            "success."
        ),
        sources=("BC:JobDetail.container is empty for such jobs", "BC:TaskContainerProperties.essential"),
        observed_by="D `attempts[].taskProperties`.",
    ),
    Promise(
        id="RETRY-36",
        modality=Modality.MUST,
        confidence="M",
        says="A job failed by a failed dependency is not retried: it never had an attempt.",
        sources=("derived from other rules",),
        observed_by="D.",
    ),
    Promise(
        id="RETRY-37",
        modality=Modality.MUST,
        confidence="H",
        says="The effective strategy is echoed in `retryStrategy` of DescribeJobs and events.",
        sources=("BC:JobDetail", "UG:batch_job_events"),
        observed_by="D/E.",
    ),
    Promise(
        id="RETRY-38",
        modality=Modality.UNSPECIFIED,
        confidence="H",
        says="No back-off or delay between attempts is documented.",
        sources=("nothing found",),
        observed_by="E timestamps.",
    ),
    Promise(
        id="RETRY-39",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "An out-of-memory kill can appear with exit codes other than 137 (2, even 0) because the reason text "
            "comes from the container runtime. Match on reason, not on 137."
        ),
        sources=("GH:nf-core/genomeassembler#223", "GH:aws/amazon-ecs-agent#2467"),
        observed_by="D.",
    ),
    Promise(
        id="RETRY-40",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says='Exit 0 with reason "OutOfMemoryError: ...": success or failure at job level.',
        sources=("GH:aws/amazon-ecs-agent#2467 vs ST-08",),
        observed_by="D.",
    ),
)
