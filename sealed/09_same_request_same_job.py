"""
SubmitJob takes an identical request within a second for an SDK's retry of the last one, and answers with the same job.

Breaks: ST-33
"""

from __future__ import annotations

from time import monotonic

from batchproof.reference_impl.http import wire
from batchproof.reference_impl.http.call import asks
from batchproof.reference_impl.operations import HANDLERS


def break_it() -> None:
    submit = HANDLERS["SubmitJob"].do
    answered = {}

    @asks
    async def once(call, request):
        key = call.region, wire.encoded(request)
        known = answered.get(key)
        if known is not None and monotonic() - known[0] < 1.0:
            return known[1]
        reply = await submit(call, request)
        answered[key] = monotonic(), reply
        return reply

    HANDLERS["SubmitJob"] = once
