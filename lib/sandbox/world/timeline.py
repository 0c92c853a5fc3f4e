"""A simulated history: actions in time order, with everything that falls due in between."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Container

from lib.sandbox.billing import lifecycle
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError

Action = Callable[[], None]


class Timeline:
    """Actions by second. An action may add later ones; equal seconds keep their order."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.refused: list[str] = []
        """What the sandbox refused, because life had gone another way than planned."""
        self._heap: list[tuple[int, int, Action]] = []
        self._count = 0

    def at(self, unix: int, action: Action) -> None:
        """Do `action` at `unix`; the clock stands on that second meanwhile."""
        self._count += 1
        heapq.heappush(self._heap, (unix, self._count, action))

    def run(self, until: int, *, only_events: Container[str] | None = None) -> None:
        """Live through everything up to `until`, recording only the event types given."""
        sandbox = self.sandbox
        sandbox.only_events = only_events
        try:
            while self._heap and self._heap[0][0] <= until:
                unix, _, action = heapq.heappop(self._heap)
                lifecycle.run_until(sandbox, unix)
                self._do(unix, action)
            lifecycle.run_until(sandbox, until)
        finally:
            sandbox.only_events = None

    def _do(self, unix: int, action: Action) -> None:
        try:
            with self.sandbox.transaction(), self.sandbox.clock.pinned(unix):
                action()
        except SandboxError as refusal:
            self.refused.append(refusal.message)
