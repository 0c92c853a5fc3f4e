"""Whom HTTPS trusts is read once a process, not for every client that a test makes.

Reading the hundred and more certificates takes some ten milliseconds of the processor, and nearly
no client of the tests speaks HTTPS. Imported by `tests/conftest.py`.
"""

from __future__ import annotations

import os
import ssl
from functools import cache
from typing import Any

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
