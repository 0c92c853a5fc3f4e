"""What stands on every document."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "en": {
        "as_of": "As of {time} ({zone}), printed by {staff}",
        "printed_at": "printed on {time}",
        "test": "Test mode: no real money.",
        "internal": "Internal: for staff, not for customers.",
        "page": "Page ",
        "page_of": " of ",
    },
    "de": {
        "as_of": "Stand {time} ({zone}), gedruckt von {staff}",
        "printed_at": "gedruckt am {time}",
        "test": "Testmodus: kein echtes Geld.",
        "internal": "Intern: nicht für Kunden bestimmt.",
        "page": "Seite ",
        "page_of": " von ",
    },
}
