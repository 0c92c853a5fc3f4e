"""Subscription schedules: phases of items that take effect at set times."""

from __future__ import annotations

from typing import Any

from lib.sandbox import due
from lib.sandbox.billing import calendar, items, subscription_changes
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.params import merge_metadata

Object = dict[str, Any]
Phases = list[dict[str, Any]]


def create(sandbox: Sandbox, params: Object) -> Object:
    """From a live subscription (``from_subscription``), or for a customer with ``phases``."""
    if params.get("from_subscription"):
        return _from_subscription(sandbox, params)
    if not params.get("customer"):
        raise SandboxError.missing_parameter("customer")
    if not params.get("phases"):
        raise SandboxError.missing_parameter("phases")
    customer = sandbox.get("customer", params["customer"], param="customer")
    start = params.get("start_date")
    now = sandbox.now()
    begins = now if start in (None, "now") else int(start or now)
    schedule = _blank(sandbox, customer, params, sandbox.settings.billing_mode)
    schedule["phases"] = _phases(sandbox, params["phases"], begins, None)
    schedule["status"] = "not_started"
    sandbox.put(schedule)
    if begins <= now:
        _begin(sandbox, schedule)
    sandbox.emit("subscription_schedule.created", schedule)
    return schedule


def update(sandbox: Sandbox, id: str, params: Object) -> Object:
    """Replace the phases (the current one must stay first), end behaviour or metadata."""
    schedule = _open(sandbox, id, "update")
    before = sandbox.snapshot(schedule)
    if params.get("phases"):
        start = schedule["phases"][0]["start_date"]
        schedule["phases"] = _phases(sandbox, params["phases"], start, schedule["current_phase"])
        current = _phase_at(schedule, sandbox.now())
        if schedule["status"] == "active" and current is not None:
            schedule["current_phase"] = _span(current)
            subscription = sandbox.get("subscription", schedule["subscription"])
            if not _matches(subscription, current):
                behaviour = params.get("proration_behavior") or "create_prorations"
                _apply(sandbox, schedule, current, behaviour)
    if params.get("end_behavior"):
        schedule["end_behavior"] = params["end_behavior"]
    if "metadata" in params:
        schedule["metadata"] = merge_metadata(schedule["metadata"], params["metadata"])
    sandbox.update(schedule, before, "subscription_schedule.updated")
    return schedule


def release(sandbox: Sandbox, id: str, params: Object | None = None) -> Object:
    """Leave the subscription as it is, without the schedule."""
    schedule = _open(sandbox, id, "release")
    schedule.update(
        status="released",
        released_at=sandbox.now(),
        released_subscription=schedule["subscription"],
        current_phase=None,
    )
    subscription_id = schedule["subscription"]
    schedule["subscription"] = None
    sandbox.put(schedule)
    _free(sandbox, subscription_id)
    sandbox.emit("subscription_schedule.released", schedule)
    return schedule


def cancel(sandbox: Sandbox, id: str, params: Object | None = None) -> Object:
    """Cancel the schedule and its subscription at once."""
    schedule = _open(sandbox, id, "cancel")
    subscription_id = schedule["subscription"]
    subscription_ended(sandbox, id)
    if subscription_id is not None:
        _free(sandbox, subscription_id, quiet=True)
        subscription_changes.cancel(sandbox, subscription_id, params or {})
    return schedule


def subscription_ended(sandbox: Sandbox, id: str) -> None:
    """The subscription is over, and so is its schedule."""
    schedule = sandbox.get("subscription_schedule", id)
    if schedule["status"] in ("active", "not_started"):
        schedule.update(status="canceled", canceled_at=sandbox.now(), current_phase=None)
        sandbox.put(schedule)
        sandbox.emit("subscription_schedule.canceled", schedule)


def _from_subscription(sandbox: Sandbox, params: Object) -> Object:
    if params.get("phases") or params.get("customer"):
        raise SandboxError(
            "You cannot set `phases` or `customer` if `from_subscription` is set.",
            param="from_subscription",
        )
    id = params["from_subscription"]
    subscription = sandbox.get("subscription", id, param="from_subscription")
    if subscription["schedule"] is not None:
        raise SandboxError(
            f"You cannot migrate a subscription that is already attached to a schedule: {id}",
            param="from_subscription",
        )
    if subscription["status"] in ("canceled", "incomplete_expired", "incomplete"):
        raise SandboxError(
            f"You cannot migrate a subscription with status {subscription['status']}.",
            param="from_subscription",
        )
    customer = sandbox.get("customer", subscription["customer"])
    schedule = _blank(sandbox, customer, params, subscription["billing_mode"]["type"])
    held = subscription["items"]["data"]
    phase = _phase(
        [_held(item) for item in held],
        subscription["currency"],
        min(item["current_period_start"] for item in held),
        min(item["current_period_end"] for item in held),
        metadata=dict(subscription["metadata"]),
    )
    phase["discounts"] = [
        {"coupon": None, "discount": id, "promotion_code": None} for id in subscription["discounts"]
    ]
    schedule.update(phases=[phase], current_phase=_span(phase), status="active", subscription=id)
    sandbox.put(schedule)
    before = sandbox.snapshot(subscription)
    subscription["schedule"] = schedule["id"]
    sandbox.update(subscription, before, "customer.subscription.updated")
    sandbox.emit("subscription_schedule.created", schedule)
    return schedule


def _blank(sandbox: Sandbox, customer: Object, params: Object, mode: str) -> Object:
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


