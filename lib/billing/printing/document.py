"""A document as one HTML file that a browser prints on A4 as it is.

It has no script, loads nothing and says so itself (a Content-Security-Policy that admits its own
style sheet alone), so it is as harmless saved as served. Every value is escaped.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from . import spelled
from .words import LANGUAGES, words_of

_STYLE: Final = files(__package__).joinpath("print.css").read_text("utf-8")

_LONGEST: Final = 80
"""Characters of a title that the foot of each page repeats."""


def render(template: str, language: str, **values: object) -> str:
    """The document that ``template`` makes of ``values``; in English where ``language`` is unknown.

    Every template extends `base.html`, which needs

    - ``title``: what it is about, as its heading;
    - ``as_of``: unix second; ``timezone``: of its days and times; ``staff``: who prints it;
    - ``livemode``: False marks it as a test;

    and takes ``kind`` (above the title), ``subtitle`` (below it) and ``printed_at`` (unix second,
    where that is another one than ``as_of``). Its blocks are ``body`` and ``foot``. A template also
    has ``words`` (its row of `words.TABLES`) and the filters ``money(currency)``, ``number``,
    ``day``, ``short_day``, ``clock`` and ``moment`` (a short clock): minor units and unix seconds
    as ``language`` spells them, a dash for None.

    Raises KeyError or ``jinja2.UndefinedError`` for a value that is missing.
    """
    known = language if language in LANGUAGES else "en"
    words = words_of(template, known)
    told = spelled.as_of(known, words, values)
    title = str(values["title"])
    short = title if len(title) <= _LONGEST else f"{title[:_LONGEST]}…"
    foot = spelled.style_text(f"{short} · {told}")
    pages = [spelled.style_text(words[name]) for name in ("page", "page_of")]
    style = (
        f"{_STYLE}@page{{@bottom-left{{content:{foot}}}"
        f"@bottom-right{{content:{pages[0]} counter(page) {pages[1]} counter(pages)}}}}"
    )
    return (
        _environment(known)
        .get_template(template)
        .render(
            language=known,
            words=words,
            told=told,
            style=Markup(style),  # noqa: S704 our own, with its texts written as code points
            policy=f"default-src 'none'; style-src 'sha256-{_digest(style)}'; "
            "base-uri 'none'; form-action 'none'",
            **values,
        )
    )


@lru_cache(maxsize=len(LANGUAGES))
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(spelled.filters(language))
    return environment


def _digest(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
