"""Failed payments: a chosen invoice's story, and what was recovered for those who see totals."""

from __future__ import annotations

import pytest

from lib.billing import METRICS
from tests.pages.choosing import press
from tests.pages.conftest import Open, everything
from tests.pages.drawn import numbers, section_titles, tables
from tests.pages.fake_billing import FakeBilling

RECOVERY = "What becomes of failed payments?"


def told(app: object) -> str:
    return everything(app).replace("\\", "")  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ["support", "founder"])
def test_a_chosen_row_tells_its_attempts_and_what_to_do(open_page: Open, role: str) -> None:
    app = open_page("failed-payments", role, invoice="in_0003")
    assert "Ask for another payment method, and do not say why." in told(app)
    assert "For staff only" in told(app)
    assert "Attempts to collect" in told(app)
    assert ":red-badge[Final attempt]" in told(app)
    assert [b.label for b in app.button if b.label == "Open the customer"]


def test_an_invoice_that_left_the_queue_says_so(open_page: Open) -> None:
    app = open_page("failed-payments", "support", invoice="in_9999")
    assert ["is not in the queue any more" in i.value for i in app.info] == [True]


@pytest.mark.parametrize(("role", "sees"), [("support", False), ("finance", True)])
def test_recovery_and_dso_are_for_those_who_see_totals(
    open_page: Open, role: str, sees: bool
) -> None:
    app = open_page("failed-payments", role)
    assert (RECOVERY in section_titles(app)) is sees
    assert ("DSO, 90 days" in [m.label for m in numbers(app)]) is sees


def test_in_progress_stands_apart_and_the_rate_has_its_definition(open_page: Open) -> None:
    app = open_page("failed-payments", "finance")
    table = next(f.value for f in tables(app) if "in_progress" in f.value.columns)
    assert list(table["period"]) == ["Oct 2026", "Sep 2026", "Jul 2026"]
    assert set(table["rate"]) == {"40.0%"}
    for metric in ("failed_volume", "recovered", "in_progress", "lost", "recovery_rate"):
        assert METRICS[metric].definition in everything(app), metric


def test_the_cash_view_dates_it_by_payment(open_page: Open) -> None:
    app = open_page("failed-payments", "finance")
    press(app, "recovered", "By payment")
    assert METRICS["recovered_cash"].definition in everything(app)
    assert not any("in_progress" in f.value.columns for f in tables(app))


def test_what_was_recovered_is_shown_when_nothing_fails_now(
    open_page: Open, desk: FakeBilling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeBilling, "_failing", lambda self: [])
    app = open_page("failed-payments", "finance")
    assert not app.exception
    assert any("No payment is failing." in m.value for m in app.markdown)
    assert RECOVERY in section_titles(app)


def test_a_key_that_may_not_read_decline_codes_is_said(open_page: Open, desk: FakeBilling) -> None:
    desk.refused_codes = "The API key lacks the right rak_payment_intent_read."
    app = open_page("failed-payments", "support")
    [warning] = [w.value.replace("\\", "") for w in app.warning]
    assert "rak_payment_intent_read" in warning
    assert "only as far as events tell" in warning
