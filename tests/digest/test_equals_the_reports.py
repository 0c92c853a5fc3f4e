"""Every amount of every form of the seeded company's digests is one that `report` gives."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lib.billing.config import Settings
from lib.billing.digest.html import to_html
from lib.billing.digest.slack import to_blocks
from lib.billing.digest.spans import covered
from lib.billing.digest.text import to_text
from lib.billing.digest.values import Digest
from lib.billing.domain.times import iso, parse_iso
from lib.billing.wiring import Installation, open_installation
from tests.cut import first
from tests.sandbox.worlds import every_event, small_world

ROOT = Path(__file__).parents[2]
NOW = "2026-11-23T08:00:00Z"
ZONE = "Europe/Berlin"
FLOWS = ("new_minor", "reactivation_minor", "expansion_minor", "contraction_minor", "churn_minor")
SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥", "kwd": "KWD\u00a0"}
DIGITS = {"jpy": 0, "kwd": 3}
AMOUNT = re.compile(r"[+-]?(?:[$€£¥]|[A-Z]{3}\u00a0)\d[\d,.]*\d|[+-]?[$€£¥]\d")


@pytest.fixture(scope="module")
def portside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("digest")
    (folder / "portside.toml").write_text(f'timezone = "{ZONE}"\n')
    sandbox, _ = small_world()
    installation = open_installation(
        Settings.load(
            {
                "PORTSIDE_DATABASE_URL": f"sqlite:///{folder / 'portside.db'}",
                "PORTSIDE_CATALOG": str(ROOT / "catalog.toml"),
                "PORTSIDE_CONFIG": str(folder / "portside.toml"),
                "PORTSIDE_DASHBOARD_URL": "https://billing.example.com",
                "PORTSIDE_NOW": NOW,
            }
        )
    )
    assert installation.ingest.apply(every_event(sandbox)).failed == 0
    yield installation
    installation.close()
    sandbox.close()


def spelled(minor: int, currency: str, signed: bool = False) -> str:
    """An amount by this test's own means."""
    digits = DIGITS.get(currency, 2)
    number = f"{abs(minor) / 10**digits:,.{digits}f}"
    sign = "-" if minor < 0 else "+" if signed and minor > 0 else ""
    return f"{sign}{SIGNS[currency]}{number}"


class Told:
    """What the reports say of one digest's period."""

    def __init__(self, portside: Installation, digest: Digest) -> None:
        self._portside = portside.portside
        self._digest = digest
        self.amounts: Counter[str] = Counter()
        self.counts: list[str] = []

    def rows(self, name: str, *, within: bool = True) -> list[dict[str, Any]]:
        span = self._digest.covered
        dated: dict[str, Any] = {"start": span.first_day, "end": span.last_day} if within else {}
        found = self._portside.report(name, as_of=self._digest.as_of, by=span.by, **dated)
        rows: list[dict[str, Any]] = json.loads(found.to_json())["rows"]
        return rows

    def within(self, moment: str | None) -> bool:
        span = self._digest.covered
        return moment is not None and span.starts <= parse_iso(moment) < span.ends

    def listed(self, rows: list[dict[str, Any]], worth: str, noun: str, sign: int = 1) -> None:
        """The sums of a list, and the five largest of each currency."""
        if rows:
            self.counts.append(f"{len(rows)} {noun}{'' if len(rows) == 1 else 's'}")
        for currency in {row["currency"] for row in rows}:
            own = sorted((row[worth] for row in rows if row["currency"] == currency), reverse=True)
            self.amounts[spelled(sum(own), currency)] += 1
            for minor in own[:5]:
                self.amounts[spelled(sign * minor, currency, signed=worth == "delta_minor")] += 1

    def summed(self, rows: list[dict[str, Any]], worth: str) -> None:
        for currency in {row["currency"] for row in rows}:
            total = sum(row[worth] for row in rows if row["currency"] == currency)
            self.amounts[spelled(total, currency)] += 1

    def everything(self) -> Counter[str]:
        for row in self.rows("mrr"):
            code = row["currency"]
            flows = [row[name] for name in FLOWS if row[name]]
            if flows:
                self.amounts[spelled(row["opening_minor"], code)] += 1
                self.amounts[spelled(row["closing_minor"], code)] += 1
                for minor in (*flows, sum(flows), row["reconstructed_minor"]):
                    if minor:
                        self.amounts[spelled(minor, code, signed=True)] += 1
        ups = [row for row in self.rows("upgrades") if row["delta_minor"] > 0]
        self.listed(ups, "delta_minor", "upgrade")
        self.listed(self.rows("churned"), "mrr_minor", "customer", sign=-1)
        winding = self.rows("winding-down", within=False)
        fresh = [row for row in winding if self.within(row["requested_at"])]
        self.listed(fresh, "mrr_minor", "subscription")
        near = [row for row in winding if row["ends_at"] and self._near(row["ends_at"])]
        self.summed(near, "mrr_minor")
        self.listed(self.rows("failed-payments"), "amount_remaining_minor", "invoice")
        queue = self.rows("failed-payments", within=False)
        final = [row for row in queue if row["final_attempt"]]
        self.summed(final, "amount_remaining_minor")
        for row in self.rows("recovery-cash"):
            self.amounts[spelled(row["recovered_minor"], row["currency"])] += 1
        return self.amounts

    def _near(self, moment: str) -> bool:
        at = self._digest.judged_at
        return at <= parse_iso(moment) < at + 7 * 86_400


