"""What needs somebody today: each with its reason in words, and one click away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import streamlit as st

from dashboard import data, morning, session
from dashboard import format as fmt
from dashboard.language import ntr, tr
from dashboard.session import Staff
from dashboard.ui import defined, failing, listing, ways
from lib.billing import (
    FailedPaymentItem,
    Freshness,
    OverviewCurrency,
    Permission,
    SyncHealth,
    WindingDownItem,
)

DAY: Final = 86_400


@dataclass(frozen=True)
class Need:
    """One thing to do: ``why`` in plain words, the page that does it."""

    icon: str
    colour: str
    title: str
    why: str
    slug: str
    query: dict[str, str] = field(default_factory=dict)
    permission: Permission = Permission.CUSTOMERS
    people: tuple[tuple[str, str, str], ...] = ()  # customer's id, name, what is up


def draw(money: OverviewCurrency, staff: Staff) -> None:
    """Everything that this person can do something about, the most money first."""
    with st.container(border=True):
        defined.title(tr("What needs you?"), "at_risk", "winding_down")
        found = [need for need in _all(money) if staff.may(need.permission)]
        if not found:
            nothing = tr("Nothing fails, nothing ends and nothing differs.")
            st.markdown(f":material/check_circle: {nothing}")
            return
        ways.draw([_way(need) for need in found], key="needs")


def _way(need: Need) -> ways.Way:
    people = tuple(
        ways.Way(name, told, "customer", (("customer", customer_id),))
        for customer_id, name, told in need.people
    )
    query = tuple(need.query.items())
    return ways.Way(need.title, need.why, need.slug, query, need.icon, need.colour, people)


def _all(money: OverviewCurrency) -> Iterator[Need]:
    code, zone = money.currency, data.timezone()
    unpaid = morning.most_urgent(code)
    if unpaid.total:
        yield failing_payments(unpaid.rows, unpaid.total, money.at_risk.amount_minor, code)
    leaving = morning.largest_leaving(code)
    if leaving.total:
        amount = money.winding_down.amount_minor
        yield winding_down(leaving.rows, leaving.total, amount, code, zone)
    yield from sync_trouble(session.billing().health(), data.freshness())
    if money.uncounted:
        yield uncounted(money.uncounted)
    if month := morning.month_to_close():
        yield open_month(month)


def failing_payments(
    rows: tuple[FailedPaymentItem, ...], total: int, at_risk: int, currency: str
) -> Need:
    """The most urgent failing invoices: the most MRR with the fewest days left first."""
    return Need(
        "credit_card_off",
        "red",
        ntr("{count} payment failing", "{count} payments failing", total),
        tr(
            "{amount} of MRR at risk: a new card or a payment keeps it. First come the most MRR "
            "and the fewest days of access left.",
            amount=fmt.money(at_risk, currency),
        ),
        "failed-payments",
        {"currencies": currency.upper()},
        people=tuple(
            (item.customer_id, listing.who(item), fmt.joined(_failing(item))) for item in rows
        ),
    )


def _failing(item: FailedPaymentItem) -> Iterator[str | None]:
    yield fmt.money(item.amount_remaining_minor, item.currency)
    yield failing.cause(item)
    if item.final_attempt:
        yield tr("final attempt")
    elif item.days_left is not None:
        left = ntr("{count} day left", "{count} days left", item.days_left)
        yield left if item.days_left else tr("access has ended")


def winding_down(
    rows: tuple[WindingDownItem, ...], total: int, minor: int, currency: str, zone: str
) -> Need:
    """The largest subscriptions that end, each with its last day."""
    return Need(
        "event_upcoming",
        "orange",
        ntr("{count} subscription winding down", "{count} subscriptions winding down", total),
        tr(
            "{amount} of MRR: each can be kept until its last day by undoing the cancellation. The "
            "largest are first.",
            amount=fmt.money(minor, currency),
        ),
        "winding-down",
        {"currencies": currency.upper(), "sort": "Largest MRR"},
        people=tuple(
            (
                item.customer_id,
                listing.who(item),
                fmt.joined(
                    (
                        fmt.money(item.mrr_minor, item.currency),
                        tr("last day {day}", day=fmt.day(item.ends_at, zone))
                        if item.ends_at
                        else None,
                        fmt.words(item.feedback or item.reason)
                        if item.feedback or item.reason
                        else tr("no reason given"),
                    )
                ),
            )
            for item in rows
        ),
    )


def sync_trouble(seen: SyncHealth, fresh: Freshness) -> Iterator[Need]:
    """Why numbers on these pages may not be Stripe's."""
    if fresh.stale and fresh.last_webhook_at is not None:
        age = fmt.span(fresh.now - fresh.last_webhook_at)
        yield _sync(
            tr("Webhooks are silent"),
            tr("The last one arrived {age} ago, later than usual.", age=age),
        )
    if drift := seen.drift - seen.drift_acknowledged:
        yield _sync(
            ntr("{count} difference from Stripe", "{count} differences from Stripe", drift),
            tr(
                "What is shown of these customers is not what Stripe says. A repair "
                "reads them again."
            ),
        )
    if gaps := seen.gaps - seen.gaps_acknowledged:
        yield _sync(
            ntr("{count} missing event", "{count} missing events", gaps),
            tr("Stripe lists events for 30 days: after that they cannot be had any more."),
            board="Gaps",
        )
    if seen.failed:
        yield _sync(
            ntr("{count} failed event", "{count} failed events", seen.failed),
            tr("They are kept with their errors, and nothing of them is in the numbers yet."),
            board="Failed events",
        )


def _sync(title: str, why: str, **query: str) -> Need:
    return Need("sync_problem", "red", title, why, "sync", query, Permission.SYNC)


def uncounted(count: int) -> Need:
    return Need(
        "calculate",
        "orange",
        ntr(
            "{count} subscription without a known price",
            "{count} subscriptions without a known price",
            count,
        ),
        tr("They are live, and in no number of this page. The self-audit names them."),
        "mrr",
        {"view": "Self-audit"},
        Permission.TOTALS,
    )


def open_month(month: str) -> Need:
    return Need(
        "event_available",
        "gray",
        tr("{month} is not closed", month=fmt.period(month)),
        tr(
            "Its figures can still change without anybody seeing it. Closing "
            "freezes and seals them."
        ),
        "close",
        {},
        Permission.MONEY,
    )
