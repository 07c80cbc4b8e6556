"""Multi-node parallel jobs: the main node decides."""

from __future__ import annotations

from .promise import Modality, Promise

PROMISES = (
    Promise(
        id="MNP-01",
        modality=Modality.MUST,
        confidence="H",
        says="Nodes are addressed `jobId#n`, n from 0.",
        sources=("UG:multi-node-parallel-jobs",),
        observed_by="D.",
    ),
    Promise(
        id="MNP-02",
        modality=Modality.MUST,
        confidence="H",
        says="The main node is launched first; other nodes are launched after it is RUNNING.",
        sources=("UG:job-lifecycle",),
        observed_by="D `startedAt` of nodes.",
    ),
    Promise(
        id="MNP-03",
        modality=Modality.MUST,
        confidence="H",
        says="Order and timing of the other nodes is not guaranteed.",
        sources=("UG:job-lifecycle",),
        observed_by="D.",
    ),
    Promise(
        id="MNP-04",
        modality=Modality.MUST,
        confidence="H",
        says="The job is finished when the main node exits; remaining nodes are then stopped.",
        sources=("UG:job-lifecycle",),
        observed_by="D.",
    ),
    Promise(
        id="MNP-05",
        modality=Modality.MUST,
        confidence="H",
        says="Job status equals the main node's final status.",
        sources=("UG:multi-node-parallel-jobs",),
        observed_by="D. (EMU:floci#3595 requires all nodes to exit 0: deviation.)",
    ),
    Promise(
        id="MNP-06",
        modality=Modality.MUST,
        confidence="H",
        says="Death of another node changes nothing for the rest and causes no retry.",
        sources=("UG:job-lifecycle", "UG:multi-node-parallel-jobs"),
        observed_by="D.",
    ),
    Promise(
        id="MNP-07",
        modality=Modality.MUST,
        confidence="H",
        says="Start, stop, status reason and exit information of the job come from the main node.",
        sources=("UG:multi-node-parallel-jobs",),
        observed_by="D.",
    ),
    Promise(
        id="MNP-08",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Status of nodes stopped because the main node exited 0 (SUCCEEDED, or FAILED by their exit code after "
            "the stop). The guide makes each node's final status follow its own exit code, which suggests FAILED "
            "with 137 or 143."
        ),
        sources=("UG:job-lifecycle",),
        observed_by="D `id#n`.",
    ),
    Promise(
        id="MNP-09",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Up to 1,000 nodes (default ECS limit) and 5 node groups; main node index < numNodes; ranges must cover "
            "all nodes."
        ),
        sources=("UG-old:multi-node-parallel-jobs", "BC:NodeProperties, NodeRangeProperty"),
        observed_by="response.",
    ),
    Promise(
        id="MNP-10",
        modality=Modality.MUST,
        confidence="H",
        says="Not on Spot, UNMANAGED or Fargate compute environments, nor on ECS Managed Instances.",
        sources=("UG:mnp-ce", "BC:RegisterJobDefinitionRequest"),
        observed_by="response or stuck RUNNABLE.",
    ),
    Promise(
        id="MNP-11",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Extra variables: AWS_BATCH_JOB_NODE_INDEX, _NUM_NODES, _MAIN_NODE_INDEX on all nodes; "
            "_MAIN_NODE_PRIVATE_IPV4_ADDRESS only on non-main nodes."
        ),
        sources=("UG:job_env_vars",),
        observed_by="C.",
    ),
    Promise(
        id="MNP-12",
        modality=Modality.MUST,
        confidence="H",
        says="`nodeDetails.isMainNode`/`nodeIndex` on nodes, `nodeProperties.numNodes` on the job.",
        sources=("BC",),
        observed_by="D/L.",
    ),
    Promise(
        id="MNP-13",
        modality=Modality.MAY,
        confidence="M",
        says="`container` may be missing on the MNP parent; exit code then comes from `attempts[-1].container`.",
        sources=("CLIENT:Netflix/metaflow",),
        observed_by="D.",
    ),
    Promise(
        id="MNP-14",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "A MNP job blocked by insufficient capacity in a high-priority compute environment blocks the queue even "
            "if a lower-priority one exists."
        ),
        sources=("UG:job_stuck_in_runnable_capacity",),
        observed_by="E blocked event.",
    ),
    Promise(
        id="MNP-15",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            "EKS: BC:NodeProperties says node properties cannot be given for EKS definitions, while "
            "NodeRangeProperty has `eksProperties` and the guide has pages for MNP on EKS."
        ),
        sources=("BC:NodeProperties", "BC:NodeRangeProperty", "CODE:52695983730 (table of contents of the guide)"),
        observed_by="response.",
    ),
    Promise(
        id="MNP-16",
        modality=Modality.MUST,
        confidence="M",
        says=(
            '`nodeOverrides` targets must correspond to ranges of the definition: "NodeOverride targets should match '
            'job definition. Non matching targets - 0:0".'
        ),
        sources=("GH:aws/aws-parallelcluster#964",),
        observed_by="ClientException.",
    ),
    Promise(
        id="MNP-17",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Statuses of nodes before the main node runs (SUBMITTED, PENDING, RUNNABLE) and whether nodes emit their "
            "own events."
        ),
        sources=("nothing found",),
        observed_by="D/E.",
    ),
)
