"""How many configurations and edges the lives of a job have, under each of the 24 valuations of the readings."""

from __future__ import annotations

from batchproof.model.explore import Graph
from batchproof.model.machine import Configuration
from batchproof.model.readings import Valuation

PINNED: dict[str, dict[int, tuple[int, int]]] = {
    "yes FAILED waits isTerminated": {1: (89, 409), 2: (158, 734), 3: (227, 1059)},
    "yes FAILED waits isCancelled": {1: (81, 376), 2: (147, 690), 3: (213, 1004)},
    "yes FAILED waits both": {1: (72, 328), 2: (129, 594), 3: (186, 860)},
    "yes FAILED at_once isTerminated": {1: (89, 410), 2: (158, 735), 3: (227, 1060)},
    "yes FAILED at_once isCancelled": {1: (81, 377), 2: (147, 691), 3: (213, 1005)},
    "yes FAILED at_once both": {1: (72, 329), 2: (129, 595), 3: (186, 861)},
    "yes SUCCEEDED waits isTerminated": {1: (97, 425), 2: (174, 766), 3: (251, 1107)},
    "yes SUCCEEDED waits isCancelled": {1: (89, 392), 2: (163, 722), 3: (237, 1052)},
    "yes SUCCEEDED waits both": {1: (78, 340), 2: (141, 618), 3: (204, 896)},
    "yes SUCCEEDED at_once isTerminated": {1: (97, 426), 2: (174, 767), 3: (251, 1108)},
    "yes SUCCEEDED at_once isCancelled": {1: (89, 393), 2: (163, 723), 3: (237, 1053)},
    "yes SUCCEEDED at_once both": {1: (78, 341), 2: (141, 619), 3: (204, 897)},
    "no FAILED waits isTerminated": {1: (89, 412), 2: (161, 750), 3: (233, 1088)},
    "no FAILED waits isCancelled": {1: (81, 379), 2: (150, 706), 3: (219, 1033)},
    "no FAILED waits both": {1: (72, 331), 2: (132, 610), 3: (192, 889)},
    "no FAILED at_once isTerminated": {1: (89, 413), 2: (161, 751), 3: (233, 1089)},
    "no FAILED at_once isCancelled": {1: (81, 380), 2: (150, 707), 3: (219, 1034)},
    "no FAILED at_once both": {1: (72, 332), 2: (132, 611), 3: (192, 890)},
    "no SUCCEEDED waits isTerminated": {1: (97, 428), 2: (177, 782), 3: (257, 1136)},
    "no SUCCEEDED waits isCancelled": {1: (89, 395), 2: (166, 738), 3: (243, 1081)},
    "no SUCCEEDED waits both": {1: (78, 343), 2: (144, 634), 3: (210, 925)},
    "no SUCCEEDED at_once isTerminated": {1: (97, 429), 2: (177, 783), 3: (257, 1137)},
    "no SUCCEEDED at_once isCancelled": {1: (89, 396), 2: (166, 739), 3: (243, 1082)},
    "no SUCCEEDED at_once both": {1: (78, 344), 2: (144, 635), 3: (210, 926)},
}
"""By the values of the readings, in their order, and the number of attempts."""


def pinned(attempts: int, readings: Valuation) -> tuple[int, int]:
    """The number of configurations and of edges, as they were counted once."""
    return PINNED[" ".join(value for _, value in readings)][attempts]


def counted_of(graph: Graph[Configuration]) -> tuple[int, int]:
    """The number of configurations and of edges of these lives."""
    return len(graph.configurations), len(graph.edges)
