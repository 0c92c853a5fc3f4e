"""Kinde's events in the shapes that the tests make up, and what they fold to."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from lib.billing.domain.access import judge
from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.fold import Rules, fold_customer
from lib.billing.domain.project import project
from lib.billing.kinde.parse import parse_event

START = 1_790_000_000
DAY = 86_400

CATALOG = parse_catalog(
    """
default_plan = "free"
[plans.starter]
rank = 10
[plans.pro]
rank = 20
features = ["analytics"]
limits = { seats = 10 }
kinde_keys = ["pro_v2", "Pro plan"]
[[plans.pro.prices]]
lookup_key = "pro_monthly"
amount = 2900
interval = "month"
"""
)
RULES = Rules(CATALOG)

_numbers = count(1)


def event(at: int, kind: str, customer: str = "c", /, **data: Any) -> dict[str, Any]:
    """An event ``at`` seconds after the start; ``data`` beside the customer."""
    return {
        "event_id": f"event_{next(_numbers):06d}",
        "type": kind if "." in kind else f"customer.{kind}",
        "event_timestamp": datetime.fromtimestamp(START + at, UTC).isoformat(),
        "source": "api",
        "data": {"customer_id": customer} | data,
    }


def rows(events: list[dict[str, Any]], customer: str = "kinde:c"):
    """Everything derived of one customer."""
    seen = [o for each in events for o in parse_event(each).observations]
    return project(fold_customer(customer, [o for o in seen if o.customer_id == customer], RULES))


def access(events: list[dict[str, Any]], after: int = 0) -> tuple[str, str, bool]:
    """(plan, rule, access) ``after`` seconds from the start."""
    found = judge(rows(events).entitlement, START + after, CATALOG)
    return found.plan, found.rule, found.access
