"""Why an endpoint did not take an event, in words for the one who looks after it."""

from __future__ import annotations

from typing import Final

_SENTENCES: Final = {
    "timeout": "It did not answer in time.",
    "unreachable": "Nobody answered at its address.",
    "tls": "Its certificate could not be verified.",
    "redirect": "It answered with another address, and redirects are not followed.",
    "gone": "It answered that it is gone for good (410).",
    "busy": "It said that it is too busy.",
}


def reason_in_words(code: str | None) -> str | None:
    """One sentence; None stays None."""
    if code is None:
        return None
    if code in _SENTENCES:
        return _SENTENCES[code]
    if code.startswith("http_"):
        return f"It answered {code.removeprefix('http_')}."
    return f"It was not taken ({code})."
