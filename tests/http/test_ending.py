"""Whoever is still being served when the receiver ends is told to send again."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from lib.billing.serving.ending import Ending
from lib.billing.serving.limits import USUAL

from .serving import receiver
from .test_limits import HEAD, all_of, connected, event, status


def served(app, kind="http"):
    """What is sent for one request that is cut off once the application waits."""
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def cut():
        task = asyncio.create_task(Ending(app)({"type": kind}, receive, send))
        await asyncio.sleep(0.01)
        task.cancel()
        await task

    return sent, cut()


async def waits(_scope, _receive, _send):
    await asyncio.sleep(30)


async def has_begun(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await asyncio.sleep(30)


def test_a_request_without_an_answer_is_a_503():
    sent, cut = served(waits)
    asyncio.run(cut)
    assert [message.get("status") for message in sent] == [503, None]
    assert b"stopping" in sent[1]["body"]


def test_an_answer_that_has_begun_and_is_not_taken_is_left_without_its_end():
    sent, cut = served(has_begun)
    asyncio.run(cut)
    assert [message.get("status") for message in sent] == [200]


@pytest.mark.parametrize(
    ("reason", "quiet"),
    [("unable to perform operation on <TCPTransport>; the handler is closed", True), ("no", False)],
    ids=["whoever asked has hung up", "anything else"],
)
def test_an_answer_that_cannot_be_sent_is_a_fault_of_ours_unless_nobody_is_there(reason, quiet):
    async def answers(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(_message):
        raise RuntimeError(reason)

    asked = Ending(answers)({"type": "http"}, None, send)
    if quiet:
        asyncio.run(asked)
    else:
        with pytest.raises(RuntimeError, match=reason):
            asyncio.run(asked)


def test_whoever_hung_up_before_being_told_to_send_again_is_no_fault_of_ours():
    async def send(_message):
        raise RuntimeError("unable to perform operation on <TCPTransport>; the handler is closed")

    async def cut():
        task = asyncio.create_task(Ending(waits)({"type": "http"}, None, send))
        await asyncio.sleep(0.01)
        task.cancel()
        await task

    asyncio.run(cut())


def test_the_lifespan_is_cut_off_as_it_is():
    sent, cut = served(waits, "lifespan")
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cut)
    assert sent == []


def test_a_body_that_trickles_in_is_not_waited_for(sqlite_store):
    slow = None
    with receiver(sqlite_store, limits=replace(USUAL, linger_seconds=0.2)) as sender:
        slow = connected(sender)
        slow.sendall(HEAD + b"Content-Length: 1000\r\n\r\n{")
        assert sender.deliver(event(1)).status_code == 200
    with slow:
        answer = all_of(slow)
    assert (status(answer), b"stopping" in answer) == (503, True)
    assert b"retry-after" not in answer.lower()  # as what is cut off after ten seconds is told
