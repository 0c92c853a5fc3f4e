"""The Sync page's part of the fake company: differences, gaps, failures, and requests that wait."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from lib.billing import (
    Acknowledgement,
    CatalogStanding,
    DeadLetter,
    Deliveries,
    DeliveryDay,
    EndpointState,
    FailedEvent,
    FieldDifference,
    Finding,
    FindingFilters,
    FindingItem,
    FindingView,
    HappenedToFinding,
    Lag,
    Listing,
    NoSuchObject,
    Permission,
    Reconciliation,
    Role,
    StaffRequest,
    SyncHealth,
    WrongUsage,
    require,
)
from lib.billing.domain.causes import CAUSES

NOW = 1_795_316_400
DAY = 86_400
TODAY = NOW - NOW % DAY
TRAP = "![pixel](http://evil.test/error.png) <img src=x> :red[now]"


@dataclass
class FakeSync:
    """Healthy, unless there are ``drifting`` objects, ``missing`` or ``broken`` events."""

    drifting: int = 0
    missing: int = 0
    broken: int = 0
    never_compared: bool = False
    latest: Reconciliation | None = None  # in place of one that went well two hours ago
    quiet: bool = False  # no webhook at all
    compares_every: int = DAY
    endpoints_up: int = 0  # endpoints of the product that take events
    undelivered: int = 0  # dead letters, of an endpoint that is down
    standing: CatalogStanding = CatalogStanding("one", "one", None)  # noqa: RUF009 - frozen
    asked: list[StaffRequest] = field(default_factory=list)
    left: dict[str, Acknowledgement] = field(default_factory=dict)
    repaired: set[int] = field(default_factory=set)

    def catalog_standing(self) -> CatalogStanding:
        return self.standing

    def health(self) -> SyncHealth:
        drift = [item for item in self._drift() if not item.finding.resolved_at]
        run = Reconciliation(1, NOW - 7_240, NOW - 7_200, False, "", 60, 4, len(drift), 0, None)
        return SyncHealth(
            now=NOW,
            failed=self.broken,
            waiting=self.broken // 2,
            next_retry_at=NOW + 90 if self.broken > 1 else None,
            drift=len(drift),
            drift_acknowledged=sum(item.finding.acknowledged is not None for item in drift),
            gaps=self.missing,
            gaps_acknowledged=0,
            nearest_loss=NOW + 2 * DAY if self.missing else None,
            needing_reread=0,
            last_run=None if self.never_compared else self.latest or run,
            compares_every=self.compares_every,
            dead_letters=self.undelivered,
        )

    def deliveries(self) -> Deliveries:
        if self.quiet:
            none = Lag(NOW - DAY, 0, None, None, 0)
            return Deliveries(none, none, tuple(DeliveryDay(TODAY - n * DAY, {}) for n in (1, 0)))
        fates = {"applied": 400, "stale": 12, "repeated": 7, "ignored": 30}
        return Deliveries(
            day=Lag(NOW - DAY, 449, 2, 41, 0),
            week=Lag(NOW - 7 * DAY, 3_143, 2, 55, 3),
            days=tuple(DeliveryDay(TODAY - n * DAY, fates) for n in range(13, -1, -1)),
        )

    def _drift(self) -> list[FindingItem]:
        return [self._item(number + 1, "drift") for number in range(self.drifting)]

    def _item(self, number: int, kind: str) -> FindingItem:
        customer = f"cus_{number:04d}"
        subject = f"{kind}:{customer}"
        cause = CAUSES["unmapped_price" if number == 3 else "missed_event"]
        found = Finding(
            finding_id=number,
            subject=subject,
            kind="gap" if kind == "gap" else "drift",
            customer_id=customer,
            object_type="subscription",
            object_id=f"sub_{number:04d}",
            field="status",
            projected=None,
            stripe=None,
            cause=cause.slug,
            event_id=f"evt_missing_{number}" if kind == "gap" else None,
            lost_after=NOW + 2 * number * DAY if kind == "gap" else None,
            first_seen_at=NOW - 2 * DAY,
            last_seen_at=NOW - 3_600,
            times=3,
            resolved_at=NOW + 4 if number in self.repaired else None,
            resolution="repaired" if number in self.repaired else None,
            acknowledged=self.left.get(subject),
        )
        found = replace(found, projected="{}", stripe="{}")
        return FindingItem(
            finding=found,
            name=TRAP if number == 2 else f"Customer {number}",
            email=f"billing{number}@example.com",
            means=cause.means,
            remedy=cause.remedy,
            repairable=cause.repairable,
            differences=(
                FieldDifference("comment", TRAP, None),
                FieldDifference("status", "active", "past_due"),
            ),
        )

    def findings(self, filters: FindingFilters) -> Listing[FindingItem]:
        if filters.kinds == ("gap",):
            found = [self._item(101 + number, "gap") for number in range(self.missing)]
        else:
            found = [item for item in self._drift() if not item.finding.resolved_at]
        limit, offset = filters.page
        return Listing(tuple(found[offset : offset + limit]), len(found), (), (), {})

    def finding(self, number: int) -> FindingView:
        if not (1 <= number <= self.drifting or 101 <= number <= 100 + self.missing):
            raise NoSuchObject(f"No finding has the number {number}. Choose one of the list.")
        item = self._item(number, "gap" if number > 100 else "drift")
        told = HappenedToFinding(NOW - 2 * DAY, "First seen.")
        return FindingView(item, (told,))

    def failed_events(self, *, limit: int = 25, offset: int = 0) -> Listing[FailedEvent]:
        found = [
            FailedEvent(
                event_id=f"evt_broken_{number}",
                type="customer.subscription.updated",
                created_at=NOW - number * 60,
                received_at=NOW - number * 50,
                source="webhook",
                error=TRAP if number == 0 else "items: it is not a list",
                attempts=2,
                next_attempt_at=NOW + 90 if number % 2 else None,
            )
            for number in range(self.broken)
        ]
        return Listing(tuple(found[offset : offset + limit]), len(found), (), (), {})

    def endpoints(self) -> list[EndpointState]:
        up = [
            EndpointState(f"shop{n}", f"shop{n}.example", 0, 0, 40, 0, None, None, None)
            for n in range(self.endpoints_up)
        ]
        if self.undelivered:
            why = "It answered 500."
            up.append(
                EndpointState(
                    *("crm", "crm.example", 3, 1, 0, self.undelivered),
                    *(NOW - 7_200, NOW + 600, why),
                )
            )
        return up

    def dead_letters(self, *, limit: int = 25, offset: int = 0) -> Listing[DeadLetter]:
        found = [
            DeadLetter(
                event_id=f"msg_{number}",
                type="customer.plan_changed",
                customer_id=f"cus_{number:04d}",
                endpoint="crm",
                created_at=NOW - 4 * DAY,
                done_at=NOW - DAY,
                attempts=10,
                reason="It answered 500.",
            )
            for number in range(self.undelivered)
        ]
        return Listing(tuple(found[offset : offset + limit]), len(found), (), (), {})

    # what staff ask

    def requests(self) -> list[StaffRequest]:
        return list(reversed(self.asked))

    def request_about(self, subject: str, *, actions: tuple[str, ...] = ()) -> StaffRequest | None:
        return next(
            (r for r in self.requests() if r.subject == subject and r.action in actions), None
        )

    def request_check(
        self, customer_id: str = "", *, staff: str, roles: Collection[Role], reason: str = ""
    ) -> int:
        return self._ask("check", customer_id, staff, roles, reason)

    def request_repair(
        self, customer_id: str = "", *, staff: str, roles: Collection[Role], reason: str = ""
    ) -> int:
        return self._ask("repair", customer_id, staff, roles, reason)

    def request_retry(
        self, event_id: str = "", *, staff: str, roles: Collection[Role], reason: str = ""
    ) -> int:
        return self._ask("retry", event_id, staff, roles, reason)

    def request_ignore(
        self, event_id: str, *, staff: str, roles: Collection[Role], reason: str
    ) -> int:
        if not reason.strip():
            raise WrongUsage("Say why, in a few words.")
        return self._ask("ignore", event_id, staff, roles, reason)

    def request_resend(
        self, subject: str, *, staff: str, roles: Collection[Role], reason: str = ""
    ) -> int:
        return self._ask("resend", subject, staff, roles, reason)

    def acknowledge(
        self, subject: str, *, staff: str, roles: Collection[Role], reason: str, days: int
    ) -> None:
        require(roles, Permission.REPAIR)
        if not reason.strip():
            raise WrongUsage("Say why this finding may stay: the reason is empty.")
        self.left[subject] = Acknowledgement(staff, reason, NOW, NOW + days * DAY)

    def _ask(
        self, action: str, subject: str, staff: str, roles: Collection[Role], reason: str
    ) -> int:
        require(roles, Permission.REPAIR)
        number = len(self.asked) + 1
        self.asked.append(
            StaffRequest(number, NOW, staff, action, subject, reason, "waiting", None, None)
        )
        return number

    def carries_out(self, outcome: str, state: str = "done") -> None:
        """What `portside serve` does with the oldest request that waits."""
        index = next(i for i, request in enumerate(self.asked) if request.state == "waiting")
        self.asked[index] = replace(
            self.asked[index], state=state, outcome=outcome, done_at=NOW + 4
        )
