"""How customers are found: the one spelling of what is searched, and of what is searched for.

Text is folded here, by the writer and by the reader alike, so that both databases agree on case
beyond ASCII. A row's terms are kept in one text, two line breaks before each and one behind: by
looking for a piece of that text alone, a whole term, its beginning and its middle are told apart.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from .rows import CustomerRow, InvoiceRow, ProjectionRows, SearchRow
from .said import Count, said

LONGEST: Final = 300
"""Characters of a term that are searched."""

INSIDE: Final = 3
"""From how many characters on the middle of a term is searched."""

ID_BEGINS: Final = 4
"""From how many characters on the beginning of an id is looked for: "cus" begins every one."""

ID_BARE: Final = 8
"""From how many characters on an id is also found without its ``cus_``, ``sub_`` or ``in_``."""

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs"})
"""Controls, marks of direction, joiners and halves of characters: they come along in a paste."""


def fold(text: str) -> str:
    """``text`` without case, compatibility forms, invisible characters and doubled blanks."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).casefold()
        text = unicodedata.normalize("NFKC", text)
    if not text.isprintable():
        text = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in _UNSEEN)
    return " ".join(text.lower().split())


def found_by(terms: Iterable[str | None]) -> str:
    """What a row is found by, of the terms that it has; "" for none."""
    folded = [kept for term in terms if term and (kept := fold(term)[:LONGEST].rstrip())]
    return "\n\n" + "\n\n".join(dict.fromkeys(folded)) + "\n" if folded else ""


def search_rows(projected: ProjectionRows) -> Iterator[SearchRow]:
    """What one customer is found by, beside the ids of its objects."""
    customer = projected.customer
    yield SearchRow(
        customer.customer_id, "customer", customer.customer_id, found_by(customer_terms(customer))
    )
    for invoice in projected.invoices:
        yield SearchRow(
            customer.customer_id, "invoice", invoice.invoice_id, found_by(invoice_terms(invoice))
        )


def customer_terms(customer: CustomerRow) -> tuple[str | None, ...]:
    """In the order of :data:`CUSTOMER_FIELDS`."""
    return customer.email, customer.org_id, customer.name


CUSTOMER_FIELDS: Final = ("email", "org", "name")


def invoice_terms(invoice: InvoiceRow) -> tuple[str | None, ...]:
    return (invoice.number,)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for, folded."""

    text: str

    @property
    def whole(self) -> str:
        """The text that only a whole term holds."""
        return f"\n{self.text}\n"

    @property
    def beginning(self) -> str:
        """The text that a term holds which begins so."""
        return f"\n\n{self.text}"

    @property
    def inside(self) -> bool:
        """Whether the middle of terms is searched too."""
        return len(self.text) >= INSIDE

    @property
    def trouble(self) -> str | None:
        """Why it cannot be searched for, in one sentence; None when it can."""
        if not self.text:
            return said("There is nothing to search for in that: type letters, digits or an id.")
        if len(self.text) > LONGEST:
            return said(
                "That is longer than {count} characters: search for a piece of it.",
                count=Count(LONGEST),
            )
        return None

    def rank(self, term: str) -> int | None:
        """0 when it is ``term``, 1 at its beginning, 2 within it, else None. ``term`` as stored."""
        folded = fold(term)[:LONGEST].rstrip()
        if folded == self.text:
            return 0
        if folded.startswith(self.text):
            return 1
        return 2 if self.inside and self.text in folded else None


def wanted(typed: str) -> Wanted:
    return Wanted(fold(typed))
