"""What a file says about itself: where its rows come from, as of when, under which policy."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.metrics import METRICS, Metric
from ..domain.times import iso
from ..reports.stream import Stream


def facts(stream: Stream) -> list[tuple[str, str]]:
    """(name, value), for people. To be asked for after the last row."""
    return [
        ("Report", stream.name),
        ("Question", stream.question),
        ("As of", iso(stream.as_of) or ""),
        ("MRR policy", stream.policy),
        ("Time zone of days and months", stream.timezone),
        ("Mode", "live" if stream.livemode else "test"),
        ("Watermark of the projection", str(stream.watermark)),
        ("Rows", f"{stream.count}"),
        ("Order of the rows", stream.order),
    ]


def figures(stream: Stream) -> Iterator[tuple[str, str, int | None]]:
    """(currency, name, sum or None where it cannot be told), of every row.

    To be asked for after the last row.
    """
    for currency, sums in stream.totals().items():
        for name, value in sums.items():
            yield currency, name, value


def metrics(stream: Stream) -> list[Metric]:
    """The registry's metrics that fields of the report are named after."""
    names = {field.name.removesuffix("_minor") for field in stream.fields}
    return [metric for slug, metric in METRICS.items() if slug in names]
