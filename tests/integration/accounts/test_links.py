"""Links that work once, below the forms in which they are given out: what the database holds of them."""

import pytest

from backend.accounts.keys.text_form import Credential, Kind, parse
from backend.accounts.signin.links import service as links
from backend.errors import LinkRefused
from tests.accounts.house import House


async def made(house: House, kind: Kind) -> str:
    return (await house.database.write(lambda tx: links.make(tx, kind))).text.reveal()


async def test_a_link_works_once(house: House) -> None:
    link = await made(house, Kind.FIRST)

    assert Kind.FIRST == (await house.database.write(lambda tx: links.use(tx, Kind.FIRST, link))).kind
    with pytest.raises(LinkRefused):
        await house.database.write(lambda tx: links.use(tx, Kind.FIRST, link))
    with pytest.raises(LinkRefused):
        await house.database.read(lambda tx: links.look(tx, Kind.FIRST, link))


async def test_a_link_that_is_looked_at_stays_good(house: House) -> None:
    link = await made(house, Kind.FIRST)

    assert Kind.FIRST == (await house.database.read(lambda tx: links.look(tx, Kind.FIRST, link))).kind
    assert Kind.FIRST == (await house.database.write(lambda tx: links.use(tx, Kind.FIRST, link))).kind


async def test_a_link_that_is_written_as_another_kind_opens_nothing(house: House) -> None:
    link = await made(house, Kind.INVITE)
    had = parse(link, Kind.INVITE)
    # Its check digits are right: whoever has a link can write them.
    forged = Credential(Kind.RESET, had.id, had.secret).text()

    with pytest.raises(LinkRefused):
        await house.database.read(lambda tx: links.look(tx, Kind.RESET, forged))
    with pytest.raises(LinkRefused):
        await house.database.write(lambda tx: links.use(tx, Kind.RESET, forged))
    assert Kind.INVITE == (await house.database.write(lambda tx: links.use(tx, Kind.INVITE, link))).kind
