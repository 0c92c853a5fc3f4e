"""Is the API for the product usable, as far as it was configured?"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from ..config import Settings
from ..domain.errors import BillingError
from ..settings.api_tokens import names_of
from ..signing import read_keys
from .finding import Finding


def read_api(settings: Settings) -> Iterator[Finding]:
    """Tokens and signing keys. Nothing configured is nothing to say."""
    if settings.api_tokens is not None:
        yield _tokens(settings)
    if settings.claim_keys:
        yield _keys(settings)


def _tokens(settings: Settings) -> Finding:
    name = "API tokens"
    try:
        callers = settings.api_callers
    except BillingError as error:
        remedy = "Write NAME/read:entitlements=SECRET, several separated by commas."
        return Finding(False, name, str(error), remedy)
    return Finding(True, name, f"{len(callers)}, of {', '.join(names_of(callers))}.")


def _keys(settings: Settings) -> Finding:
    name = "Signing keys"
    try:
        keys = read_keys(settings.claim_keys)
    except BillingError as error:
        return Finding(False, name, str(error), "Make one with `portside keys new FILE`.")
    if open_to_others := [path for path in settings.claim_keys if _readable(path)]:
        said = f"{open_to_others[0]} can be read by others than its owner."
        return Finding(False, name, said, f"chmod 600 {open_to_others[0]}, or make a new key.")
    return Finding(True, name, f"{len(keys)}; the first signs plans.")


def _readable(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & (stat.S_IRGRP | stat.S_IROTH))
