"""`[portal]` of the catalogue file: what customers may do in Stripe's portal, beside `[policies]`.

    [portal]
    headline = "Your plan and invoices"     # at most 60 characters
    privacy_policy_url = "https://…"
    terms_of_service_url = "https://…"
    return_url = "https://…"                # else PORTSIDE_RETURN_URL
    login_page = true                       # the portal's own sign-in page, the one to e-mail
    invoice_history = true
    payment_methods = true
    customer_update = ["address", "email", "name", "phone", "tax_id"]    # [] = nothing
    plan_changes = true
    allowed_changes = ["price", "promotion_code"]                        # also "quantity"
    proration = "create_prorations"         # none · always_invoice
    trial_change = "end_trial"              # continue_trial
    cancellation = true
    cancellation_reasons = ["too_expensive", …]                          # [] = nobody is asked

The four addresses and texts are left as they are found when the file does not name them; "" takes
the value away. Everything else has the default above and is always kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from .errors import CatalogInvalid

LONGEST_HEADLINE: Final = 60
CUSTOMER_FIELDS: Final = ("address", "email", "name", "phone", "shipping", "tax_id")
CHANGES: Final = ("price", "promotion_code", "quantity")
PRORATIONS: Final = ("create_prorations", "none", "always_invoice")
TRIALS: Final = ("end_trial", "continue_trial")
REASONS: Final = (
    "customer_service",
    "low_quality",
    "missing_features",
    "other",
    "switched_service",
    "too_complex",
    "too_expensive",
    "unused",
)


@dataclass(frozen=True)
class PortalPolicy:
    """``None`` of a text: not managed. Lists are sorted."""

    headline: str | None = None
    privacy_policy_url: str | None = None
    terms_of_service_url: str | None = None
    return_url: str | None = None
    login_page: bool = True
    invoice_history: bool = True
    payment_methods: bool = True
    customer_update: tuple[str, ...] = ("address", "email", "name", "phone", "tax_id")
    plan_changes: bool = True
    allowed_changes: tuple[str, ...] = ("price", "promotion_code")
    proration: str = "create_prorations"
    trial_change: str = "end_trial"
    cancellation: bool = True
    cancellation_reasons: tuple[str, ...] = REASONS


class ReadsCatalog(Protocol):
    """What the catalogue's reader lends: its data, and errors that name the line."""

    data: dict[str, Any]

    def fail(self, message: str, *needles: str) -> CatalogInvalid: ...
    def texts(self, table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]: ...
    def choice(
        self, table: Mapping[str, Any], key: str, default: str, known: tuple[str, ...], where: str
    ) -> str: ...


def read_portal(reader: ReadsCatalog) -> PortalPolicy:
    """The section of the file, or every default. Raises CatalogInvalid naming the line."""
    table = reader.data.get("portal", {})
    if not isinstance(table, dict):
        raise reader.fail("[portal] must be a table.", "portal")
    known = PortalPolicy.__dataclass_fields__
    unknown = sorted(table.keys() - known.keys())
    if unknown:
        raise reader.fail(
            f"portal: {unknown[0]!r} is not known. Known are: {', '.join(known)}.", unknown[0]
        )
    defaults = PortalPolicy()
    return PortalPolicy(
        headline=_headline(reader, table),
        privacy_policy_url=_address(reader, table, "privacy_policy_url"),
        terms_of_service_url=_address(reader, table, "terms_of_service_url"),
        return_url=_address(reader, table, "return_url"),
        login_page=_switch(reader, table, "login_page"),
        invoice_history=_switch(reader, table, "invoice_history"),
        payment_methods=_switch(reader, table, "payment_methods"),
        plan_changes=_switch(reader, table, "plan_changes"),
        cancellation=_switch(reader, table, "cancellation"),
        customer_update=_some(reader, table, "customer_update", CUSTOMER_FIELDS, defaults),
        allowed_changes=_some(reader, table, "allowed_changes", CHANGES, defaults),
        cancellation_reasons=_some(reader, table, "cancellation_reasons", REASONS, defaults),
        proration=reader.choice(table, "proration", defaults.proration, PRORATIONS, "portal"),
        trial_change=reader.choice(table, "trial_change", defaults.trial_change, TRIALS, "portal"),
    )


def _text(reader: ReadsCatalog, table: Mapping[str, Any], key: str) -> str | None:
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise reader.fail(f"portal: {key} must be a text.", key)
    return value.strip()


def _headline(reader: ReadsCatalog, table: Mapping[str, Any]) -> str | None:
    value = _text(reader, table, "headline")
    if value is not None and len(value) > LONGEST_HEADLINE:
        raise reader.fail(
            f"portal: headline has {len(value)} characters; Stripe takes {LONGEST_HEADLINE}.",
            "headline",
        )
    return value


def _address(reader: ReadsCatalog, table: Mapping[str, Any], key: str) -> str | None:
    value = _text(reader, table, key)
    if not value:
        return value
    try:
        parts = urlsplit(value)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound:
        raise reader.fail(f"portal: {key} must be an address like https://app.example.com.", key)
    return value


def _switch(reader: ReadsCatalog, table: Mapping[str, Any], key: str) -> bool:
    value = table.get(key, True)
    if not isinstance(value, bool):
        raise reader.fail(f"portal: {key} must be true or false.", key)
    return value


def _some(
    reader: ReadsCatalog,
    table: Mapping[str, Any],
    key: str,
    known: tuple[str, ...],
    defaults: PortalPolicy,
) -> tuple[str, ...]:
    if key not in table:
        found: tuple[str, ...] = getattr(defaults, key)
        return found
    values = reader.texts(table, key, "portal")
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise reader.fail(f"portal: {key}: {unknown[0]!r} is none of {', '.join(known)}.", key)
    return tuple(sorted(set(values)))
