"""A real browser, and a page of somebody else's to try things from."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from playwright.async_api import Browser, async_playwright

from gates.browser import chromium

# What a browser does of its own accord before it asks at all is not ours to rely on: there are older ones.
FLAGS = (
    "--disable-features=LocalNetworkAccessChecks,PrivateNetworkAccessSendPreflights,BlockInsecurePrivateNetworkRequests",
)


@asynccontextmanager
async def browsing(*flags: str) -> AsyncIterator[Browser]:
    program = chromium()
    assert program is not None, "there is no Chromium: make tools"
    # As root there is no sandbox to be had; the pages are our own.
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=[*FLAGS, *flags, *as_root])
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def evil_site() -> AsyncIterator[int]:
    """Serve an empty page at a port of its own."""

    async def page(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text="<!doctype html><title>Free prizes</title>", content_type="text/html")

    runner = web.ServerRunner(web.Server(page, access_log=None))
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


# Every way in which a page makes a browser ask; each ends with what the page could read, or with null.
ATTEMPTS = """
async ({base, targets, headers}) => {
  const patience = 3000;
  const patient = (start) => Promise.race([
    new Promise(start), new Promise((done) => setTimeout(() => done("nothing happened"), patience)),
  ]);
  const textOf = (frame) => {
    try { return frame.contentDocument?.body?.textContent || null; } catch { return null; }
  };
  const asked = async (url, options) => {
    try {
      const answer = await fetch(url, options);
      const text = await answer.text();
      return answer.type === "opaque" ? text || null : `${answer.status} ${text}`;
    } catch { return null; }
  };
  const element = (name, named) => patient((done) => {
    const made = Object.assign(document.createElement(name), named);
    made.onload = () => done(name === "iframe" ? textOf(made) : "loaded");
    made.onerror = () => done(null);
    document.body.append(made);
  });
  const form = (url, body, enctype) => patient((done) => {
    const frame = Object.assign(document.createElement("iframe"), {name: `${url} ${enctype}`});
    document.body.append(frame);
    const made = document.createElement("form");
    Object.assign(made, {method: "POST", action: url, enctype, target: frame.name});
    // Its text is JSON but for the sign between name and value, which is put into a member of its own.
    const field = {name: `${body.slice(0, -1)},"z":"`, value: '"}'};
    made.append(Object.assign(document.createElement("input"), field));
    document.body.append(made);
    frame.onload = () => done(textOf(frame));
    made.submit();
  });
  const socket = (url) => patient((done) => {
    const made = new WebSocket(url.replace("http", "ws"));
    made.onopen = () => done("opened");
    made.onerror = () => done(null);
  });
  const events = (url) => patient((done) => {
    const made = new EventSource(url);
    made.onopen = () => done("opened");
    made.onerror = () => { made.close(); done(null); };
  });
  const at = async (path, body) => {
    const url = base + path;
    const json = {...headers, "Content-Type": "application/json"};
    const post = {method: "POST", body};
    const made = {
      "fetch": asked(url, {headers}),
      "fetch with cookies": asked(url, {credentials: "include"}),
      "fetch without cors": asked(url, {mode: "no-cors"}),
      "post": asked(url, {...post, headers: json}),
      "post as text": asked(url, {...post, headers: {"Content-Type": "text/plain"}}),
      "post without cors": asked(url, {...post, mode: "no-cors", keepalive: true}),
      "put": asked(url, {method: "PUT", body, headers: json}),
      "delete": asked(url, {method: "DELETE", headers}),
      "beacon": navigator.sendBeacon(url, new Blob([body], {type: "text/plain"})) ? null : "not sent",
      "form": form(url, body, "application/x-www-form-urlencoded"),
      "form as text": form(url, body, "text/plain"),
      "form in parts": form(url, body, "multipart/form-data"),
      "image": element("img", {src: url}),
      "script": element("script", {src: url}),
      "style": element("link", {rel: "stylesheet", href: url}),
      "frame": element("iframe", {src: url}),
      "events": events(url),
      "socket": socket(url),
    };
    return Object.fromEntries(await Promise.all(Object.entries(made).map(async ([name, one]) => [name, await one])));
  };
  const each = Object.entries(targets).map(async ([path, body]) => [path, await at(path, body)]);
  return Object.fromEntries(await Promise.all(each));
}
"""
COUNT = 18
