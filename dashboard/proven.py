"""What the door has proved about a connection, handed on to the pages behind it.

A header that only this process can write: the door removes what a visitor sends under its name.
Without the door in front (`streamlit run dashboard/app.py`) nobody can write it at all.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from lib.billing import Identity

HEADER: Final = "x-portside-proven"
_SEAL: Final = secrets.token_urlsafe(32)


def write(identity: Identity) -> str:
    """The header's value for ``identity``."""
    told = asdict(identity) | {"groups": sorted(identity.groups)}
    told.pop("roles")
    packed = base64.urlsafe_b64encode(json.dumps(told).encode()).decode()
    return f"{_SEAL}.{packed}"


def read(headers: Mapping[str, str]) -> Identity | None:
    """Who the door let in, from the headers of a connection; None when it did not."""
    seal, _, packed = headers.get("X-Portside-Proven", "").partition(".")
    if not packed or not hmac.compare_digest(seal.encode(), _SEAL.encode()):
        return None
    told = json.loads(base64.urlsafe_b64decode(packed))
    return Identity(**(told | {"groups": frozenset(told["groups"])}))
