"""The Month close page's part of the fake company: September is signed, October is next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

from lib.billing import (
    ClosedMonthView,
    CloseOverview,
    CloseRefused,
    Listing,
    MonthItem,
    MonthMoney,
    NoSuchObject,
    OpenPoint,
    Permission,
    Printed,
    RestatementItem,
    Role,
    SealState,
    Sum,
    require,
)
from lib.billing.domain.close_rules import POINTS

NOW = 1_795_316_400
DAY = 86_400
HOSTILE = "![pixel](http://evil.test/name.png)"
KINDS = ("new", "reactivation", "expansion", "contraction", "churn")
SEAL = "cd" * 32
SIGNED = MonthItem(
    month="2026-09",
    state="closed",
    money=(
        MonthMoney("eur", 100_00, 120_00, 120_00),
        MonthMoney("usd", 500_00, 560_00, 566_00, 6_00, 26, 13),
    ),
    closed_at=NOW - 40 * DAY,
    staff="fin@example.com",
    reason=HOSTILE,
    hash=SEAL,
    changed=("catalogue",),
)


@dataclass
class FakeClose:
    """Answers like `lib.billing.close_desk`."""

    points_open: dict[str, int] = field(default_factory=dict)
    seals_broken: str | None = None
    months_closed: bool = True
    asked_closes: list[tuple[str, str]] = field(default_factory=list)
    closes_checked: int = 0
    refuse_close: str | None = None
    closes_printed: list[tuple[str, str, str]] = field(default_factory=list)

    def closes(self) -> CloseOverview:
        if getattr(self, "empty", False):
            return CloseOverview((), (), (), SealState(0, "0" * 64, None, False))
        running = MonthItem("2026-11", "running", (MonthMoney("usd", 580_00, 590_00, 590_00),))
        following = MonthItem("2026-10", "open", (MonthMoney("usd", 566_00, 580_00, 580_00),))
        first = SIGNED if self.months_closed else replace(following, month="2026-09")
        return CloseOverview(
            months=(running, following, first),
            choices=("2026-10",) if self.months_closed else ("2026-10", "2026-09"),
            points=self.open_points("2026-10"),
            seals=self._seals(rows=False),
        )

    def last_seal(self) -> str:
        return SEAL

    def _seals(self, *, rows: bool) -> SealState:
        return SealState(int(self.months_closed), SEAL, self.seals_broken, rows)

    def open_points(self, month: str) -> tuple[OpenPoint, ...]:
        return tuple(
            OpenPoint(
                p.slug,
                p.label,
                self.points_open.get(p.slug, 0),
                p.blocks,
                p.means,
                p.remedy,
                p.page,
                p.tab,
            )
            for p in POINTS.values()
        )

    def closed_month(self, month: str) -> ClosedMonthView:
        if month != SIGNED.month:
            raise NoSuchObject(f"{month} is not closed.")
        flows: dict[str, Any] = {f"{kind}_minor": 0 for kind in KINDS}
        frozen = {
            "period": month,
            "currency": "usd",
            "opening_minor": 500_00,
            "restated_minor": 1_00,
            **flows,
            "new_minor": 59_00,
            "closing_minor": 560_00,
            "committed_minor": 540_00,
        }
        return ClosedMonthView(
            item=SIGNED,
            timezone="UTC",
            starts=NOW - 80 * DAY,
            ends=NOW - 50 * DAY,
            definitions="ab" * 8,
            reports={
                "mrr": [frozen],
                "customers": [{"currency": "usd", "customers_start": 7, "new": 2, "churn": 1}],
                "billed": [{"currency": "usd", "invoiced_minor": 410_00, "paid_minor": 400_00}],
                "winding-down": [{"currency": "usd", "mrr_minor": 20_00}],
                "agreement": [{"currency": "usd", "difference_minor": 3_00}],
                "plan-mix": [
                    {
                        "plan": HOSTILE,
                        "interval": "month",
                        "interval_count": 1,
                        "currency": "usd",
                        "subscriptions": 2,
                        "customers": 2,
                        "mrr_minor": 557_00,
                        "share": 1.0,
                    }
                ],
            },
            today={
                "usd": flows
                | {"opening_minor": 501_00, "new_minor": 65_00, "closing_minor": 566_00}
            },
            open=(("Open drift", 2),),
        )

    def restatements(
        self, month: str, *, currency: str | None = None, limit: int = 25, offset: int = 0
    ) -> Listing[RestatementItem]:
        causes = ("late_event", "unknown")
        rows = [
            RestatementItem(
                customer_id=f"cus_{n:04d}",
                name=HOSTILE if n % 4 == 3 else f"Customer {n}",
                email=None,
                currency="usd",
                kind=KINDS[n % 5],
                closed_minor=0,
                now_minor=600,
                delta_minor=600,
                cause=causes[n % 2],
                told="Compare the database with a backup." if n % 2 else "It came late.",
                event_id=None if n % 2 else f"evt_{n:04d}",
                type=None if n % 2 else "customer.subscription.updated",
                source=None if n % 2 else "webhook",
                created_at=None if n % 2 else NOW - 60 * DAY,
                received_at=None if n % 2 else NOW - n * 3_600,
                others=n % 3,
            )
            for n in range(26 if currency in (None, "usd") else 0)
        ]
        sums = (Sum("usd", len(rows), 600 * len(rows)),) if rows else ()
        return Listing(tuple(rows[offset : offset + limit]), len(rows), sums, (), {})

    def check_closes(self, *, staff: str, roles: Collection[Role]) -> SealState:
        require(roles, Permission.MONEY)
        self.closes_checked += 1
        return self._seals(rows=True)

    def print_close(
        self, month: str, *, staff: str, roles: Collection[Role], language: str = "en"
    ) -> Printed:
        for needed in (Permission.MONEY, Permission.EXPORT):
            require(roles, needed)
        self.closes_printed.append((month, staff, language))
        return Printed(f"month-close-{month}.html", "<p>Signed</p>")

    def request_close(
        self, month: str, *, staff: str, roles: Collection[Role], reason: str = ""
    ) -> int:
        require(roles, Permission.CLOSE)
        if self.refuse_close:
            raise CloseRefused(self.refuse_close)
        self.asked_closes.append((month, reason))
        return len(self.asked_closes)
