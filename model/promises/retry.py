"""Retry strategies: how many attempts a job gets, and what `evaluateOnExit` makes of a failed one."""

from __future__ import annotations

from ..sources import Cited
from .promise import Modality, Promise, Seen

PROMISES = (
    Promise(
        id="RETRY-01",
        modality=Modality.MUST,
        confidence="H",
        says="`attempts` is between 1 and 10.",
        sources=(Cited("API:RetryStrategy", "attempts", "You can specify between 1 and 10 attempts."),),
        observed=(Seen.ANSWER,),
        shows="of SubmitJob and of RegisterJobDefinition",
        notes="botocore does not check the range, so the service has to refuse what is outside.",
    ),
    Promise(
        id="RETRY-02",
        modality=Modality.MUST,
        confidence="H",
        says="Without a retry strategy a job gets exactly one attempt.",
        sources=(Cited("UG:job_retries", "opening", "By default, each job is given one attempt to move to"),),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="RETRY-03",
        modality=Modality.CONFLICTING,
        confidence="H",
        says=(
            "`attempts` counts all tries, the first included: N attempts are N-1 retries. That is stated outright for "
            'service jobs, implied by "number of times to move a job to the RUNNABLE status", reported by one project '
            "that tried it on its account, and taken for an off-by-one and mended by another. The API reference "
            '("retried on failure the same number of attempts as the value", since 2018-11-19) and a page of best '
            'practices ("up to 10 automated retries", "up to five times" for attempts=5) read as N retries.'
        ),
        sources=(
            Cited("UG:service-job-retries", "important", "The attempts value represents the total number of times the"),
            Cited("API:RetryStrategy", "attempts", "The number of times to move a job to the RUNNABLE status."),
            Cited("API:RetryStrategy", "attempts", "If the value of attempts is greater than one, the job is"),
            Cited("COMMIT:boto/botocore@13a5d805b", "2018-11-19: the second sentence appears"),
            Cited("UG:bestpractice6", "use automated retries", "You can set up to 10 automated retries."),
            Cited("GH:ASFHyP3/hyp3#518"),
            Cited("GH:flyteorg/flyteplugins#55", "description", "AWS BatchInput requires passing the total number of"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`attempts` has at most N entries",
        notes="Decided here: all tries.",
    ),
    Promise(
        id="RETRY-04",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "A `retryStrategy` given in SubmitJob replaces the one in the job definition. That members could be "
            "merged is not described; here it is replaced as a whole."
        ),
        sources=(
            Cited(
                "API:SubmitJob",
                "retryStrategy",
                "When a retry strategy is specified here, it overrides the retry strategy",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`retryStrategy`",
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
            Cited(
                "API:RetryStrategy",
                "evaluateOnExit",
                "If this parameter is specified, then the attempts parameter must also be",
            ),
            Cited("GH:apache/airflow#35789"),
            Cited(
                "FILE:hashicorp/terraform-provider-aws:internal/service/batch/job_definition_test.go",
                "testAccJobDefinitionConfig_emptyRetryStrategy",
                "RetryAttempts must be provided with retry strategy",
            ),
        ),
        observed=(Seen.ANSWER,),
        shows="ClientException",
    ),
    Promise(
        id="RETRY-06",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            'How many entries: at most 5 (API reference, service model, older guide); the newest guide says "up to '
            '6", on two pages.'
        ),
        sources=(
            Cited(
                "API:RetryStrategy", "evaluateOnExit", "Array of up to 5 objects that specify the conditions where jobs"
            ),
            Cited(
                "UG:job_retries", "opening", "If evaluateOnExit is specified, it can contain up to 6 retry strategies."
            ),
            Cited(
                "UG:job_definition_parameters",
                "Retry strategy, evaluateOnExit",
                "Array of up to 6 objects that specify conditions under which",
            ),
        ),
        observed=(Seen.ANSWER,),
        notes="5 must be accepted and 7 refused; 6 may be either.",
    ),
    Promise(
        id="RETRY-07",
        modality=Modality.MUST,
        confidence="H",
        says="Inside one entry all specified conditions must hold (AND).",
        sources=(
            Cited(
                "API:EvaluateOnExit",
                "action",
                "Specifies the action to take if all of the specified conditions (onStatusReason,",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="how many attempts there are",
    ),
    Promise(
        id="RETRY-08",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "In which order the entries count: no text says that the first match wins; the pattern of the guide, a "
            "catch-all EXIT at the end, only works if it does."
        ),
        sources=(Cited("UG:job_retries", "opening", "For jobs that don't match to exit, add a final entry"),),
        observed=(Seen.DESCRIBE_JOBS,),
        shows='what contradictory entries bring: RETRY "1*", then EXIT "1"',
        notes="Here the first match wins, which is inferred.",
    ),
    Promise(
        id="RETRY-09",
        modality=Modality.MUST,
        confidence="H",
        says="If no entry matches, the job is retried (attempts permitting; documented since 2022-06-23).",
        sources=(
            Cited(
                "API:RetryStrategy",
                "evaluateOnExit",
                "If none of the listed conditions match, then the job is retried.",
            ),
            Cited(
                "UG:job_retries",
                "opening",
                "If evaluateOnExit is specified, but none of the retry strategies match, then",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="RETRY-10",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Whether an entry may have nothing but `action`: the service model requires just that, the console demands "
            "at least one condition, and public code submits a bare EXIT entry."
        ),
        sources=(
            Cited("API:EvaluateOnExit", "action, the only member that is required"),
            Cited(
                "UG:submit_job", "retry strategy conditions", "Enter at least one parameter value and then choose an"
            ),
            Cited("FILE:jviola1019/linerecall", "AwsBatchComputeExecutor", "{ action: 'EXIT' }"),
        ),
        observed=(Seen.ANSWER, Seen.DESCRIBE_JOBS),
        notes="Here it asks for nothing, and so matches everything.",
    ),
    Promise(
        id="RETRY-11",
        modality=Modality.MUST,
        confidence="M",
        says=(
            '`onReason: "*"` must match also when the container has no `reason` at all (an ordinary exit that is '
            "not zero); otherwise the examples of the guide would retry what they say exits."
        ),
        sources=(
            Cited("UG:job_retries", "the example of evaluateOnExit", '"onReason": "*"'),
            Cited(
                "UG:bestpractice6", "use custom retries", "However, if the job fails for a different reason, the job"
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows=(
            'a job that exits 1, with the entries RETRY onStatusReason "Host EC2*" and EXIT onReason "*" and '
            "attempts=2, has one attempt"
        ),
    ),
    Promise(
        id="RETRY-12",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Patterns match the whole string unless they end with `*`, then they match a prefix. No other wildcard "
            "position is documented for container jobs."
        ),
        sources=(
            Cited("API:EvaluateOnExit", "onReason", "It can optionally end with an asterisk (*) so that only the"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="RETRY-13",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "`onExitCode` is matched against the decimal form of the exit code: digits, optionally a final `*` (so "
            '"40*" matches 40, 400, 404).'
        ),
        sources=(
            Cited("API:EvaluateOnExit", "onExitCode", "It can contain only numbers, and can end with an asterisk (*)"),
            Cited("FILE:aws/aws-cdk:packages/aws-cdk-lib/aws-batch/lib/job-definition-base.ts", "class Reason"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="RETRY-14",
        modality=Modality.UNSPECIFIED,
        confidence="H",
        says=(
            "Whether the patterns of `evaluateOnExit` are case sensitive. The sentence \"the values aren't case "
            'sensitive" stands under `action`. The service may echo `action` in another case than it was sent (tests '
            "of Terraform leave that member out when they compare)."
        ),
        sources=(
            Cited("API:EvaluateOnExit", "action", "The values aren't case sensitive."),
            Cited(
                "FILE:hashicorp/terraform-provider-aws:internal/service/batch/job_definition_test.go",
                "what is ignored on import",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.DEFINITIONS),
        shows="`action` as it is echoed",
    ),
    Promise(
        id="RETRY-15",
        modality=Modality.CONFLICTING,
        confidence="H",
        says=(
            "Which characters a pattern may have: letters, digits, period, colon and white space, says the API "
            "reference of onReason and onStatusReason. Real reasons contain parentheses, hyphens and underscores "
            '("Host EC2 (instance i-...) terminated.", "CAPACITY:INSUFFICIENT_..."), so they cannot be written '
            "exactly, only as prefixes. Patterns of service jobs may use all printable characters, and the guide even "
            'shows a star in front ("*CapacityError*").'
        ),
        sources=(
            Cited(
                "API:EvaluateOnExit",
                "onReason",
                "It can contain letters, numbers, periods (.), colons (:), and white spaces",
            ),
            Cited(
                "API:ServiceJobEvaluateOnExit",
                "onStatusReason",
                "The pattern can contain up to 512 characters and can contain all",
            ),
            Cited("UG:service-job-retries", "status reason pattern matching", "*CapacityError*"),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="RETRY-16",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "A pattern has up to 512 characters (from 2021-11 to 2022-10 the text said 1 to 512). What an empty one "
            "means is not stated."
        ),
        sources=(
            Cited("API:EvaluateOnExit", "onReason", "The pattern can contain up to 512 characters."),
            Cited("COMMIT:boto/botocore@c609d2817", "2021-11: 1 to 512"),
            Cited("COMMIT:boto/botocore@90a0f6766", "2022-10: up to 512"),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="RETRY-17",
        modality=Modality.CONFLICTING,
        confidence="H",
        says=(
            'Which field carries what: "Host EC2..." and "Task failed to start" are status reasons, '
            '"CannotPullContainerError..." is the reason of a container. The guide had "Task failed to start" under '
            "onReason until it was corrected on 2024-02-29; the CloudFormation page still has it under OnReason."
        ),
        sources=(
            Cited("UG:document_history"),
            Cited("UG:job_retries", "the example of evaluateOnExit", '"onStatusReason": "Task failed to start"'),
            Cited("UG:bestpractice6", "use custom retries", '"onStatusReason" :"Host EC2*"'),
            Cited(
                "WEB:docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-batch-jobdefinition-retrystrategy.html"
            ),
            Cited("FILE:aws/aws-cdk:packages/aws-cdk-lib/aws-batch/lib/job-definition-base.ts", "class Reason"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`statusReason` against `container.reason`",
    ),
    Promise(
        id="RETRY-18",
        modality=Modality.MAY,
        confidence="H",
        says='"AGENT" is a documented container reason value to match. Nothing says when it occurs.',
        sources=(Cited("UG:job_retries", "the example of evaluateOnExit", '"onReason": "AGENT"'),),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`container.reason`",
    ),
    Promise(
        id="RETRY-19",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Causes that count as failed attempts: non-zero exit, instance failure or termination, internal service "
            "error."
        ),
        sources=(Cited("UG:job_retries", "list of failure scenarios", "Any non-zero exit code from a container job"),),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="RETRY-20",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Jobs that were cancelled, terminated or ended by their timeout are never retried, nor are jobs with an "
            "invalid definition."
        ),
        sources=(
            Cited("UG:job_retries", "note", "Jobs that are cancelled or terminated aren't retried."),
            Cited("UG:job_timeouts", "after the note", "If a job is terminated for exceeding the timeout duration, it"),
            Cited(
                "API:RegisterJobDefinition",
                "retryStrategy",
                "If a job is terminated due to a timeout, it isn't retried.",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="RETRY-21",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "A retried job is placed at the front of the queue (a page of best practices says so). No other promise "
            "about order was found."
        ),
        sources=(
            Cited(
                "UG:bestpractice6", "use automated retries", "For AWS Batch, if you set the retry parameter, the job is"
            ),
        ),
        observed=(Seen.QUEUES, Seen.EVENTS),
        shows="the queue's snapshot, and the order of the events",
    ),
    Promise(
        id="RETRY-22",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Whether an attempt that failed before RUNNING gets an `attempts` entry, with or without `startedAt`. "
            'The guide counts an attempt as "placed into the RUNNING state"; the API counts moves to RUNNABLE.'
        ),
        sources=(
            Cited("UG:job_retries", "opening", "When a job is submitted to a job queue and placed into"),
            Cited("API:RetryStrategy", "attempts", "The number of times to move a job to the RUNNABLE status."),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="RETRY-23",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "`attempts` never has more than N entries (N = effective attempts); entries are appended in order and "
            "never removed or rewritten."
        ),
        sources=(Cited("API:JobDetail", "attempts", "A list of job attempts that are associated with this job."),),
        rests_on=("RETRY-01", "RETRY-28"),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="each look at the job",
    ),
    Promise(
        id="RETRY-24",
        modality=Modality.MUST,
        confidence="H",
        says="`AWS_BATCH_JOB_ATTEMPT` is 1 for the first attempt and rises by 1.",
        sources=(
            Cited(
                "UG:job_retries", "after the example", "The first attempt is numbered 1, and subsequent attempts are in"
            ),
            Cited("UG:job_env_vars", "AWS_BATCH_JOB_ATTEMPT", "The first attempt is numbered 1."),
        ),
        observed=(Seen.CONTAINER,),
    ),
    Promise(
        id="RETRY-25",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "What `statusReason`, `container.exitCode`, `startedAt` and `stoppedAt` show while a job is back in "
            "RUNNABLE between two attempts."
        ),
        sources=(Cited("LOST:cellenics", "a RUNNABLE summary that carries `stoppedAt`"),),
        rests_on=("ST-25",),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="RETRY-26",
        modality=Modality.MUST,
        confidence="H",
        says="FAILED is reported only when no further attempt will be made.",
        sources=(Cited("UG:job_states", "FAILED", "The job has failed all available attempts."),),
        observed=(Seen.EVENTS,),
    ),
    Promise(
        id="RETRY-27",
        modality=Modality.MUST,
        confidence="H",
        says="An EXIT entry that matches makes the job FAILED at once, with attempts remaining.",
        sources=(Cited("UG:submit_job", "retry strategy conditions", "AWS Batch stops retrying the job."),),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="fewer than N attempts",
    ),
    Promise(
        id="RETRY-28",
        modality=Modality.MUST,
        confidence="H",
        says="A RETRY entry that matches brings no more than N attempts.",
        sources=(
            Cited(
                "UG:submit_job",
                "retry strategy conditions",
                "AWS Batch retries until the number of job attempts that you",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="RETRY-29",
        modality=Modality.MUST,
        confidence="M",
        says=("Exit 0 is success; `evaluateOnExit` is about failed attempts and must not turn a success into a retry."),
        sources=(Cited("UG:job_retries", "opening", "You can apply a retry strategy to your jobs and job"),),
        rests_on=("ST-08",),
        observed=(Seen.DESCRIBE_JOBS,),
        shows='a job that exits 0, with the entry RETRY onExitCode "0" and attempts=3',
    ),
    Promise(
        id="RETRY-30",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "When a Spot host is reclaimed or a host is lost, the attempt's `statusReason` reads like \"Host EC2 "
            '(instance i-...) terminated." and matches "Host EC2*"; the exit code may be absent.'
        ),
        sources=(
            Cited("UG:bestpractice6", "use custom retries", '"onStatusReason" :"Host EC2*"'),
            Cited(
                "FILE:edu-llm/platform@75f610c094ad161769763d3af1655c6ef0cdaee5:tests/test_placement_verdicts.py",
                "retried",
                "Host EC2 (instance i-0abc) terminated.",
            ),
            Cited(
                "FILE:nextflow-io/nextflow:plugins/nf-amazon/src/main/nextflow/cloud/aws/batch/AwsBatchTaskHandler.groovy"
            ),
            Cited("GH:nextstrain/cli#145"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`attempts[].statusReason`",
    ),
    Promise(
        id="RETRY-31",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="Which texts the reasons have when Fargate Spot interrupts a job.",
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="RETRY-32",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Jobs stopped because their compute environment's infrastructure is updated can be retried through the "
            'retry strategy, although the page calls them "terminated".'
        ),
        sources=(
            Cited(
                "UG:infrastructure-updates",
                "job handling during updates, note",
                "To retry jobs that are terminated during an update, configure a",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="RETRY-33",
        modality=Modality.MUST,
        confidence="M",
        says="In an array the retry strategy works per child; the parent itself is never retried.",
        sources=(Cited("UG:array_jobs", "opening", "It runs as a collection of related yet separate basic jobs"),),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`attempts` of the children",
        notes=(
            'The AWS HPC blog has an article about how retries work with arrays ("Understanding the AWS Batch '
            'termination process"), of which only the opening was read.'
        ),
    ),
    Promise(
        id="RETRY-34",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "In a multi-node job only a main-node failure causes a new attempt, and each new attempt also updates "
            "the matching attempt of the other nodes."
        ),
        sources=(
            Cited(
                "UG:multi-node-parallel-jobs",
                "retries",
                "If you specify job retries, a main node failure causes another",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="the attempts of `id#n`",
    ),
    Promise(
        id="RETRY-35",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Whose exit code and reason feed `evaluateOnExit` and decide success in a job with several containers "
            "(ecsProperties)."
        ),
        sources=(
            Cited("API:JobDetail", "container", "If the details are for a multiple-container job, this object will be"),
            Cited(
                "API:TaskContainerProperties",
                "essential",
                "If the essential parameter of a container is marked as true, and",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`attempts[].taskProperties`",
    ),
    Promise(
        id="RETRY-36",
        modality=Modality.MUST,
        confidence="M",
        says="A job failed by a failed dependency is not retried: it never had an attempt.",
        rests_on=("DEP-03", "RETRY-19"),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="RETRY-37",
        modality=Modality.MUST,
        confidence="H",
        says="The effective strategy is echoed in `retryStrategy` of DescribeJobs and events.",
        sources=(
            Cited("API:JobDetail", "retryStrategy", "The retry strategy to use for this job if an attempt fails."),
            Cited("UG:batch_job_events", "example event", '"retryStrategy"'),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.EVENTS),
    ),
    Promise(
        id="RETRY-38",
        modality=Modality.UNSPECIFIED,
        confidence="H",
        says="Whether there is a pause between two attempts.",
        observed=(Seen.EVENTS,),
        shows="the times of the events",
        notes="None is documented.",
    ),
    Promise(
        id="RETRY-39",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "An out-of-memory kill can show with exit codes other than 137 (2, even 0), because the text of the "
            "reason comes from the container runtime; the reason tells it, the exit code does not."
        ),
        sources=(
            Cited("GH:nf-core/genomeassembler#223"),
            Cited("GH:aws/amazon-ecs-agent#2467"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="RETRY-40",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says='Whether a job has succeeded or failed that exits 0 with the reason "OutOfMemoryError: ...".',
        sources=(Cited("GH:aws/amazon-ecs-agent#2467"),),
        rests_on=("ST-08",),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
)
