"""Everything that an AppTest puts before a reader, by what kind of element says it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

SPOKEN = frozenset(
    "label body help placeholder caption text alt delta title tooltip options tabs value "
    "delta_description icon_help".split()
)
"""Fields of Streamlit's messages that people read."""
OF_COMPONENTS = ("alt", "copy", "copied", "failed", "help", "title")
OF_A_NUMBER = ("label", "value", "definition", "delta", "beside")
OF_A_FLOW = ("words", "help", "why_not")
OF_A_NEED = ("title", "why", "leads")
"""What people read of our own components' data."""
UNREAD = frozenset({"balloons", "page_link", "logo"})


def spoken(app: AppTest) -> Iterator[tuple[str, str]]:
    """(kind of element, text) of the page and its sidebar."""
    for place in (app.main, app.sidebar):
        for node in _nodes(place):
            proto = getattr(node, "proto", None)
            if isinstance(proto, Message):
                yield from ((node.type, text) for text in _of(proto, node.type))


def _nodes(block: Any) -> Iterator[Any]:
    for child in block.children.values():
        yield child
        if hasattr(child, "children"):
            yield from _nodes(child)


def _of(proto: Message, kind: str) -> Iterator[str]:
    for field, value in proto.ListFields():
        if kind == "arrow_data_frame" and field.name == "columns":
            yield from _columns(value)
        elif kind == "bidi_component" and field.name == "json":
            told = json.loads(value)
            yield from (told[name] for name in OF_COMPONENTS if told.get(name))
            for card in told.get("cards", ()):
                yield from (card[name] for name in OF_A_NUMBER if card[name])
            for line in told.get("lines", ()):
                yield from (bit[name] for bit in line for name in ("text", "help") if bit[name])
            yield from (words for number in told.get("told", ()) for words in number if words)
            if way := told.get("way"):
                yield from (words for words in (way["words"], way["why"]) if words)
            for section in told.get("sections", ()):
                yield from (section["title"], *(page["words"] for page in section["pages"]))
            if find := told.get("find"):
                yield find["label"]
            for flow in told.get("flows", ()):
                yield from (flow[name] for name in OF_A_FLOW if flow[name])
            for need in told.get("needs", ()):
                yield from (need[name] for name in OF_A_NEED if need[name])
                yield from (person["told"] for person in need["people"] if person["told"])
            yield from _figure(json.loads(told.get("figure", "{}")))
        elif field.name == "spec" and isinstance(value, str):
            yield from _figure(json.loads(value))
        elif isinstance(value, Message):
            yield from _of(value, kind)
        elif field.name in SPOKEN:
            several = hasattr(value, "__iter__") and not isinstance(value, str)
            for text in value if several else [value]:
                if isinstance(text, str):
                    yield text
                elif isinstance(text, Message):
                    yield from _of(text, kind)
        elif field.message_type and not isinstance(value, (str, bytes)):
            for part in value if hasattr(value, "__iter__") else ():
                if isinstance(part, Message):
                    yield from _of(part, kind)


def _columns(config: str) -> Iterator[str]:
    for column in json.loads(config or "{}").values():
        for name in ("label", "help"):
            if column and column.get(name):
                yield column[name]
        for option in ((column or {}).get("type_config") or {}).get("options") or ():
            yield (
                option.get("label") or str(option.get("value"))
                if isinstance(option, dict)
                else str(option)
            )


def _figure(spec: dict[str, Any]) -> Iterator[str]:
    for trace in spec.get("data", ()):
        if trace.get("name"):
            yield str(trace["name"])
        if isinstance(trace.get("hovertemplate"), str):
            yield re.sub(r"%\{[^}]*\}|<[^>]*>", " ", trace["hovertemplate"])
    for axis in ("xaxis", "yaxis"):
        title = (spec.get("layout", {}).get(axis) or {}).get("title") or {}
        if title.get("text"):
            yield title["text"]
    for note in spec.get("layout", {}).get("annotations") or ():
        yield str(note.get("text", ""))


def untranslated(text: str) -> list[str]:
    """The words of ``text`` outside of ⟦⟧, as the pseudo-language marks what is translated."""
    while (bare := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = bare
    text = re.sub(r":material/\w+:|`[^`]*`|:[\w-]+\[|https?:\S+|\S+@\S+|\S*_\S*|\\", " ", text)
    return re.findall(r"[A-Za-zÀ-ÿ]{3,}", text)
