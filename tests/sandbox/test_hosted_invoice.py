"""The hosted invoice page: paying by card, its states, and its PDF."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from lib.sandbox.hosted import pdf
from lib.sandbox.testing import running_sandbox
from tests.sandbox.shop import DECLINED, GOOD_CARD, NOW, Shop, Visitor, open_shop


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with running_sandbox(now=NOW, frozen=True) as running:
        yield open_shop(running)


def visit(shop: Shop, url: str | None) -> Visitor:
    assert url is not None
    return Visitor(shop.running.url).open(url)


def test_a_card_pays_the_invoice(shop: Shop) -> None:
    invoice = shop.open_invoice(shop.customer(card=None))
    page = visit(shop, invoice.hosted_invoice_url)
    assert "$25.00 is to be paid." in page.text

    page.press("Pay $25.00", **page.card(GOOD_CARD))

    assert "Paid on" in page.text
    assert "Pay $25.00" not in page.buttons
    assert shop.stripe.v1.invoices.retrieve(invoice.id).status == "paid"
    assert {"invoice.paid", "payment_intent.succeeded"} <= set(shop.event_types())


def test_a_declined_card_leaves_the_invoice_open_and_no_card_behind(shop: Shop) -> None:
    customer = shop.customer(card=None)
    invoice = shop.open_invoice(customer)
    page = visit(shop, invoice.hosted_invoice_url)

    page.press("Pay $25.00", **page.card(DECLINED))

    assert page.status == 402
    assert "Your card has insufficient funds." in page.text
    assert shop.stripe.v1.invoices.retrieve(invoice.id).status == "open"
    assert shop.stripe.v1.payment_methods.list({"customer": customer}).data == []
    page.press("Pay $25.00", **page.card(GOOD_CARD))
    assert "Paid on" in page.text


@pytest.mark.parametrize(
    ("end", "words"),
    [
        pytest.param("void_invoice", "This invoice was voided", id="void"),
        pytest.param("mark_uncollectible", "marked as uncollectible", id="uncollectible"),
    ],
)
def test_a_closed_invoice_says_so_and_takes_no_card(shop: Shop, end: str, words: str) -> None:
    invoice = shop.open_invoice(shop.customer())
    getattr(shop.stripe.v1.invoices, end)(invoice.id)

    page = visit(shop, invoice.hosted_invoice_url)

    assert words in page.text
    assert page.buttons == []


def test_the_pdf_is_a_pdf_with_the_number_and_the_total(shop: Shop) -> None:
    invoice = shop.open_invoice(shop.customer(name="Zoë (Ltd) \\ Co"))

    answer = httpx.get(str(invoice.invoice_pdf))

    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-1.4")
    assert answer.content.rstrip().endswith(b"%%EOF")
    assert str(invoice.number).encode() in answer.content
    assert b"25.00" in answer.content
    assert b"Zo\xeb \\(Ltd\\) \\\\ Co" in answer.content


def test_a_pdfs_table_of_contents_points_at_its_objects() -> None:
    made = pdf.render(["One"])
    start = int(made.rsplit(b"startxref\n", 1)[1].split()[0])
    places = [int(line.split()[0]) for line in made[start:].splitlines()[3:8]]
    assert [made[place : place + 7] for place in places] == [
        f"{number} 0 obj".encode() for number in range(1, 6)
    ]


def test_a_long_invoice_is_cut_with_a_note() -> None:
    made = pdf.render([f"Line {number}" for number in range(80)])
    assert b"continued in the online invoice" in made
    assert b"Line 79" not in made


def test_a_wrong_token_is_not_found(shop: Shop) -> None:
    invoice = shop.open_invoice(shop.customer())
    url = str(invoice.hosted_invoice_url)
    assert visit(shop, url[:-2] + "zz").status == 404
    assert visit(shop, url[:-2] + "zz/pdf").status == 404
