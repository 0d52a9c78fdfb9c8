"""The ledger for storms whose few clients ask more than any may: each of their requests is to be answered."""

from dataclasses import replace

from aiohttp import web

from bridge.gate.limits import RULES
from bridge.settings import Settings
from core_rs import Table
from tests.ledger import worker


def create_app(settings: Settings, *, table: Table | None = None) -> web.Application:
    endless = [replace(rule, count=2_000, seconds=1, burst=1_000_000) for rule in RULES]
    return worker.create_app(settings, table=table, rate_rules=endless)
