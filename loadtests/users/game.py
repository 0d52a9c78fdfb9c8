"""A game server: it opens a session with its key, as behind a proxy that ends TLS, and asks what it is."""

from locust import FastHttpUser, constant_throughput, task

from bridge.client.address import BridgeAddress
from loadtests.enrolled import PLACE, UNIVERSE, game_key, url
from loadtests.signing import SigningClient, opens_as_game_server
from loadtests.users.sending import sender


class GameServer(FastHttpUser):
    weight = 4
    host = url()
    wait_time = constant_throughput(2)

    def on_start(self) -> None:
        address = BridgeAddress.parse(url())
        self.signing = SigningClient(opens_as_game_server(game_key(), UNIVERSE, PLACE), address, sender(self.client))

    @task
    def look_at_its_session(self) -> None:
        told = self.signing.request("GET", "/v1/session", b"", "look at a game session", by_proxy=True)
        if told.code is not None:
            self.signing.forget()
