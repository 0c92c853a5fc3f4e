"""`[translations.LANGUAGE.…]` of the catalogue file: what pricing pages say in other languages.

    [translations.de.plans.pro]
    name = "Profi"
    cta = "Jetzt wechseln"
    highlight = "Am beliebtesten"
    bullets = ["Alles aus Starter, dazu:", "Erweiterte Analysen"]

    [translations.de.features.sso]
    name = "Einmalige Anmeldung"

    [translations.de.tables.main]
    features_heading = "In jedem Tarif"

What is not translated is shown as the file says it otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from .errors import CatalogInvalid
from .plans import Path

if TYPE_CHECKING:
    from .catalog import Catalog

LANGUAGES: Final = ("en", "de", "es", "fr", "ja", "pt")
"""What pricing pages speak. English first: it is what is spoken where nothing else is known."""

_PLAN: Final = ("name", "cta", "highlight", "bullets")
_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "plans": _PLAN,
    "features": ("name",),
    "tables": ("features_heading",),
}


@dataclass(frozen=True)
class PlanWords:
    """None, or no bullets: as the plan itself says."""

    name: str | None = None
    cta: str | None = None
    highlight: str | None = None
    bullets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Translation:
    """One language: plans by slug, names of features and headings of tables by key."""

    plans: Mapping[str, PlanWords] = field(default_factory=dict)
    features: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)


class ReadsTranslations(Protocol):
    """What the catalogue's reader lends."""

    def tables(self, name: str) -> dict[str, dict[str, Any]]: ...
    def fault(self, message: str, table: Mapping[str, Any], key: str = "") -> CatalogInvalid: ...
    def unknown(self, table: Mapping[str, Any], known: Collection[str]) -> Iterator[Path]: ...
    def text(self, table: Mapping[str, Any], key: str, where: str) -> str | None: ...
    def texts(self, table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]: ...


def read_translations(reader: ReadsTranslations) -> dict[str, Translation]:
    """By language. Raises CatalogInvalid."""
    return {
        language: _translation(reader, language, given)
        for language, given in reader.tables("translations").items()
    }


def unknown_translation_keys(reader: ReadsTranslations) -> Iterator[Path]:
    """Where keys stand that mean nothing."""
    for language, given in reader.tables("translations").items():
        yield from reader.unknown(given, _KINDS)
        for kind, known in _KINDS.items():
            for table in _sub(reader, given, kind, language).values():
                yield from reader.unknown(table, known)


def translated(catalog: Catalog, language: str) -> Catalog:
    """The catalogue with its words in ``language``, as far as it has them."""
    words = catalog.translations.get(language)
    if words is None:
        return catalog
    plans = {
        slug: replace(plan, **_given(words.plans[slug])) if slug in words.plans else plan
        for slug, plan in catalog.plans.items()
    }
    features = {
        key: replace(feature, name=words.features.get(key, feature.name))
        for key, feature in catalog.features.items()
    }
    tables = {
        key: replace(table, features_heading=words.tables.get(key, table.features_heading))
        for key, table in catalog.tables.items()
    }
    return replace(catalog, plans=plans, features=features, tables=tables)


def _given(words: PlanWords) -> dict[str, Any]:
    return {name: value for name in _PLAN if (value := getattr(words, name))}


def _translation(reader: ReadsTranslations, language: str, given: Mapping[str, Any]) -> Translation:
    where = f"translations.{language}"
    features = _sub(reader, given, "features", language)
    tables = _sub(reader, given, "tables", language)
    return Translation(
        {
            slug: PlanWords(
                reader.text(table, "name", f"{where}.plans.{slug}"),
                reader.text(table, "cta", f"{where}.plans.{slug}"),
                reader.text(table, "highlight", f"{where}.plans.{slug}"),
                reader.texts(table, "bullets", f"{where}.plans.{slug}"),
            )
            for slug, table in _sub(reader, given, "plans", language).items()
        },
        _texts(reader, features, "name", f"{where}.features"),
        _texts(reader, tables, "features_heading", f"{where}.tables"),
    )


def _texts(
    reader: ReadsTranslations, tables: Mapping[str, dict[str, Any]], key: str, where: str
) -> dict[str, str]:
    found = {name: reader.text(table, key, f"{where}.{name}") for name, table in tables.items()}
    return {name: said for name, said in found.items() if said is not None}


def _sub(
    reader: ReadsTranslations, given: Mapping[str, Any], kind: str, language: str
) -> dict[str, dict[str, Any]]:
    found = given.get(kind, {})
    if not isinstance(found, dict) or not all(isinstance(each, dict) for each in found.values()):
        raise reader.fault(f"write [translations.{language}.{kind}.…], one for each.", given, kind)
    return found
