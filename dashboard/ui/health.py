"""The head of the Sync page: four numbers, and the verdict in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import streamlit as st

from dashboard import data
from dashboard import format as fmt
from dashboard.language import ntr, tr
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
            tr("Half of them took no longer than the p50."),
            delta=None if day.p50 is None else tr("p50 {span}", span=fmt.span(day.p50)),
            compared_to=tr("last 24 h") if day.p50 is not None else None,
            good="neither",
        ),
        kpis.defined(
            "duplicates",
            fmt.number(today.get("repeated", 0)),
            delta=ntr("of {count} webhook", "of {count} webhooks", sum(today.values())),
            good="neither",
        ),
        kpis.defined(
            "failed_events",
            fmt.number(seen.failed),
            tr(
                "Nothing of them is lost. {waiting} of them will be tried again by themselves.",
                waiting=fmt.number(seen.waiting),
            ),
            delta=_tried_again(seen),
            good="neither",
        ),
        kpis.defined(
            "open_drift",
            fmt.number(seen.drift),
            delta=_unseen(unseen, seen.drift),
            good="neither",
        ),
    ]


def _unseen(unseen: int, drift: int) -> str | None:
    """Short: on a narrow screen a card holds some fifteen characters."""
    if not drift:
        return None
    return ntr("{count} new", "{count} new", unseen) if unseen else tr("all acknowledged")


def _tried_again(seen: SyncHealth) -> str | None:
    if not seen.failed:
        return None
    if not seen.waiting:
        return tr("no further try")
    soon = (seen.next_retry_at or seen.now) - seen.now
    return tr("next try in {span}", span=fmt.span(soon)) if soon > 0 else tr("a try is due")


def verdict(seen: SyncHealth, delivered: Deliveries) -> None:
    """What needs somebody, each in words beside its colour; one calm word when nothing does."""
    found = list(_troubles(seen, delivered))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="verdict"):
        for text, icon, colour, meaning in found:
            st.badge(text, icon=icon, color=colour, help=meaning)
        if not found:
            left_alone = seen.drift_acknowledged + seen.gaps_acknowledged
            calm = tr("Nothing new") if left_alone else tr("Nothing differs, nothing is missing")
            st.badge(calm, icon=":material/check_circle:", color="green")
        st.caption(_last_run(seen), width="content")


def _troubles(seen: SyncHealth, delivered: Deliveries) -> Iterator[tuple[str, str, Any, str]]:
    """(words, icon, colour, what it means)."""
    if unseen := seen.drift - seen.drift_acknowledged:
        yield (
            ntr("{count} difference from Stripe", "{count} differences from Stripe", unseen),
            ":material/difference:",
            "orange",
            tr("Nobody has acknowledged them yet. See Drift."),
        )
    if missing := seen.gaps - seen.gaps_acknowledged:
        left = None if seen.nearest_loss is None else seen.nearest_loss - seen.now
        urgent = left is not None and left < URGENT
        yield (
            ntr("{count} missing event", "{count} missing events", missing)
            if left is None or left <= 0
            else ntr(
                "{count} missing event, lost in {span}",
                "{count} missing events, the first is lost in {span}",
                missing,
                span=fmt.span(left),
            ),
            ":material/hourglass_bottom:",
            "red" if urgent else "orange",
            tr("Stripe's event list remembers an event for 30 days. See Gaps."),
        )
    if seen.failed:
        yield (
            ntr(
                "{count} event could not be applied",
                "{count} events could not be applied",
                seen.failed,
            ),
            ":material/sync_problem:",
            "red" if not seen.waiting else "orange",
            tr("Kept with their errors. See Failed events."),
        )
    yield from _untold(seen)
    if delivered.day.late:
        yield (
            ntr(
                "{count} webhook over an hour late",
                "{count} webhooks over an hour late",
                delivered.day.late,
            ),
            ":material/schedule:",
            "orange",
            tr("Of the last 24 hours. Stripe sends again for three days when it gets no answer."),
        )
    if seen.needing_reread:
        yield (
            ntr(
                "{count} customer to be read again",
                "{count} customers to be read again",
                seen.needing_reread,
            ),
            ":material/help:",
            "orange",
            tr("Several events of one second could not be put in order; one read settles it."),
        )
    run = seen.last_run
    if run is None or _overdue(seen, run.started_at):
        yield (
            tr("Not compared with Stripe yet")
            if run is None
            else tr("Not compared with Stripe lately"),
            ":material/event_busy:",
            "orange",
            _by_itself(seen),
        )
    elif run.problem or (run.ended_at is None and seen.now - run.started_at > RUN_LONG):
        yield (
            tr("The last comparison did not end"),
            ":material/error:",
            "red",
            fmt.md(run.problem) if run.problem else tr("Whatever carried it out was killed."),
        )

    if run is not None and run.left_out:
        yield (
            tr("Not compared: {what}", what=run.left_out),
            ":material/visibility_off:",
            "orange",
            tr(
                "The API key may not read these, so nothing is known of them. portside doctor says "
                "which rights it lacks."
            ),
        )


def _untold(seen: SyncHealth) -> Iterator[tuple[str, str, Any, str]]:
    """What the product was to hear and has not."""
    if seen.dead_letters:
        yield (
            ntr(
                "{count} dead letter to the product",
                "{count} dead letters to the product",
                seen.dead_letters,
            ),
            ":material/outgoing_mail:",
            "red",
            tr("An endpoint did not take them, and they are offered no more. See Outgoing."),
        )
    elif seen.untold_since is not None and seen.now - seen.untold_since > UNTOLD_LONG:
        yield (
            tr(
                "An endpoint takes nothing for {span}",
                span=fmt.span(seen.now - seen.untold_since),
            ),
            ":material/outgoing_mail:",
            "orange",
            tr("An endpoint does not take events. They are kept and tried again. See Outgoing."),
        )


def _overdue(seen: SyncHealth, started_at: int) -> bool:
    """Whether one should have begun since; where none begins by itself nothing is overdue."""
    every = seen.compares_every
    return every > 0 and seen.now - started_at > every + RUN_SLACK


def _by_itself(seen: SyncHealth) -> str:
    if not seen.compares_every:
        return tr("It is set never to happen by itself; portside reconcile does it now.")
    return tr(
        "portside serve compares every {span} where it has an API key; portside reconcile does it "
        "now.",
        span=fmt.span(seen.compares_every),
    )


def _last_run(seen: SyncHealth) -> str:
    run = seen.last_run
    if run is None:
        return tr("portside reconcile compares everyone with Stripe.")
    when = fmt.clock(run.ended_at or run.started_at, data.timezone())
    if run.ended_at is None:
        return tr("A comparison began {when} and has not ended", when=when)
    if run.problem:
        return ntr(
            "Stopped {when} after {count} customer",
            "Stopped {when} after {count} customers",
            run.customers,
            when=when,
        )
    who = ntr("{count} customer", "{count} customers", run.customers)
    found = (
        ntr("{count} finding", "{count} findings", run.findings)
        if run.findings
        else tr("nothing found")
    )
    if run.applied:
        return tr("Compared and repaired {when}: {who}, {found}", when=when, who=who, found=found)
    return tr("Compared with Stripe {when}: {who}, {found}", when=when, who=who, found=found)
