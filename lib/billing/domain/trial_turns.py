"""What the trials of one customer add to the sums by business day."""

from __future__ import annotations

from .turnover import Added, Sold, Story, Turn, Turnover, add, day_of


def of_trials(story: Story, timezone: str, policy: str) -> Turnover:
    """The trials of a customer: when they began and ended, and which became active."""
    found: Turnover = {}
    for sold in story.sold.values():
        if sold.trial_start is None:
            continue
        currency, day = sold.currency or "", day_of(sold.trial_start, timezone)
        add(found, Turn("trial", day, policy, currency, "started"), Added(1, 0))
        over = _trial_over(sold)
        if over is None or sold.status == "trialing":
            continue  # its end has passed and Stripe's event is awaited
        ended = Turn("trial", day_of(over, timezone), policy, currency, "ended")
        add(found, ended, Added(1, 0))
        if _became_active(sold, story, policy):
            add(found, ended._replace(tag="active"), Added(1, 0))
    return found


def _trial_over(sold: Sold) -> int | None:
    if sold.ended_at is not None and sold.trial_end is not None:
        return min(sold.ended_at, sold.trial_end)
    return sold.trial_end


def _became_active(sold: Sold, story: Story, policy: str) -> bool:
    if sold.status in ("active", "past_due", "unpaid"):
        return True
    if sold.live or sold.ended_at is None or sold.trial_end is None:
        return False
    return sold.ended_at > sold.trial_end and any(
        row.subscription_id == sold.subscription_id
        and row.policy == policy
        and row.occurred_at >= sold.trial_end
        and row.delta_minor > 0
        for row in story.movements
    )
