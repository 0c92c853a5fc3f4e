"""The hosted invoice: its states, paying it by card, and its PDF."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from lib.sandbox.billing import invoices, payments
from lib.sandbox.core import Sandbox
from lib.sandbox.hosted import pdf, wording
from lib.sandbox.hosted.cards import read_card
from lib.sandbox.hosted.portal_home import invoice_row
from lib.sandbox.hosted.portal_visit import NO_SUCH_LINK
from lib.sandbox.hosted.web import HEADERS, Visit, route
from lib.sandbox.portal import methods

PATH = "/i/{account}/{token}"


def show(visit: Visit) -> Response:
    invoice = _invoice(visit)
    return _missing(visit) if invoice is None else _page(visit, invoice)


def pay(visit: Visit) -> Response:
    """Charge the entered card for what is open. It is kept when it pays, but not as the default."""
    invoice = _invoice(visit)
    if invoice is None:
        return _missing(visit)
    if invoice["status"] != "open":
        return visit.redirect(_path(invoice))
    sandbox = visit.sandbox
    card = read_card(visit.form, sandbox.now())
    method = payments.create_method(
        sandbox, card.number, exp_month=card.exp_month, exp_year=card.exp_year
    )
    declined = methods.pay_invoice(sandbox, invoice["id"], method["id"])
    if declined is None:
        return visit.redirect(_path(invoice))
    visit.declined = declined
    return _page(visit, sandbox.get("invoice", invoice["id"]))


def download(visit: Visit) -> Response:
    invoice = _invoice(visit)
    if invoice is None:
        return _missing(visit)
    name = f"Invoice-{invoice['number'] or invoice['id']}.pdf"
    return Response(
        pdf.render(_text(visit.sandbox, invoice)),
        media_type="application/pdf",
        headers={**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'},
    )


def _invoice(visit: Visit) -> dict[str, Any] | None:
    """The finalized invoice that the address belongs to."""
    return invoices.by_token(visit.sandbox, visit.path["token"])


def _missing(visit: Visit) -> Response:
    return visit.message("This link is not valid", NO_SUCH_LINK, status=404)


def _path(invoice: dict[str, Any]) -> str:
    return "/i/" + str(invoice["hosted_invoice_url"]).partition("/i/")[2]


def _page(visit: Visit, invoice: dict[str, Any]) -> Response:
    path = _path(invoice).partition("?")[0]
    currency = invoice["currency"]
    remaining = invoice["amount_remaining"]
    return visit.page(
        "invoice.html",
        title=f"Invoice {invoice['number'] or invoice['id']}",
        invoice=invoice_row(invoice),
        sentence=_sentence(invoice),
        to=invoice["customer_name"] or invoice["customer_email"] or invoice["customer"],
        due=wording.date(invoice["due_date"]),
        lines=[_line(line, currency) for line in invoice["lines"]["data"]],
        totals=_totals(invoice),
        payable=invoice["status"] == "open" and remaining > 0,
        remaining=wording.money(remaining, currency),
        pay_url=f"{path}/pay",
        pdf_url=f"{path}/pdf",
        form={},
    )


def _sentence(invoice: dict[str, Any]) -> str:
    status = invoice["status"]
    if status == "paid":
        return f"Paid on {wording.date(invoice['status_transitions']['paid_at'])}."
    if status == "void":
        return "This invoice was voided. Nothing is to be paid."
    if status == "uncollectible":
        return "This invoice was marked as uncollectible."
    remaining = wording.money(invoice["amount_remaining"], invoice["currency"])
    return f"{remaining} is to be paid."


def _line(line: dict[str, Any], currency: str) -> dict[str, str]:
    period = line["period"]
    start, end = wording.date(period["start"]), wording.date(period["end"])
    return {
        "text": line["description"] or "",
        "period": start if start == end else f"{start} to {end}",
        "quantity": "" if line["quantity"] is None else str(line["quantity"]),
        "amount": wording.money(line["amount"], currency),
    }


def _totals(invoice: dict[str, Any]) -> list[tuple[str, str]]:
    currency = invoice["currency"]
    discount = sum(part["amount"] for part in invoice["total_discount_amounts"] or [])
    tax = sum(part["amount"] for part in invoice["total_taxes"] or [])
    rows = [("Subtotal", invoice["subtotal"])]
    if discount:
        rows.append(("Discount", -discount))
    if tax:
        rows.append(("Tax", tax))
    rows += [("Total", invoice["total"]), ("Amount paid", invoice["amount_paid"])]
    rows.append(("Amount due", invoice["amount_remaining"]))
    return [(text, wording.money(amount, currency)) for text, amount in rows]


def _text(sandbox: Sandbox, invoice: dict[str, Any]) -> list[str]:
    currency = invoice["currency"]
    lines = [
        f"Invoice {invoice['number'] or invoice['id']}",
        f"{sandbox.settings.account_name} (sandbox, no real invoice)",
        f"Date: {wording.date(invoice['created'])}",
        f"To: {invoice['customer_name'] or invoice['customer_email'] or invoice['customer']}",
        f"Status: {invoice['status']}",
        "",
    ]
    for line in invoice["lines"]["data"]:
        shown = _line(line, currency)
        lines += [f"{shown['text'][:70]:<72}{shown['amount']:>18}", f"  {shown['period']}"]
    lines.append("")
    lines += [f"{text:<72}{amount:>18}" for text, amount in _totals(invoice)]
    return lines


routes = [
    route("GET", PATH, show),
    route("POST", f"{PATH}/pay", pay, declined=show),
    route("GET", f"{PATH}/pdf", download),
]
