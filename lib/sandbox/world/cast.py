"""Who plays in the seeded world: every standing that must exist, and in which share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from lib.sandbox.world import buying, dunning, invoicing, leaving, standing
from lib.sandbox.world.company import Company
from lib.sandbox.world.names import Identity

Story = Callable[[Company, Identity], None]


@dataclass(frozen=True)
class Role:
    """One story and how many in a thousand customers live it; at least one always does."""

    name: str
    per_mille: float
    story: Story


def _failing() -> Iterator[Role]:
    for code, card in dunning.DECLINES.items():
        yield Role(f"just_failed_{code}", 1.0, partial(dunning.just_failed, card=card))
    for stage in (dunning.failed_twice, dunning.before_last_retry, dunning.recovered):
        for code in ("insufficient_funds", "expired_card", "generic_decline"):
            card = dunning.DECLINES[code]
            yield Role(f"{stage.__name__}_{code}", 1.0, partial(stage, card=card))
    for outcome, share in (("past_due", 2.5), ("unpaid", 2.0)):
        card = dunning.SAVED_BUT_DECLINED
        story = partial(dunning.given_up, card=card, outcome=outcome)
        yield Role(f"given_up_{outcome}", share, story)


def _pausing() -> Iterator[Role]:
    for behavior in ("keep_as_draft", "mark_uncollectible", "void"):
        for resumes in (True, False):
            story = partial(standing.collection_paused, behavior=behavior, resumes=resumes)
            yield Role(f"collection_{behavior}_{resumes}", 0.5, story)


def _owing() -> Iterator[Role]:
    for days in (-25, -8, 4, 21, 45, 76, 104, 150):
        yield Role(f"owes_{days}", 1.0, partial(invoicing.owes, days=days))
    for how in ("void", "uncollectible"):
        yield Role(f"written_off_{how}", 1.0, partial(invoicing.written_off, how=how))
    for how, share in (("credit_note", 2.5), ("refund", 3.0), ("dispute", 1.5)):
        yield Role(f"money_back_{how}", share, partial(invoicing.money_back, how=how))


def _priced() -> Iterator[Role]:
    for price in (
        "pro_quarterly",
        "pro_monthly_jpy",
        "pro_monthly_kwd",
        "partner_deal_2024",
        "starter_weekly",
    ):
        yield Role(f"priced_{price}", 1.5, partial(standing.priced_in, price=price))
    yield Role("priced_starter_daily", 0.2, partial(standing.priced_in, price="starter_daily"))


ROLES: tuple[Role, ...] = (
    Role("winding_down_soon", 6, leaving.soon),
    Role("winding_down_classic", 5, leaving.soon_classic),
    Role("winding_down_far", 7, leaving.far),
    Role("winding_down_boolean", 2, leaving.by_boolean_alone),
    Role("winding_down_dated", 3, leaving.on_a_date),
    Role("winding_down_undone", 4, leaving.undone),
    Role("stepping_down", 4, leaving.steps_down),
    *_failing(),
    *_pausing(),
    *_owing(),
    *_priced(),
    Role("owes_after_end", 1.5, invoicing.owes_after_end),
    Role("pays_by_invoice", 14, invoicing.pays_by_invoice),
    Role("never_subscribed", 55, standing.never_subscribed),
    Role("deleted", 1, standing.deleted),
    Role("on_trial", 16, standing.on_trial),
    Role("trial_not_converted", 40, standing.trial_not_converted),
    Role("trial_paused", 1.5, standing.trial_paused),
    Role("trial_unpaid_first", 1, standing.trial_unpaid_first),
    Role("incomplete", 1.5, standing.incomplete),
    Role("incomplete_expired", 9, standing.incomplete_expired),
    Role("paused_on_request", 1, standing.paused_on_request),
    Role("several_subscriptions", 14, standing.several_subscriptions),
    Role("sister_companies", 7, standing.sister_companies),
    Role("org_on_subscription", 6, standing.org_on_subscription),
    Role("mixed_intervals", 3, standing.mixed_intervals),
    Role("add_on_first", 3, standing.add_on_first),
    Role("free_partner", 2, standing.free_partner),
    Role("through_checkout", 10, buying.through_checkout),
    Role("left_checkout", 4, buying.left_checkout),
    Role("just_now", 2, standing.just_now),
)


def players(customers: int) -> list[Role]:
    """The roles that a world of `customers` hands out, each at least once."""
    chosen: list[Role] = []
    for role in ROLES:
        chosen += [role] * max(1, round(role.per_mille * customers / 1000))
    return chosen
