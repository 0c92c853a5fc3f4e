"""axe-core before a page: what it finds, and what of it Streamlit draws and ours cannot change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

IMPACTS: Final = ("critical", "serious", "moderate", "minor")
SERIOUS: Final = IMPACTS[:2]
COLOURS: Final = ("color-contrast", "link-in-text-block")
"""The rules that may say something else of the same page in another theme."""
HELD: Final = frozenset({"aria-allowed-role", "heading-order", "page-has-heading-one"})
"""Rules of less weight that no page breaks."""


@dataclass(frozen=True)
class Excuse:
    """``parts``: of a place (see `_PLACE`); ``why``: one sentence for the report."""

    parts: tuple[str, ...]
    why: str


STREAMLITS: Final[Mapping[str, Excuse]] = {}
"""Rule → what Streamlit draws so."""

_PLACE: Final = """
selector => {
  const found = [];
  for (let at = document.querySelector(selector); at && found.length < 3; at = at.parentElement)
    if (at.dataset.testid) found.push(at.dataset.testid);
  return found.join(" < ");
}
"""
"""Test ids from the inside out: the classes in axe's selectors are other ones in each release."""


@dataclass(frozen=True)
class Finding:
    rule: str
    says: str  # the rule in axe's words
    impact: str
    place: str  # Streamlit's test ids, from the inside out
    told: str  # the element and what is wrong with it
    streamlits: bool


@dataclass(frozen=True)
class Looked:
    """``rules``: those that found something to judge and had nothing to say against it."""

    findings: tuple[Finding, ...]
    passed: frozenset[str]
    version: str


def serious(page: Page, *rules: str) -> list[str]:
    """What is serious or critical on the page as it is shown now, or breaks a rule that is `HELD`:
    one line each."""
    return [
        f"{each.rule}: {each.place}: {each.told}"
        for each in look(page, *rules).findings
        if (each.impact in SERIOUS or each.rule in HELD) and not each.streamlits
    ]


def look(page: Page, *rules: str) -> Looked:
    """All rules of axe, or these, over what the page shows now."""
    page.wait_for_timeout(400)  # what fades in has its contrast at the end
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    answer: dict[str, Any] = Axe().run(page, options=options).response
    return Looked(
        tuple(_findings(page, answer["violations"])),
        frozenset(rule["id"] for rule in answer["passes"]),
        answer["testEngine"]["version"],
    )


def _findings(page: Page, violations: list[dict[str, Any]]) -> Iterator[Finding]:
    for violation in violations:
        excuse = STREAMLITS.get(violation["id"])
        for node in violation["nodes"]:
            place = f" {page.evaluate(_PLACE, node['target'][-1])}"
            yield Finding(
                violation["id"],
                violation["help"],
                violation["impact"],
                place.strip(),
                f"{node['html']}: {node.get('failureSummary', '')}",
                excuse is not None and any(part in place for part in excuse.parts),
            )