def _phases(sandbox: Sandbox, given: Phases, start: int, current: Object | None) -> Phases:
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
        built = _phase(
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


def _phase(
    entries: list[Object], currency: str, start: int, end: int, *, metadata: Object
) -> Object:
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


def _held(item: Object) -> Object:
    return _entry(item["price"]["id"], item.get("quantity"), {"metadata": item["metadata"]})


def _span(phase: Object) -> Object:
    return {"end_date": phase["end_date"], "start_date": phase["start_date"]}


def _phase_at(schedule: Object, now: int) -> Object | None:
    for phase in schedule["phases"]:
        if phase["start_date"] <= now < phase["end_date"]:
            found: Object = phase
            return found
    return None


def _matches(subscription: Object, phase: Object) -> bool:
    held = {i["price"]["id"]: i.get("quantity") for i in subscription["items"]["data"]}
    return held == {entry["price"]: entry.get("quantity") for entry in phase["items"]}


def _apply(sandbox: Sandbox, schedule: Object, phase: Object, behaviour: str) -> None:
    """Make the subscription's items those of ``phase``."""
    subscription = sandbox.get("subscription", schedule["subscription"])
    left = {item["id"]: item for item in subscription["items"]["data"]}
    entries: list[Object] = []
    for wanted in phase["items"]:
        same = next((i for i in left.values() if i["price"]["id"] == wanted["price"]), None)
        item = same or (next(iter(left.values())) if left else None)
        entry: Object = {"price": wanted["price"], "quantity": wanted.get("quantity")}
        if item is not None:
            entry["id"] = item["id"]
            del left[item["id"]]
        entries.append(entry)
    entries += [{"id": id, "deleted": True} for id in left]
    over = min(i["current_period_end"] for i in subscription["items"]["data"]) <= sandbox.now()
    params: Object = {"items": entries, "proration_behavior": "none" if over else behaviour}
    if over:
        _swap_at_boundary(sandbox, subscription, entries)
        return
    subscription_id = subscription["id"]
    subscription["schedule"] = None
    subscription_changes.update(sandbox, subscription_id, params)
    subscription["schedule"] = schedule["id"]
    sandbox.put(subscription)


def _swap_at_boundary(sandbox: Sandbox, subscription: Object, entries: list[Object]) -> None:
    """At the end of a period only the items change; the renewal that follows bills them."""
    now = sandbox.now()
    before = sandbox.snapshot(subscription)
    ends = {i["id"]: i["current_period_end"] for i in subscription["items"]["data"]}
    changed = items.change(sandbox, subscription, entries)
    rhythm_changed = any(not item["current_period_end"] and item["id"] in ends for item in changed)
    for item in changed:
        if not item["current_period_end"]:
            item["current_period_end"] = ends.get(item["id"], now)
            item["current_period_start"] = item["current_period_start"] or now
    subscription["items"]["data"] = changed
    if rhythm_changed:
        subscription["billing_cycle_anchor"] = now
    sandbox.update(subscription, before, "customer.subscription.updated")


def _begin(sandbox: Sandbox, schedule: Object) -> None:
    """A schedule for a customer makes its subscription when its first phase starts."""
    from lib.sandbox.billing import subscriptions

    phase = schedule["phases"][0]
    subscription = subscriptions.create(
        sandbox,
        {
            "customer": schedule["customer"],
            "items": [
                {"price": entry["price"], "quantity": entry.get("quantity")}
                for entry in phase["items"]
            ],
            "billing_mode": {"type": schedule["billing_mode"]["type"]},
        },
    )
    before = sandbox.snapshot(subscription)
    subscription["schedule"] = schedule["id"]
    sandbox.update(subscription, before, "customer.subscription.updated")
    schedule.update(status="active", subscription=subscription["id"], current_phase=_span(phase))
    sandbox.put(schedule)


def _free(sandbox: Sandbox, subscription_id: str | None, *, quiet: bool = False) -> None:
    subscription = sandbox.peek("subscription", subscription_id)
    if subscription is None:
        return
    before = sandbox.snapshot(subscription)
    subscription["schedule"] = None
    if quiet:
        sandbox.put(subscription)
    else:
        sandbox.update(subscription, before, "customer.subscription.updated")


def _open(sandbox: Sandbox, id: str, verb: str) -> Object:
    schedule = sandbox.get("subscription_schedule", id)
    if schedule["status"] not in ("active", "not_started"):
        raise SandboxError(
            f"You cannot {verb} a subscription schedule that is currently in the "
            f"`{schedule['status']}` status. Only schedules in the `not_started` or `active` "
            "status can be changed."
        )
    return schedule


def _due_at(schedule: Object) -> int | None:
    if schedule["status"] == "not_started":
        start: int = schedule["phases"][0]["start_date"]
        return start
    end: int = schedule["current_phase"]["end_date"]
    return end


def _act(sandbox: Sandbox, schedule: Object) -> None:
    if schedule["status"] == "not_started":
        _begin(sandbox, schedule)
        sandbox.emit("subscription_schedule.updated", schedule)
        return
    phase = _phase_at(schedule, sandbox.now())
    if phase is not None:
        before = sandbox.snapshot(schedule)
        schedule["current_phase"] = _span(phase)
        _apply(sandbox, schedule, phase, phase["proration_behavior"])
        sandbox.update(schedule, before, "subscription_schedule.updated")
        return
    _finish(sandbox, schedule)


def _finish(sandbox: Sandbox, schedule: Object) -> None:
    """After the last phase: release the subscription, or end it."""
    subscription_id = schedule["subscription"]
    if schedule["end_behavior"] == "cancel":
        schedule.update(status="completed", completed_at=sandbox.now(), current_phase=None)
        sandbox.put(schedule)
        sandbox.emit("subscription_schedule.completed", schedule)
        _free(sandbox, subscription_id, quiet=True)
        subscription_changes.cancel(sandbox, subscription_id, {})
        return
    release(sandbox, schedule["id"])


due.register("subscription_schedule", _due_at, _act, {"active", "not_started"}, rank=1)
