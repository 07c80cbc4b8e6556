"""Multi-node parallel jobs: the main node decides."""

from __future__ import annotations

from ..sources import Cited
from .promise import Modality, Promise, Seen

PROMISES = (
    Promise(
        id="MNP-01",
        modality=Modality.MUST,
        confidence="H",
        says="Nodes are addressed `jobId#n`, n from 0.",
        sources=(
            Cited(
                "UG:multi-node-parallel-jobs",
                "fourth paragraph",
                "You can address nodes using the #N notation (starting with 0).",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="MNP-02",
        modality=Modality.MUST,
        confidence="H",
        says="The main node is launched first; other nodes are launched after it is RUNNING.",
        sources=(
            Cited(
                "UG:job-lifecycle", "third paragraph", "When the main node reaches the RUNNING status after the node's"
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`startedAt` of the nodes",
    ),
    Promise(
        id="MNP-03",
        modality=Modality.MUST,
        confidence="H",
        says="Order and timing of the other nodes is not guaranteed.",
        sources=(
            Cited("UG:job-lifecycle", "third paragraph", "There are no guarantees on the timing or ordering of child"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="MNP-04",
        modality=Modality.MUST,
        confidence="H",
        says="The job is finished when the main node exits; remaining nodes are then stopped.",
        sources=(
            Cited("UG:job-lifecycle", "last paragraph", "If the main node exits, the job is considered finished, and"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="MNP-05",
        modality=Modality.MUST,
        confidence="H",
        says="Job status equals the main node's final status.",
        sources=(
            Cited(
                "UG:multi-node-parallel-jobs",
                "fourth paragraph",
                "The final job status (SUCCEEDED or FAILED) is determined by the final",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        notes="An emulator (floci) wants all nodes to exit 0 (EMUL-08).",
    ),
    Promise(
        id="MNP-06",
        modality=Modality.MUST,
        confidence="H",
        says="Death of another node changes nothing for the rest and causes no retry.",
        sources=(
            Cited("UG:job-lifecycle", "last paragraph", "If a child node dies, AWS Batch doesn't take any action"),
            Cited("UG:multi-node-parallel-jobs", "retries", "Child node failures don't cause more attempts to occur."),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="MNP-07",
        modality=Modality.MUST,
        confidence="H",
        says="Start, stop, status reason and exit information of the job come from the main node.",
        sources=(
            Cited(
                "UG:multi-node-parallel-jobs",
                "fourth paragraph",
                "The started, stoppedAt, statusReason, and exit information for a multi-node parallel job",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="MNP-08",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Which status nodes get that were stopped because the main node exited 0 (SUCCEEDED, or FAILED by their "
            "exit code after the stop). The guide lets each node's final status follow its own exit code, which "
            "suggests FAILED with 137 or 143."
        ),
        sources=(
            Cited(
                "UG:job-lifecycle",
                "last paragraph",
                "As individual nodes exit, they move to SUCCEEDED or FAILED, depending",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`id#n`",
    ),
    Promise(
        id="MNP-09",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Up to 1,000 nodes (the default limit of ECS) and 5 node groups; the index of the main node is less "
            "than numNodes; the ranges must cover all nodes."
        ),
        sources=(
            Cited("UG-old:multi-node-parallel-jobs"),
            Cited(
                "UG:job_definition_parameters",
                "Node properties",
                "You can use AWS Batch to specify up to five distinct node",
            ),
            Cited("API:NodeProperties", "mainNode", "This node index value must be fewer than the number of nodes."),
            Cited(
                "API:NodeRangeProperty",
                "targetNodes",
                "Your accumulative node ranges must account for all nodes (0:n).",
            ),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="MNP-10",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Multi-node jobs do not run in Spot, UNMANAGED or Fargate compute environments, nor on ECS Managed "
            "Instances."
        ),
        sources=(
            Cited("UG:mnp-ce", "list", "Multi-node parallel jobs aren't supported on UNMANAGED compute environments."),
            Cited("UG:mnp-ce", "list", "Multi-node parallel jobs aren't supported on compute environments that use"),
            Cited(
                "API:RegisterJobDefinition",
                "type",
                "If the job is run on Fargate resources, then multinode isn't supported.",
            ),
            Cited(
                "API:RegisterJobDefinition",
                "platformCapabilities",
                "Jobs with the MANAGED_INSTANCES platform capability must use ecsProperties (not containerProperties) and",
            ),
        ),
        observed=(Seen.ANSWER,),
        shows="a refusal, or a job that stays RUNNABLE",
    ),
    Promise(
        id="MNP-11",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Extra variables: AWS_BATCH_JOB_NODE_INDEX, _NUM_NODES, _MAIN_NODE_INDEX on all nodes; "
            "_MAIN_NODE_PRIVATE_IPV4_ADDRESS only on non-main nodes."
        ),
        sources=(
            Cited(
                "UG:job_env_vars",
                "AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS",
                "This variable is only set in multi-node parallel job child nodes.",
            ),
        ),
        observed=(Seen.CONTAINER,),
    ),
    Promise(
        id="MNP-12",
        modality=Modality.MUST,
        confidence="H",
        says="`nodeDetails` of a node has `isMainNode` and `nodeIndex`, `nodeProperties` of the job has `numNodes`.",
        sources=(
            Cited(
                "API:NodeDetails", "isMainNode", "Specifies whether the current node is the main node for a multi-node"
            ),
            Cited("API:NodeDetails", "nodeIndex", "The node index for the node."),
            Cited(
                "API:NodeProperties",
                "numNodes",
                "The number of nodes that are associated with a multi-node parallel job.",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.LIST_JOBS),
    ),
    Promise(
        id="MNP-13",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "`container` may be missing on the multi-node job itself; the exit code then comes from "
            "`attempts[-1].container`."
        ),
        sources=(
            Cited("FILE:Netflix/metaflow:metaflow/plugins/aws/batch/batch_client.py", "how it finds the exit code"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="MNP-14",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "A multi-node job that the compute environment of high priority has no capacity for blocks the queue "
            "even if there is one of lower priority."
        ),
        sources=(
            Cited(
                "UG:job_stuck_in_runnable_capacity", "note", "In the case of a multi-node parallel (MNP) job, if the"
            ),
        ),
        observed=(Seen.EVENTS,),
        shows="the event about the blocked queue",
    ),
    Promise(
        id="MNP-15",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            "Whether multi-node jobs run on EKS: the service model says of NodeProperties that they cannot be given "
            "for EKS definitions, while NodeRangeProperty has `eksProperties`, and the guide has pages about "
            "multi-node jobs on EKS."
        ),
        sources=(
            Cited(
                "API:NodeProperties",
                "description",
                "Node properties can't be specified for Amazon EKS based job definitions.",
            ),
            Cited(
                "API:NodeRangeProperty",
                "eksProperties",
                "This is an object that represents the properties of the node range",
            ),
            Cited("WEB:docs.aws.amazon.com/batch/latest/userguide/llms.txt", "table of contents"),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="MNP-16",
        modality=Modality.MUST,
        confidence="M",
        says=(
            '`nodeOverrides` targets must correspond to ranges of the definition: "NodeOverride targets should '
            'match job definition. Non matching targets - 0:0".'
        ),
        sources=(Cited("GH:aws/aws-parallelcluster#964"),),
        observed=(Seen.ANSWER,),
        shows="ClientException",
    ),
    Promise(
        id="MNP-17",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Which statuses nodes have before the main node runs (SUBMITTED, PENDING, RUNNABLE), and whether nodes "
            "make events of their own."
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.EVENTS),
    ),
)
