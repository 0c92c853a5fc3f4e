"""From a customer's fold to the rows of the derived tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .access import decide, ends_at, past_due_since, period_end
from .fold import CustomerFold, last_known_plan
from .invoices import invoice_rows
from .movements import account
from .observations import State
from .policy import LIVE, Discounts, counted, overdue_at, winding_down
from .rows import CustomerRow, ProjectionRows, SubscriptionRow
from .runway import runway_rows
from .trail import ObjectFold
from .value import CannotValue, item_values, licensed


def project(fold: CustomerFold) -> ProjectionRows:
    """Every derived row of one customer. Equal folds give equal rows.

    Raises NeedsHistory for a fold that goes on from a standing which cannot tell.
    """
    earlier = fold.earlier
    seconds = [o.last_second for o in fold.all]
    last_second = max(seconds if earlier is None else [*seconds, earlier.last_second])
    org_id = org_of(fold)
    valued = [
        (*subscription_row(fold, subscription), subscription.state)
        for subscription in fold.of("subscription").values()
        if subscription.state is not None
    ]
    accounted = account(fold)
    ahead = [runway_rows(fold, row, state) for row, _, state in valued]
    awaiting = sorted(
        accounted.awaiting.union(
            *(missing for _, missing, _ in valued), *(missing for _, missing in ahead)
        )
    )
    return ProjectionRows(
        customer=_customer_row(fold, org_id, last_second, awaiting),
        entitlement=decide(fold, org_id, last_second),
        subscriptions=tuple(row for row, _, _ in valued),
        invoices=tuple(invoice_rows(fold)),
        movements=accounted.rows,
        runway=tuple(row for rows, _ in ahead for row in rows),
        ledger=None if fold.heard else accounted.ledger,
        whole=earlier is None,
    )


def org_of(fold: CustomerFold) -> str | None:
    """The organization: from the customer's metadata, a subscription's, or Checkout's reference."""
    customers = fold.states("customer").values()
    subscriptions = sorted(
        fold.states("subscription").items(), key=lambda pair: (pair[1]["created"] or 0, pair[0])
    )
    checkouts = fold.states("checkout").values()
    return next(
        filter(
            None,
            (
                *(state["org_id"] for state in customers),
                *(state["org_id"] for _, state in subscriptions),
                *(state["org_id"] or state["client_reference_id"] for state in checkouts),
            ),
        ),
        None,
    )


def _customer_row(
    fold: CustomerFold, org_id: str | None, last_second: int, awaiting: Iterable[str]
) -> CustomerRow:
    folded = fold.of("customer").get(fold.customer_id)
    state: State = (folded.state if folded else None) or {}
    keys = " ".join(awaiting)
    return CustomerRow(
        customer_id=fold.customer_id,
        org_id=org_id,
        email=state.get("email"),
        name=state.get("name"),
        currency=state.get("currency"),
        locale=state.get("locale"),
        created_at=state.get("created"),
        deleted=bool(state.get("deleted")),
        delinquent=bool(state.get("delinquent")),
        balance_minor=state.get("balance") or 0,
        default_payment_method=state.get("default_payment_method"),
        last_second=last_second,
        needs_reread=any(o.ambiguous and not o.terminal for o in fold.all),
        gaps=sum(o.gaps for o in fold.all) + (fold.earlier.gaps if fold.earlier else 0),
        awaiting=f" {keys} " if keys else "",
    )


