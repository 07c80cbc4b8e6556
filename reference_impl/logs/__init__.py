"""The operations of CloudWatch Logs that this server does: the output of jobs as streams of events."""

from __future__ import annotations

from ..http.call import Handler
from . import handlers

LOG_HANDLERS: dict[str, Handler] = {
    "Logs_20140328.DescribeLogGroups": handlers.describe_log_groups,
    "Logs_20140328.DescribeLogStreams": handlers.describe_log_streams,
    "Logs_20140328.FilterLogEvents": handlers.filter_log_events,
    "Logs_20140328.GetLogEvents": handlers.get_log_events,
}
"""CloudWatch Logs', by what X-Amz-Target says."""
