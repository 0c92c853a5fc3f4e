"""The customer's own billing information, as far as the configuration lets it be changed."""

from __future__ import annotations

import re
from typing import Any

from starlette.responses import Response

from lib.sandbox.billing import customers
from lib.sandbox.errors import SandboxError
from lib.sandbox.hosted.portal_visit import PortalVisit, portal_route

FLOWS = ("customer_update",)
ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def show(portal: PortalVisit) -> Response:
    return _form(portal, _current(portal.customer))


def save(portal: PortalVisit) -> Response:
    form = {name: value.strip() for name, value in portal.visit.form.items()}
    allowed = _allowed(portal)
    problem = _problem(form, allowed)
    if problem is not None:
        return _form(portal, form, error=problem)
    change: dict[str, Any] = {
        name: form[name] or None
        for name in ("name", "email", "phone")
        if name in allowed and name in form
    }
    if "address" in allowed and any(name in form for name in ADDRESS):
        change["address"] = {name: form.get(name) or None for name in ADDRESS}
    customers.update(portal.visit.sandbox, portal.customer["id"], change)
    return portal.finish("Your billing information was updated.")


def _form(portal: PortalVisit, form: dict[str, Any], *, error: str | None = None) -> Response:
    return portal.page(
        "portal_customer.html",
        title="Update your billing information",
        allowed=_allowed(portal),
        form=form,
        error=error,
    )


def _allowed(portal: PortalVisit) -> list[str]:
    """What may change. Someone who logged in by e-mail cannot change that e-mail."""
    feature = portal.feature("customer_update")
    if not feature["enabled"] or not feature["allowed_updates"]:
        raise SandboxError("Billing information cannot be changed here.", status=403)
    fixed = {"email"} if portal.session["_"].get("by_login") else set()
    return [name for name in feature["allowed_updates"] if name not in fixed]


def _current(customer: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: customer[name] for name in ("name", "email", "phone")},
        **(customer["address"] or {}),
    }


def _problem(form: dict[str, str], allowed: list[str]) -> str | None:
    if "email" in allowed and not re.fullmatch(r"[^@\s]+@[^@\s]+", form.get("email", "")):
        return "Enter an e-mail address, such as name@example.com."
    country = form.get("country", "")
    if "address" in allowed and country and not re.fullmatch(r"[A-Za-z]{2}", country):
        return "Give the country as its two-letter code, such as DE."
    if any(len(value) > 500 for value in form.values()):
        return "Keep each entry under 500 characters."
    return None


routes = [
    portal_route("GET", "/customer", show, flows=FLOWS),
    portal_route("POST", "/customer", save, flows=FLOWS),
]
