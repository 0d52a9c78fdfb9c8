"""What a type checker says of the public face of bridge.client; mypy reads this file, nothing runs it."""

from pathlib import Path
from typing import Literal, assert_never, assert_type

from bridge.client import (
    Answer,
    Asked,
    Client,
    Coalesced,
    Device,
    DeviceFile,
    Live,
    Message,
    Paired,
    Refused,
    Reset,
    Stale,
    State,
    open_device,
    pair,
)


async def a_device_comes_of_a_pairing_and_the_six_digits(file: DeviceFile) -> None:
    def show(asked: Asked) -> None:
        assert_type(asked.user_code, str)

    paired = await pair("http://127.0.0.1:8460", kind="daemon", name="A", version="0.1.0", show=show)
    assert_type(paired, Paired)
    assert_type(paired.confirm("123456"), Device)
    file.write(paired)  # type: ignore[arg-type]
    await pair("http://127.0.0.1:8460", kind="game", name="A", version="0.1.0", show=show)  # type: ignore[arg-type]


async def a_request_gives_an_answer_whose_json_has_to_be_looked_at(path: Path) -> None:
    async with open_device(path) as client:
        assert_type(client, Client)
        answer = await client.request("POST", "/v1/edits", json={"a": [1, None, True]})
        assert_type(answer, Answer)
        told = answer.json()
        told["done"]  # type: ignore[index, call-overload]
        await client.request("POST", "/v1/edits", json=object())  # type: ignore[arg-type]
        await client.request("POST", "/v1/edits", body="text")  # type: ignore[arg-type]
        answer.status = 200  # type: ignore[misc]


def a_refusal_has_a_code_and_a_sentence(refusal: Refused) -> None:
    assert_type(refusal.code, str)
    assert_type(refusal.sentence, str)


async def what_is_followed_is_matched_by_its_kind(path: Path) -> None:
    async with open_device(path) as client:
        async for event in client.follow("tenant/a", begin="earliest", transport="poll"):
            assert_type(event, Message | Reset | Coalesced | Stale | Live)
            match event:
                case Message():
                    assert_type(event.key, str | None)
                    event.data["n"]  # type: ignore[index, call-overload]
                case Reset():
                    assert_type(event.reason, Literal["epoch", "behind", "ahead"])
                    assert_type(await client.state(event.channel), State)
                case Coalesced():
                    assert_type(event.offsets, tuple[int, ...])
                case Stale() | Live():
                    event.channel = ""  # type: ignore[misc]
                case _:
                    assert_never(event)
        client.follow("tenant/a", transport="pigeon")  # type: ignore[arg-type]
