"""``/v1/checkout/sessions``."""

from __future__ import annotations

from typing import Any

from lib.sandbox.api.routing import Call, endpoint
from lib.sandbox.checkout import schemas, sessions
from lib.sandbox.checkout.sessions import KIND, URL
from lib.sandbox.paging import listing, page, page_of

Object = dict[str, Any]


@endpoint("POST", URL, schemas.CREATE)
def create(call: Call) -> Object:
    return sessions.create(call.sandbox, call.params)


@endpoint("GET", URL, schemas.LIST)
def list_sessions(call: Call) -> Object:
    names = ("customer", "payment_intent", "payment_link", "status", "subscription")
    wanted = {name: call.params[name] for name in names if name in call.params}
    email = call.params.get("customer_details", {}).get("email")

    def keep(session: Object) -> bool:
        details = session["customer_details"] or {}
        if email is not None and details.get("email") != email:
            return False
        return all(session[name] == value for name, value in wanted.items())

    return page(
        call.sandbox, KIND, URL, call.params, customer=call.params.get("customer"), keep=keep
    )


@endpoint("GET", URL + "/{session}")
def retrieve(call: Call, session: str) -> Object:
    return call.sandbox.get(KIND, session)


@endpoint("POST", URL + "/{session}", schemas.UPDATE)
def update(call: Call, session: str) -> Object:
    return sessions.update(call.sandbox, call.sandbox.get(KIND, session), call.params)


@endpoint("POST", URL + "/{session}/expire", {})
def expire(call: Call, session: str) -> Object:
    return sessions.expire(call.sandbox, call.sandbox.get(KIND, session))


@endpoint("GET", URL + "/{session}/line_items", listing())
def line_items(call: Call, session: str) -> Object:
    lines = call.sandbox.get(KIND, session)["_"]["lines"]
    return page_of(lines, f"{URL}/{session}/line_items", call.params, "item")
