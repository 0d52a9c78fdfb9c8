"""The rules of the house round the gate, and of the client, that `make proof-gates` switches off.

Most are noticed by the attacks in tests/attack alone. `python -P -m gates.planted attack-rules` plants these alone.
"""

from typing import Final

from gates.account_rule import AccountRule

TOPIC: Final = "attack-rules"
BACKEND: Final = "backend/web/"
CLIENT: Final = "bridge/client/"
OF_PAGES: Final = "attack/test_pages.py::test_"
OF_SQUATTERS: Final = "attack/test_squatters.py::test_"
OF_ORIGINS: Final = "integration/web/test_hosts_and_origins.py::test_"
OF_CLIENTS: Final = "unit/bridge/client/test_client.py::test_"
OF_OPENINGS: Final = "unit/bridge/client/test_sessions.py::test_"


def _rule(name: str, path: str, old: str, without: str, test: str, *, sources: str = BACKEND) -> AccountRule:
    return AccountRule(name, path, old, without, test, sources, TOPIC)


ATTACK_RULES: Final = (
    _rule(
        "the bridge answers to its own names",
        "host.py",
        "if host is None or not self._knows(host, port):",
        "if host is None:",
        OF_PAGES + "a_name_that_is_turned_to_this_machine_reads_and_does_nothing",
    ),
    _rule(
        "a page of another origin may not ask",
        "origin.py",
        "if is_foreign or (is_marked and not _is_navigation(exchange)):",
        "if is_marked and not _is_navigation(exchange):",
        OF_ORIGINS + "what_pages_of_other_origins_send_is_refused",
    ),
    _rule(
        "what the browser marks as another page's is refused",
        "origin.py",
        "if is_foreign or (is_marked and not _is_navigation(exchange)):",
        "if is_foreign:",
        OF_PAGES + "a_page_of_another_origin_reads_and_does_nothing",
    ),
    _rule(
        "a link may lead here and a frame may not",
        "origin.py",
        '        and headers.getall(_SEC_FETCH_DEST, ()) == ["document"]\n',
        "",
        OF_PAGES + "a_page_of_another_origin_reads_and_does_nothing",
    ),
    _rule(
        "the log names the route and never what was asked for",
        "observability/access.py",
        '"route":"{exchange.route}"',
        '"route":"{exchange.raw_path}"',
        "attack/test_reflections.py::test_no_secret_of_one_door_opens_another",
        sources="bridge/",
    ),
    _rule(
        "nobody can join the port",
        "supervisor/listeners.py",
        "        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n",
        "        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
        "        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)\n",
        "unit/bridge/supervisor/test_listeners.py::test_a_second_program_cannot_join_the_port",
        sources="bridge/",
    ),
    _rule(
        "plain http is for this machine alone, at the bridge",
        "settings/rules.py",
        "if outside and not settings.trusted_proxies:",
        "if outside and settings.trusted_proxies is None:",
        "unit/bridge/settings/test_load.py::test_beyond_loopback_a_proxy_must_be_named",
        sources="bridge/",
    ),
    _rule(
        "plain http is for this machine alone, at the client",
        "address.py",
        'if parts.scheme == "http" and host not in _THIS_MACHINE:',
        'if parts.scheme == "http" and not host:',
        "unit/bridge/client/test_address.py::test_plain_http_goes_to_this_machine_alone",
        sources=CLIENT,
    ),
    _rule(
        "a device is nothing before the six digits are right",
        "pairing.py",
        "if not DeviceKeys(self._device.key).digits_are_right(typed):",
        "if not typed:",
        OF_SQUATTERS + "the_six_digits_tell_a_squatter_before_anything_is_applied",
        sources=CLIENT,
    ),
    _rule(
        "a grant is obeyed with its proof alone",
        "opening.py",
        "return proof is not None and self._keys.grant_is_proven(",
        "return proof is not None or self._keys.grant_is_proven(",
        OF_SQUATTERS + "a_grant_that_was_recorded_is_believed_by_nobody_again",
        sources=CLIENT,
    ),
    _rule(
        "a refusal to open is obeyed with its proof alone",
        "openers.py",
        "        if not opening.is_proven(answer):\n",
        "        if not opening.is_proven(answer) and answer.status < 400:\n",
        OF_SQUATTERS + "who_has_no_key_is_believed_nothing",
        sources=CLIENT,
    ),
    _rule(
        "a challenge has forty bytes",
        "opening.py",
        'data("challenge", length=CHALLENGE_BYTES)',
        'data("challenge", length=39)',
        OF_OPENINGS + "a_challenge_of_another_length_is_never_answered",
        sources=CLIENT,
    ),
    _rule(
        "another key of the bridge is endorsed by the one that is kept",
        "opening.py",
        "            endorsed is None\n",
        "            endorsed is not None\n            and endorsed is None\n",
        OF_OPENINGS + "a_new_key_of_the_bridge_is_refused_unless_the_old_one_endorses_it",
        sources=CLIENT,
    ),
    _rule(
        "an answer over plain http is obeyed with its proof alone",
        "session.py",
        "return self._is_tls or is_proven(",
        "return answer.status > 0 or is_proven(",
        OF_CLIENTS + "a_revocation_that_nobody_proved_is_not_obeyed",
        sources=CLIENT,
    ),
    _rule(
        "no time is learned without a proof",
        "advice.py",
        '    if problem.code == "malformed":\n        return Advice(Step.STOP)\n',
        '    if problem.code == "malformed":\n        return Advice(Step.STOP)\n'
        '    if problem.code == "stale":\n        return Advice(Step.LEARN_TIME)\n',
        OF_CLIENTS + "time_is_learned_from_no_answer_without_a_proof",
        sources=CLIENT,
    ),
    _rule(
        "an ended session is not an ended device, at the Python client",
        "advice.py",
        '"revoked": Step.ENDED,',
        '"revoked": Step.STOP,',
        OF_CLIENTS + "a_session_that_somebody_ended_is_followed_by_another",
        sources=CLIENT,
    ),
    _rule(
        "a second word that it was ended is the last, at the Python client",
        "doing.py",
        "frozenset({Step.AGAIN, Step.ENDED})",
        "frozenset({Step.AGAIN})",
        OF_CLIENTS + "a_session_that_is_ended_as_soon_as_it_is_open_is_the_last",
        sources=CLIENT,
    ),
    _rule(
        "a stranger's words are not shown, at the Python client",
        "doing.py",
        "return problem.unproven_error()",
        "return problem.error()",
        OF_CLIENTS + "nothing_that_a_stranger_wrote_is_told",
        sources=CLIENT,
    ),
    _rule(
        "what a proxy says is not the bridge's word",
        "advice.py",
        "    if is_of_a_proxy(answer.status):\n",
        "    if answer.status == 0:\n",
        "unit/bridge/client/test_game.py::test_what_a_proxy_says_in_place_of_the_bridge_is_a_lost_answer",
        sources=CLIENT,
    ),
)
