"""What Stripe would have told of one customer: a life of plans, invoices, failures and ends.

What happens is decided by the seed of the life alone; who it happens to, and how much later, by the
person. So one life that is folded can be stamped out for many people.
"""

from __future__ import annotations

import copy
import random
from typing import Any, Final

from .people import Person

Raw = dict[str, Any]
START: Final = 1_704_067_200  # 2024-01-01
HOUR: Final = 3_600
DAY: Final = 86_400
MONTH: Final = 30 * DAY
_PRICES: Final = {
    "usd": {"starter_monthly": 900, "pro_monthly": 2900, "business_monthly": 9900},
    "eur": {"starter_monthly_eur": 900, "pro_monthly_eur": 2700, "business_monthly_eur": 9500},
}
_DECLINES: Final = ("insufficient_funds", "expired_card", "generic_decline", "do_not_honor")
_REASONS: Final = ("too_expensive", "missing_features", "unused", "switched_service", "other")


class Life:
    """``events`` are in true order. ``months``: of the longest subscription."""

    def __init__(self, seed: int, person: Person, months: int) -> None:
        self.random = rng = random.Random(seed)
        self.token = person.token
        self.customer = f"cus_{person.token}"
        self.currency = rng.choice(["usd", "usd", "eur"])
        self.now = START + rng.randrange(60) * DAY + rng.randrange(DAY) + person.shift
        self.events: list[Raw] = []
        self._counts: dict[str, int] = {}
        self._tell("customer.created", self._customer(person))
        if rng.random() < 0.96:
            self._subscribe(rng.randint(1, months))

    def _subscribe(self, months: int) -> None:
        rng = self.random
        self.now += rng.randrange(HOUR, 5 * DAY)
        trial = rng.random() < 0.2
        subscription = self._subscription(trial)
        self._tell("customer.subscription.created", subscription)
        if trial:
            self.now += 14 * DAY
            self._change(subscription, status="active", items=self._items(subscription))
        for month in range(months):
            if not self._bill(subscription, last=month == months - 1):
                return
            if rng.random() < 0.45:
                self.now += rng.randrange(2 * HOUR, 9 * DAY)
                self._change(subscription, items=self._items(subscription, moved=True))
            if rng.random() < 0.06 and month < months - 1:
                self._leave(subscription)
                if rng.random() < 0.4:
                    self.now += rng.randrange(5 * DAY, 80 * DAY)
                    self._subscribe(max(months - month - 2, 1))
                return
            self.now += MONTH - rng.randrange(10 * DAY)
        if rng.random() < 0.1:
            self._ask_to_leave(subscription)

    def _bill(self, subscription: Raw, *, last: bool) -> bool:
        """One month's invoice; False when it was never paid and the subscription ended by that."""
        rng = self.random
        amount = sum(
            i["quantity"] * i["price"]["unit_amount"] for i in subscription["items"]["data"]
        )
        invoice = self._invoice(subscription, amount)
        self._tell("invoice.finalized", invoice)
        self.now += HOUR
        if rng.random() < 0.1:
            self._fail(invoice)
            if last or rng.random() < 0.3:
                self._change(subscription, status="past_due")
                if last:
                    return True
                self.now += 21 * DAY
                self._end(subscription, "payment_failed", None)
                return False
            self.now += 3 * DAY
        invoice |= {"status": "paid", "amount_paid": amount, "amount_remaining": 0}
        invoice |= {"attempted": True, "attempt_count": invoice["attempt_count"] + 1}
        invoice |= {"next_payment_attempt": None}
        invoice["status_transitions"] = invoice["status_transitions"] | {"paid_at": self.now}
        self._tell("invoice.paid", invoice)
        self._change(subscription, latest_invoice=invoice["id"])
        return True

    def _fail(self, invoice: Raw) -> None:
        invoice |= {
            "attempted": True,
            "attempt_count": 1,
            "next_payment_attempt": self.now + 3 * DAY,
        }
        self._tell("invoice.payment_failed", invoice)
        code = self.random.choice(_DECLINES)
        self._tell(
            "payment_intent.payment_failed",
            {
                "id": invoice["id"].replace("in_", "pi_"),
                "object": "payment_intent",
                "amount": invoice["total"],
                "currency": self.currency,
                "customer": self.customer,
                "invoice": invoice["id"],
                "last_payment_error": {
                    "type": "card_error",
                    "code": "card_declined",
                    "decline_code": code,
                    "message": "Declined.",
                },
                "status": "requires_payment_method",
            },
        )

    def _ask_to_leave(self, subscription: Raw) -> None:
        self.now += self.random.randrange(HOUR, 5 * DAY)
        details = {"comment": None, "feedback": self.random.choice(_REASONS)}
        details |= {"reason": "cancellation_requested"}
        asked = {"cancel_at_period_end": True, "canceled_at": self.now}
        self._change(subscription, **asked, cancellation_details=details)

    def _leave(self, subscription: Raw) -> None:
        self._ask_to_leave(subscription)
        self.now = subscription["items"]["data"][0]["current_period_end"]
        feedback = subscription["cancellation_details"]["feedback"]
        self._end(subscription, "cancellation_requested", feedback)

    def _end(self, subscription: Raw, reason: str, feedback: str | None) -> None:
        subscription |= {"status": "canceled", "ended_at": self.now}
        subscription["canceled_at"] = subscription["canceled_at"] or self.now
        details = {"comment": None, "feedback": feedback, "reason": reason}
        subscription["cancellation_details"] = details
        self._tell("customer.subscription.deleted", subscription)

    def _change(self, subscription: Raw, **changes: Any) -> None:
        previous = {key: subscription[key] for key in changes if subscription[key] != changes[key]}
        if previous:
            subscription |= changes
            self._tell("customer.subscription.updated", subscription, previous)

    def _tell(self, kind: str, obj: Raw, previous: Raw | None = None) -> None:
        data: Raw = {"object": copy.deepcopy(obj)}
        if previous is not None:
            data["previous_attributes"] = copy.deepcopy(previous)
        self.events.append(
            {
                "id": self._name("evt"),
                "object": "event",
                "api_version": "2026-10-28.endive",
                "created": self.now,
                "livemode": False,
                "type": kind,
                "data": data,
            }
        )

    def _name(self, prefix: str) -> str:
        count = self._counts[prefix] = self._counts.get(prefix, 0) + 1
        return f"{prefix}_{self.token}{count:03}"

    def _customer(self, person: Person) -> Raw:
        return {
            "id": self.customer,
            "object": "customer",
            "balance": 0,
            "created": self.now,
            "currency": self.currency,
            "default_source": None,
            "delinquent": False,
            "email": person.email,
            "invoice_settings": {"default_payment_method": None},
            "livemode": False,
            "metadata": {"org_id": person.org},
            "name": person.name,
            "preferred_locales": [self.random.choice(["de", "en", "fr"])],
        }

    def _subscription(self, trial: bool) -> Raw:
        name = self._name("sub")
        ends = self.now + 14 * DAY if trial else None
        made = {
            "id": name,
            "object": "subscription",
            "cancel_at": None,
            "cancel_at_period_end": False,
            "canceled_at": None,
            "cancellation_details": {"comment": None, "feedback": None, "reason": None},
            "collection_method": "charge_automatically",
            "created": self.now,
            "currency": self.currency,
            "customer": self.customer,
            "default_payment_method": None,
            "discounts": [],
            "ended_at": None,
            "items": {"object": "list", "data": [], "has_more": False},
            "latest_invoice": None,
            "livemode": False,
            "metadata": {},
            "pause_collection": None,
            "schedule": None,
            "start_date": self.now,
            "status": "trialing" if trial else "active",
            "trial_end": ends,
            "trial_start": self.now if trial else None,
        }
        return made | {"items": self._items(made, moved=True)}

    def _items(self, subscription: Raw, *, moved: bool = False) -> Raw:
        """The subscription's one item in a period that begins now; ``moved``: to what it will."""
        rng = self.random
        known = subscription["items"]["data"]
        if moved or not known:
            priced, quantity = self._price(), rng.choice([1, 1, 2, 3, 5])
        else:
            priced, quantity = known[0]["price"], known[0]["quantity"]
        item = {
            "id": subscription["id"].replace("sub_", "si_"),
            "object": "subscription_item",
            "current_period_end": self.now + MONTH,
            "current_period_start": self.now,
            "discounts": [],
            "price": priced,
            "quantity": quantity,
        }
        return {"object": "list", "data": [item], "has_more": False}

    def _price(self) -> Raw:
        prices = _PRICES[self.currency]
        key = self.random.choice(list(prices))
        return {
            "id": f"price_{key}",
            "object": "price",
            "active": True,
            "billing_scheme": "per_unit",
            "currency": self.currency,
            "lookup_key": key,
            "product": f"prod_{key.partition('_')[0]}",
            "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
            "type": "recurring",
            "unit_amount": prices[key],
            "unit_amount_decimal": str(prices[key]),
        }

    def _invoice(self, subscription: Raw, amount: int) -> Raw:
        name = self._name("in")
        address = f"https://invoice.example/{name}"
        return {
            "id": name,
            "object": "invoice",
            "amount_due": amount,
            "amount_paid": 0,
            "amount_remaining": amount,
            "attempt_count": 0,
            "attempted": False,
            "auto_advance": True,
            "billing_reason": "subscription_cycle",
            "collection_method": "charge_automatically",
            "created": self.now,
            "currency": self.currency,
            "customer": self.customer,
            "discounts": [],
            "due_date": None,
            "hosted_invoice_url": address,
            "invoice_pdf": f"{address}/pdf",
            "next_payment_attempt": self.now + HOUR,
            "number": f"{self.token.upper()}-{self._counts['in']:04}",
            "parent": {
                "type": "subscription_details",
                "subscription_details": {"subscription": subscription["id"], "metadata": {}},
            },
            "period_start": self.now - MONTH,
            "period_end": self.now,
            "status": "open",
            "status_transitions": {
                "finalized_at": self.now,
                "marked_uncollectible_at": None,
                "paid_at": None,
                "voided_at": None,
            },
            "total": amount,
            "total_taxes": [],
        }
