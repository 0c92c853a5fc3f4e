"""Everything asked of Stripe's API: plain dicts and values in and out.

The one object that links, backfill, doctor and tests pass around. Whoever holds it knows neither
the SDK nor its errors: :class:`StripeUnavailable` (try again) and :class:`StripeRefused` (Stripe
said no, and why) are all that it raises, beside what each docstring names.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final, Literal
from urllib.parse import quote

from ..domain.errors import NoSuchObject, StripeRefused, StripeUnavailable
from ..domain.portal import CheckoutSeen, Deeplink, PortalConfiguration, SessionMade
from .client import make_client, mode_of
from .fields import Fields, Raw
from .portal import flow_data, read_configuration
from .refusals import translated

PAGE: Final = 100

_PATHS: Final[dict[str, str]] = {
    "customers": "/v1/customers",
    "subscriptions": "/v1/subscriptions",
    "subscription_schedules": "/v1/subscription_schedules",
    "invoices": "/v1/invoices",
    "invoice_payments": "/v1/invoice_payments",
    "payment_intents": "/v1/payment_intents",
    "charges": "/v1/charges",
    "refunds": "/v1/refunds",
    "disputes": "/v1/disputes",
    "credit_notes": "/v1/credit_notes",
    "checkout_sessions": "/v1/checkout/sessions",
    "prices": "/v1/prices",
    "products": "/v1/products",
    "coupons": "/v1/coupons",
    "events": "/v1/events",
    "portal_configurations": "/v1/billing_portal/configurations",
    "webhook_endpoints": "/v1/webhook_endpoints",
}
"""What can be listed. Singular (``invoice``) is what can be retrieved."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, newest first, as Stripe saw it at ``date`` (unix seconds)."""

    objects: list[Raw]
    date: int


