"""The bridge from one policy's MRR to another's, and who is behind each of its lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from ..domain.bridge import UNEXPLAINED, Bridge, steps
from ..domain.errors import WrongUsage
from ..domain.filters import Filters
from ..domain.policy import Policy
from ..settings.rules import current_rules
from ..settings.setup import Setup
from ..store import aside
from ..store.queries import bridge as queries
from ..store.queries import bridge_lists
from ..store.queries.bridge import Lens
from ..store.queries.reading import Connection, Reader
from .views import Listing, Sum

Scratch = Callable[..., AbstractContextManager[Reader]]


@dataclass(frozen=True, slots=True)
class BridgeItem:
    """One subscription behind a line; of the line that cannot be explained one customer."""

    customer_id: str
    org_id: str | None
    email: str | None
    name: str | None
    subscription_id: str | None
    plan: str | None
    status: str | None
    currency: str
    before_minor: int
    after_minor: int
    delta_minor: int


def bridges(
    reader: Reader, setup: Setup, now: int, policy: str, scratch: Scratch
) -> tuple[Bridge, ...]:
    """One a currency, held against the other policy's movements where they are at hand."""
    ours, theirs = _policies(setup, policy)
    own = Lens(ours.discounts, now).can_tell(theirs)  # else everything is folded on the side
    kept = own and not ours.needs_clock
    with _source(reader, setup, now, theirs, scratch) as (connection, lens, check):
        return queries.bridges(connection, lens, ours, theirs, check=check, kept=kept)


def customers(
    reader: Reader,
    setup: Setup,
    now: int,
    policy: str,
    line: str,
    filters: Filters,
    scratch: Scratch,
) -> Listing[BridgeItem]:
    """One page of those behind a line."""
    ours, theirs = _policies(setup, policy)
    step = next((step for step in steps(ours, theirs) if step.slug == line), None)
    if step is None and line != UNEXPLAINED:
        raise WrongUsage(f"There is no line {line!r} between {ours.slug} and {theirs.slug}.")
    with _source(reader, setup, now, theirs, scratch) as (connection, lens, check):
        if step is not None:
            rows = bridge_lists.behind(connection, lens, step, filters)
            sums = bridge_lists.behind_sums(connection, lens, step, filters)
        elif check:
            rows, sums = bridge_lists.behind_unexplained(connection, lens, theirs, filters)
        else:
            rows, sums = [], []
    return _listing(rows, sums)


def _listing(
    rows: Sequence[Mapping[Any, Any]], sums: Sequence[Mapping[Any, Any]]
) -> Listing[BridgeItem]:
    items = tuple(
        BridgeItem(
            **{
                **row,
                **{name: int(row[name]) for name in ("before_minor", "after_minor", "delta_minor")},
            }
        )
        for row in rows
    )
    added = sorted((s["currency"] or "", int(s["count"]), int(s["amount_minor"])) for s in sums)
    return Listing(
        items, sum(count for _, count, _ in added), tuple(Sum(*a) for a in added), (), {}
    )


@contextmanager
def _source(
    reader: Reader, setup: Setup, now: int, theirs: Policy, scratch: Scratch
) -> Iterator[tuple[Connection, Lens, bool]]:
    """(rows, how to look at them, whether all movements under ``theirs`` are beside them)."""
    ours = setup.policies[setup.policy]
    lens = Lens(ours.discounts, now)
    if lens.can_tell(theirs):
        with reader.open() as connection:
            rules = current_rules(connection, setup, theirs)
            checked = not theirs.needs_clock and aside.current(connection, rules)
            yield connection, lens, checked
        return
    lens = Lens("forever", now)
    with scratch(lens.holding(ours), None, theirs) as made, made.open() as connection:
        yield connection, lens, True


def _policies(setup: Setup, policy: str) -> tuple[Policy, Policy]:
    if policy not in setup.policies:
        raise WrongUsage(f"The policy {policy!r} is none of {', '.join(sorted(setup.policies))}.")
    return setup.policies[setup.policy], setup.policies[policy]
