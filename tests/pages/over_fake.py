"""The dashboard in a process of its own over the fake company: `python -m tests.pages.over_fake`.

The first argument is a file with the name of the world that is shown: plain; money, where only the
company's sums are others; or staff, where only what staff wrote and made for customers is.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from streamlit.web import cli

from dashboard import session
from lib.billing import (
    CustomerView,
    Filters,
    InvoiceFilters,
    LinkOptions,
    LinkSeen,
    Linted,
    Listing,
    Overview,
    Owed,
    PlanPrices,
    Recovery,
    Role,
    RollForward,
    StaffNote,
)
from tests.pages.fake_billing import NOW, FakeBilling

TIMES = 7


@dataclass
class Worlds(FakeBilling):
    chosen: Path = field(default_factory=Path)
    shown: str = ""

    @property
    def world(self) -> str:
        return self.chosen.read_text()

    def watermark(self) -> int:
        return self._mark()

    def freshness(self) -> Any:
        if self.world != self.shown:
            # Another world is another company: what was cached of one is not the other's.
            self.shown = self.world
            session.use(self)  # type: ignore[arg-type]
        return replace(super().freshness(), watermark=self._mark())

    def _mark(self) -> int:
        return ["plain", "money", "staff"].index(self.world)

    def overview(self) -> Overview:
        found = super().overview()
        if self.world != "money":
            return found
        return replace(
            found,
            currencies=tuple(
                replace(
                    money,
                    mrr_minor=money.mrr_minor * TIMES,
                    committed_minor=money.committed_minor * TIMES,
                    paying_customers=money.paying_customers * TIMES,
                    month_delta_minor=(money.month_delta_minor or 0) * TIMES,
                )
                for money in found.currencies
            ),
        )

    def winding_down(self, filters: Filters = Filters()) -> Listing[Any]:  # noqa: B008
        return self._sums_only(super().winding_down(filters))

    def failed_payments(self, filters: Filters = Filters()) -> Listing[Any]:  # noqa: B008
        return self._sums_only(super().failed_payments(filters))

    def plan_mix(self, filters: Filters = Filters()) -> Listing[Any]:  # noqa: B008
        found = self._sums_only(super().plan_mix(filters))
        if self.world != "money":
            return found
        rows = tuple(replace(row, mrr_minor=row.mrr_minor * TIMES) for row in found.rows)
        return replace(found, rows=rows)

    def roll_forward(self, currency: str | None, **asked: Any) -> RollForward:
        found = super().roll_forward(currency, **asked)
        if self.world != "money":
            return found
        lines = (replace(ln, closing_minor=(ln.closing_minor or 0) * TIMES) for ln in found.lines)
        return replace(found, lines=tuple(lines))

    def invoices(self, filters: InvoiceFilters = InvoiceFilters()) -> Listing[Any]:  # noqa: B008
        return self._sums_only(super().invoices(filters))

    def plan_prices(self, *, totals: bool, ask: bool = True) -> PlanPrices:
        found = super().plan_prices(totals=totals, ask=ask)
        if self.world != "money":
            return found
        return replace(
            found,
            lines=tuple(replace(each, customers=_more(each.customers)) for each in found.lines),
            held=tuple(
                replace(each, customers=_more(each.customers), mrr_minor=_more(each.mrr_minor))
                for each in found.held
            ),
        )

    def plan_findings(self, *, totals: bool) -> Linted:
        found = super().plan_findings(totals=totals)
        if self.world != "money" or not totals:
            return found
        more = (replace(f, sentence=f.sentence.replace("17", "119")) for f in found.findings)
        return replace(found, findings=tuple(more))

    def owed(self) -> list[Owed]:
        found = super().owed()
        if self.world != "money":
            return found
        return [replace(o, open=replace(o.open, amount_minor=o.open.amount_minor * TIMES),
                        buckets=tuple(replace(b, amount_minor=b.amount_minor * TIMES)
                                      for b in o.buckets)) for o in found]  # fmt: skip

    def recovery(self, *, by: str = "month", cash: bool = False) -> list[Recovery]:
        found = super().recovery(by=by, cash=cash)
        if self.world != "money":
            return found
        return [replace(r, recovered_minor=r.recovered_minor + TIMES) for r in found]

    def _sums_only(self, found: Listing[Any]) -> Listing[Any]:
        if self.world != "money":
            return found
        return replace(
            found,
            sums=tuple(replace(s, amount_minor=s.amount_minor * TIMES) for s in found.sums),
            bars=tuple(replace(b, amount_minor=b.amount_minor * TIMES) for b in found.bars),
        )

    def customer(self, wanted: str, *, at: int | None = None) -> CustomerView:
        found = super().customer(wanted, at=at)
        if self.world != "staff":
            return found
        made = LinkSeen(NOW - 90, "other@demo.invalid", "renew", "Begged", "T-9", "waiting")
        return replace(found, links=(*found.links, made))

    def notes(self, customer_id: str, **asked: Any) -> Listing[Any]:
        found = super().notes(customer_id, **asked)
        if self.world != "staff":
            return found
        note = StaffNote(1, customer_id, "other@demo.invalid", NOW, "Do not call before noon")
        return replace(found, rows=(note, *found.rows), total=found.total + 1)

    def link_options(self, wanted: str) -> LinkOptions:
        found = super().link_options(wanted)
        return replace(found, sentence="Another sentence.") if self.world == "staff" else found


def _more(number: int | None) -> int | None:
    return None if number is None else number * TIMES


def main() -> None:
    staffed = {role.value: frozenset({role}) for role in Role}
    session.use(Worlds(staffed=staffed, chosen=Path(sys.argv[1])))  # type: ignore[arg-type]
    sys.argv = ["streamlit", "run", *sys.argv[2:]]
    cli.main()


if __name__ == "__main__":
    main()