def plain(markup: str) -> str:
    body = markup.partition("</head>")[2]
    return html.unescape(re.sub(r"<[^>]+>", "\n", body))


def said(block: Any) -> Iterator[str]:
    """Every text of Slack blocks."""
    if isinstance(block, dict):
        text = block.get("text")
        if isinstance(text, str):
            yield text
        for name, inner in block.items():
            if not (name == "text" and isinstance(inner, str)):
                yield from said(inner)
    elif isinstance(block, list):
        for inner in block:
            yield from said(inner)


def forms(portside: Installation, digest: Digest) -> dict[str, str]:
    letter = portside.notices.letter(digest)
    return {
        "text": to_text(letter),
        "html": plain(to_html(letter)),
        "slack": "\n".join(said(to_blocks(letter))),
    }


CASES = {
    "the last week": ("week", None),
    "yesterday": ("day", None),
    "the last week, as of its end": ("week", "2026-11-22"),
    "a day, as of a time": ("day", "2026-11-19T12:00:00Z"),
    "a week of the month before": ("week", "2026-10-18"),
}


@pytest.mark.parametrize("case", first(3, CASES))
def test_every_amount_of_every_form_is_the_reports(portside, case):
    by, as_of = CASES[case]
    digest = portside.portside.digest(by, as_of=as_of)
    told = Told(portside, digest)
    expected = told.everything()
    assert expected
    for form, text in forms(portside, digest).items():
        assert Counter(AMOUNT.findall(text)) == expected, form
        for count in told.counts:
            assert count in text, form


def test_the_last_week_is_worth_telling(portside: Installation) -> None:
    """Else the comparison above would compare nothing."""
    digest = portside.portside.digest("week")
    assert digest.covered == covered("week", parse_iso(NOW), ZONE)
    lists = (digest.upgrades, digest.churned, digest.winding_down, digest.failing)
    assert all(each.count for each in lists)
    assert digest.mrr
    assert digest.recovered
    assert {action.kind for action in digest.actions} >= {"final_attempts", "last_days"}


def test_names_reasons_and_days_are_the_reports(portside: Installation) -> None:
    digest = portside.portside.digest("week")
    told = Told(portside, digest)
    ends = {
        (row["email"], row["ends_at"])
        for row in told.rows("winding-down", within=False)
        if told.within(row["requested_at"])
    }
    assert {(e.customer.email, iso(e.ends_at)) for e in digest.winding_down.top} == ends
    for text in forms(portside, digest).values():
        for row in told.rows("churned"):
            assert row["name"] in text
            assert (row["feedback"] or "no reason given").replace("_", " ") in text


def test_a_small_sample_tells_no_rate(portside: Installation) -> None:
    digest = portside.portside.digest("week")
    shown = {mrr.currency: mrr.churn for mrr in digest.mrr}
    for row in Told(portside, digest).rows("churn"):
        share = shown.get(row["currency"])
        if row["small_sample"]:
            assert share is None
        elif share is not None:
            assert share.rate == row["customer_churn"]
            assert share.numerator == row["churn_numerator"]
    assert any(shown.values())
    assert not all(shown.values())


def test_the_json_form_is_in_the_reports_words(portside: Installation) -> None:
    from lib.billing.digest.as_json import to_json

    digest = portside.portside.digest("week", as_of="2026-11-22")
    found = json.loads(to_json(digest))
    assert found["covered"]["starts"] == "2026-11-15T23:00:00Z"
    rows = {row["currency"]: row for row in Told(portside, digest).rows("mrr")}
    assert found["mrr"]
    for own in found["mrr"]:
        row = rows[own["currency"]]
        names = (*FLOWS, "opening_minor", "closing_minor", "reconstructed_minor")
        assert {name: own[name] for name in names} == {name: row[name] for name in names}
