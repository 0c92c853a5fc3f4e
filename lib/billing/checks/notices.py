"""Can the digest and the alerts be sent where they are to go? Nothing is sent, nobody is asked."""

from __future__ import annotations

from collections.abc import Iterator

from ..config import Settings
from ..domain.errors import BillingError
from ..domain.times import DAY
from ..notices.channels import NEEDS, open_channel
from ..settings.business import Business
from ..settings.clock import make_clock
from ..store import migrate, notices
from ..store.engine import Store
from .finding import Finding

_NAME = "Notices"


def configured(settings: Settings, business: Business | None) -> Iterator[Finding]:
    """Nothing where neither is configured."""
    if business is None:
        return
    pairs = {*business.digest.to.pairs, *business.alerts.to.pairs}
    given = settings.slack_webhook_url or settings.smtp_url
    if not pairs and given is None:
        return
    try:
        there = {name for name in NEEDS if open_channel(settings, name) is not None}
    except BillingError as error:
        yield Finding(False, _NAME, str(error), "Correct it: see docs/digest.md.")
        return
    lacking = {channel for channel, _ in pairs} - there
    for name in sorted(lacking):
        told = f"portside.toml sends to {name}, which has no address here."
        yield Finding(False, _NAME, told, f"Set {NEEDS[name]}.")
    if not lacking:
        yield _sound(business, settings)
    yield from _stuck(settings)


def _sound(business: Business, settings: Settings) -> Finding:
    if not business.digest.moments and not business.alerts.kinds:
        remedy = "Set [digest] weekly or [alerts] in portside.toml, or leave it to the command."
        return Finding(True, _NAME, f"Nothing is sent by itself. {remedy}")
    if settings.dashboard_url is None:
        told = "They are sent without links into the dashboard."
        return Finding(False, _NAME, told, "Set PORTSIDE_DASHBOARD_URL to its address.")
    parts = []
    if business.digest.moments:
        parts.append("the digest on its schedule")
    if business.alerts.kinds:
        parts.append(f"alerts ({', '.join(business.alerts.kinds)})")
    sent = " and ".join(parts)
    return Finding(
        True, _NAME, f"{sent[0].upper()}{sent[1:]}. `portside digest --check` tries the way."
    )


def _stuck(settings: Settings) -> Iterator[Finding]:
    try:
        store = Store(settings.database_url)
    except BillingError:
        return  # told by the check of the database
    try:
        if migrate.current(store) != migrate.head():
            return
        now = make_clock(settings.now)()
        with store.reading() as connection:
            failing, given_up, error = notices.troubles(connection, now - 7 * DAY)
    except BillingError:
        return
    finally:
        store.close()
    if failing or given_up:
        told = f"{failing} wait for another attempt, {given_up} were given up this week: {error}"
        yield Finding(False, _NAME, told, "Mend it; `portside digest --check` tries the way.")
