"""Invoices, payments, and money that goes back."""

from __future__ import annotations

from tests.openapi.tour.traveller import Tour


def invoices(tour: Tour) -> None:
    api, customer = tour.api, tour.id("customer")
    page = api.get("/v1/invoices", customer=customer, limit=2, expand=["data.payments"])
    invoice = page["data"][0]["id"]
    deep = ["payments.data.payment.payment_intent", "parent.subscription_details.subscription"]
    api.get(f"/v1/invoices/{invoice}", expand=deep)
    api.get(f"/v1/invoices/{invoice}/lines")
    api.get("/v1/invoices/search", query="status:'paid' AND total>0")
    payments = api.get("/v1/invoice_payments", invoice=invoice)["data"]
    if payments:
        api.get(f"/v1/invoice_payments/{payments[0]['id']}")
    intents = api.get("/v1/payment_intents", customer=customer)["data"]
    api.get(f"/v1/payment_intents/{intents[0]['id']}", expand=["latest_charge"])
    charges = api.get("/v1/charges", customer=customer)["data"]
    api.get(f"/v1/charges/{charges[0]['id']}")
    api.get("/v1/charges/search", query=f"customer:'{customer}'")
    api.get("/v1/payment_intents/search", query=f"customer:'{customer}'")
    one_off = {"customer": customer, "currency": "usd", "amount": 1500, "description": "Training"}
    item = api.post("/v1/invoiceitems", **one_off)
    api.get(f"/v1/invoiceitems/{item['id']}")
    api.get("/v1/invoiceitems", customer=customer)
    spare = api.post("/v1/invoiceitems", **one_off)
    api.delete(f"/v1/invoiceitems/{spare['id']}")
    for ending in ("pay", "void", "mark_uncollectible"):
        api.post("/v1/invoiceitems", **one_off)
        draft = api.post(
            "/v1/invoices",
            customer=customer,
            collection_method="send_invoice",
            days_until_due=14,
            pending_invoice_items_behavior="include",
        )
        path = f"/v1/invoices/{draft['id']}"
        api.post(path, description="A day of training")
        api.post(f"{path}/finalize")
        api.post(f"{path}/send")
        api.post(f"{path}/{ending}")
    draft = api.post("/v1/invoices", customer=customer)
    api.delete(f"/v1/invoices/{draft['id']}")
    api.refused("GET", "/v1/invoices/in_unknown", 404)


def payments(tour: Tour) -> None:
    api, customer = tour.api, tour.id("customer")
    wanted = {"amount": 1200, "currency": "usd", "customer": customer}
    intent = api.post("/v1/payment_intents", **wanted)
    api.post(f"/v1/payment_intents/{intent['id']}/confirm", payment_method="pm_card_visa")
    spare = api.post("/v1/payment_intents", **wanted)
    path = f"/v1/payment_intents/{spare['id']}"
    declined = "pm_card_chargeCustomerFail"
    api.refused("POST", f"{path}/confirm", 402, payment_method=declined)
    api.get(path)
    api.post(f"{path}/cancel", cancellation_reason="abandoned")
    setup = api.post("/v1/setup_intents", customer=customer)
    api.get(f"/v1/setup_intents/{setup['id']}")
    api.post(f"/v1/setup_intents/{setup['id']}/confirm", payment_method="pm_card_visa")
    other = api.post("/v1/setup_intents", customer=customer)
    api.post(f"/v1/setup_intents/{other['id']}/cancel")
    api.get("/v1/setup_intents", customer=customer)


def money_back(tour: Tour) -> None:
    api, customer = tour.api, tour.id("customer")
    paid = api.get("/v1/invoices", customer=customer, status="paid")["data"]
    invoice = next(entry for entry in paid if entry["amount_paid"] > 2000)
    note = api.post(
        "/v1/credit_notes", invoice=invoice["id"], amount=500, credit_amount=500, memo="Outage"
    )
    api.get(f"/v1/credit_notes/{note['id']}")
    api.get("/v1/credit_notes", invoice=invoice["id"])
    charge = api.get("/v1/charges", customer=customer)["data"][0]
    refund = api.post("/v1/refunds", charge=charge["id"], amount=100)
    api.get(f"/v1/refunds/{refund['id']}")
    api.get("/v1/refunds", charge=charge["id"])
    api.get("/v1/disputes")
    api.post(f"/v1/refunds/{refund['id']}", metadata={"asked_by": "support"})
    path = f"/v1/credit_notes/{note['id']}"
    api.post(path, memo="An outage in October")
    api.get(f"{path}/lines")
    api.post("/v1/invoiceitems", customer=customer, currency="usd", amount=1500)
    owed = api.post("/v1/invoices", customer=customer, pending_invoice_items_behavior="include")
    api.post(f"/v1/invoices/{owed['id']}/finalize")
    mistaken = api.post("/v1/credit_notes", invoice=owed["id"], amount=500)
    api.post(f"/v1/credit_notes/{mistaken['id']}/void")
    other = next(x for x in api.get("/v1/charges", customer=customer)["data"][1:] if x["paid"])
    tour.open_dispute(other["id"])
    dispute = api.get("/v1/disputes", charge=other["id"])["data"][0]
    api.get(f"/v1/disputes/{dispute['id']}")
    api.post(f"/v1/disputes/{dispute['id']}/close")
