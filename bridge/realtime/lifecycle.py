"""What channels are made of, opened with the application and closed with it."""

from collections.abc import AsyncIterator, Callable
from typing import Final

from aiohttp import web

from backend.db.handlers import Handlers
from backend.db.rights_changes import RightsChanges
from backend.web.access import Authenticator
from backend.web.drain import Drain
from backend.web.keys import app_key
from bridge.breakers.breakers import Breakers
from bridge.gate.gatehouse import GATEHOUSE
from bridge.observability import catalogue
from bridge.observability.metrics import Metrics
from bridge.realtime import doorbell, publishing
from bridge.realtime.desk import DESK, Desk
from bridge.realtime.doorbell import Doorbell
from bridge.realtime.engines.engine import Engine
from bridge.realtime.engines.opening import opened_engine
from bridge.realtime.hub import Hub
from bridge.realtime.limits import HistoryLimits
from bridge.realtime.meter import StreamMeter
from bridge.realtime.timing import Timing
from bridge.settings import Settings

ENGINE: Final = app_key("engine", Engine)  # type: ignore[type-abstract]  # a key is told by its name


class Realtime:
    """Tells the application's parts of channels that are opened after they were put together."""

    def __init__(self, app: web.Application, handlers: Handlers, metrics: Metrics, bell: Doorbell | None) -> None:
        self.meter = meter = StreamMeter()
        self._app = app
        publishing.add_handler(handlers, lambda: app[ENGINE], meter)
        if bell is not None:
            doorbell.add_handler(handlers, lambda: app[ENGINE], bell)
        _tell(metrics, meter)
        app.on_shutdown.append(_end_streams)

    def engine(
        self, settings: Settings, breakers: Breakers, limits: HistoryLimits
    ) -> Callable[[web.Application], AsyncIterator[None]]:
        """Return what opens the engine; rows of the outbox are published from then on."""

        async def opened(app: web.Application) -> AsyncIterator[None]:
            async with opened_engine(settings, breakers, app[GATEHOUSE].masters.bridge_id, limits) as app[ENGINE]:
                yield

        return opened

    def desk(
        self, authenticator: Authenticator, rights: RightsChanges, drain: Drain, limits: HistoryLimits, timing: Timing
    ) -> Callable[[web.Application], AsyncIterator[None]]:
        """Return what opens the streams' side."""

        async def opened(app: web.Application) -> AsyncIterator[None]:
            hub = Hub(app[ENGINE], limits, self.meter, timing)
            desk = Desk(
                hub,
                app[ENGINE],
                lambda: app[GATEHOUSE],
                rights=rights,
                authenticator=authenticator,
                meter=self.meter,
                timing=timing,
            )
            async with desk.open():
                app[DESK] = desk
                drain.then(desk.drain)
                yield

        return opened


async def _end_streams(app: web.Application) -> None:
    """Before connections are closed: whoever follows is told where they stood, if no drain has told them."""
    desk = app.get(DESK)
    # There is none where the start has failed.
    if desk is not None:
        desk.drain()


def _tell(metrics: Metrics, meter: StreamMeter) -> None:
    metrics.read_from(
        catalogue.STREAMS, lambda: [("", {"transport": name}, n) for name, n in sorted(meter.open.items())]
    )
    metrics.read_from(
        catalogue.STREAMS_ENDED, lambda: [("_total", {"code": code}, n) for code, n in sorted(meter.ended.items())]
    )
    metrics.read_from(
        catalogue.RESETS, lambda: [("_total", {"reason": why}, n) for why, n in sorted(meter.resets.items())]
    )
    metrics.read_from(catalogue.DELIVERED, lambda: [("_total", {}, meter.delivered)])
    metrics.read_from(catalogue.PUBLISHED, lambda: [("_total", {}, meter.published)])
    metrics.read_from(catalogue.COALESCED, lambda: [("_total", {}, meter.coalesced)])
    metrics.read_from(catalogue.REFILLED, lambda: [("_total", {}, meter.refilled)])
