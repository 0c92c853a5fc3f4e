"""What this installation is configured with: the environment, and `portside.toml`.

Every mistake is one :class:`ConfigurationError` that names what to change. Secrets never show in a
representation or a message.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from .business import Business, read_business
from .domain.errors import ConfigurationError

Mode = Literal["test", "live"]

_NAMES = {
    "database_url": "PORTSIDE_DATABASE_URL",
    "read_database_url": "PORTSIDE_READ_DATABASE_URL",
    "api_key": "STRIPE_API_KEY",
    "mode": "PORTSIDE_MODE",
    "now": "PORTSIDE_NOW",
    "api_tokens": "PORTSIDE_API_TOKEN",
    "kinde_issuer": "PORTSIDE_KINDE_ISSUER",
    "kinde_client_id": "PORTSIDE_KINDE_CLIENT_ID",
    "kinde_client_secret": "PORTSIDE_KINDE_CLIENT_SECRET",
    "webhook_secrets": "STRIPE_WEBHOOK_SECRET",
    "stripe_api_base": "PORTSIDE_STRIPE_API_BASE",
    "catalog": "PORTSIDE_CATALOG",
    "return_url": "PORTSIDE_RETURN_URL",
    "config": "PORTSIDE_CONFIG",
}
