"""Products, prices and features as a catalogue compares them, and as Stripe takes them."""

from __future__ import annotations

from typing import Any

from ..domain.catalog_live import MANAGER, Attached, LiveFeature, LivePrice, LiveProduct, Marks
from ..domain.observations import State
from .fields import Fields, Raw
from .parse_price import PRICE
from .reading import Context

_MARKS = {"plan": "portside_plan", "audience": "portside_audience", "currency": "portside_currency"}
"""Our word -> the metadata key of a product."""

_VERSION_OF = "portside_lookup_key"
_MANAGED = "managed_by"


def live_product(raw: Raw) -> LiveProduct:
    """Raises EventUnusable when it cannot be read."""
    fields = Fields(raw, "product")
    notes = fields.inside("metadata")
    return LiveProduct(
        fields.own_id(),
        fields.text("name"),
        fields.flag("active"),
        Marks(**{word: notes.text(key, 500) for word, key in _MARKS.items()}),
        updated=fields.moment("updated") or 0,
    )


def live_price(raw: Raw) -> LivePrice:
    """Raises EventUnusable when it cannot be read."""
    fields = Fields(raw, "price")
    state = PRICE.read(fields, Context(0)).state
    return LivePrice(fields.own_id(), state, fields.inside("metadata").text(_VERSION_OF, 500))


def live_feature(raw: Raw) -> LiveFeature:
    """Raises EventUnusable when it cannot be read."""
    fields = Fields(raw, "feature")
    return LiveFeature(
        fields.own_id(),
        fields.word("lookup_key") or "",
        fields.text("name") or "",
        fields.inside("metadata").word(_MANAGED) == MANAGER,
    )


def attached(raw: Raw) -> Attached:
    """Raises EventUnusable when it cannot be read."""
    fields = Fields(raw, "product feature")
    feature = live_feature(fields.inside("entitlement_feature").raw)
    return Attached(fields.own_id(), feature.id, feature.lookup_key)


def feature_params(wanted: State) -> dict[str, Any]:
    params = {"name": wanted["name"]}
    if "lookup_key" in wanted:
        params |= {"lookup_key": wanted["lookup_key"], "metadata": {_MANAGED: MANAGER}}
    return params


def product_params(wanted: State) -> dict[str, Any]:
    """Only the fields that ``wanted`` names."""
    params: dict[str, Any] = {k: wanted[k] for k in ("id", "name", "active") if k in wanted}
    notes = {key: wanted[word] for word, key in _MARKS.items() if word in wanted}
    if notes:
        params["metadata"] = {_MANAGED: MANAGER} | notes
    return params


def price_params(wanted: State) -> dict[str, Any]:
    """A new price; one that is ``instead_of`` another takes its lookup key over."""
    recurring = {
        "interval": wanted["interval"],
        "interval_count": wanted["interval_count"] or 1,
        "usage_type": wanted["usage"],
    }
    if wanted["meter"]:
        recurring["meter"] = wanted["meter"]
    params: dict[str, Any] = {
        "product": wanted["product"],
        "currency": wanted["currency"],
        "unit_amount": wanted["amount"],
        "recurring": recurring,
        "lookup_key": wanted["lookup_key"],
        "metadata": {
            _MANAGED: MANAGER,
            _MARKS["plan"]: wanted["plan"],
            _VERSION_OF: wanted["lookup_key"],
        },
    }
    if wanted["tax_behavior"]:
        params["tax_behavior"] = wanted["tax_behavior"]
    if wanted["instead_of"]:
        params["transfer_lookup_key"] = True
    return params
