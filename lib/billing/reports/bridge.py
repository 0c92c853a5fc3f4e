"""Why another policy shows another MRR: from ours to theirs, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..domain.bridge import Bridge
from ..domain.policy import Policy
from ..settings.rules import current_rules
from ..store import aside
from ..store.queries.bridge import Lens, bridges
from ..store.queries.reading import Reader
from .definition import Definition, Row, Scratch, nothing
from .fields import Field, Kind
from .request import ReportRequest


def rows(request: ReportRequest, kept: Reader, scratch: Scratch) -> Iterator[Row]:
    """To each policy asked for; by itself to every other one."""
    setup = request.setup
    others = [slug for slug in setup.policies if slug != setup.policy]
    ours = setup.policies[setup.policy]
    for slug in others if request.policy == setup.policy else [request.policy]:
        for bridge in _bridges(request, ours, setup.policies[slug], kept, scratch):
            yield from _rows(bridge)


def _bridges(
    request: ReportRequest, ours: Policy, theirs: Policy, kept: Reader, scratch: Scratch
) -> tuple[Bridge, ...]:
    """Always held against all movements under ``theirs``: kept ones, else folded for it."""
    with kept.open() as connection:
        lens = Lens(ours.discounts, request.now)
        rules = current_rules(connection, request.setup, theirs)
        if (
            request.as_of is None
            and lens.can_tell(theirs)
            and not theirs.needs_clock
            and aside.current(connection, rules)
        ):
            return bridges(connection, lens, ours, theirs, request.filters.currencies, check=True)
    lens = Lens("forever", request.now)
    with scratch(lens.holding(ours), request.as_of, theirs) as made, made.open() as connection:
        return bridges(connection, lens, ours, theirs, request.filters.currencies, check=True)


def _rows(bridge: Bridge) -> Iterator[Row]:
    for line in bridge.lines:
        yield {
            "policy_from": bridge.policy_from,
            "policy_to": bridge.policy_to,
            "line": line.slug,
            "currency": bridge.currency,
            "sentence": line.sentence,
            "customers": line.customers,
            "delta_minor": line.minor,
            "reached_minor": line.reached_minor,
            "from_minor": bridge.from_minor,
            "to_minor": bridge.to_minor,
        }


def _totals(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """``from_minor``, and what each other policy would show; of a single one also as ``to_minor``
    and ``delta_minor``."""
    found: dict[str, dict[str, int]] = {}
    policies = {row["policy_to"] for row in rows}
    for row in rows:
        total = found.setdefault(row["currency"], {"from_minor": row["from_minor"]})
        total[f"{row['policy_to']}_minor"] = row["to_minor"]
        if len(policies) == 1:
            total["to_minor"] = row["to_minor"]
            total["delta_minor"] = total.get("delta_minor", 0) + row["delta_minor"]
    return dict(sorted(found.items()))


REPORT = Definition(
    name="bridge",
    question=(
        "Why would another policy show another MRR? `--policy` names it; without it, every other "
        "policy. A line for every flag that differs, each going on from where the one before it "
        "stopped."
    ),
    rows=nothing,
    opens=rows,
    totals=_totals,
    fields=(
        Field("policy_from", Kind.TEXT, "The configured policy."),
        Field("policy_to", Kind.TEXT, "The policy it is compared with."),
        Field(
            "line",
            Kind.TEXT,
            "The flag that differs; `unexplained` is what the other policy's movements say beyond "
            "the lines, and should never be there.",
        ),
        Field("currency", Kind.TEXT, "Currency of the amounts."),
        Field("sentence", Kind.TEXT, "What the two policies do differently."),
        Field("customers", Kind.NUMBER, "Customers whose MRR this line changes."),
        Field("delta_minor", Kind.MONEY, "By how much; the lines sum to the difference."),
        Field("reached_minor", Kind.MONEY, "MRR after this line."),
        Field("from_minor", Kind.MONEY, "MRR under the configured policy."),
        Field("to_minor", Kind.MONEY, "MRR under the other policy."),
    ),
)
