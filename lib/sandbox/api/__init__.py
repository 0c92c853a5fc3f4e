"""The sandbox's HTTP API, one module per resource."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

MODULES = [
    "lib.sandbox.api.customers",
    "lib.sandbox.api.products",
    "lib.sandbox.api.prices",
    "lib.sandbox.portal.api",
    "lib.sandbox.checkout.api",
]
"""Importing one of these registers its endpoints."""


def load_endpoints() -> None:
    for name in MODULES:
        if find_spec(name.rpartition(".")[0]) and find_spec(name):
            try:
                import_module(name)
            except ImportError:
                continue
