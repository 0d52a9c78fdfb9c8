"""What a page that somebody opens in a browser can do to the bridge of their machine.

Answers the advisory against Rojo before 7.7.0 (a page read all sources and wrote files through DNS rebinding), the
cross-site posts that stop or drive Argon and rbxsync, and the sockets of Azul that any page may open.
Each attempt is one of a real browser; that each came here is seen in the log.
"""

import json
import re
from collections import Counter

from playwright.async_api import Route

from bridge.gate.oneself.routes import SESSION
from tests.attack.browser import ATTEMPTS, COUNT, browsing, evil_site
from tests.attack.house import NOTE, AttackedHouse
from tests.ledger.notes.routes import NOTES

PAIR = json.dumps({"kind": "studio", "name": "A page", "version": "0.1.0"})
CHALLENGE = json.dumps({"device_id": "0" * 26, "n": "some text 1"})
TARGETS = {"/api/v1/about": PAIR, "/v1/pair": PAIR, "/v1/challenge": CHALLENGE, NOTES: NOTE.decode(), SESSION: PAIR}


ALL = len(TARGETS) * COUNT


def told(house: AttackedHouse) -> Counter[int]:
    return Counter(line["status"] for line in house.log.requests())


def could_read(read: dict[str, dict[str, str | None]]) -> dict[str, str]:
    return {f"{name} {path}": text for path, each in read.items() for name, text in each.items() if text is not None}


async def test_a_page_of_another_origin_reads_and_does_nothing(house: AttackedHouse) -> None:
    before = house.rows()
    # Another port is another origin, and the two names of this machine are two.
    places = (("127.0.0.1", "127.0.0.1"), ("localhost", "127.0.0.1"), ("127.0.0.1", "localhost"))
    async with evil_site() as port, browsing() as browser:
        for theirs, ours in places:
            page = await browser.new_page()
            await page.goto(f"http://{theirs}:{port}/")
            asked = {"base": f"http://{ours}:{house.port}", "targets": TARGETS, "headers": {}}
            read = await page.evaluate(ATTEMPTS, asked)
            assert [COUNT] * len(TARGETS) == [len(each) for each in read.values()]
            assert {} == could_read(read)

    # Each of them came here, and was refused before anybody looked at what it asks for.
    assert {403: len(places) * ALL} == told(house)
    assert before == house.rows()


async def test_a_name_that_is_turned_to_this_machine_reads_and_does_nothing(house: AttackedHouse) -> None:
    """DNS rebinding: for the browser the page and the bridge are one origin, so it adds nothing and hides nothing."""
    before = house.rows()
    base = f"http://rebound.example:{house.port}"
    async with browsing("--host-resolver-rules=MAP rebound.example 127.0.0.1") as browser:
        page = await browser.new_page()

        async def from_elsewhere(route: Route) -> None:
            await route.fulfill(content_type="text/html", body="<!doctype html><title>Free prizes</title>")

        # The page came when the name still led to its owner's server.
        await page.route(f"{base}/page", from_elsewhere)
        await page.goto(f"{base}/page")
        read = await page.evaluate(ATTEMPTS, {"base": base, "targets": TARGETS, "headers": {}})

    # At least once each: a browser tries again where it is told that it came to the wrong place.
    assert {421} == set(told(house))
    assert ALL <= told(house)[421]
    assert before == house.rows()
    # It may read that it is refused, in the one sentence that there is for every route, and nothing else.
    texts = {re.sub(r'"request_id":"[^"]*"', "", text) for text in could_read(read).values()}
    assert 1 == len(texts), texts
    assert texts.pop().startswith('421 {"title":"Misdirected Request","status":421,"code":"unknown_host"')


async def test_a_page_that_has_a_right_signature_cannot_use_it(house: AttackedHouse) -> None:
    signer = await house.signer()
    request = signer.sign("POST", NOTES, NOTE)
    own = {name.decode(): value.decode() for name, value in request.headers}
    headers = {name: own[name] for name in ("Content-Digest", "Idempotency-Key", "Signature-Input", "Signature")}
    before = house.rows()
    async with evil_site() as port, browsing() as browser:
        page = await browser.new_page()
        await page.goto(f"http://127.0.0.1:{port}/")
        asked = {"base": f"http://{house.authority}", "targets": {NOTES: NOTE.decode()}, "headers": headers}
        read = await page.evaluate(ATTEMPTS, asked)

    assert {} == could_read(read)
    assert {403: COUNT} == told(house)
    # The gate was not even asked, so it is still good for whoever it belongs to.
    assert {} == house.verdicts()
    assert before == house.rows()
    assert 201 == (await house.send(request)).status


async def test_a_page_may_send_a_person_here_and_sees_nothing_of_it(house: AttackedHouse) -> None:
    before = house.rows()
    async with evil_site() as port, browsing() as browser:
        page = await browser.new_page()
        await page.goto(f"http://127.0.0.1:{port}/")
        async with page.expect_popup() as opened:
            await page.evaluate("url => { window.other = window.open(url); }", f"http://{house.authority}/welcome")
        await (await opened.value).wait_for_load_state()
        seen = await page.evaluate("() => { try { return other.document.body.textContent; } catch { return null; } }")
        # A form that leads there is more than a link.
        post = "url => { const form = Object.assign(document.createElement('form'), {method: 'POST', action: url});"
        async with page.expect_navigation() as navigation:
            await page.evaluate(
                f"{post} document.body.append(form); form.submit(); }}", f"http://{house.authority}/v1/pair"
            )
        answer = await navigation.value

    assert seen is None
    assert answer is not None
    assert 403 == answer.status
    assert before == house.rows()


async def test_a_page_of_the_bridge_itself_is_answered(house: AttackedHouse) -> None:
    """What all the others are refused can be seen where it is allowed: otherwise they would prove nothing."""
    async with browsing() as browser:
        page = await browser.new_page()
        await page.goto(f"http://{house.authority}/welcome")
        own = {"base": f"http://{house.authority}", "targets": {"/api/v1/about": "{}"}, "headers": {}}
        read = await page.evaluate(ATTEMPTS, own)

    assert could_read(read)["fetch /api/v1/about"].startswith("200 {")
