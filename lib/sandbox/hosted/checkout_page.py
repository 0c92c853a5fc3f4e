"""The hosted checkout page: what is bought, the form, and where the customer goes afterwards."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from lib.sandbox.checkout import completion, sessions
from lib.sandbox.errors import SandboxError
from lib.sandbox.hosted import wording
from lib.sandbox.hosted.cards import read_card
from lib.sandbox.hosted.portal_visit import NO_SUCH_LINK
from lib.sandbox.hosted.web import Visit, route

PATH = "/c/pay/{session}"
TITLES = {
    "payment": ("Pay", "Pay"),
    "setup": ("Save your card", "Save card"),
    "subscription": ("Subscribe", "Subscribe"),
}


def show(visit: Visit) -> Response:
    session = visit.sandbox.peek(sessions.KIND, visit.path["session"])
    return _closed(visit, session) or _form(visit, session or {})


def submit(visit: Visit) -> Response:
    """Complete the session and lead to its success address; a declined card keeps it open."""
    sandbox, form = visit.sandbox, visit.form
    session = sandbox.peek(sessions.KIND, visit.path["session"])
    closed = _closed(visit, session)
    if closed is not None or session is None:
        return closed or _form(visit, {})
    card = read_card(form, sandbox.now()) if completion.needs_card(session) else None
    done = completion.complete(
        sandbox,
        session,
        email=_email(session, form, visit),
        name=form.get("name", "").strip(),
        card=card,
        promotion_code=_promotion(visit, session),
    )
    return visit.redirect(done["success_url"].replace("{CHECKOUT_SESSION_ID}", done["id"]))


def _closed(visit: Visit, session: dict[str, Any] | None) -> Response | None:
    """The page for a session that cannot be used, None for an open one."""
    if session is None:
        return visit.message("This link is not valid", NO_SUCH_LINK, status=404)
    if session["status"] == "open":
        return None
    back = session["cancel_url"]
    link = None if back is None else {"url": back, "text": "Go back"}
    if session["status"] == "expired":
        return visit.message(
            "This checkout has expired", "Ask for a new link.", status=410, link=link
        )
    return visit.message("You are all done here", "This checkout was completed.", link=link)


def _form(visit: Visit, session: dict[str, Any]) -> Response:
    title, submit_text = TITLES[session["mode"]]
    fixed = _fixed_email(visit, session)
    return visit.page(
        "checkout.html",
        title=title,
        heading=_heading(session),
        total=_amount(session["amount_total"], session),
        lines=[_line(line, session) for line in session["_"]["lines"]],
        totals=_totals(session),
        cancel_url=session["cancel_url"],
        action=f"/c/pay/{session['id']}",
        form={"email": fixed or "", **{k: visit.form[k] for k in _KEPT if k in visit.form}},
        email_fixed=fixed is not None,
        ask_card=completion.needs_card(session),
        ask_promotion=bool(session["allow_promotion_codes"]),
        custom_fields=[],
        submit="Start trial" if _trial(session) else submit_text,
    )


_KEPT = ("email", "name", "promotion_code")


def _line(line: dict[str, Any], session: dict[str, Any]) -> dict[str, str]:
    price = wording.price(line["price"], line["quantity"])
    return {
        "text": f"{line['description'] or ''} ({price})",
        "amount": _amount(line["amount_subtotal"], session),
    }


def _heading(session: dict[str, Any]) -> str:
    trial = _trial(session)
    if trial is not None:
        return trial
    return {"payment": "Pay once", "setup": "Save a card for later"}.get(
        session["mode"], "Start a subscription"
    )


def _trial(session: dict[str, Any]) -> str | None:
    data = session["_"]["subscription_data"]
    if "trial_period_days" in data:
        return f"{data['trial_period_days']} days free"
    if "trial_end" in data:
        return f"Free until {wording.date(data['trial_end'])}"
    return None


def _totals(session: dict[str, Any]) -> list[tuple[str, str]]:
    details = session["total_details"]
    if details is None:
        return []
    rows = []
    if details["amount_discount"]:
        rows.append(("Discount", _amount(-details["amount_discount"], session)))
    return [*rows, ("Total due today", _amount(session["amount_total"], session))]


def _amount(amount: int | None, session: dict[str, Any]) -> str:
    return "" if amount is None else wording.money(amount, session["currency"])


def _fixed_email(visit: Visit, session: dict[str, Any]) -> str | None:
    customer = visit.sandbox.peek("customer", session["customer"])
    if customer is not None and customer["email"]:
        return str(customer["email"])
    email: str | None = session["customer_email"]
    return email


def _email(session: dict[str, Any], form: dict[str, str], visit: Visit) -> str:
    email = _fixed_email(visit, session) or form.get("email", "").strip()
    if "@" not in email:
        raise SandboxError("Enter your e-mail address.", type="card_error", status=402)
    return email


def _promotion(visit: Visit, session: dict[str, Any]) -> str | None:
    code = visit.form.get("promotion_code", "").strip()
    if not code or not session["allow_promotion_codes"]:
        return None
    for promotion in visit.sandbox.find("promotion_code", active=True):
        if promotion["code"].casefold() == code.casefold():
            return str(promotion["id"])
    raise SandboxError("This promotion code is not valid.", type="card_error", status=402)


routes = [
    route("GET", PATH, show),
    route("POST", PATH, submit, declined=show),
]
