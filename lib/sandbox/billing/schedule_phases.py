"""The shape of a subscription schedule and of its phases."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import calendar, items
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.params import merge_metadata

Object = dict[str, Any]
Phases = list[dict[str, Any]]


def blank(sandbox: Sandbox, customer: Object, params: Object, mode: str) -> Object:
    return {
        "id": sandbox.new_id("sub_sched"),
        "object": "subscription_schedule",
        "application": None,
        "billing_mode": {
            "flexible": {"proration_discounts": "included"} if mode == "flexible" else None,
            "type": mode,
        },
        "canceled_at": None,
        "completed_at": None,
        "created": sandbox.now(),
        "current_phase": None,
        "customer": customer["id"],
        "customer_account": None,
        "default_settings": {
            "application_fee_percent": None,
            "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
            "billing_cycle_anchor": "automatic",
            "billing_thresholds": None,
            "collection_method": "charge_automatically",
            "default_payment_method": None,
            "description": None,
            "invoice_settings": {
                "account_tax_ids": None,
                "days_until_due": None,
                "issuer": {"type": "self"},
            },
            "on_behalf_of": None,
            "transfer_data": None,
        },
        "end_behavior": params.get("end_behavior") or "release",
        "livemode": False,
        "metadata": merge_metadata({}, params.get("metadata", {})),
        "phases": [],
        "released_at": None,
        "released_subscription": None,
        "status": "active",
        "subscription": None,
        "test_clock": customer["test_clock"],
    }


def complete(sandbox: Sandbox, given: Phases, start: int) -> Phases:
    """Complete phases from a request's: each starts where the one before it ends."""
    made: Phases = []
    begins = start
    for index, phase in enumerate(given):
        place = f"phases[{index}]"
        wanted = phase.get("start_date")
        if isinstance(wanted, int):
            begins = wanted
        elif wanted == "now":
            begins = sandbox.now()
        prices = [items.price_for(sandbox, entry, f"{place}[items]") for entry in phase["items"]]
        end = _end_of(phase, begins, prices[0], place, last=index == len(given) - 1)
        if end == "now":
            end = sandbox.now()
        if end <= begins:
            raise SandboxError(
                "The phase's end_date must be after its start_date.", param=f"{place}[end_date]"
            )
        entries = [
            _entry(price["id"], entry.get("quantity", 1), entry)
            for price, entry in zip(prices, phase["items"], strict=True)
        ]
        built = make(
            entries,
            prices[0]["currency"],
            begins,
            end,
            metadata=merge_metadata({}, phase.get("metadata", {})),
        )
        built["proration_behavior"] = phase.get("proration_behavior") or "create_prorations"
        built["discounts"] = [
            {name: entry.get(name) for name in ("coupon", "discount", "promotion_code")}
            for entry in phase.get("discounts") or []
        ]
        made.append(built)
        begins = end
    return made


def _end_of(phase: Object, begins: int, price: Object, place: str, *, last: bool) -> Any:
    if phase.get("end_date") is not None:
        return phase["end_date"]
    duration = phase.get("duration")
    if duration is None and not last:
        raise SandboxError.missing_parameter(f"{place}[end_date]")
    rhythm = duration or price["recurring"]
    return calendar.add(begins, rhythm["interval"], rhythm.get("interval_count") or 1)


def make(entries: list[Object], currency: str, start: int, end: int, *, metadata: Object) -> Object:
    return {
        "add_invoice_items": [],
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": None,
        "billing_thresholds": None,
        "collection_method": None,
        "currency": currency,
        "default_payment_method": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": [],
        "end_date": end,
        "invoice_settings": None,
        "items": entries,
        "metadata": metadata,
        "on_behalf_of": None,
        "proration_behavior": "create_prorations",
        "start_date": start,
        "transfer_data": None,
        "trial_end": None,
    }


def _entry(price: str, quantity: int | None, entry: Object) -> Object:
    made: Object = {
        "billing_thresholds": None,
        "discounts": [],
        "metadata": merge_metadata({}, entry.get("metadata", {})),
        "price": price,
        "tax_rates": [],
    }
    if quantity is not None:
        made["quantity"] = quantity
    return made


def held(item: Object) -> Object:
    return _entry(item["price"]["id"], item.get("quantity"), {"metadata": item["metadata"]})


def span(phase: Object) -> Object:
    return {"end_date": phase["end_date"], "start_date": phase["start_date"]}


def phase_at(schedule: Object, now: int) -> Object | None:
    for phase in schedule["phases"]:
        if phase["start_date"] <= now < phase["end_date"]:
            found: Object = phase
            return found
    return None


def matches(subscription: Object, phase: Object) -> bool:
    held = {i["price"]["id"]: i.get("quantity") for i in subscription["items"]["data"]}
    return held == {entry["price"]: entry.get("quantity") for entry in phase["items"]}
