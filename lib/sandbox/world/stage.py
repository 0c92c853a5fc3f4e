"""A stage for scenarios: straight-line stories in the recent past of a running sandbox.

    with stage.at(days_ago=40):
        ada = stage.customer("ada")
        sub = stage.subscribe(ada, "pro_monthly")
    with stage.at(days_ago=2):
        stage.change(sub, cancel_at="max_period_end")

Everything that falls due between two blocks happens at its own second, so the events are dated in
the past and delivered now. The present clock never moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from lib.sandbox.billing import lifecycle
from lib.sandbox.core import Sandbox
from lib.sandbox.world.calendar import DAY
from lib.sandbox.world.company import GOOD_CARD, Company
from lib.sandbox.world.names import Identity


class Stage(Company):
    """A company whose stories are told at once; `cast` collects the customers by label."""

    def __init__(self, sandbox: Sandbox, title: str) -> None:
        now = sandbox.now()
        super().__init__(sandbox, seed=now, start=now - 730 * DAY, now=now)
        self.title = title
        self.cast: dict[str, str] = {}

    @contextmanager
    def at(self, *, days_ago: float = 0, unix: int | None = None) -> Iterator[int]:
        """Stand at a second of the past; what falls due before it has happened."""
        second = self.now - round(days_ago * DAY) if unix is None else unix
        lifecycle.run_until(self.sandbox, second)
        with self.sandbox.transaction(), self.sandbox.clock.pinned(second):
            yield second

    @contextmanager
    def retries_end_in(self, outcome: Literal["cancel", "unpaid", "past_due"]) -> Iterator[None]:
        """Within the block the account ends fruitless retries in `outcome`."""
        settings = self.sandbox.settings
        before, settings.after_retries = settings.after_retries, outcome
        try:
            yield
        finally:
            settings.after_retries = before

    def customer(self, label: str, *, card: str | None = GOOD_CARD, **how: Any) -> str:
        """A customer named after the scenario and `label`; returns the id."""
        slug = f"{label}-{self.sandbox.storage.count('customer') + 1}"
        who = Identity(f"{self.title} ({label})", f"{slug}@example.com", slug, [])
        how.setdefault("org", f"org_{self.title.lower().replace(' ', '_')}_{slug}")
        self.cast[label] = self.sign_up(who, card=card, **how)
        return self.cast[label]

    def until_now(self) -> None:
        """Let everything happen that is due by the present second."""
        lifecycle.run_until(self.sandbox, self.now)
