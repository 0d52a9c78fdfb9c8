"""A Studio install: it opens a session as a device, leaves notes and reads them."""

import json

from locust import FastHttpUser, constant_throughput, task

from loadtests.enrolled import next_device, url
from loadtests.signing import SigningClient, opens_as_device
from loadtests.users.sending import sender
from tests.ledger.notes.routes import NOTES

NOTE = json.dumps({"text": "x" * 1000}).encode()


class StudioDevice(FastHttpUser):
    weight = 12
    host = url()
    # Below the 400 a minute of a session.
    wait_time = constant_throughput(5)

    def on_start(self) -> None:
        device = next_device()
        self.signing = SigningClient(opens_as_device(device), device.bridge, sender(self.client))

    @task(3)
    def leave_a_note(self) -> None:
        self._ask("POST", NOTES, NOTE, "leave a note")

    @task(2)
    def read_notes(self) -> None:
        self._ask("GET", f"{NOTES}?limit=10", b"", "read notes")

    def _ask(self, method: str, target: str, body: bytes, name: str) -> None:
        told = self.signing.request(method, target, body, name)
        if told.code is not None:
            self.signing.forget()
        if told.code == "not_proven_answer":
            self.environment.events.request.fire(
                request_type=method,
                name=f"{name}: proof of the answer",
                response_time=0,
                response_length=0,
                exception=ValueError("the answer did not prove itself"),
                context={},
            )
