"""The Invoices page: its filters, its sums, and one invoice with its lines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.billing import METRICS, Correction, LinesView
from tests.pages.choosing import press
from tests.pages.conftest import Open, everything
from tests.pages.drawn import numbers, tables
from tests.pages.fake_billing import NOW, FakeBilling
from tests.pages.fake_invoices import HOSTILE, LINES


def told(app: object) -> str:
    return everything(app).replace("\\", "")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "key", "column", "values"),
    [
        ({"q": "PORT-0001"}, "q", "number", {"PORT-0001"}),
    ],
    ids=["number"],
)
def test_a_filter_in_the_address_is_in_force(
    open_page: Open, query: dict[str, str], key: str, column: str, values: set[str]
) -> None:
    app = open_page("invoices", "finance", **query)
    assert app.session_state[key]
    shown = tables(app)[0].value[column]
    assert {v[0] if isinstance(v, list) else v for v in shown} == values


def test_a_filter_that_nothing_matches_can_be_cleared(open_page: Open) -> None:
    app = open_page("invoices", "finance", q="nobody at all")
    assert any("No invoice matches these filters." in m.value for m in app.markdown)
    app.button(key="clear_filters").click().run()
    assert len(tables(app)[0].value) == 25


def test_only_open_invoices_of_ended_subscriptions(open_page: Open) -> None:
    app = open_page("invoices", "finance")
    app.toggle(key="ended").set_value(True).run()
    shown = tables(app)[0].value
    assert len(shown) == 6
    assert all(cell == ["Ended"] for cell in shown["ended"])


def test_the_list_is_summed_by_currency_and_never_across(
    open_page: Open, desk: FakeBilling
) -> None:
    sums = tables(open_page("invoices", "finance"))[1].value
    assert list(sums["code"]) == ["EUR", "USD"]
    assert list(sums["count"]) == [part.count for part in desk.invoices().sums]


@pytest.mark.parametrize(
    "metric",
    ["invoiced", "paid", "open_amount", "credited", "refunded", "disputed", "ageing"],
)
def test_every_amount_has_its_definition_on_the_page(open_page: Open, metric: str) -> None:
    assert METRICS[metric].definition in everything(open_page("invoices", "finance"))


def test_choosing_a_currency_changes_the_numbers(open_page: Open) -> None:
    app = open_page("invoices", "finance")
    assert numbers(app)[0].value == "$12,345"
    press(app, "in", "EUR")
    assert numbers(app)[0].value == "€987"


def test_a_chosen_invoice_shows_its_lines_and_of_which_state_they_are(open_page: Open) -> None:
    app = open_page("invoices", "finance", invoice="in_0001")
    shown = next(f.value for f in tables(app) if "quantity" in f.value.columns)
    assert list(shown["what"]) == [HOSTILE, "=HYPERLINK(1)"]
    assert list(shown["unit"]) == ["$10.00", "0.00125 USD"]
    assert "add up to the total" not in told(app)  # the row says 58.00, the lines 19.70
    assert "the lines are of an earlier state" in told(app)
    assert "As told by event evt_1." in told(app)
    assert "Tax 10 %" in told(app)


def test_lines_that_add_up_say_so(open_page: Open, desk: FakeBilling) -> None:
    total = desk.invoice("in_0001").item.total_minor
    first = replace(LINES.lines[0], amount_minor=total)
    whole = replace(LINES, lines=(first,), taxes=(), discount_minor=0, total_minor=total)
    desk.lines = LinesView(whole, "event evt_1")
    app = open_page("invoices", "finance", invoice="in_0001")
    assert "Lines, discounts and tax add up to the total." in told(app)
    assert not app.error


def test_lines_that_do_not_add_up_say_by_how_much(open_page: Open, desk: FakeBilling) -> None:
    desk.lines = LinesView(replace(LINES, total_minor=2000), "event evt_1")
    app = open_page("invoices", "finance", invoice="in_0001")
    [error] = [e.value.replace("\\", "") for e in app.error]
    assert "do not add up to the total: +$0.30 is in the total and in no line" in error


def test_lines_that_cannot_be_had_say_why(open_page: Open, desk: FakeBilling) -> None:
    desk.lines = LinesView(None, None, "The event has no body any more. Set STRIPE_API_KEY.")
    app = open_page("invoices", "finance", invoice="in_0001")
    assert [i.value.replace("\\", "") for i in app.info] == [
        "The event has no body any more. Set STRIPE_API_KEY."
    ]


def test_what_came_back_and_the_attempts_stand_beneath_the_lines(
    open_page: Open, desk: FakeBilling
) -> None:
    desk.came_back_of_one = (
        Correction("refund", "re_1", "in_0001", 700, "usd", "succeeded", HOSTILE, NOW, True),
    )
    app = open_page("invoices", "finance", invoice="in_0001")
    back = next(f.value for f in tables(app) if "kind" in f.value.columns)
    assert list(back["kind"]) == ["Refund"]
    assert "Attempts to collect" in told(app)
    assert "The card is reported lost" in told(app)


def test_links_lead_only_to_web_addresses(open_page: Open) -> None:
    app = open_page("invoices", "finance", invoice="in_0001")
    assert "javascript:" not in everything(app)
    assert "https://invoice.example.invalid/1.pdf" in everything(app)


def test_an_invoice_that_nobody_knows_is_one_sentence(open_page: Open) -> None:
    app = open_page("invoices", "finance", invoice="in_nobody")
    assert not app.exception
    assert [e.value.replace("\\", "") for e in app.error] == [
        "No invoice in_nobody is stored: choose another."
    ]


def test_hostile_names_reach_no_markdown_in_the_detail(open_page: Open) -> None:
    app = open_page("invoices", "finance", invoice="in_0003")
    for element in (*app.markdown, *app.caption):
        assert "](http" not in str(element.value)
