"""The small company's customer page and audit: a story, notes that can be written, raw objects."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, ClassVar

from lib.billing import (
    AuditEntry,
    AuditFilters,
    Catalog,
    ChainState,
    CustomerView,
    Listing,
    Permission,
    Printed,
    RawBody,
    RawObject,
    RawSighting,
    Reply,
    Role,
    SavedView,
    StaffNote,
    TimelineEntry,
    WrongUsage,
    permissions_of,
    require,
)
from lib.billing.domain.saved_views import checked_view
from lib.billing.domain.staff_choices import checked_choice
from lib.billing.domain.staff_notes import checked_note
from lib.billing.replies.reply import compose
from lib.billing.replies.situation import situation_of

NOW = 1_795_316_400
DAY = 86_400
HOSTILE = "![pixel](http://evil.test/name.png)"
STORY: tuple[tuple[Any, str, int | None, int | None], ...] = (
    ("subscription", "Cancellation scheduled for 12 December 2026", None, None),
    ("access", "Pro until 12 December 2026: the subscription is winding down.", None, None),
    ("invoice", "Invoice PORT-0002 paid", None, None),
    ("movement", "Moved from Starter to Pro", 900, 2900),
    ("customer", HOSTILE, None, None),
)
WHOLE = ChainState(42, 42, 42, "ab" * 32, None)
EVERYTHING = AuditFilters()
ACTIONS = (
    ("link.minted", "Link", "Made", "renew", None),
    ("link.refused", "Link", "Refused: A subscription is live.", "checkout", "already_subscribed"),
    ("export", "Export", "Taken away", None, None),
)


@dataclass
class FakeDesk:
    """Answers like `lib.billing.customer_desk` and `lib.billing.audit_desk`."""

    catalog: ClassVar[Any]
    timezone: ClassVar[str]

    written: list[StaffNote] = field(default_factory=list)
    views: list[SavedView] = field(default_factory=list)
    printed: list[tuple[str, str, str]] = field(default_factory=list)
    remembered: dict[tuple[str, str], str] = field(default_factory=dict)
    chain: ChainState = WHOLE
    checked: int = 0
    acts: int = 40

    def timeline(
        self,
        customer_id: str,
        *,
        roles: Collection[Role] = (),
        kinds: Collection[str] = (),
        at: int | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> Listing[TimelineEntry]:
        told = [
            TimelineEntry(NOW - n * DAY, kind, text, f"evt_{n:04d}", None, "usd", before, after)
            for n, (kind, text, before, after) in enumerate(STORY * 8)
        ]
        if Permission.NOTES in permissions_of(roles):
            told.insert(0, TimelineEntry(NOW, "note", f"sam: {HOSTILE}", None))
        shown = [entry for entry in told if not kinds or entry.kind in kinds]
        there = tuple(sorted({entry.kind for entry in told}))
        page = tuple(shown[offset : offset + limit])
        return Listing(page, len(shown), (), (), {"kinds": there})

    def reply(self, view: CustomerView, language: str | None = None) -> Reply:
        catalog: Catalog = self.catalog
        told = situation_of(
            view.access, view.subscriptions, view.invoices, view.balances, catalog, view.at
        )
        return compose(told, language or view.customer.locale, self.timezone)

    def notes(
        self, customer_id: str, *, roles: Collection[Role], limit: int = 20, offset: int = 0
    ) -> Listing[StaffNote]:
        require(roles, Permission.NOTES)
        found = [note for note in reversed(self.written) if note.customer_id == customer_id]
        return Listing(tuple(found[offset : offset + limit]), len(found), (), (), {})

    def add_note(self, customer_id: str, body: str, *, staff: str, roles: Collection[Role]) -> int:
        require(roles, Permission.NOTES)
        number = len(self.written) + 1
        self.written.append(StaffNote(number, customer_id, staff, NOW, checked_note(body)))
        return number

    def print_customer(
        self, customer_id: str, *, staff: str, roles: Collection[Role], **spoken: Any
    ) -> Printed:
        require(roles, Permission.CUSTOMERS)
        self.printed.append((staff, customer_id, spoken.get("language", "en")))
        return Printed(f"{customer_id}.html", f"<!doctype html><title>{customer_id}</title>")

    def saved_views(self, staff: str, *, roles: Collection[Role]) -> tuple[SavedView, ...]:
        own = [view for view in self.views if view.staff == staff]
        return (*own, *(view for view in self.views if view.shared and view.staff != staff))

    def save_view(self, view: SavedView, *, roles: Collection[Role]) -> SavedView:
        view = checked_view(view)
        self.forget_view(view.staff, view.name, roles=roles)
        self.views.append(view)
        return view

    def forget_view(self, staff: str, name: str, *, roles: Collection[Role]) -> None:
        self.views = [view for view in self.views if (view.staff, view.name) != (staff, name)]

    def staff_choices(self, staff: str, *, roles: Collection[Role]) -> dict[str, str]:
        return {name: value for (who, name), value in self.remembered.items() if who == staff}

    def choose(self, staff: str, name: str, value: str, *, roles: Collection[Role]) -> None:
        self.remembered[staff, name] = checked_choice(name, value)

    def raw_objects(self, customer_id: str, *, roles: Collection[Role]) -> list[RawObject]:
        require(roles, Permission.RAW)
        return [RawObject("subscription", "sub_1", 2, NOW)]

    def raw_sightings(
        self, customer_id: str, object_type: str, object_id: str, *, roles: Collection[Role]
    ) -> list[RawSighting]:
        require(roles, Permission.RAW)
        return [RawSighting("evt_1", NOW, NOW, "edge", {"status": "active"}, {"name": HOSTILE})]

    def raw_body(self, event_id: str, *, roles: Collection[Role]) -> RawBody:
        require(roles, Permission.RAW)
        return RawBody(event_id, {"id": event_id, "name": HOSTILE})

    def audit(
        self,
        filters: AuditFilters = EVERYTHING,
        *,
        roles: Collection[Role],
    ) -> Listing[AuditEntry]:
        require(roles, Permission.AUDIT)
        rows = [_act(n) for n in range(self.acts, 0, -1)]
        found = [
            row
            for row in rows
            if (not filters.staff or row.staff in filters.staff)
            and (not filters.actions or row.action in filters.actions)
            and (filters.starts is None or filters.starts <= row.at)
            and (filters.ends is None or row.at < filters.ends)
            and (not filters.customer or filters.customer in (row.name or ""))
        ]
        choices = {
            "staff": tuple(sorted({row.staff for row in rows})),
            "actions": tuple(sorted({row.action for row in rows})),
        }
        page = found[filters.offset : filters.offset + filters.limit]
        return Listing(tuple(page), len(found), (), (), choices)

    def audit_chain(self, *, roles: Collection[Role]) -> ChainState:
        require(roles, Permission.AUDIT)
        return self.chain

    def check_audit(self, *, staff: str, roles: Collection[Role]) -> ChainState:
        require(roles, Permission.AUDIT)
        if not staff:
            raise WrongUsage("A check needs to know who asks for it.")
        self.checked += 1
        return self.chain


def _act(n: int) -> AuditEntry:
    action, what, outcome, flow, code = ACTIONS[n % 3]
    return AuditEntry(
        audit_id=n,
        at=NOW - (41 - n) * DAY // 2,
        staff=f"{('sam', 'ada')[n % 2]}@example.com",
        action=action,
        what=what,
        outcome=outcome,
        flow=flow,
        customer_id="cus_0001" if flow else None,
        name=HOSTILE if flow else None,
        email=None,
        reason=HOSTILE if flow else None,
        ticket=None,
        about=None if flow else "winding-down.csv, 3 rows",
        code=code,
    )