def subscription_row(
    fold: CustomerFold, subscription: ObjectFold
) -> tuple[SubscriptionRow, tuple[str, ...]]:
    """The row of one subscription, and the references that its value still waits for."""
    state = subscription.state
    if state is None:
        raise ValueError("a subscription without a state has no row")
    rules = fold.rules
    choice = last_known_plan(subscription.steps, rules.catalog)
    values, note, missing = _values(fold, state)
    value = None if values is None else sum(values)
    item = choice.item or {"price": {}, "quantity": None}
    since = past_due_since(subscription)
    counts = counted(state, rules.policy) and not _overdue(since, fold)
    row = SubscriptionRow(
        subscription_id=subscription.object_id,
        customer_id=fold.customer_id,
        status=state["status"],
        live=state["status"] in LIVE,
        plan=choice.plan.slug if choice.plan else None,
        plan_rank=choice.plan.rank if choice.plan else -1,
        plan_resolved=choice.resolved,
        interval=item["price"].get("interval"),
        interval_count=item["price"].get("interval_count"),
        currency=state["currency"],
        collection_method=state["collection_method"],
        quantity=item["quantity"],
        item_count=len(state["items"]),
        metered=any(i["price"].get("usage_type") == "metered" for i in state["items"]),
        items=_items(fold, state, values),
        mrr_minor=(value if counts else 0),
        value_minor=value,
        gross_minor=_otherwise(fold, state, "none", value),
        discounted_minor=_otherwise(fold, state, "all", value),
        mrr_note=note if counts else None,
        current_period_start=_period_start(state),
        current_period_end=period_end(state),
        cancel_at=state["cancel_at"],
        cancel_at_period_end=bool(state["cancel_at_period_end"]),
        winding_down=winding_down(state),
        ends_at=ends_at(state),
        requested_at=state["canceled_at"],
        ended_at=state["ended_at"],
        reason=state["reason"],
        feedback=state["feedback"],
        comment=state["comment"],
        trial_start=state["trial_start"],
        trial_end=state["trial_end"],
        pause_behavior=state["pause"]["behavior"] if state["pause"] else None,
        resumes_at=state["pause"]["resumes_at"] if state["pause"] else None,
        schedule=state["schedule"],
        past_due_since=since,
        start_date=state["start_date"],
        created_at=state["created"],
        latest_invoice=state["latest_invoice"],
        default_payment_method=state["default_payment_method"],
        event_id=subscription.steps[-1].event_id,
        last_second=subscription.last_second,
        certainty=subscription.steps[-1].certainty,
    )
    return row, missing


def _values(
    fold: CustomerFold, state: State
) -> tuple[list[int] | None, str | None, tuple[str, ...]]:
    """Monthly minor units of each item; or None, why not, and what is awaited."""
    try:
        known, taken = fold.states("discount"), fold.rules.policy.discounts
        values = item_values(state, known, taken, fold.rules.references)
    except CannotValue as problem:
        return None, str(problem), (problem.awaiting,) if problem.awaiting else ()
    return values, None, ()


def _otherwise(fold: CustomerFold, state: State, taken: Discounts, value: int | None) -> int | None:
    """The monthly value with other discounts ``taken`` off than the policy does, if any."""
    if taken == fold.rules.policy.discounts:
        return value
    if not (state["discounts"] or any(item["discounts"] for item in state["items"])):
        return value
    try:
        return sum(item_values(state, fold.states("discount"), taken, fold.rules.references))
    except CannotValue:
        return None


def _overdue(since: int | None, fold: CustomerFold) -> bool:
    """Whether it has been past due for longer than the policy keeps it, at the fold's own time."""
    leaves = overdue_at(since, fold.rules.policy)
    return leaves is not None and fold.rules.until is not None and leaves <= fold.rules.until


def _items(fold: CustomerFold, state: State, values: list[int] | None) -> list[dict[str, Any]]:
    rows = []
    for index, item in enumerate(state["items"]):
        price = item["price"]
        plan = fold.rules.catalog.plan_of(price)
        rows.append(
            {
                "id": item["id"],
                "price": price["id"],
                "lookup_key": price["lookup_key"],
                "product": price["product"],
                "plan": plan.slug if plan else None,
                "quantity": item["quantity"],
                "interval": price["interval"],
                "interval_count": price["interval_count"],
                "licensed": licensed(item),
                "tax_inclusive": price.get("tax_behavior") == "inclusive",
                "unit_amount_decimal": price["unit_amount_decimal"],
                "period_start": item["period_start"],
                "period_end": item["period_end"],
                "value_minor": values[index] if values is not None else None,
            }
        )
    return rows


def _period_start(state: State) -> int | None:
    starts = [i["period_start"] for i in state["items"] if i["period_start"] is not None]
    return max(starts) if starts else None
