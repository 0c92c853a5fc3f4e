"""Pages with the headers that keep them to themselves."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

PUBLIC: Final = "public, max-age=300"
"""What everybody sees alike; after a new catalogue it takes this long to be everywhere."""
PRIVATE: Final = "no-store"
CODE: Final = "Portside-Code"

_STYLE: Final = files(__package__).joinpath("pricing.css").read_text("utf-8")
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_PAGES: Final = Environment(
    loader=PackageLoader(__package__, "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Pages:
    """``embed``: origins whose pages may frame these. ``targets``: origins beside those of https
    that a form may lead to; Chromium looks at them again at every redirect."""

    def __init__(self, embed: Sequence[str], targets: Sequence[str]) -> None:
        self._embed = tuple(embed)
        form = " ".join(["'self'", "https:", *(t for t in targets if t.startswith("http:"))])
        frame = " ".join(["'self'", *embed])
        self._policy = (
            f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
            f"form-action {form}; frame-ancestors {frame}"
        )

    def page(
        self,
        name: str,
        language: str,
        *,
        status: int = 200,
        caching: str = PRIVATE,
        headers: Mapping[str, str] | None = None,
        **context: Any,
    ) -> Response:
        text = _PAGES.get_template(name).render(
            language=language,
            private=caching == PRIVATE,
            style=_STYLE,
            **context,
        )
        told = {
            "Cache-Control": caching,
            "Content-Language": language,
            "Content-Security-Policy": self._policy,
            # Its own address to itself, so that forms tell where they come from; to nobody else.
            "Referrer-Policy": "same-origin",
            "Vary": "Accept-Language",
            "X-Content-Type-Options": "nosniff",
            **(headers or {}),
        }
        if not self._embed:
            told["X-Frame-Options"] = "SAMEORIGIN"
        return HTMLResponse(text, status, told)


def onwards(url: str) -> Response:
    """303 to an address that is shown nowhere."""
    headers = {"Cache-Control": PRIVATE, "Referrer-Policy": "no-referrer"}
    return RedirectResponse(url, 303, headers)
