"""Who may use what, by which rule, and until when.

`decide` makes the stored row from a fold; it holds no clock. `judge` reads a row at a time: grace
and period ends pass without any event.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from .catalog import Catalog, Plan
from .fold import CustomerFold, choose_plan, last_known_plan
from .grants import INCOMPLETE, Access, Grant
from .observations import State
from .policy import ENDED, winding_down
from .rows import EntitlementRow
from .sentences import sentence, what_would_change
from .times import DAY
from .trail import ObjectFold

_GRANT = tuple(field.name for field in fields(Grant))
_CELLS = attrgetter(*_GRANT)


def decide(fold: CustomerFold, org_id: str | None, at: int) -> EntitlementRow:
    """The stored row of a customer. ``at`` is the second of its newest observation."""
    catalog = fold.rules.catalog
    grants = [
        grant_of(subscription, catalog)
        for subscription in fold.of("subscription").values()
        if subscription.state is not None
    ]
    grants.sort(key=lambda g: (not g.granting, -g.rank, g.created, g.subscription_id))
    chosen = choose(grants, at)
    giving = [grant for grant in grants if grant.gives_at(at)]
    features, limits = _usable(giving, catalog)
    rule = chosen.rule if chosen else "no_subscription"
    if chosen and chosen.gives_at(at) and chosen.unmapped:
        rule = "plan_unresolved"
    entitled = chosen is not None and chosen.rule != "no_subscription"
    return EntitlementRow(
        customer_id=fold.customer_id,
        org_id=org_id,
        plan=_plan_shown(chosen, catalog, bool(giving)),
        rule=rule,
        status=chosen.status if chosen and entitled else None,
        granting=bool(chosen and chosen.granting),
        access_until=_until(chosen),
        past_due_since=chosen.past_due_since if chosen else None,
        cancel_at_period_end=bool(chosen and chosen.cancel_at_period_end),
        cancel_at=chosen.cancel_at if chosen else None,
        current_period_end=chosen.current_period_end if chosen else None,
        features=list(features),
        limits=dict(limits),
        subscription_id=chosen.subscription_id if chosen else None,
        event_id=chosen.event_id if chosen else None,
        grants=[_stored(grant) for grant in grants],
    )


def judge(row: EntitlementRow, now: int, catalog: Catalog, *, timezone: str = "UTC") -> Access:
    """What the row means at ``now`` (unix seconds)."""
    grants = [Grant(**grant) for grant in row.grants]
    chosen = choose(grants, now)
    giving = [grant for grant in grants if grant.gives_at(now)]
    features, limits = _usable(giving, catalog)
    rule = chosen.rule_at(now) if chosen else "no_subscription"
    return Access(
        customer_id=row.customer_id,
        org_id=row.org_id,
        plan=_plan_shown(chosen, catalog, bool(giving)),
        rule=rule,
        access=bool(giving),
        access_until=_until(chosen),
        status=chosen.status if chosen and chosen.rule != "no_subscription" else None,
        cancel_at_period_end=bool(chosen and chosen.cancel_at_period_end),
        cancel_at=chosen.cancel_at if chosen else None,
        current_period_end=chosen.current_period_end if chosen else None,
        features=features,
        limits=limits,
        subscription_id=chosen.subscription_id if chosen else None,
        event_id=chosen.event_id if chosen else None,
        sentence=sentence(chosen, rule, bool(giving), catalog, timezone),
        what_would_change=what_would_change(chosen, rule, catalog, timezone),
        plan_resolved=chosen.resolved if chosen else True,
    )


def merge(accesses: Iterable[Access], catalog: Catalog) -> Access | None:
    """The best of several customers of one organization; None when there is none."""
    ranked = sorted(
        accesses, key=lambda a: (not a.access, -catalog.plan(a.plan).rank, a.customer_id)
    )
    return ranked[0] if ranked else None


def choose(grants: Sequence[Grant], now: int) -> Grant | None:
    """Of those that give access at ``now`` the highest rank; else the one that explains why not."""
    giving = [grant for grant in grants if grant.gives_at(now)]
    if giving:
        return min(giving, key=lambda g: (-g.rank, g.created, g.subscription_id))
    live = [g for g in grants if g.status not in ENDED and g.status not in INCOMPLETE]
    if live:
        return min(live, key=lambda g: (not g.granting, -g.rank, g.created, g.subscription_id))
    ended = [g for g in grants if g.rule == "canceled"]
    if ended:
        return max(ended, key=lambda g: (g.ended_at or 0, g.subscription_id))
    never = [g for g in grants if g.rule == "no_subscription"]
    return min(never, key=lambda g: (-g.created, g.subscription_id)) if never else None


def grant_of(subscription: ObjectFold, catalog: Catalog) -> Grant:
    """What one subscription, as it now is, gives; the first matching rule of the table decides."""
    state = subscription.state
    if state is None:
        raise ValueError("a subscription without a state grants nothing")
    now = choose_plan(state, catalog)
    known = now if now.plan else last_known_plan(subscription.steps, catalog)
    since = past_due_since(subscription)
    rule, granting, until = _rule(state, since, catalog)
    return Grant(
        subscription_id=subscription.object_id,
        status=state["status"],
        rule=rule,
        granting=granting,
        until=until,
        plan=known.plan.slug if known.plan else None,
        unmapped=now.plan is None,
        rank=known.plan.rank if known.plan else -1,
        created=state["created"] or 0,
        past_due_since=since if state["status"] == "past_due" else None,
        cancel_at_period_end=bool(state["cancel_at_period_end"]),
        cancel_at=state["cancel_at"],
        ends_at=ends_at(state),
        current_period_end=period_end(state),
        requested_at=state["canceled_at"],
        ended_at=state["ended_at"] or subscription.steps[-1].effective,
        features=_features(known.plans),
        limits=_highest(known.plans),
        event_id=subscription.steps[-1].event_id,
        resolved=now.resolved,
    )


def _rule(state: State, since: int | None, catalog: Catalog) -> tuple[str, bool, int | None]:
    """(rule, grants before the clock, until when)."""
    status = state["status"]
    end = ends_at(state)
    if status == "canceled":
        return "canceled", False, None
    if status in INCOMPLETE:
        return "no_subscription", False, None
    if status in ("unpaid", "paused"):
        return status, False, None
    if status == "past_due":
        grace = (since or 0) + catalog.policies.past_due_grace_days * DAY
        return "past_due", True, grace if end is None else min(grace, end)
    if status not in ("active", "trialing"):
        # A status that Stripe has added since: nothing is known of it, so nothing is granted.
        return "no_subscription", False, None
    if state["pause"]:
        return "collection_paused", catalog.policies.collection_paused == "access", end
    if winding_down(state):
        return "winding_down", True, end
    return status, True, None


def ends_at(state: State) -> int | None:
    """The scheduled end of a live subscription: `cancel_at`, else the earliest item period end."""
    if not winding_down(state):
        return None
    if state["cancel_at"] is not None:
        return int(state["cancel_at"])
    return period_end(state)


def period_end(state: State) -> int | None:
    """The earliest period end among the items."""
    ends = [item["period_end"] for item in state["items"] if item["period_end"] is not None]
    return min(ends) if ends else None


def past_due_since(subscription: ObjectFold) -> int | None:
    """The effective second at which the present run of past_due began."""
    since = None
    for step in reversed(subscription.steps):
        if step.state is None or step.state["status"] != "past_due":
            break
        since = step.effective
    return since


def _usable(giving: Sequence[Grant], catalog: Catalog) -> tuple[tuple[str, ...], dict[str, int]]:
    """Features are the union, limits the maximum; a plan never known gives the default's."""
    if not giving:
        return tuple(sorted(catalog.default.features)), _highest([catalog.default])
    features: set[str] = set()
    limits: dict[str, int] = {}
    for grant in giving:
        own = grant.features if grant.plan else catalog.default.features
        features.update(own)
        for name, limit in (grant.limits if grant.plan else catalog.default.limits).items():
            limits[name] = max(limit, limits.get(name, limit))
    return tuple(sorted(features)), dict(sorted(limits.items()))


def _features(plans: Sequence[Plan]) -> list[str]:
    return sorted(set().union(*(plan.features for plan in plans)))


def _highest(plans: Sequence[Plan]) -> dict[str, int]:
    if len(plans) == 1:
        return dict(sorted(plans[0].limits.items()))
    limits: dict[str, int] = {}
    for plan in plans:
        for name, limit in plan.limits.items():
            limits[name] = max(limit, limits.get(name, limit))
    return dict(sorted(limits.items()))


def _until(chosen: Grant | None) -> int | None:
    if chosen is None or chosen.rule == "no_subscription":
        return None
    return chosen.ended_at if chosen.rule == "canceled" else chosen.until


def _plan_shown(chosen: Grant | None, catalog: Catalog, giving: bool) -> str:
    if chosen is None or not giving or chosen.plan is None:
        return catalog.default_plan
    return chosen.plan


def _stored(grant: Grant) -> dict[str, Any]:
    plain = dict(zip(_GRANT, _CELLS(grant), strict=True))
    plain["features"], plain["limits"] = list(grant.features), dict(grant.limits)
    return plain
