"""What axe-core finds on every page, in both themes, as docs/accessibility.md.

    python scripts/accessible.py                     starts the demo stack over a fresh company
    python scripts/accessible.py --url http://127.0.0.1:8501   uses one that is running

Exit code 1 when something serious or critical is found that is not Streamlit's own.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dashboard.navigation import PAGES
from scripts.studio import (
    CHROMIUM,
    PATIENCE,
    ROOT,
    browser_path,
    running,
    settle,
    signed_in,
    somebody,
    tabs,
)
from tests.browser.axe import HELD, IMPACTS, SERIOUS, STREAMLITS, Finding, Looked, look

THEMES = ("light", "dark")
CONTRAST = (
    "Streamlit writes white on the accent (primary buttons) and the accent on a tenth of itself",
    "over the ground (chosen options); chosen tabs have it on the bare ground. Both at 4.5 : 1",
    "would need white and the ground to be 20.3 : 1 apart. In the dark they are 18.3 : 1, and",
    "even on black the tint leaves too little: no value of the theme mends both. So the dark",
    "accent, #488CD6, is made for what is chosen (options 4.6 : 1, tabs 5.2 : 1), and",
    "`dashboard/ui/primary.py` writes the words of primary buttons dark (5.4 : 1; in white they",
    "would have 3.5 : 1). In the light, white on the accent has 6.4 : 1 and chosen options have",
    "5.6 : 1.",
    "",
    "Left: the icon of a primary button stays white in the dark (3.5 : 1, where a graphic needs",
    "3), and so does what is chosen in a list of several, whose words are no Markdown. Who",
    "changes the theme in Streamlit's menu has the words of the theme before until the next",
    "click.",
)


@dataclass(frozen=True)
class Sight:
    name: str
    theme: str
    looked: Looked


def addresses(customer: str) -> Iterator[tuple[str, str, str]]:
    """What it is called, where it is, and the title that it has."""
    for row in PAGES:
        yield row.title, f"/{row.slug}", row.title
        if row.slug == "customer":
            yield f"{row.title}, one of them", customer, row.title
        for tab, address in tabs(row.slug):
            yield f"{row.title}, {tab}", address, row.title


def sights(browser: Browser, url: str) -> Iterator[Sight]:
    """Every page in every theme."""
    customer = somebody(browser, url)
    for theme in THEMES:
        with signed_in(browser, url, theme=theme) as context:
            page = context.new_page()
            page.set_viewport_size({"width": 1440, "height": 1400})
            for name, address, title in addresses(customer):
                page.goto(url + address)
                settle(page)
                # Nothing is wrong with an empty page: only one that is there is looked at.
                expect(page.get_by_role("heading", level=1)).to_have_text(title, timeout=PATIENCE)
                expect(page.get_by_test_id("stException")).to_have_count(0)
                yield Sight(name, theme, look(page))


def report(seen: Sequence[Sight]) -> str:
    """The page for docs."""
    ours = [each for sight in seen for each in sight.looked.findings if not each.streamlits]
    theirs = [each for sight in seen for each in sight.looked.findings if each.streamlits]
    passed = sorted(frozenset[str]().union(*(sight.looked.passed for sight in seen)))
    return "\n".join(
        (
            "# What axe-core finds",
            "",
            "Made by `python scripts/accessible.py` over the demo, as an administrator, 1440 "
            f"pixels wide, with axe-core {seen[0].looked.version} and all of its rules. "
            "`tests/browser/` looks at the pages in every run of `make test` "
            "and fails on anything serious, and on headings out of order.",
            "",
            "## By page",
            "",
            "Ours, by impact; – is nothing.",
            "",
            *_by_page(seen),
            "",
            "## Ours",
            "",
            *(_by_rule(ours) or ["Nothing."]),
            "",
            "## Streamlit's own",
            "",
            "What it draws so on each page, and nothing of ours can change without styles of "
            "our own.",
            "",
            *(_excused(theirs) or ["Nothing."]),
            "",
            "## Contrast of the accent",
            "",
            *CONTRAST,
            "",
            "## Rules that had something to judge and nothing to say against it",
            "",
            ", ".join(f"`{rule}`" for rule in passed) + ".",
            "",
        )
    )


def _by_page(seen: Sequence[Sight]) -> Iterator[str]:
    yield f"| page | theme | {' | '.join(IMPACTS)} | Streamlit's |"
    yield f"|---|---|{'---:|' * (len(IMPACTS) + 1)}"
    for name in dict.fromkeys(sight.name for sight in seen):
        for sight in (each for each in seen if each.name == name):
            found = sight.looked.findings
            counts = Counter(each.impact for each in found if not each.streamlits)
            cells = [str(counts[impact] or "–") for impact in IMPACTS]
            cells.append(str(sum(each.streamlits for each in found) or "–"))
            yield f"| {name} | {sight.theme} | {' | '.join(cells)} |"


def _by_rule(found: Sequence[Finding]) -> list[str]:
    places: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for each in found:
        places[each.impact, each.rule, each.says][each.place] += 1
    lines = ["| impact | rule | says | where (times) |", "|---|---|---|---|"] if places else []
    for (impact, rule, says), counted in sorted(places.items(), key=_gravest):
        where = ", ".join(f"{place or 'page'} ({n})" for place, n in counted.most_common(4))
        lines.append(f"| {impact} | `{rule}` | {says} | {where} |")
    return lines


def _gravest(entry: tuple[tuple[str, str, str], Counter[str]]) -> tuple[int, str]:
    return IMPACTS.index(entry[0][0]), entry[0][1]


def _excused(found: Sequence[Finding]) -> list[str]:
    counts = Counter((each.impact, each.rule) for each in found)
    lines = ["| impact | rule | times | why |", "|---|---|---:|---|"] if counts else []
    for (impact, rule), times in sorted(counts.items()):
        lines.append(f"| {impact} | `{rule}` | {times} | {STREAMLITS[rule].why} |")
    return lines


def main() -> int:
    """Exit code 0 when nothing serious of ours is found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", help="a running demo dashboard")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "accessibility.md")
    parser.add_argument("--customers", type=int, default=400)
    asked = parser.parse_args()
    with running(asked.url, asked.customers) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=CHROMIUM)
        seen = list(sights(browser, url))
        browser.close()
    asked.out.write_text(report(seen), encoding="utf-8")
    grave = [
        f"{sight.name}, {sight.theme}: {each.rule} at {each.place}\n"
        for sight in seen
        for each in sight.looked.findings
        if (each.impact in SERIOUS or each.rule in HELD) and not each.streamlits
    ]
    sys.stdout.write("".join(grave))
    return 1 if grave else 0


if __name__ == "__main__":
    raise SystemExit(main())
