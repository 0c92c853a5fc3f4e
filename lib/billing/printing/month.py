"""A closed month on paper: spelled here, laid out by `month.html`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..settings.setup import Setup
from ..showing.close_sheet import CauseSum, Check, CloseSheet, SheetMoney
from . import spelled
from .document import render
from .words import LANGUAGES, words_of

TEMPLATE: Final = "month.html"
TONES: Final = {True: "good", False: "bad", None: "amber"}


def printed(sheet: CloseSheet, setup: Setup, *, staff: str, now: int, language: str) -> str:
    """The document in ``language``, else in English. ``staff``: who prints it; ``now``: when."""
    paper = Paper(language if language in LANGUAGES else "en")
    view, item = sheet.view, sheet.view.item
    name = paper.month(item.month)
    return render(
        TEMPLATE,
        paper.language,
        title=paper.say("title", month=name),
        kind=paper.say("kind"),
        as_of=now,
        timezone=view.timezone,
        staff=staff,
        livemode=setup.livemode,
        month=name,
        sheet=sheet,
        view=view,
        item=item,
        open_then=[
            (paper.say(f"point_{slug}"), spelled.number(count, paper.language))
            for slug, count in sheet.open_then
        ],
        checks=[paper.check(check) for check in sheet.checks],
        parts=[paper.part(part) for part in sheet.money],
    )


@dataclass(frozen=True)
class Paper:
    """Spells for one language."""

    language: str

    def say(self, key: str, **values: str) -> str:
        return words_of(TEMPLATE, self.language)[key].format(**values)

    def month(self, month: str) -> str:
        """``2026-10`` → October 2026."""
        year, _, number = month.partition("-")
        return f"{self.say('months').split()[int(number) - 1]} {year}"

    def money(self, minor: int | None, currency: str) -> str:
        """With the minus sign that figures are set with."""
        return spelled.money(minor, currency, self.language).replace("-", "−")

    def signed(self, minor: int | None, currency: str) -> str:
        """``+$6.00``; a dash for no difference."""
        if not minor:
            return spelled.UNKNOWN
        return f"{'+' if minor > 0 else ''}{self.money(minor, currency)}"

    def check(self, check: Check) -> dict[str, str]:
        amounts = ", ".join(self.signed(minor, code) for code, minor in check.amounts)
        detail = check.detail
        if check.says in ("carries_on", "carries_on_not"):
            detail = self.month(detail)
        elif check.says == "definitions_not":
            detail = ", ".join(self.say(f"part_{part}") for part in detail.split(","))
        return {
            "tone": TONES[check.holds],
            "word": self.say(f"verdict_{TONES[check.holds]}"),
            "told": self.say(f"check_{check.says}", detail=detail, amounts=amounts),
        }

    def part(self, part: SheetMoney) -> dict[str, Any]:
        """One currency: its rows as the template sets them."""
        code = part.currency
        return {
            "code": code.upper(),
            "lines": [
                {
                    "label": self.say(f"line_{line.name}"),
                    "total": line.name in ("opening", "closing"),
                    "signed": self.money(line.signed_minor, code),
                    "today": self.money(line.today_minor, code),
                    "difference": self.signed(line.difference_minor, code),
                }
                for line in part.lines
            ],
            "figures": [
                (
                    self.say(f"figure_{figure.name}"),
                    self.money(figure.value, code)
                    if figure.is_money
                    else spelled.number(figure.value, self.language),
                )
                for figure in part.figures
            ],
            "causes": [self._cause(cause, code) for cause in part.causes],
            "restated": self._cause(_all(part.causes), code) if part.causes else None,
        }

    def _cause(self, cause: CauseSum, code: str) -> dict[str, str]:
        return {
            "label": self.say(f"cause_{cause.cause}"),
            "count": spelled.number(cause.count, self.language),
            "amount": self.signed(cause.delta_minor, code)
            if cause.delta_minor
            else self.money(0, code),
        }


def _all(causes: Sequence[CauseSum]) -> CauseSum:
    return CauseSum(
        "all",
        sum(each.count for each in causes),
        sum(each.customers for each in causes),
        sum(each.delta_minor for each in causes),
    )
