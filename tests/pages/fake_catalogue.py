"""The Plans page's part of the fake company: prices in every state, an old version, a candidate."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from lib.billing import (
    Candidate,
    CatalogFinding,
    HeldPrice,
    ImpactKind,
    ImpactRow,
    ImpactRun,
    Linted,
    Listing,
    LoosePrice,
    Permission,
    PlanPrices,
    PriceHolder,
    PriceLine,
    Role,
    StripeUnavailable,
    require,
)
from lib.billing.domain.candidate import mark_of_text, read_candidate
from lib.billing.domain.catalog_findings import in_order
from lib.billing.domain.catalog_lint import findings

NOW = 1_795_316_400
LINES = (
    ("starter", "starter_monthly", "9.00 USD a month", "same", "price_s", "9.00 USD a month", 310),
    ("pro", "pro_monthly", "29.00 USD a month", "differs", "price_p", "27.00 USD a month", 240),
    ("pro", "pro_quarterly", "81.00 USD every 3 months", "missing", None, None, 0),
    ("pro", "pro_yearly", "290.00 USD a year", "archived", "price_y", "290.00 USD a year", 90),
    ("business", "price_kept", "99.00 USD a month", "kept", "price_k", "99.00 USD a month", 4),
)
UNKNOWN_PRICE = CatalogFinding(
    "error",
    "price_in_use_unknown",
    None,
    "old_key (price_x) is in no plan, but held by 17 customers, MRR 493.00 USD: their plan is "
    "unresolved.",
    'Add lookup_key = "old_key" or price_ids = ["price_x"] to a plan.',
)
DIFFERS = CatalogFinding(
    "warning",
    "amount_differs",
    78,
    "pro_monthly (price_p) costs 27.00 USD in Stripe, 29.00 USD in the file.",
    "`portside catalog apply` makes a new version; whoever has the old one keeps it.",
)
HOSTILE = "![pixel](http://evil.test/feature.png)"


@dataclass
class FakeCatalogue:
    """Answers like `lib.billing.plans_desk`. ``impact_state``: how far a comparison is."""

    catalog: ClassVar[Any]

    stripe_sells: bool = True
    impact_state: Any = "done"
    tried_out: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    asked_prices: int = 0

    def plan_prices(self, *, totals: bool, ask: bool = True) -> PlanPrices:
        self.asked_prices += 1
        if ask and not self.stripe_sells:
            raise StripeUnavailable("Stripe did not answer. Try again in a moment.")
        lines = tuple(
            PriceLine(
                plan=plan,
                plan_name=plan.capitalize(),
                name=key,
                line=60 + number,
                terms=terms,
                state=state,
                price_id=price_id,
                live_terms=live,
                customers=people if totals else None,
            )
            for number, (plan, key, terms, state, price_id, live, people) in enumerate(LINES)
        )
        held = HeldPrice(
            "pro",
            "Pro",
            "pro_monthly",
            "price_old",
            "19.00 USD a month",
            "usd",
            False,
            41 if totals else None,
            43 if totals else None,
            81_700 if totals else None,
            2 if totals else None,
        )
        euros = replace(held, currency="eur", customers=3 if totals else None, keyed=True)
        loose = LoosePrice("price_x", "old_key", "29.00 USD a month", True, 17 if totals else None)
        return PlanPrices(lines, (held, euros), (loose,), "Stripe" if ask else "its events")

    def price_holders(
        self, price_id: str, *, limit: int = 25, offset: int = 0
    ) -> Listing[PriceHolder]:
        everyone = [
            PriceHolder(
                customer_id=f"cus_{i:04d}",
                org_id=None,
                email=f"billing{i}@customer{i}.invalid",
                name=HOSTILE if i == 1 else f"Holder {i}",
                subscription_id=f"sub_h{i:04d}",
                plan="pro",
                interval="month",
                interval_count=1,
                status="trialing" if i == 2 else "active",
                winding_down=False,
                mrr_minor=None if i == 2 else 1900,
                currency="usd",
                start_date=NOW - i * 86_400,
            )
            for i in range(43)
        ]
        return Listing(tuple(everyone[offset : offset + limit]), 43, (), (), {})

    def plan_findings(self, *, totals: bool) -> Linted:
        if not self.stripe_sells:
            raise StripeUnavailable("Stripe did not answer. Try again in a moment.")
        said = "A price that customers hold is in no plan: their plan is unresolved."
        unknown = UNKNOWN_PRICE if totals else replace(UNKNOWN_PRICE, sentence=said)
        return Linted((unknown, DIFFERS, *self.file_findings()), "Stripe")

    def file_findings(self) -> tuple[CatalogFinding, ...]:
        return tuple(in_order(findings(self.catalog)))

    def catalog_text(self) -> str:
        return 'default_plan = "free"\n[plans.free]\nname = "Free"\n'

    def try_catalog(self, text: str) -> Candidate:
        read = read_candidate(text)
        prices = sum(len(plan.prices) for plan in read.plans.values())
        return Candidate(
            mark_of_text(text), tuple(in_order(findings(read))), len(read.plans), prices
        )

    def start_impact(self, text: str, *, roles: Collection[Role]) -> str:
        require(roles, Permission.CUSTOMERS)
        read_candidate(text)
        self.tried_out.append(text)
        return f"41-{mark_of_text(text)}"

    def impact_run(self, key: str) -> ImpactRun | None:
        if not self.tried_out:
            return None
        running = self.impact_state in ("waiting", "running")
        done = self.impact_state == "done"
        rows = tuple(
            ImpactRow(
                customer_id=f"cus_{i:04d}",
                who=f"billing{i}@customer{i}.invalid",
                from_plan="pro",
                to_plan="starter",
                gained="",
                lost=HOSTILE if i == 1 else "advanced_analytics",
                limits="seats 10 → 3",
                access="",
                unresolved=i == 2,
            )
            for i in range(41)
        )
        kinds = (
            ImpactKind("plan", "Pro → Starter", 41),
            ImpactKind("unresolved", "Plan unresolved", 1),
            ImpactKind("loses", f"Loses {HOSTILE}", 3),
        )
        return ImpactRun(
            key=key,
            watermark=41,
            state=self.impact_state,
            at=NOW,
            share=0.4 if running else 1.0,
            left=12 if self.impact_state == "running" else None,
            customers=1_204,
            changed=41,
            sentence=f"41 customers change plan, 3 lose {HOSTILE}." if done else "",
            kinds=kinds if done else (),
            rows=rows if done else (),
            names={"pro": "Pro", "starter": "Starter"},
            trouble="The database does not answer." if self.impact_state == "failed" else None,
        )

    def stop_impact(self, key: str) -> None:
        self.stopped.append(key)
        self.impact_state = "stopped"
