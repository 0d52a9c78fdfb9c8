"""An attacker: it sends recorded requests again, and makes up signatures. That it is refused is the success."""

from locust import FastHttpUser, constant_throughput, task

from bridge.client.encoding import base64_text
from loadtests.enrolled import next_device, url
from loadtests.signing import SigningClient, new_request, opens_as_device
from loadtests.users.sending import sender
from loadtests.users.studio import NOTE
from tests.ledger.notes.routes import NOTES

REPLAY = "replay, which is refused"
MADE_UP = "made-up MAC, which is refused"


class Attacker(FastHttpUser):
    weight = 1
    host = url()
    wait_time = constant_throughput(5)

    def on_start(self) -> None:
        device = next_device()
        self.send = sender(self.client, {REPLAY: "replayed", MADE_UP: "not_proven"})
        self.signing = SigningClient(opens_as_device(device), device.bridge, self.send)

    @task
    def send_it_twice(self) -> None:
        request = new_request("POST", NOTES, NOTE)
        head = self.signing.session().sign(request)
        self.send(request, head.headers, "leave a note")
        self.send(request, head.headers, REPLAY)

    @task
    def make_a_signature_up(self) -> None:
        request = new_request("POST", NOTES, NOTE)
        head = self.signing.session().sign(request)
        self.send(request, head.headers | {"Signature": f"tbx=:{base64_text(bytes(32))}:"}, MADE_UP)
