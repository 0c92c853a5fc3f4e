"""A session is spoken as the browser speaks it, and a page that failed is no rerun."""

from __future__ import annotations

import asyncio

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.server import serve

from benchmarks.sessions.measuring import Line, Run, visited
from benchmarks.sessions.speaking import PageFailed, Session
from benchmarks.sessions.told import text


def told(**fields):
    message = ForwardMsg()
    for name, value in fields.items():
        setattr(message, name, value)
    return message


def navigation():
    message = ForwardMsg()
    for slug in ("overview", "mrr"):
        message.navigation.app_pages.add(url_pathname=slug, page_script_hash=f"hash of {slug}")
    return message


def failure():
    message = ForwardMsg()
    message.delta.new_element.exception.message = "No such table."
    return message


ENDED = told(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY)
AGAIN = told(script_finished=ForwardMsg.FINISHED_EARLY_FOR_RERUN)


async def served(answers, work):
    """What a dashboard that answers every rerun with ``answers`` was asked, and its headers."""
    asked, headers = [], {}

    async def handle(socket):
        headers.update(socket.request.headers)
        async for data in socket:
            message = BackMsg()
            message.ParseFromString(data)
            asked.append(message.rerun_script)
            for answer in answers:
                await socket.send(answer.SerializeToString())

    async with serve(handle, "127.0.0.1", 0, subprotocols=["streamlit"]) as server:
        port = server.sockets[0].getsockname()[1]
        result = await work(f"http://127.0.0.1:{port}")
    return asked, headers, result


async def opened(address):
    async with Session(address) as session:
        return [await session.open("overview"), await session.open("mrr")]


def test_a_page_is_asked_for_by_name_and_then_by_its_hash():
    asked, headers, sizes = asyncio.run(served([navigation(), AGAIN, ENDED], opened))
    assert [(a.page_name, a.page_script_hash) for a in asked] == [
        ("overview", ""),
        ("", "hash of mrr"),
    ]
    assert headers["cookie"] == "portside_demo_role=admin"
    assert sizes[0] == sum(m.ByteSize() for m in (navigation(), AGAIN, ENDED))


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([failure(), ENDED], "overview: No such table."),
        ([told(script_finished=ForwardMsg.FINISHED_WITH_COMPILE_ERROR)], "does not compile"),
    ],
)
def test_a_page_that_failed_is_no_rerun(answers, said):
    with pytest.raises(PageFailed, match=said):
        asyncio.run(served(answers, opened))


def test_sessions_open_pages_one_after_another():
    async def work(address):
        return await visited(address, 3, lambda: 12.0, seconds=0.2)

    asked, _, line = asyncio.run(served([navigation(), ENDED], work))
    assert line.sessions == 3
    assert line.memory == 12.0
    assert len(line.took) == len(asked) - 3  # the first of each is before


@pytest.mark.parametrize(("memory", "verdict"), [(399.0, "met"), (401.0, "missed")])
def test_the_section_says_what_it_takes(memory, verdict):
    line = Line(30, (0.5, 1.0, 1.5, 2.0), 2.0, 3.0, memory, 42.0, 0.9)
    section = text([Run("SQLite", 22_650, 0.2, 210.0, (line,))])
    assert f"| 30 | 3.0 | 2.0 | 1.25 | 2.00 | 42 | 90% | {memory:.0f} |" in section
    assert f"Under 400 MB: {verdict}." in section
