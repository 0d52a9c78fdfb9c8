"""The roads that there are, by name."""

from typing import Literal

from bridge.client.following.events_road import EventsRoad
from bridge.client.following.poll_road import PollRoad
from bridge.client.following.road import Road
from bridge.client.following.web_socket_road import WebSocketRoad
from bridge.client.session_keeper import SessionKeeper
from bridge.client.transport import Transport

RoadName = Literal["websocket", "events", "poll"]


def open_road(name: RoadName, transport: Transport, keeper: SessionKeeper) -> Road:
    match name:
        case "websocket":
            return WebSocketRoad(transport, keeper)
        case "events":
            return EventsRoad(transport, keeper)
        case "poll":
            return PollRoad(transport, keeper)
