"""
DescribeJobs refuses 100 ids with the message that at most 100 are supported: the comparison is >= where it should be >.

Breaks: ERR-05
"""

from __future__ import annotations

from batchproof.reference_impl.http.errors import ClientException
from batchproof.reference_impl.operations import HANDLERS
from batchproof.reference_impl.http.call import shows


def break_it() -> None:
    describe = HANDLERS["DescribeJobs"].do

    @shows
    async def refusing(call, request):
        if len(request.jobs or ()) >= 100:
            raise ClientException("Maximum number of jobs supported is  100")
        return await describe(call, request)

    HANDLERS["DescribeJobs"] = refusing
