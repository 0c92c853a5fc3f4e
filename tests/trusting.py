"""Whom HTTPS trusts is read once a process, not for every client that a test makes.

Reading the hundred and more certificates takes some ten milliseconds of the processor, and nearly
no client of the tests speaks HTTPS. Nor is the whole environment read twice a request for proxies,
which `requests` does. Imported by `tests/conftest.py`.
"""

from __future__ import annotations

import os
import ssl
import urllib.request
from functools import cache
from typing import Any

import httpx._utils
import requests.utils
from httpx._transports import default

_made = default.create_ssl_context


@cache
def _kept(trust_env: bool, _file: str | None, _folder: str | None) -> ssl.SSLContext:
    return _made(verify=True, trust_env=trust_env)


def _context(verify: Any = True, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:
    if verify is not True or cert is not None:
        return _made(verify=verify, cert=cert, trust_env=trust_env)
    return _kept(trust_env, os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


default.create_ssl_context = _context

_read = urllib.request.getproxies_environment


@cache
def _proxies(_environment: tuple[tuple[Any, Any], ...]) -> dict[str, str]:
    return _read()


def _named() -> dict[str, str]:
    """What the environment says of proxies, read again once it says something else."""
    raw = os.environ._data  # type: ignore[attr-defined]  # undecoded: decoding is what takes long
    said = [(k, v) for k, v in raw.items() if k[-6:].lower() == b"_proxy" or k == b"REQUEST_METHOD"]
    return dict(_proxies(tuple(said)))


if urllib.request.getproxies is _read:  # not where a system keeps its own settings
    urllib.request.getproxies_environment = _named
    for module in (urllib.request, requests.utils, httpx._utils):
        vars(module)["getproxies"] = _named