class Gateway:
    """Stripe's API under one key.

    Args:
        api_base: another address (the sandbox); Stripe's own by default.

    Raises:
        ConfigurationError: the key is unusable.
    """

    def __init__(self, api_key: str, api_base: str | None = None, **client_options: Any) -> None:
        self.mode: Literal["test", "live"] = mode_of(api_key)
        self._client, beneath = make_client(api_key, api_base, **client_options)
        self._close: Callable[[], None] = beneath.close

    def close(self) -> None:
        """Close the connections of the thread that calls; others close when their thread ends."""
        self._close()

    def create_portal_session(
        self,
        customer: str,
        *,
        return_url: str,
        idempotency_key: str,
        link: Deeplink,
        configuration: str | None = None,
    ) -> SessionMade:
        """A portal session for ``customer`` that begins at ``link``. Lives five minutes unopened.

        The same ``idempotency_key`` within a day gives the same session.
        """
        params: dict[str, Any] = {"customer": customer, "return_url": return_url}
        if configuration is not None:
            params["configuration"] = configuration
        flow = flow_data(link, return_url)
        if flow is not None:
            params["flow_data"] = flow
        return self._session("/v1/billing_portal/sessions", params, idempotency_key)

    def create_checkout_session(
        self,
        *,
        price: str,
        success_url: str,
        cancel_url: str,
        idempotency_key: str,
        customer: str | None = None,
        email: str | None = None,
        org_id: str | None = None,
        org_key: str = "org_id",
        quantity: int | None = 1,
        trial_days: int | None = None,
        coupon: str | None = None,
        metadata: Mapping[str, str] | None = None,
        beside: Sequence[str] = (),
    ) -> SessionMade:
        """A Checkout session that starts a subscription to the price with id ``price``.

        ``quantity`` is None for a price that is billed by usage, as those are that stand ``beside``
        it. ``metadata`` goes onto the session and onto the subscription.
        """
        line: dict[str, Any] = {"price": price}
        if quantity is not None:
            line["quantity"] = quantity
        params: dict[str, Any] = {
            "mode": "subscription",
            "line_items": [line, *({"price": other} for other in beside)],
            "success_url": success_url,
            "cancel_url": cancel_url,
        }
        data: dict[str, Any] = {}
        if trial_days is not None:
            data["trial_period_days"] = trial_days
        if coupon is not None:
            params["discounts"] = [{"coupon": coupon}]
        if customer is not None:
            params["customer"] = customer
        elif email is not None:
            params["customer_email"] = email
        marks = dict(metadata or {})
        if marks:
            params["metadata"] = dict(marks)
        if org_id is not None:
            params["client_reference_id"] = org_id
            marks[org_key] = org_id
        if marks:
            data["metadata"] = marks
        if data:
            params["subscription_data"] = data
        return self._session("/v1/checkout/sessions", params, idempotency_key)

    def close_checkout_session(self, session_id: str) -> CheckoutSeen:
        """End a Checkout session that may still be open; what it turned out to be.

        Raises:
            NoSuchObject: Stripe does not know it.
        """
        path = f"/v1/checkout/sessions/{quote(session_id, safe='')}/expire"
        try:
            self._ask("post", path, {})
        except StripeRefused:
            # It had ended by itself, or its customer was faster: only Stripe knows which.
            raw, _ = self.retrieve("checkout_session", session_id)
            fields = Fields(raw, "checkout session")
            return CheckoutSeen(fields.word("status"), fields.ident("subscription"))
        return CheckoutSeen("expired", None)

    def price_id(self, lookup_key: str) -> str | None:
        """The id of the active price with this lookup key; None when Stripe has none."""
        raw, _ = self._get("/v1/prices", {"lookup_keys": [lookup_key], "active": True, "limit": 1})
        # What ignores the filter must not sell another price.
        found = _listed(raw, "/v1/prices").children("data")
        return next((p.own_id() for p in found if p.word("lookup_key") == lookup_key), None)

    def portal_configurations(self) -> list[PortalConfiguration]:
        """The active portal configurations, newest first."""
        return [
            read_configuration(raw)
            for page in self.list_objects("portal_configurations", active=True)
            for raw in page.objects
        ]

    def default_configuration(self) -> PortalConfiguration | None:
        """The account's default portal configuration; None until its settings were saved once."""
        found = self.portal_configurations()
        return next((known for known in found if known.is_default), None)

    def list_objects(
        self, kind: str, *, after: str | None = None, **filters: Any
    ) -> Iterator[Page]:
        """Every page of ``kind`` (a key of the table above), newest first, to the end.

        Args:
            after: the id to go on after.
            filters: Stripe's own, e.g. ``status="all"``, ``expand=["data.discounts"]``.
        """
        return self.list_at(_PATHS[kind], after=after, **filters)

    def invoice_lines(self, invoice_id: str) -> list[Raw]:
        """Every line of an invoice, in Stripe's order. Raises NoSuchObject for one it does not
        know."""
        path = f"/v1/invoices/{quote(invoice_id, safe='')}/lines"
        with _known("invoice", invoice_id):
            return [raw for page in self.list_at(path) for raw in page.objects]

    def list_at(self, path: str, *, after: str | None = None, **filters: Any) -> Iterator[Page]:
        """The same for the list at ``path``, e.g. ``/v1/products/prod_1/features``."""
        params = {"limit": PAGE} | filters
        more = True
        while more:
            if after is not None:
                params["starting_after"] = after
            raw, date = self._get(path, params)
            fields = _listed(raw, path)
            objects = [each.raw for each in fields.children("data")]
            yield Page(objects, date)
            more = fields.flag("has_more") and bool(objects)
            last = Fields(objects[-1], f"list at {path}").own_id() if more else None
            if more and last == after:
                raise StripeRefused(
                    f"The list at {path} never ends: it ignores starting_after. "
                    "Check PORTSIDE_STRIPE_API_BASE.",
                    code="stripe_endless_list",
                )
            after = last

    def retrieve(self, kind: str, object_id: str, *, expand: Sequence[str] = ()) -> tuple[Raw, int]:
        """(the object, the second at which Stripe saw it). ``kind`` is singular, e.g. "invoice".

        Raises:
            NoSuchObject: Stripe does not know it; ``other_mode`` when its other mode does.
        """
        if not object_id.strip():
            # Stripe would answer with the list.
            raise NoSuchObject(f"An empty id names no {kind}.")
        path = f"{_PATHS[f'{kind}s']}/{quote(object_id, safe='')}"
        with _known(kind, object_id):
            return self._get(path, {"expand": list(expand)} if expand else {})

    def post(self, path: str, params: dict[str, Any], *, idempotency_key: str) -> Raw:
        """What Stripe made of ``params``; the same key within a day makes nothing twice."""
        return self._ask("post", path, params, idempotency_key=idempotency_key)[0]

    def delete(self, path: str) -> Raw:
        """Take away what is at ``path``."""
        return self._ask("delete", path, {})[0]

    def _session(self, path: str, params: dict[str, Any], idempotency_key: str) -> SessionMade:
        fields = Fields(self.post(path, params, idempotency_key=idempotency_key), "session")
        url, created = fields.text("url"), fields.moment("created")
        if url is None or created is None:
            raise StripeRefused("Stripe made a session without an address. Try again.")
        return SessionMade(fields.own_id(), url, created, fields.moment("expires_at"))

    def _get(self, path: str, params: dict[str, Any]) -> tuple[Raw, int]:
        raw, headers = self._ask("get", path, params)
        try:
            return raw, int(parsedate_to_datetime(headers.get("Date", "")).timestamp())
        except ValueError:
            raise StripeUnavailable(
                "Stripe's answer carries no Date, so it cannot be placed in time. "
                "Check what stands between Stripe and this machine."
            ) from None

    def _ask(
        self, method: str, path: str, params: dict[str, Any], **options: str
    ) -> tuple[Raw, Any]:
        """(the answer as plain JSON, its headers)."""
        with translated(f"{method.upper()} {path}"):
            response = self._client.raw_request(method, path, **params, **options)
        # Not `response.data`: the SDK parses into ordered dicts.
        raw = json.loads(response.body)
        if type(raw) is not dict:
            raise StripeUnavailable("Stripe's answer cannot be read. Try again in a moment.")
        return raw, response.headers


@contextmanager
def _known(kind: str, object_id: str) -> Iterator[None]:
    """Stripe's not knowing an object, as the error that says so."""
    try:
        yield
    except StripeRefused as error:
        if error.code == "other_mode":
            raise NoSuchObject(str(error), code=error.code) from None
        if error.code.endswith("_missing"):
            raise NoSuchObject(f"Stripe does not know the {kind} {object_id}.") from None
        raise


def _listed(raw: Raw, path: str) -> Fields:
    """A list as Stripe answers it: anything else must not pass for an empty one."""
    if type(raw.get("data")) is not list:
        raise StripeRefused(
            f"What {path} answered is no list. Check PORTSIDE_STRIPE_API_BASE.",
            code="stripe_no_list",
        )
    return Fields(raw, f"list at {path}")
