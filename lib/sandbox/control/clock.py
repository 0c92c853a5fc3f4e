"""Reading and moving the sandbox's clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lib.sandbox.billing import lifecycle
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError

MAX_STEP = 5 * 366 * 86_400
"""A move of more than five years is taken for a slip of the pen."""


def shown(sandbox: Sandbox) -> dict[str, Any]:
    """``{"now": ISO, "unix": seconds}``."""
    unix = sandbox.clock.running()
    return {"now": datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "unix": unix}


def move(sandbox: Sandbox, to: int) -> int:
    """Move to ``to`` with everything that falls due until then; the number of new events.

    Raises SandboxError (400) for a time that has passed or is too far away.
    """
    now = sandbox.clock.running()
    if to < now:
        raise SandboxError("The clock only moves forward.", param="to")
    if to > now + MAX_STEP:
        raise SandboxError("The clock moves at most five years at a time.", param="to")
    before = _last_event(sandbox)
    lifecycle.run_until(sandbox, to)
    with sandbox.lock:
        return len(sandbox.storage.event_rows("seq > ?", (before,), "seq"))


def parse_time(value: Any) -> int:
    """Unix seconds from a number or an ISO date or moment (UTC unless it says otherwise)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise SandboxError(
            "Give the time as unix seconds or as 2026-11-22T03:00:00Z.", param="to"
        ) from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _last_event(sandbox: Sandbox) -> int:
    with sandbox.lock:
        rows = sandbox.storage.event_rows("1 = 1", (), "seq DESC LIMIT 1")
    return int(rows[0][0]) if rows else 0
