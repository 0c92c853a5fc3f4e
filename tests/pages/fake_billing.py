"""A small company as a facade object: every state, two currencies, and the names nobody wants.

Nothing in it is random. Pages get it through `dashboard.session.use`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from lib.billing import (
    Access,
    Attempt,
    Bar,
    Choice,
    Correction,
    CustomerRow,
    CustomerView,
    DatabaseUnavailable,
    FailedPaymentItem,
    FeatureUse,
    Filters,
    Form,
    Freshness,
    InvoiceRow,
    LimitUse,
    LinkOptions,
    LinkProgress,
    LinkRefused,
    LinkRequest,
    LinkSeen,
    Listing,
    MintedLink,
    NoCustomer,
    Overview,
    OverviewCurrency,
    Permission,
    PlanCustomerItem,
    PlanMixItem,
    Point,
    Role,
    ScheduleAhead,
    SearchHit,
    SearchPage,
    Source,
    SubscriptionRow,
    Sum,
    WindingDownItem,
    require,
)
from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.flows import Flow
from lib.billing.domain.follow_ups import FollowUp
from lib.billing.files import Written
from tests.pages.fake_bridge import FakeBridge
from tests.pages.fake_catalogue import FakeCatalogue
from tests.pages.fake_changes import FakeChanges
from tests.pages.fake_close import FakeClose
from tests.pages.fake_desk import FakeDesk
from tests.pages.fake_ending import FakeEnding
from tests.pages.fake_founders import FakeFounders
from tests.pages.fake_invoices import FakeInvoices
from tests.pages.fake_mix import FakeMix
from tests.pages.fake_money import FakeMoney
from tests.pages.fake_portal import FakePortal
from tests.pages.fake_retention import FakeRetention
from tests.pages.fake_sync import FakeSync

NOW = 1_795_316_400  # Sunday 22 November 2026, 03:00 UTC
DAY = 86_400
MONDAY = NOW - 3 * 3600 - 6 * DAY
SINCE = NOW - 400 * DAY
URL = "https://billing.example.invalid/p/session/secret_once"

NAMES = (
    "Harbour Lane Bakery",
    "Nordlicht Analytics",
    "Quiet River Studio",
    "Fjordline Freight",
    "Amber & Oak Interiors",
    "Saltmarsh Robotics",
    "Copper Kettle Roasters",
    "Bluebell Care Homes",
    "Tidewater Legal",
    "Paper Crane Learning",
)
HOSTILE = (
    "![pixel](http://evil.test/name.png)",
    '=HYPERLINK("http://evil.test/","Click")',
    "<img src=http://evil.test/x.png onerror=alert(1)>",
    "[Reset your password](http://evil.test/login)",
    "**Bold** `code` $E=mc^2$ :material/home: :red[red]",
)
ATTEMPTS = (
    Attempt(1, NOW - 4 * DAY, False, "insufficient_funds", NOW - 2 * DAY),
    Attempt(2, NOW - 2 * DAY, False, "lost_card", None, final=True),
)
REASONS = ("too_expensive", "missing_features", "switched_service", "unused", None)
PLANS = ("pro", "starter", "business")
VALUES = {"starter": 900, "pro": 2900, "business": 9900}


def name(index: int) -> str:
    return HOSTILE[index % 5] if index % 4 == 3 else NAMES[index % len(NAMES)]


def customer_id(index: int) -> str:
    return f"cus_{index:04d}"


@dataclass
class FakeBilling(
    FakeChanges,
    FakePortal,
    FakeDesk,
    FakeSync,
    FakeInvoices,
    FakeClose,
    FakeMoney,
    FakeBridge,
    FakeRetention,
    FakeCatalogue,
    FakeFounders,
    FakeEnding,
    FakeMix,
):
    """Answers like `lib.billing.Portside` over sixty customers; ``empty`` has none at all."""

    empty: bool = False
    stale: bool = False
    minted: list[LinkRequest] = field(default_factory=list)
    refuse: bool = False
    followed: tuple[tuple[int, str, str], ...] = ()
    watermark_now: int = 41
    clock: int = NOW
    asked_progress: int = 0
    choices: tuple[Choice, ...] = ()
    away: bool = False
    api_ready: bool = True
    came_back: tuple[Correction, ...] = ()
    planned: tuple[ScheduleAhead, ...] = ()
    staffed: dict[str, frozenset[Role]] = field(default_factory=dict)  # by e-mail or group
    reporting: str | None = None
    rate_missing: bool = False
    broken: bool = False
    behind: int | None = None
    audited: list[tuple[str, str, str | None]] = field(default_factory=list)
    details: list[str | None] = field(default_factory=list)  # of what was audited

    catalog = parse_catalog(Path("catalog.toml").read_text(encoding="utf-8"))
    timezone = "UTC"
    livemode = False
    answers_several = False

    def now(self) -> int:
        return self.clock

    def watermark(self) -> int:
        return self.watermark_now

    def freshness(self) -> Freshness:
        if self.away:
            raise DatabaseUnavailable("The database does not answer. Nothing was lost; try again.")
        seen = None if self.empty else NOW - (7300 if self.stale else 42)
        mark, ready, behind = self.watermark_now, self.api_ready, self.behind
        return Freshness(NOW, seen, seen, False, mark, ready, self.stale, 0, behind)

    def roles_of(self, email: str, groups: Collection[str] = ()) -> frozenset[Role]:
        named = (email, *groups)
        return frozenset().union(*(self.staffed.get(name, frozenset()) for name in named))

    def record_audit(
        self,
        staff: str,
        action: str,
        *,
        detail: str | None = None,
        customer_id: str | None = None,
        code: str | None = None,
        once: str | None = None,
    ) -> None:
        self.audited.append((action, staff, code))
        self.details.append(detail)

    # lists

    def _ending(self) -> list[WindingDownItem]:
        return [
            WindingDownItem(
                customer_id=customer_id(i),
                org_id=f"org_{i}",
                email=f"billing{i}@customer{i}.invalid",
                name=name(i),
                subscription_id=f"sub_{i:04d}",
                plan=PLANS[i % 3],
                interval="year" if i % 5 == 0 else "month",
                interval_count=1,
                status="past_due" if i % 9 == 0 else "active",
                mrr_minor=VALUES[PLANS[i % 3]],
                currency="eur" if i % 4 == 0 else "usd",
                ends_at=NOW + (i - 1) * 2 * DAY + 7200,
                requested_at=NOW - (i + 3) * DAY,
                reason="cancellation_requested",
                feedback=REASONS[i % 5],
                comment="=1+1"
                if i % 6 == 0
                else ("![x](http://evil.test/c.png)" if i % 7 == 0 else None),
                overdue=i == 0,
                event_id=f"evt_{i:04d}",
            )
            for i in range(0 if self.empty else 40)
        ]

    def _failing(self) -> list[FailedPaymentItem]:
        codes = ("insufficient_funds", "expired_card", "generic_decline", "lost_card", None)
        words = (
            "There was not enough money in the account",
            "The card has expired",
            "The bank declined without a reason",
            "The card is reported lost",
            "Stripe has not said why",
        )
        return [
            FailedPaymentItem(
                customer_id=customer_id(i),
                org_id=None,
                email=f"billing{i}@customer{i}.invalid",
                name=name(i),
                subscription_id=f"sub_{i:04d}",
                invoice_id=f"in_{i:04d}",
                number=f"PORT-{i:04d}",
                plan=PLANS[i % 3],
                status="past_due",
                amount_remaining_minor=VALUES[PLANS[i % 3]] * (12 if i % 5 == 0 else 1),
                currency="eur" if i % 4 == 0 else "usd",
                attempt_count=i % 4 + 1,
                next_attempt_at=None if i % 4 == 3 else NOW + (i + 1) * 7000,
                final_attempt=i % 4 == 3,
                decline_code=codes[i % 5],
                decline_words=words[i % 5],
                sensitive=codes[i % 5] == "lost_card",
                failed_at=NOW - (i + 1) * DAY // 2,
                age_days=(i + 1) // 2,
                days_left=max(13 - i // 2, 0),
                mrr_minor=VALUES[PLANS[i % 3]],
                suggested_flow="payment_method_update" if i % 2 else "pay_invoice",
                hosted_invoice_url=f"https://invoice.example.invalid/i/{i}",
                event_id=f"evt_f{i:04d}",
                advice="Ask for another payment method, and do not say why."
                if codes[i % 5] == "lost_card"
                else "This card will not do: send the link that takes another payment method.",
            )
            for i in range(0 if self.empty else 31)
        ]

    def winding_down(self, filters: Filters = Filters()) -> Listing[WindingDownItem]:  # noqa: B008
        everything = self._ending()
        found = [item for item in everything if _fits(item, filters)]
        if filters.starts is not None:
            found = [i for i in found if filters.starts <= (i.ends_at or 0) < (filters.ends or 0)]
        if filters.sort == "mrr_minor":
            found.sort(key=lambda i: i.mrr_minor or 0, reverse=filters.descending)
        weeks: dict[tuple[int, str], list[int]] = {}
        for item in found:
            week = MONDAY + ((item.ends_at or 0) - MONDAY) // (7 * DAY) * 7 * DAY
            cell = weeks.setdefault((week, item.currency or ""), [0, 0])
            cell[0] += 1
            cell[1] += item.mrr_minor or 0
        bars = [
            Bar(_iso(week), code, count, amount, week, week + 7 * DAY)
            for (week, code), (count, amount) in sorted(weeks.items())
        ]
        return _listing(found, filters, bars, [i.mrr_minor or 0 for i in found], everything)

    def failed_payments(self, filters: Filters = Filters()) -> Listing[FailedPaymentItem]:  # noqa: B008
        everything = self._failing()
        found = [item for item in everything if _fits(item, filters)]
        causes: dict[tuple[str, str], list[int]] = {}
        for item in found:
            cell = causes.setdefault((item.decline_code or "", item.currency or ""), [0, 0])
            cell[0] += 1
            cell[1] += item.amount_remaining_minor
        bars = [Bar(k, code, n, amount) for (k, code), (n, amount) in causes.items()]
        return _listing(found, filters, bars, [i.amount_remaining_minor for i in found], everything)

    def plan_mix(self, filters: Filters = Filters()) -> Listing[PlanMixItem]:  # noqa: B008
        cells = [
            ("pro", "month", 1, "usd", 240),
            ("business", "month", 1, "usd", 61),
            ("starter", "month", 1, "usd", 310),
            ("pro", "year", 1, "usd", 90),
            ("business", "year", 1, "usd", 34),
            ("starter", "week", 1, "usd", 12),
            ("pro", "month", 3, "usd", 9),
            (None, "month", 1, "usd", 2),
            ("pro", "month", 1, "eur", 80),
            ("starter", "month", 1, "eur", 55),
        ]
        rows = [
            PlanMixItem(
                plan=plan,
                plan_name=self.catalog.plan(plan).name if plan else "Not in the catalogue",
                interval=interval,
                interval_count=count,
                currency=currency,
                subscriptions=n + 2,
                customers=n,
                mrr_minor=n * VALUES.get(plan or "", 4500),
                share=round(n * VALUES.get(plan or "", 4500) / 2_300_000, 6),
            )
            for plan, interval, count, currency, n in ([] if self.empty else cells)
        ]
        found = [
            row
            for row in rows
            if (not filters.currencies or row.currency in filters.currencies)
            and (not filters.plans or (row.plan or "") in filters.plans)
        ]
        plans: dict[tuple[str, str], list[int]] = {}
        for row in found:
            cell = plans.setdefault((row.plan or "", row.currency), [0, 0])
            cell[0] += row.customers
            cell[1] += row.mrr_minor
        bars = [Bar(plan, code, n, amount) for (plan, code), (n, amount) in plans.items()]
        return Listing(
            tuple(found),
            len(found),
            _sums(found, [row.mrr_minor for row in found]),
            tuple(bars),
            {
                "plans": PLANS,
                "currencies": ("eur", "usd"),
                "intervals": ("month", "3 month", "year"),
            },
        )

    def plan_customers(self, filters: Filters = Filters()) -> Listing[PlanCustomerItem]:  # noqa: B008
        found = [
            PlanCustomerItem(
                customer_id=customer_id(i),
                org_id=f"org_{i}",
                email=f"billing{i}@customer{i}.invalid",
                name=name(i),
                subscription_id=f"sub_{i:04d}",
                plan=None if i == 7 else PLANS[i % 3],
                interval="month",
                interval_count=1,
                status="active",
                winding_down=i % 9 == 0,
                mrr_minor=VALUES[PLANS[i % 3]],
                currency="usd",
                start_date=NOW - (i + 3) * 9 * DAY,
            )
            for i in range(0 if self.empty else 60)
            if not filters.plans or ("" if i == 7 else PLANS[i % 3]) in filters.plans
        ]
        if not filters.currencies or "usd" in filters.currencies:
            return _listing(found, filters, [], [i.mrr_minor for i in found], [])
        return _listing([], filters, [], [], [])

    def overview(self) -> Overview:
        if self.empty:
            return Overview(())
        return Overview(
            tuple(
                OverviewCurrency(
                    currency=code,
                    mrr_minor=mrr,
                    committed_minor=mrr - 90_000,
                    paying_customers=people,
                    winding_down=Sum(code, 30, 90_000),
                    at_risk=Sum(code, 21, 61_500),
                    uncounted=0,
                    month_delta_minor=43_100,
                    sparkline=tuple(
                        Point(NOW - (30 - d) * DAY, mrr - (30 - d) * 2_100 + (d % 4) * 1_900)
                        for d in range(31)
                    ),
                )
                for code, mrr, people in (("usd", 2_013_400, 755), ("eur", 281_500, 135))
            ),
        )

    # one customer

    def search(self, text: str, *, limit: int = 20, offset: int = 0) -> SearchPage:
        needle = text.lower()
        found = [
            SearchHit(
                customer_id(i),
                name(i),
                f"billing{i}@customer{i}.invalid",
                f"org_{i}",
                "pro",
                "active",
                "winding_down",
                True,
                "name",
                name(i),
                "Pro",
                NOW + 86_400 * i,
            )
            for i in range(40)
            if needle in name(i).lower()
            or needle in f"billing{i}@customer{i}.invalid {customer_id(i)}"
        ]
        return SearchPage(tuple(found[offset : offset + limit]), len(found), False, None)

    def customer(self, wanted: str, *, at: int | None = None) -> CustomerView:
        if self.empty or not wanted.startswith("cus_"):
            raise NoCustomer.named(wanted)
        if at is not None and at < SINCE:
            raise NoCustomer(f"Nothing of {wanted} was known then: choose a later time.")
        i = int(wanted[4:])
        ends = NOW + 20 * DAY
        sentence = "Pro until 12 December 2026: the subscription is winding down."
        access = Access(
            wanted,
            f"org_{i}",
            "pro",
            "winding_down",
            True,
            ends,
            "active",
            False,
            ends,
            ends,
            ("advanced_analytics", "api_access", "projects"),
            {"seats": 10},
            f"sub_{i:04d}",
            "evt_0042",
            sentence,
            "Undoing the cancellation before the end keeps the plan.",
        )
        return CustomerView(
            customer=CustomerRow(
                customer_id=wanted,
                org_id=f"org_{i}",
                email=f"billing{i}@customer{i}.invalid",
                name=name(i),
                currency="usd",
                locale="en-US",
                created_at=NOW - 400 * DAY,
                deleted=False,
                delinquent=False,
                balance_minor=0,
                default_payment_method=None,
                last_second=NOW - DAY,
                needs_reread=False,
                gaps=0,
                awaiting="",
            ),
            access=access,
            access_sentence=sentence,
            plan_name="Pro",
            feature_names=("Advanced analytics", "API access", "Unlimited projects"),
            at=NOW if at is None else at,
            subscriptions=(_subscription(i, ends),),
            invoices=tuple(_invoice(i, n) for n in range(3)),
            links=(LinkSeen(NOW - DAY, "support@demo.invalid", "home", "Asked", "T-1", "acted"),),
            same_org=(),
            balances={},
            corrections=self.came_back,
            schedules=self.planned,
            known_since=SINCE,
            features=(
                FeatureUse("api_access", "API access", (Source("Pro", f"sub_{i:04d}"),)),
                FeatureUse("projects", "Unlimited projects", (Source("Free", None),)),
            ),
            limits=(LimitUse("seats", 10, (Source("Pro", f"sub_{i:04d}"),)),),
            attempts={f"in_{i}_0": ATTEMPTS},
        )

    # links

    def link_options(self, wanted: str) -> LinkOptions:
        sub = f"sub_{wanted[4:]}"
        return LinkOptions(
            "Winding down: Pro ends on 12 December 2026 unless the cancellation is undone.",
            (
                choice("renew", "Renew subscription", subscription_id=sub, recommended=True),
                choice("home", "Open customer portal"),
                choice("payment_method_update", "Update payment method"),
                choice("login_page", "Portal login page"),
                *self.choices,
                choice(
                    "subscription_cancel",
                    "Cancel subscription",
                    allowed=False,
                    code="already_winding_down",
                    reason="The subscription is already winding down.",
                    subscription_id=sub,
                ),
                choice(
                    "checkout",
                    "Start a subscription",
                    allowed=False,
                    code="already_subscribed",
                    reason="A subscription is live: a second one would be a duplicate.",
                ),
            ),
        )

    def mint_link(self, request: LinkRequest) -> MintedLink:
        require(request.roles, Permission.LINKS)
        if self.refuse:
            raise LinkRefused("The subscription is already winding down.")
        self.minted.append(request)
        return MintedLink(
            "lnk_1",
            URL,
            request.flow,
            "Renew subscription",
            "the portal's home",
            NOW,
            NOW + 300,
            True,
        )

    def link_progress(self, link_id: str) -> LinkProgress:
        steps = tuple(FollowUp(at, sentence, event_id) for at, sentence, event_id in self.followed)
        self.asked_progress += 1
        outcome = "acted" if steps else "no_change_seen" if self.clock > NOW + 3_900 else "waiting"
        return LinkProgress(outcome, steps, NOW + 3_900)

    def export_file(self, name: str, narrowing: Any, form: Form, out: BinaryIO) -> Written:
        """Every subscription that ends, whatever is wanted; no row of one that is away."""
        if self.away:
            raise DatabaseUnavailable("The database does not answer. Nothing was lost; try again.")
        ids = [item.subscription_id for item in self._ending()]
        out.write("".join(f"{line}\n" for line in ("subscription_id", *ids)).encode())
        return Written(form, len(ids))


def choice(flow: str, label: str, **rest: Any) -> Choice:
    given: dict[str, Any] = {"allowed": True, **rest}
    return Choice(flow=Flow(flow), label=label, destination="the portal's page", **given)


def _fits(item: Any, filters: Filters) -> bool:
    reason = item.feedback if isinstance(item, WindingDownItem) else item.decline_code
    return (
        (
            not filters.text
            or filters.text.lower()
            in f"{item.name} {item.email} {getattr(item, 'invoice_id', '')}".lower()
        )
        and (not filters.plans or item.plan in filters.plans)
        and (not filters.currencies or item.currency in filters.currencies)
        and (not filters.reasons or reason in filters.reasons)
    )


def _listing(
    found: list[Any], filters: Filters, bars: list[Bar], amounts: list[int], everything: list[Any]
) -> Listing[Any]:
    reasons = {getattr(i, "feedback", None) or getattr(i, "decline_code", None) for i in everything}
    return Listing(
        tuple(found[filters.offset : filters.offset + filters.limit]),
        len(found),
        _sums(found, amounts),
        tuple(bars),
        {
            "plans": PLANS,
            "currencies": ("eur", "usd"),
            "reasons": tuple(sorted(reason for reason in reasons if reason)),
        },
    )


def _sums(found: list[Any], amounts: list[int]) -> tuple[Sum, ...]:
    sums: dict[str, Sum] = {}
    for item, amount in zip(found, amounts, strict=True):
        part = sums.get(item.currency, Sum(item.currency, 0, 0))
        sums[item.currency] = replace(
            part, count=part.count + 1, amount_minor=part.amount_minor + amount
        )
    return tuple(sums[code] for code in sorted(sums))


def _iso(second: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(second, UTC).date().isoformat()


def _subscription(i: int, ends: int) -> SubscriptionRow:
    return SubscriptionRow(
        subscription_id=f"sub_{i:04d}",
        customer_id=customer_id(i),
        status="active",
        live=True,
        plan="pro",
        plan_rank=20,
        plan_resolved=True,
        interval="month",
        interval_count=1,
        currency="usd",
        collection_method="charge_automatically",
        quantity=3,
        item_count=1,
        metered=False,
        items=[],
        mrr_minor=8700,
        value_minor=8700,
        gross_minor=8700,
        discounted_minor=8700,
        mrr_note=None,
        current_period_start=NOW - 10 * DAY,
        current_period_end=ends,
        cancel_at=ends,
        cancel_at_period_end=False,
        winding_down=True,
        ends_at=ends,
        requested_at=NOW - DAY,
        ended_at=None,
        reason="cancellation_requested",
        feedback="too_expensive",
        comment="=cmd|' /C calc'!A0",
        trial_start=None,
        trial_end=None,
        pause_behavior=None,
        resumes_at=None,
        schedule=None,
        past_due_since=None,
        start_date=NOW - 300 * DAY,
        created_at=NOW - 300 * DAY,
        latest_invoice="in_1",
        default_payment_method=None,
        event_id="evt_0042",
        last_second=NOW - DAY,
        certainty="proven",
    )


def _invoice(i: int, n: int) -> InvoiceRow:
    return InvoiceRow(
        invoice_id=f"in_{i}_{n}",
        customer_id=customer_id(i),
        subscription_id=f"sub_{i:04d}",
        number=f"PORT-{i:02d}{n:02d}",
        status="open" if n == 0 else "paid",
        currency="usd",
        collection_method="charge_automatically",
        billing_reason="subscription_cycle",
        total_minor=8700,
        tax_minor=0,
        amount_due_minor=8700,
        amount_paid_minor=0 if n == 0 else 8700,
        amount_remaining_minor=8700 if n == 0 else 0,
        created_at=NOW - n * 30 * DAY,
        due_at=None,
        finalized_at=NOW - n * 30 * DAY,
        paid_at=None if n == 0 else NOW - n * 30 * DAY,
        voided_at=None,
        uncollectible_at=None,
        attempt_count=1,
        next_attempt_at=NOW + DAY if n == 0 else None,
        auto_advance=True,
        failed_at=NOW - DAY if n == 0 else None,
        failing=n == 0,
        failure_code="card_declined" if n == 0 else None,
        decline_code="insufficient_funds" if n == 0 else None,
        hosted_invoice_url="https://invoice.example.invalid/i/1",
        pdf="https://invoice.example.invalid/i/1/pdf",
        event_id=f"evt_in_{n}",
        credited_minor=0,
        refunded_minor=0,
        disputed_minor=0,
        dispute_status=None,
    )
