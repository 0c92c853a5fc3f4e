"""What changed in the fake company since somebody was last here."""

from __future__ import annotations

from collections.abc import Collection

from lib.billing import (
    Change,
    ChangeItem,
    Changes,
    Listing,
    Permission,
    Role,
    Sum,
    permissions_of,
)
from lib.billing.domain.changes import GROUPS, LISTED

NOW = 1_795_316_400
DAY = 86_400
MANY = 12
HOSTILE = "![pixel](http://evil.test/name.png)"


class FakeChanges:
    """Answers like `lib.billing.changes_desk`. ``quiet``: nothing happened since. ``toured``: who
    looks has had the tour; ``last_here``: when they were here before."""

    quiet: bool = False
    toured: bool = True
    last_here: int | None = None
    away: bool
    asked_changes: int = 0

    def staff_choices(self, staff: str, *, roles: Collection[Role]) -> dict[str, str]:
        found: dict[str, str] = {"tour": "left"} if self.toured else {}
        if self.last_here is not None:
            found["last_here"] = f"- {self.last_here}"
        return found | super().staff_choices(staff, roles=roles)  # type: ignore[misc]

    def changes(self, since: int, *, roles: Collection[Role]) -> Changes:
        self.asked_changes += 1
        may = permissions_of(roles)
        groups = [] if self.quiet else [self._group(name, may) for name in GROUPS]
        moved = (Sum("usd", 40, 120_400), Sum("eur", 2, -1_200))
        return Changes(
            since,
            NOW,
            tuple(group for group in groups if group.group != "closed" or Permission.MONEY in may),
            moved if Permission.TOTALS in may and not self.quiet else (),
            ("2026-10",) if Permission.MONEY in may and not self.quiet else (),
        )

    def _group(self, name: str, may: Collection[Permission]) -> Change:
        n = GROUPS.index(name)
        if name not in LISTED:
            return Change(name, n - len(LISTED) + 1)
        minor = -2_900 if name in ("contraction", "churn", "scheduled") else 2_900
        sums = (Sum("usd", MANY, MANY * minor),)
        return Change(name, MANY, sums if Permission.TOTALS in may else ())

    def changed(
        self,
        group: str,
        starts: int,
        ends: int,
        *,
        roles: Collection[Role],
        limit: int = 25,
        offset: int = 0,
    ) -> Listing[ChangeItem]:
        totals = Permission.TOTALS in permissions_of(roles)
        found = [
            ChangeItem(
                at=NOW - i * 3_600,
                customer_id=f"cus_{i:04d}",
                object_id=f"{group}_{i:04d}",
                name=HOSTILE if i == 3 else f"Company {i}",
                email=f"billing{i}@customer{i}.invalid",
                currency="usd",
                minor=2_900 if totals else None,
                from_plan="starter",
                to_plan="pro" if group == "expansion" else None,
                from_interval="month",
                to_interval="month" if group == "expansion" else None,
                reason="too_expensive" if group in ("churn", "scheduled") else None,
                number=f"PORT-{i:04d}" if group in ("failed", "recovered") else None,
            )
            for i in range(MANY)
        ]
        rows = tuple(found[offset : offset + limit])
        return Listing(rows, len(found), (Sum("usd", MANY, 34_800),) if totals else (), (), {})
