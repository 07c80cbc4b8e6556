"""Every rule about arrays is broken by the server built to break it, and by the right one none is."""

from __future__ import annotations

import pytest

from batchproof.conformance import run_conformance
from batchproof.conformance.judging.outcome import Outcome
from batchproof.conformance.register import rules

ARRAYS = [id for id, rule in rules().items() if rule.theme == "arrays"]


@pytest.mark.parametrize("rule_id", ARRAYS)
def test_each_rule_is_broken_by_the_server_built_to_break_it(rule_id, served):
    name = rule_id.lower().replace("-", "_")
    powers = ("gate", "holds-runnable", "fresh-reads", "runs")
    with served("--grace-s", "1", "--server", f"wrong_servers.arrays:{name}") as url:
        report = run_conformance(endpoint_url=url, powers=powers, rule=(rule_id,), grace_s=1, deadline_s=1)
    assert report.verdicts[rule_id] is Outcome.DIVERGES, report.text()
