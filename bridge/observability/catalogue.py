"""Every metric there is: what it counts, and how the numbers of several workers become one."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

Kind = Literal["counter", "gauge", "histogram"]


class Merge(StrEnum):
    SUM = "sum"  # each worker has its own share
    MAX = "max"  # each worker sees the same thing; at most one of them looks
    WORKER = "worker"  # only means something for one worker, which becomes a label


@dataclass(frozen=True, slots=True)
class MetricInfo:
    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    merge: Merge = Merge.SUM


BUILD: Final = MetricInfo("toolboxai_build_info", "gauge", "The version that runs; always 1.", ("version",), Merge.MAX)
REQUESTS: Final = MetricInfo(
    "toolboxai_request_duration_seconds",
    "histogram",
    "Requests by the time from their last header to the end of their answer; the route '-' is none of ours.",
    ("route", "status"),
)
IN_FLIGHT: Final = MetricInfo("toolboxai_requests_in_flight", "gauge", "Requests that are being answered now.")
LOST_LINES: Final = MetricInfo(
    "toolboxai_log_lines_lost_total", "counter", "Lines of the log that could not be written to standard error."
)
OUTBOX_ROWS: Final = MetricInfo(
    "toolboxai_outbox_rows",
    "gauge",
    "Rows of the outbox by state, as the leading worker last counted them; dead rows need a person.",
    ("state",),
    Merge.MAX,
)
OUTBOX_LEADER: Final = MetricInfo(
    "toolboxai_outbox_leader", "gauge", "Whether this worker runs what is due in the outbox.", (), Merge.WORKER
)
CPU: Final = MetricInfo("toolboxai_worker_cpu_seconds_total", "counter", "Processor time that the workers have used.")
MEMORY: Final = MetricInfo(
    "toolboxai_worker_resident_bytes", "gauge", "Memory that the worker holds (Linux only).", (), Merge.WORKER
)
WORKER_RESTARTS: Final = MetricInfo(
    "toolboxai_worker_restarts_total", "counter", "Workers that the supervisor started in the place of one that ended."
)
WORKERS_READY: Final = MetricInfo("toolboxai_workers_ready", "gauge", "Workers that take requests.")
STREAMS: Final = MetricInfo(
    "toolboxai_streams",
    "gauge",
    "Connections that follow channels now; of a poll, those that are held.",
    ("transport",),
)
STREAMS_ENDED: Final = MetricInfo(
    "toolboxai_streams_ended_total", "counter", "Streams that this bridge ended, by what it said.", ("code",)
)
DELIVERED: Final = MetricInfo(
    "toolboxai_messages_delivered_total", "counter", "Messages that were written to those who follow their channel."
)
PUBLISHED: Final = MetricInfo("toolboxai_messages_published_total", "counter", "Messages that channels were told.")
COALESCED: Final = MetricInfo(
    "toolboxai_messages_coalesced_total",
    "counter",
    "Messages that were left out for somebody who reads too slowly, since a later one of the same key came.",
)
RESETS: Final = MetricInfo(
    "toolboxai_stream_resets_total", "counter", "Times that somebody was told of a gap, by its reason.", ("reason",)
)
REFILLED: Final = MetricInfo(
    "toolboxai_channel_refills_total", "counter", "Times that a channel was read again because something had not come."
)
GATE_VERDICTS: Final = MetricInfo(
    "toolboxai_gate_verdicts_total", "counter", "Signed requests by what the gate said of them.", ("verdict",)
)
GATE_RECORDS: Final = MetricInfo(
    "toolboxai_gate_record_loads_total", "counter", "Records of sessions that were read from the database."
)
GATE_UNPROVEN: Final = MetricInfo(
    "toolboxai_gate_unproven_bytes_total", "counter", "Bytes of bodies whose senders did not show who they are."
)
CONNECTIONS: Final = MetricInfo("toolboxai_connections", "gauge", "Connections of clients and proxies that are open.")
UNPROVEN_WAITED: Final = MetricInfo(
    "toolboxai_unproven_waited_bytes",
    "gauge",
    "Bytes of bodies that are being waited for, of senders who have not shown who they are.",
)
UNPROVEN_REFUSED: Final = MetricInfo(
    "toolboxai_unproven_refused_total",
    "counter",
    "Bodies and connections that were one too many, of a network or in all.",
    ("what",),
)
LIMITED: Final = MetricInfo(
    "toolboxai_limit_refused_total", "counter", "Requests that a rate limit refused, by the limit.", ("limit",)
)
SHADOWED: Final = MetricInfo(
    "toolboxai_limit_shadowed_total", "counter", "Requests that a rate limit in shadow would have refused.", ("limit",)
)
BREAKER_STATE: Final = MetricInfo(
    "toolboxai_breaker_state",
    "gauge",
    "What the bridge asks of others: 0 it answers, 1 it is tried again, 2 it is not asked for a while.",
    ("to",),
    Merge.MAX,
)
BREAKER_OPENINGS: Final = MetricInfo(
    "toolboxai_breaker_openings_total",
    "counter",
    "How often something stopped being asked, as it did not answer.",
    ("to",),
)

CATALOGUE: Final = (
    BUILD,
    REQUESTS,
    IN_FLIGHT,
    LOST_LINES,
    OUTBOX_ROWS,
    OUTBOX_LEADER,
    CPU,
    MEMORY,
    WORKER_RESTARTS,
    WORKERS_READY,
    STREAMS,
    STREAMS_ENDED,
    DELIVERED,
    PUBLISHED,
    COALESCED,
    RESETS,
    REFILLED,
    GATE_VERDICTS,
    GATE_RECORDS,
    GATE_UNPROVEN,
    CONNECTIONS,
    UNPROVEN_WAITED,
    UNPROVEN_REFUSED,
    LIMITED,
    SHADOWED,
    BREAKER_STATE,
    BREAKER_OPENINGS,
)
