"""Customers worth printing: one as it is, one who fills both sheets, one who means harm."""

from __future__ import annotations

from itertools import count

from lib.billing.domain.observations import Observation
from tests.domain.states import item, price
from tests.reports.ledger import changed, created, customer, invoice, paying

HOSTILE = '"><img src=x onerror=alert(1)></title></style><script>alert(1)</script>{{ 7 * 7 }}'
URL = "https://invoice.example/1"


def full() -> list[Observation]:
    """Six subscriptions, a dozen open invoices, and a year of changes."""
    who = customer(
        name="Gebrüder Überlang Maschinenbau und Anlagentechnik GmbH & Co. KG",
        email="buchhaltung@gebrueder-ueberlang.example",
        org_id="org_ueberlang",
    )
    found = [created("customer", "cus_full", who, "2026-01-01", "cus_full")]
    numbers = count(1)
    for n in range(6):
        key, state = f"sub_full_{n}", paying()
        found.append(created("subscription", key, state, f"2026-01-{n + 2:02d}", "cus_full"))
        for month in (1, 2, 3):
            after = paying() | {
                "items": [
                    item(
                        price("pro_monthly", "2900"),
                        end=state["items"][0]["period_end"],
                        quantity=month + 1,
                    )
                ]
            }
            found.append(
                changed("subscription", key, state, after, f"2026-{month:02d}-1{n}", "cus_full")
            )
            state = after
            number = next(numbers)
            bill = invoice(number=f"PORT-{number:04d}", subscription=key)
            found.append(
                created("invoice", f"in_full_{number}", bill, f"2026-{month:02d}-2{n}", "cus_full")
            )
    return found


def hostile() -> list[Observation]:
    """Everything that somebody else may write holds markup."""
    who = customer(name=HOSTILE, email=f"{HOSTILE}@example.com", org_id=HOSTILE)
    before = paying()
    after = paying(
        cancel_at=before["items"][0]["period_end"],
        canceled_at=before["created"],
        reason="cancellation_requested",
        feedback=HOSTILE,
        comment=HOSTILE,
    )
    return [
        created("customer", "cus_evil", who, "2026-01-01", "cus_evil"),
        created("subscription", "sub_evil", before, "2026-01-05", "cus_evil"),
        changed("subscription", "sub_evil", before, after, "2026-03-01", "cus_evil"),
        created("invoice", "in_evil", invoice(number=HOSTILE), "2026-03-05", "cus_evil"),
    ]
