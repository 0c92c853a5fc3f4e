"""GET /return: where customers wait until what they did in Stripe's portal has arrived here.

Always 200 with a page that says nothing about anybody, unless the address carries a token made at
minting; 503 with such a page while the database is away. Nothing is written, whatever is asked.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Callable, Sequence
from html import escape
from typing import Final, Protocol
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from .domain.errors import BillingError, NoCustomer
from .domain.return_words import TEXTS, language, standing
from .domain.returning import PARAMETER, unseal
from .returns import Returned, look
from .settings.setup import Setup
from .store.engine import Store

EVERY: Final = 2
"""Seconds between two looks."""
MOST: Final = 60
"""Looks that a page makes by itself: two minutes."""

_STYLE: Final = """
:root{color-scheme:light dark;--ink:#1c2330;--soft:#566071;--ground:#f6f7f9;--card:#fff;
--line:#d8dde5;--accent:#3457d5}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebf1;--soft:#a8b1c0;--ground:#12161d;
--card:#1b212b;--line:#333c4a;--accent:#8ea6ff}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px 16px;
background:var(--ground);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:30rem;background:var(--card);border:1px solid var(--line);
border-radius:8px;padding:32px}
h1{font-size:1.375rem;line-height:1.3;margin:0 0 12px}
h2{font-size:.875rem;margin:24px 0 4px;color:var(--soft);font-weight:600}
p{margin:0 0 8px}
.soft{color:var(--soft)}
a{color:var(--accent)}
a:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:2px}
.bar{height:3px;border-radius:2px;background:var(--line);overflow:hidden;margin:16px 0}
.bar i{display:block;height:100%;width:30%;background:var(--accent);border-radius:2px}
@media(prefers-reduced-motion:no-preference){.bar i{animation:go 1.6s ease-in-out infinite}}
@keyframes go{from{transform:translateX(-100%)}to{transform:translateX(340%)}}
"""
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

# Looks again without leaving the page, so that a screen reader hears only what is new.
_SCRIPT: Final = """
(function(){const at=document.getElementById("state");
async function again(){const next=at.dataset.next;if(!next)return;
try{const answer=await fetch(next,{cache:"no-store",credentials:"omit"});
const page=new DOMParser().parseFromString(await answer.text(),"text/html");
const now=page.getElementById("state");
if(now){at.dataset.next=now.dataset.next;
if(now.dataset.mark!==at.dataset.mark){at.dataset.mark=now.dataset.mark;
document.title=page.title;at.replaceChildren(...now.childNodes)}}}catch(error){}
setTimeout(again,EVERY)}
setTimeout(again,EVERY)})();
""".replace("EVERY", str(EVERY * 1_000))


class Installed(Protocol):
    """What the page needs of an installation."""

    @property
    def store(self) -> Store: ...
    @property
    def setup(self) -> Setup: ...
    @property
    def clock(self) -> Callable[[], int]: ...
    @property
    def return_keys(self) -> Sequence[str]: ...


class ReturnPage:
    """The route."""

    def __init__(self, installed: Installed) -> None:
        self._installed = installed

    async def show(self, request: Request) -> Response:
        lang = language(request.headers.get("accept-language"))
        text = request.query_params.get(PARAMETER, "")
        looks = _looks(request.query_params.get("n"))
        try:
            found = await asyncio.to_thread(self._found, text)
        except NoCustomer:
            found = None
        except BillingError:
            words = TEXTS[lang]
            body = _titled(words["away_title"], _line(words["away"]))
            following = _following(text, looks) if looks < MOST else ""
            title = words["away_title"]
            return _answer(lang, title, body, mark="away", following=following, status=503)
        if found is None:
            return _neutral(lang)
        return self._told(found, lang, text, looks)

    def _found(self, text: str) -> Returned | None:
        installed = self._installed
        if not text or not installed.return_keys:
            return None
        now = installed.clock()
        token = unseal(text, installed.return_keys, now)
        return None if token is None else look(installed.store, installed.setup, token, now)

    def _told(self, found: Returned, lang: str, token: str, looks: int) -> Response:
        words, setup = TEXTS[lang], self._installed.setup
        waits = not found.arrived and looks < MOST
        lines = [_line(words[name]) for name in found.changed]
        if found.arrived:
            title = words["done_title"]
        elif waits:
            title = words["waiting_title"] if not found.changed else words["done_title"]
            lines.append(_line(words[f"waiting_{_awaited(found)}"]))
            lines.append('<div class="bar" aria-hidden="true"><i></i></div>')
            lines.append(_line(words["waiting_more"], soft=True))
        else:
            title = words["still_title"] if not found.changed else words["done_title"]
            first = f"?{urlencode({PARAMETER: token})}"
            lines.append(_line(words["still"]))
            lines.append(f'<p><a href="{escape(first)}">{escape(words["again"])}</a></p>')
        said = standing(found.standing, setup.catalog, setup.timezone, lang)
        lines.append(f"<h2>{escape(words['standing'])}</h2>{_line(said)}")
        if not waits:
            lines.append(_line(words["close"], soft=True))
        following = _following(token, looks) if waits else ""
        body = _titled(title, *lines)
        return _answer(lang, title, body, mark=_digest(body), following=following)


def _following(token: str, looks: int) -> str:
    """The address of the next look, relative to this one."""
    return f"?{urlencode({PARAMETER: token, 'n': looks + 1})}"


def _awaited(found: Returned) -> str:
    return found.awaited if found.awaited in ("plan", "card") else "any"


def _neutral(lang: str) -> Response:
    words = TEXTS[lang]
    body = _titled(words["neutral_title"], _line(words["neutral"]))
    return _answer(lang, words["neutral_title"], body, mark="neutral")


def _titled(title: str, *lines: str) -> str:
    return f"<h1>{escape(title)}</h1>{''.join(lines)}"


def _line(text: str, *, soft: bool = False) -> str:
    return f"<p{' class=soft' if soft else ''}>{escape(text)}</p>"


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:12]


def _looks(text: str | None) -> int:
    return min(int(text), MOST) if text and text.isdecimal() and len(text) < 5 else 0


def _answer(
    lang: str, title: str, body: str, *, mark: str, following: str = "", status: int = 200
) -> Response:
    nonce = secrets.token_urlsafe(16)
    refresh = f'<meta http-equiv="refresh" content="{EVERY};url={escape(following)}">'
    page = (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{escape(title)}</title>'
        f"{f'<noscript>{refresh}</noscript>' if following else ''}"
        f"<style>{_STYLE}</style></head>"
        f'<body><main><div id="state" role="status" data-mark="{mark}" '
        f'data-next="{escape(following)}">{body}</div></main>'
        f"{f'<script nonce={nonce!r}>{_SCRIPT}</script>' if following else ''}</body></html>"
    )
    return HTMLResponse(
        page,
        status,
        {
            "Cache-Control": "no-store",
            "Content-Language": lang,
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
                f"script-src 'nonce-{nonce}'; connect-src 'self'; base-uri 'none'; "
                "form-action 'none'; frame-ancestors 'none'"
            ),
            "Referrer-Policy": "no-referrer",
            "Vary": "Accept-Language",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        },
    )
