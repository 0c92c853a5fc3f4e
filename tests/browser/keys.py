"""Somebody without a mouse: only keys are pressed, and where the focus is must be seen."""

from __future__ import annotations

import re
from typing import Final

from playwright.sync_api import Page

from tests.browser.acting import PATIENCE

ENOUGH: Final = 120
"""Presses of Tab that go once around the longest page."""

LOOKS: Final = """
window.looks = window.looks || {
    rest: new WeakMap(),
    of(element) {
        const found = [];
        let n = element;
        for (let up = 0; n && n !== document.body && up < 4; n = n.parentElement, up++) {
            const s = getComputedStyle(n);
            found.push([s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor,
                        s.backgroundColor, s.color, s.textDecorationLine].join());
        }
        return found.join('|');
    },
    places: 'a[href], button, input, textarea, select, summary, [tabindex]',
    note() {
        for (const each of document.querySelectorAll(this.places))
            if (each !== document.activeElement && !each.contains(document.activeElement))
                this.rest.set(each, this.of(each));
    },
    shown(element) {
        let seen = 1;
        for (let n = element; n; n = n.parentElement)
            seen *= parseFloat(getComputedStyle(n).opacity);
        const box = element.getBoundingClientRect();
        return seen > 0.3 && box.width > 0 && box.bottom > 0 && box.right > 0
            && box.top < innerHeight && box.left < innerWidth;
    },
};
"""
NAME: Final = """
const named = (e) => (e.getAttribute('aria-label') || e.innerText || e.placeholder
    || e.textContent || '')
    .trim().replace(/\\s+/g, ' ').replace(/^[a-z_]+_?[a-z_0-9]* (?=[A-ZÄÖÜ])/, '').slice(0, 80);
"""


class Keys:
    """Presses keys on a page; never clicks, never sets a value, never moves the focus itself."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def tabs_to(self, name: str | re.Pattern[str]) -> None:
        """Tab until the focus is on what is called ``name``: it must be seen there."""
        met: list[str] = []
        for _ in range(ENOUGH):
            if self._fits(found := self.tab(), name):
                if not self._noted():  # drawn anew between the look and the press
                    self.press("Shift+Tab")
                    self.tab()
                self.focus_is_seen()
                return
            met.append(found)
        raise AssertionError(f"Tab never came to {name!r}, but to: {met}")

    def tab(self) -> str:
        """One press; the name of what has the focus then."""
        self.page.evaluate(f"() => {{ {LOOKS} looks.note(); }}")
        self.page.keyboard.press("Tab")
        return str(self.page.evaluate(f"() => {{ {NAME} return named(document.activeElement); }}"))

    def _noted(self) -> bool:
        return bool(
            self.page.evaluate(
                f"() => {{ {LOOKS} return looks.rest.get(document.activeElement) !== undefined }}"
            )
        )

    def focus_is_seen(self) -> None:
        """What has the focus is on the screen and looks otherwise than without it."""
        self.page.wait_for_function(
            f"""() => {{ {LOOKS}
                const here = document.activeElement;
                return here !== document.body && here.matches(':focus-visible')
                    && looks.shown(here) && looks.rest.get(here) !== undefined
                    && looks.of(here) !== looks.rest.get(here);
            }}""",
            timeout=PATIENCE,
        )

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def types(self, text: str) -> None:
        self.page.keyboard.type(text)

    def stops(self) -> list[str]:
        """The names of all that Tab comes to on the main part of the page, in order."""
        found: list[str] = []
        for _ in range(ENOUGH):
            name = self.tab()
            where = self.page.evaluate(
                """() => { const e = document.activeElement;
                    if (e === document.body) return 'end';
                    e.dataset.met = 'yes';
                    return e.closest('[data-testid=stMain]') ? 'main' : 'beside'; }"""
            )
            if where == "end":
                return found
            if where == "main":
                found.append(name)
        raise AssertionError(f"Tab never came to the end of the page: {found}")

    def never_met(self) -> list[str]:
        """What can be used on the main part of the page and Tab did not come to.

        Of tabs and of choices that are one group Tab comes to one, and arrows to the others.
        """
        return list(
            self.page.evaluate(
                f"""() => {{ {NAME} {LOOKS}
                    const main = document.querySelector('[data-testid=stMain]');
                    return [...main.querySelectorAll('a[href], button, input, textarea, summary')]
                        .filter((e) => !e.disabled && e.dataset.met !== 'yes')
                        .filter((e) => e.checkVisibility() && !e.closest('[aria-hidden=true]'))
                        .filter((e) => !['tab', 'radio'].includes(e.getAttribute('role')))
                        .filter((e) => e.tabIndex >= 0)
                        .map(named);
                }}"""
            )
        )

    @staticmethod
    def _fits(found: str, name: str | re.Pattern[str]) -> bool:
        return found == name if isinstance(name, str) else bool(name.search(found))
