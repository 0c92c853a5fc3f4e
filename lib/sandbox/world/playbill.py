"""What a scenario is, and how a function becomes one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lib.sandbox.core import Sandbox
from lib.sandbox.world.stage import Stage

Act = Callable[[Stage], str]


@dataclass(frozen=True)
class ScenarioResult:
    """Customer ids by label, and one sentence on what there is to see."""

    customers: dict[str, str]
    summary: str


@dataclass(frozen=True)
class Scenario:
    """`trap` is the number in the metric definitions' list of traps."""

    name: str
    title: str
    trap: int
    act: Act

    def run(self, sandbox: Sandbox) -> ScenarioResult:
        """Play it now. Raises SandboxError when the world refuses a step; nothing is half done
        within a step, earlier steps stay."""
        # The lock keeps the running clock's own catching-up from overtaking the story.
        with sandbox.lock:
            stage = Stage(sandbox, self.title)
            with stage.at(days_ago=0):
                stage.open_catalogue()
            summary = self.act(stage)
            stage.until_now()
        return ScenarioResult(dict(stage.cast), summary)


def playbill() -> tuple[list[Scenario], Callable[[str, str, int], Callable[[Act], Act]]]:
    """An empty list and the decorator `scenario(name, title, trap)` that fills it."""
    scenarios: list[Scenario] = []

    def scenario(name: str, title: str, trap: int) -> Callable[[Act], Act]:
        def register(act: Act) -> Act:
            scenarios.append(Scenario(name, title, trap, act))
            return act

        return register

    return scenarios, scenario
