"""The head of the Sync page: four numbers, and the verdict in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import streamlit as st

from dashboard import data
from dashboard import format as fmt
from dashboard.ui import kpis
from lib.billing import Deliveries, SyncHealth

DAY: Final = 86_400
URGENT: Final = 3 * DAY
SOON: Final = 10 * DAY
RUN_SLACK: Final = 2 * 3_600
"""Seconds that a comparison may be late before it is missed."""
UNTOLD_LONG: Final = 3_600
"""Seconds for which an endpoint may be away before somebody is told."""
RUN_LONG: Final = 3_600
"""Seconds after which a comparison that has not ended was most likely killed."""


def cards(seen: SyncHealth, delivered: Deliveries) -> list[kpis.Card]:
    day, today = delivered.day, delivered.today
    unseen = seen.drift - seen.drift_acknowledged
    return [
        kpis.defined(
            "webhook_lag",
            fmt.UNKNOWN if day.p95 is None else fmt.span(day.p95),
            "Half of them took no longer than the p50.",
            delta=None if day.p50 is None else f"p50 {fmt.span(day.p50)}",
            compared_to="last 24 h" if day.p50 is not None else None,
            good="neither",
        ),
        kpis.defined(
            "duplicates",
            f"{today.get('repeated', 0):,}",
            delta=f"of {fmt.plural(sum(today.values()), 'webhook')}",
            good="neither",
        ),
        kpis.defined(
            "failed_events",
            f"{seen.failed:,}",
            f"Nothing of them is lost. {seen.waiting:,} of them will be tried again by themselves.",
            delta=_tried_again(seen),
            good="neither",
        ),
        kpis.defined(
            "open_drift",
            f"{seen.drift:,}",
            delta=_unseen(unseen, seen.drift),
            good="neither",
        ),
    ]


def _unseen(unseen: int, drift: int) -> str | None:
    """Short: on a narrow screen a card holds some fifteen characters."""
    if not drift:
        return None
    return f"{unseen:,} new" if unseen else "all acknowledged"


def _tried_again(seen: SyncHealth) -> str | None:
    if not seen.failed:
        return None
    if not seen.waiting:
        return "no further try"
    soon = (seen.next_retry_at or seen.now) - seen.now
    return f"next try in {fmt.span(soon)}" if soon > 0 else "a try is due"


def verdict(seen: SyncHealth, delivered: Deliveries) -> None:
    """What needs somebody, each in words beside its colour; one calm word when nothing does."""
    found = list(_troubles(seen, delivered))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="verdict"):
        for text, icon, colour, meaning in found:
            st.badge(text, icon=icon, color=colour, help=meaning)
        if not found:
            left_alone = seen.drift_acknowledged + seen.gaps_acknowledged
            calm = "Nothing new" if left_alone else "Nothing differs, nothing is missing"
            st.badge(calm, icon=":material/check_circle:", color="green")
        st.caption(_last_run(seen), width="content")


def _troubles(seen: SyncHealth, delivered: Deliveries) -> Iterator[tuple[str, str, Any, str]]:
    """(words, icon, colour, what it means)."""
    if unseen := seen.drift - seen.drift_acknowledged:
        yield (
            f"{fmt.plural(unseen, 'difference')} from Stripe",
            ":material/difference:",
            "orange",
            "Nobody has acknowledged them yet. See Drift.",
        )
    if missing := seen.gaps - seen.gaps_acknowledged:
        left = None if seen.nearest_loss is None else seen.nearest_loss - seen.now
        urgent = left is not None and left < URGENT
        when = "" if left is None or left <= 0 else f", the first is lost in {fmt.span(left)}"
        yield (
            f"{fmt.plural(missing, 'missing event')}{when}",
            ":material/hourglass_bottom:",
            "red" if urgent else "orange",
            "Stripe's event list remembers an event for 30 days. See Gaps.",
        )
    if seen.failed:
        yield (
            f"{fmt.plural(seen.failed, 'event')} could not be applied",
            ":material/sync_problem:",
            "red" if not seen.waiting else "orange",
            "Kept with their errors. See Failed events.",
        )
    yield from _untold(seen)
    if delivered.day.late:
        yield (
            f"{fmt.plural(delivered.day.late, 'webhook')} over an hour late",
            ":material/schedule:",
            "orange",
            "Of the last 24 hours. Stripe sends again for three days when it gets no answer.",
        )
    if seen.needing_reread:
        yield (
            f"{fmt.plural(seen.needing_reread, 'customer')} to be read again",
            ":material/help:",
            "orange",
            "Several events of one second could not be put in order; one read settles it.",
        )
    run = seen.last_run
    if run is None or _overdue(seen, run.started_at):
        yield (
            "Not compared with Stripe" + (" yet" if run is None else " lately"),
            ":material/event_busy:",
            "orange",
            f"{_by_itself(seen)} portside reconcile does it now.",
        )
    elif run.problem or (run.ended_at is None and seen.now - run.started_at > RUN_LONG):
        yield (
            "The last comparison did not end",
            ":material/error:",
            "red",
            fmt.md(run.problem) if run.problem else "Whatever carried it out was killed.",
        )

    if run is not None and run.left_out:
        yield (
            f"Not compared: {run.left_out}",
            ":material/visibility_off:",
            "orange",
            "The API key may not read these, so nothing is known of them. portside doctor says "
            "which rights it lacks.",
        )


def _untold(seen: SyncHealth) -> Iterator[tuple[str, str, Any, str]]:
    """What the product was to hear and has not."""
    if seen.dead_letters:
        yield (
            f"{fmt.plural(seen.dead_letters, 'dead letter')} to the product",
            ":material/outgoing_mail:",
            "red",
            "An endpoint did not take them, and they are offered no more. See Outgoing.",
        )
    elif seen.untold_since is not None and seen.now - seen.untold_since > UNTOLD_LONG:
        yield (
            f"An endpoint takes nothing for {fmt.span(seen.now - seen.untold_since)}",
            ":material/outgoing_mail:",
            "orange",
            "An endpoint does not take events. They are kept and tried again. See Outgoing.",
        )


def _overdue(seen: SyncHealth, started_at: int) -> bool:
    """Whether one should have begun since; where none begins by itself nothing is overdue."""
    every = seen.compares_every
    return every > 0 and seen.now - started_at > every + RUN_SLACK


def _by_itself(seen: SyncHealth) -> str:
    if not seen.compares_every:
        return "It is set never to happen by itself;"
    return f"portside serve compares every {fmt.span(seen.compares_every)} where it has an API key;"


def _last_run(seen: SyncHealth) -> str:
    run = seen.last_run
    if run is None:
        return "portside reconcile compares everyone with Stripe."
    when = fmt.clock(run.ended_at or run.started_at, data.timezone())
    if run.ended_at is None:
        return f"A comparison began {when} and has not ended"
    if run.problem:
        return f"Stopped {when} after {fmt.plural(run.customers, 'customer')}"
    verb = "Compared and repaired" if run.applied else "Compared with Stripe"
    found = fmt.plural(run.findings, "finding") if run.findings else "nothing found"
    return f"{verb} {when}: {fmt.plural(run.customers, 'customer')}, {found}"
