"""
Parameters of SubmitJob change the defaults of the definition; one that the definition has no default for is dropped.

Breaks: ENV-04
"""

from __future__ import annotations

from batchproof.reference_impl.http.call import asks
from batchproof.reference_impl.operations import HANDLERS, submission


def break_it() -> None:
    submit = HANDLERS["SubmitJob"].do

    @asks
    async def of_defaults(call, request):
        if request.parameters and request.jobDefinition:
            defaults = submission.definition_named(call, request.jobDefinition).registered.get("parameters", {})
            request.parameters = {name: value for name, value in request.parameters.items() if name in defaults}
        return await submit(call, request)

    HANDLERS["SubmitJob"] = of_defaults
