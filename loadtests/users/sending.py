"""How a user of Locust sends what the client signed."""

from typing import Any

from locust.contrib.fasthttp import FastHttpSession

from bridge.client.answers import Answer
from bridge.client.signing import Request
from loadtests.signing import Send

_MADE = 300


def sender(client: FastHttpSession, expected: dict[str, str] | None = None) -> Send:
    """Return what sends; `expected` are names whose request is right when it is refused with that code."""
    refusals = expected or {}

    def send(request: Request, headers: dict[str, str], name: str) -> Answer:
        # Locust has no types of its own for what comes back.
        response: Any
        with client.request(
            request.method,
            request.target,
            name=name,
            data=request.body or None,
            headers={**request.headers, **headers},
            allow_redirects=False,
            catch_response=True,
        ) as response:
            answer = _answer(response)
            wanted = refusals.get(name)
            if wanted is None:
                if not 0 < answer.status < _MADE:
                    response.failure(f"{answer.status} {answer.body[:200]!r}")
            elif f'"code":"{wanted}"'.encode() in answer.body:
                response.success()
            else:
                response.failure(f"it was let in or refused otherwise: {answer.status}")
        return answer

    return send


def _answer(response: Any) -> Answer:
    headers = {str(name).lower(): str(value) for name, value in (response.headers or {}).items()}
    return Answer(int(response.status_code or 0), headers, bytes(response.content or b""))
