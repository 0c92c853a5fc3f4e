"""The self-audit: every way to a number of MRR, side by side, and the rows that break one.

Sums are compared in SQL. Only the customers of a sum that breaks are folded anew from what was seen
of them, so that the line can name the very row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

from ..domain.filters import EVERYTHING
from ..domain.periods import Period, periods
from ..domain.times import day_start, local_date
from ..settings.setup import Setup
from ..store.queries import plan_mix, runway
from ..store.queries import roll_forward as rolling
from ..store.queries import self_audit as found
from ..store.queries.reading import Connection, Reader
from .audit_lines import AtFault, AuditLine, SelfAudit
from .audit_periods import period_lines, reporting_lines
from .refolding import Refolded

MOST: Final = 25
"""Rows that one line names; more of them say no more."""
MOST_FOLDED: Final = 2_000
"""Customers that are folded anew where only a fold can tell."""

Amounts = dict[str, int]


def self_audit(reader: Reader, setup: Setup, now: int) -> SelfAudit:
    """Every line, of every currency with MRR or movements, all in one state of the projection."""
    with reader.open() as connection:
        return audit(connection, setup, now)


def audit(connection: Connection, setup: Setup, now: int) -> SelfAudit:
    """The same in a transaction that is open already."""
    sums = _Audit(connection, setup)
    spans = _months(connection, setup, now)
    lines: list[AuditLine] = []
    for currency in sums.currencies:
        lines += sums.sums(currency)
        lines += period_lines(connection, setup, now, currency, spans, sums.trend)
        lines += sums.rows(currency)
    lines += reporting_lines(connection, setup, now, spans)
    return SelfAudit(tuple(lines))


def _months(connection: Connection, setup: Setup, now: int) -> list[Period]:
    extent = rolling.extent(connection, setup.policy)
    if extent is None:
        return []
    first = day_start(local_date(extent[0], setup.timezone), setup.timezone)
    return list(periods(first, max(now, extent[1]), "month", setup.timezone))


class _Audit:
    """The sums of all currencies, read once, and the lines made of them."""

    def __init__(self, connection: Connection, setup: Setup) -> None:
        policy = setup.policy
        self._refolded = Refolded(connection, setup)
        totals = plan_mix.currency_totals(connection)
        self.mrr: Amounts = {row["currency"] or "": int(row["mrr_minor"]) for row in totals}
        self.plans = _added(plan_mix.cells(connection, EVERYTHING))
        self.subscriptions = found.of_subscriptions(connection)
        self.customers = found.of_customers(connection)
        self.trend = found.moved(connection, policy)
        self.movers = found.customers(connection, policy)
        self.movements = found.movement_count(connection, policy)
        self.runway = runway.leaving_mrr(connection)
        self.unlike = found.unlike_customers(connection, policy)
        self.unvalued = found.unvalued(connection)
        self.below_zero = found.below_zero(connection)
        self.broken_sums = found.broken_sums(connection, policy)
        self.broken_chains = found.broken_chains(connection, policy)
        self.leaving = found.leaving_unlike(connection)
        extent = rolling.extent(connection, policy)
        within = (extent[0], extent[1] + 1) if extent else None
        self.kept = _of_policy(found.tallied(connection), policy)
        self.counted = _of_policy(found.counted(connection, setup.timezone, within), policy)

    @property
    def currencies(self) -> list[str]:
        return sorted({*self.mrr, *self.trend, *self.runway, *self.subscriptions} - {""})

    def sums(self, currency: str) -> Iterator[AuditLine]:
        """MRR by every way, and customer by customer."""
        mrr = self.mrr.get(currency, 0)
        own = [row for row in self.unlike if row["currency"] == currency]
        kept = sum(int(row["moved"] - row["counted"]) for row in own if row["unvalued"])
        wrong = [row for row in own if not row["unvalued"]]
        faults = tuple(self._faults(wrong))
        end = self.trend.get(currency, 0) - kept
        yield _line(
            "trend",
            currency,
            "MRR is where its trend ends",
            ("MRR", mrr),
            ("Sum of movements", end),
            rows=faults,
            note="Without what is kept for subscriptions that cannot be valued." if kept else "",
        )
        yield from self._unvalued(currency, kept)
        negative = tuple(
            AtFault(
                "subscription",
                row["subscription_id"],
                row["customer_id"],
                "Its MRR is below nothing.",
                int(row["minor"]),
                None,
            )
            for row in self.below_zero
            if row["currency"] == currency
        )
        for slug, claim, name, amounts in (
            ("plans", "MRR is the sum of the plan mix", "Sum of plans", self.plans),
            ("customers", "MRR is the sum of its customers", "Sum of customers", self.customers),
            (
                "subscriptions",
                "MRR is the sum of its subscriptions",
                "Sum of subscriptions",
                self.subscriptions,
            ),
        ):
            yield _line(
                slug, currency, claim, ("MRR", mrr), (name, amounts.get(currency, 0)), rows=negative
            )
        people = self.movers.get(currency, 0)
        yield _line(
            "each_customer",
            currency,
            "Each customer's movements come to what its subscriptions count",
            ("Customers", people),
            ("Agree", people - len(wrong)),
            unit="count",
            rows=faults,
        )

    def _unvalued(self, currency: str, kept: int) -> Iterator[AuditLine]:
        held = [row for row in self.unvalued if row["currency"] == currency]
        if not held:
            return
        owners = sorted({row["customer_id"] for row in held})
        wrong = tuple(self._refolded.faults(owners[:MOST_FOLDED]))
        named = tuple(
            AtFault(
                "subscription",
                row["subscription_id"],
                row["customer_id"],
                row["mrr_note"] or "It cannot be valued.",
            )
            for row in held[:MOST]
        )
        yield AuditLine(
            "unvalued",
            currency,
            "What cannot be valued is kept at its last known value",
            "Movements beyond MRR",
            kept + sum((f.stored or 0) - (f.right or 0) for f in wrong if f.kind == "movement"),
            "Kept for it",
            kept,
            "money",
            ok=not wrong,
            rows=wrong or named,
            note=f"Subscriptions that cannot be valued: {len(held)}.",
        )

    def rows(self, currency: str) -> Iterator[AuditLine]:
        """Movement by movement, what leaves, and the sums that are kept."""
        whole = self.movements.get(currency, 0)
        broken = [row for row in self.broken_sums if row["currency"] == currency]
        yield _line(
            "movement_sums",
            currency,
            "Each movement's before and change come to its after",
            ("Movements", whole),
            ("Agree", whole - len(broken)),
            unit="count",
            rows=tuple(
                _movement(
                    row,
                    "Before and change do not come to after.",
                    row["delta_minor"],
                    row["after_minor"] - row["before_minor"],
                )
                for row in broken[:MOST]
            ),
        )
        chained = [row for row in self.broken_chains if row["currency"] == currency]
        yield _line(
            "movement_chain",
            currency,
            "Each movement begins where the customer's last one ended",
            ("Movements", whole),
            ("Agree", whole - len(chained)),
            unit="count",
            rows=tuple(
                _movement(
                    row,
                    "It does not begin where the one before it ended: one is missing or changed.",
                    row["before_minor"],
                    row["reached"],
                )
                for row in chained[:MOST]
            ),
        )
        yield self._committed(currency)
        yield self._kept(currency)

    def _committed(self, currency: str) -> AuditLine:
        suspects = [row for row in self.leaving if row["currency"] == currency]
        owners = {row["customer_id"] for row in suspects[:MOST_FOLDED]}
        faults = tuple(f for f in self._refolded.faults(owners) if f.kind == "runway")
        runway = self.runway.get(currency, 0)
        short = sum((f.right or 0) - (f.stored or 0) for f in faults)
        left = len(suspects) - MOST_FOLDED
        return _line(
            "committed",
            currency,
            "MRR − committed MRR is the sum of the runway",
            ("What each subscription loses", runway + short),
            ("Sum of the runway", runway),
            rows=faults[:MOST],
            failed=bool(faults),
            note=f"{left} more were not compared with their events." if left > 0 else "",
        )

    def _kept(self, currency: str) -> AuditLine:
        keys = sorted(k for k in {*self.kept, *self.counted} if k[6] == currency)
        wrong = [key for key in keys if self.kept.get(key) != self.counted.get(key)]
        return _line(
            "kept_sums",
            currency,
            "The sums that are kept are the sums of the rows",
            ("Sums", len(keys)),
            ("Agree", len(keys) - len(wrong)),
            unit="count",
            rows=tuple(
                AtFault(
                    "kept sum",
                    " ".join(part for part in (*key[:2], *key[3:5], key[7]) if part),
                    None,
                    "Its rows sum to something else.",
                    _minor(self.kept.get(key)),
                    _minor(self.counted.get(key)),
                )
                for key in wrong[:MOST]
            ),
        )

    def _faults(self, wrong: list[Any]) -> Iterator[AtFault]:
        """The rows of the customers that differ; the customer where no row can be named."""
        few = wrong[:MOST]
        by_customer: defaultdict[str | None, list[AtFault]] = defaultdict(list)
        for fault in self._refolded.faults([row["customer_id"] for row in few]):
            by_customer[fault.customer_id].append(fault)
        for row in few:
            yield from by_customer[row["customer_id"]] or [
                AtFault(
                    "customer",
                    row["customer_id"],
                    row["customer_id"],
                    "Its movements and its subscriptions differ.",
                    int(row["moved"]),
                    int(row["counted"]),
                )
            ]


def _line(
    slug: str,
    currency: str,
    claim: str,
    left: tuple[str, int],
    right: tuple[str, int],
    *,
    unit: Any = "money",
    rows: tuple[AtFault, ...] = (),
    failed: bool = False,
    note: str = "",
) -> AuditLine:
    ok = left[1] == right[1] and not failed
    return AuditLine(
        slug, currency, claim, *left, *right, unit, ok, rows=() if ok else rows, note=note
    )


def _movement(row: Any, words: str, stored: int, right: int) -> AtFault:
    return AtFault(
        "movement", row["movement_id"], row["customer_id"], words, int(stored), int(right)
    )


def _added(cells: Iterable[Any]) -> Amounts:
    found_: defaultdict[str, int] = defaultdict(int)
    for cell in cells:
        found_[cell["currency"] or ""] += int(cell["mrr_minor"])
    return dict(found_)


def _of_policy(sums: dict[tuple[str, ...], Any], policy: str) -> dict[tuple[str, ...], Any]:
    return {key: value for key, value in sums.items() if key[2] in ("", policy)}


def _minor(sums: tuple[int, ...] | None) -> int:
    return sums[2] if sums else 0
