"""Alerts in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..digest.letter import Letter, Line, Section, Tone, clean
from ..digest.lines import about, reason
from ..digest.spelled import Names, counted, money, said
from ..digest.values import Customer

Told = Mapping[str, Any]


def letter_of(kind: str, told: Told, names: Names, *, livemode: bool) -> Letter:
    """``told``: what `alerts` found, as it was kept."""
    title, line = _WORDS[kind](told, names)
    return Letter(
        subject=f"Portside: {title[0].lower()}{title[1:]}",
        title=title,
        about=f"Days in {names.timezone}",
        sections=(Section("", (line,)),),
        test_mode=not livemode,
    )


def _upgrade(told: Told, names: Names) -> tuple[str, Line]:
    value = money(told["delta_minor"], told["currency"], signed=True)
    before, after = names.plan(told["from_plan"]), names.plan(told["to_plan"])
    step = after if before == after else f"{before} → {after}"
    line = _line(told, value, names, f"{step}, {names.day(told['occurred_at'])}", tone="good")
    return f"Large upgrade: {value} MRR, {line.text}", line


def _churn(told: Told, names: Names) -> tuple[str, Line]:
    value = money(told["delta_minor"], told["currency"])
    why = f"{names.plan(told['from_plan'])}, {reason(told['reason'])}"
    line = _line(told, value, names, f"{why}, {names.day(told['occurred_at'])}", tone="bad")
    return f"Large churn: {value} MRR, {line.text}", line


def _failed(told: Told, names: Names) -> tuple[str, Line]:
    value = money(told["remaining_minor"], told["currency"])
    again = told["next_attempt_at"]
    parts = [
        clean(told["number"], 30),
        said(told["decline_code"]) or "no decline code yet",
        "no further attempt" if again is None else f"next attempt {names.day(again)}",
    ]
    line = _line(told, value, names, ", ".join(filter(None, parts)), tone="bad")
    return f"Payment failed: {value}, {line.text}", line


def _drift(told: Told, names: Names) -> tuple[str, Line]:
    n = counted(told["count"], "open difference")
    note = f"The limit is {told['limit']:,}. Told again once it was within the limit."
    return f"{n} from Stripe", Line(n, notes=(note,), link=names.page("sync"), tone="bad")


def _silence(told: Told, names: Names) -> tuple[str, Line]:
    last = told["last"]
    since = "None has ever arrived." if last is None else f"The last one came {names.time(last)}."
    note = f"{since} Look at the endpoint in Stripe: disabled, wrong address, failing?"
    line = Line("No webhook arrives", notes=(note,), link=names.page("sync"), tone="bad")
    return "No webhook arrives from Stripe", line


def _line(told: Told, value: str, names: Names, *notes: str, tone: Tone) -> Line:
    who = Customer(told["customer_id"], told["email"], told["name"])
    return about(who, value, names, *notes, tone=tone)


_MANY: Final = {
    "large_upgrade": ("large upgrades", "MRR", "mrr"),
    "large_churn": ("large customers churned", "MRR", "churn"),
    "failed_payment": ("large failed payments", "open", "failed-payments"),
}


def _many(told: Told, names: Names) -> tuple[str, Line]:
    phrase, worth, page = _MANY[told["of"]]
    title = f"{told['count']:,} {phrase}"
    value = ", ".join(money(minor, code) for code, minor in told["worth"].items())
    tone: Tone = "good" if told["of"] == "large_upgrade" else "bad"
    note = f"{value} {worth}. Each is above its limit; so many at once are told as one."
    return f"{title}: {value} {worth}", Line(title, "", (note,), names.page(page), tone)


_WORDS = {
    "many": _many,
    "large_upgrade": _upgrade,
    "large_churn": _churn,
    "failed_payment": _failed,
    "drift": _drift,
    "silence": _silence,
}
