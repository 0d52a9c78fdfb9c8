"""The rules of signed requests and of rate limits that `make proof-gates` switches off: each has a test that notices.

`python -P -m gates.planted signed-rules` plants these alone.
"""

from typing import Final

from gates.account_rule import AccountRule

TOPIC: Final = "signed-rules"
SOURCES: Final = "bridge/gate/"
ENDPOINT: Final = "signed/endpoint.py"
PROOF: Final = "signed/proof.py"
LIMITS: Final = "callers_limits.py"
TICKETS: Final = "tickets/service.py"
OF_REQUESTS: Final = "integration/gate/test_signed_requests.py::test_"
OF_PROOFS: Final = "integration/gate/test_proofs.py::test_"
OF_WITHDRAWALS: Final = "integration/gate/test_withdrawals.py::test_"
OF_PLACES: Final = "integration/gate/sessions/test_game_places.py::test_"
OF_LIMITS: Final = "integration/gate/test_limits.py::test_"
OF_TICKETS: Final = "unit/bridge/gate/test_tickets.py::test_"


def _rule(name: str, path: str, old: str, without: str, test: str, *, sources: str = SOURCES) -> AccountRule:
    return AccountRule(name, path, old, without, test, sources, TOPIC)


SIGNED_RULES: Final = (
    _rule(
        "a route asks for its scopes",
        ENDPOINT,
        "gate.store.demand(self._rate_class, scopes=self._scopes)",
        "gate.store.demand(self._rate_class)",
        OF_REQUESTS + "a_scope_that_the_session_lacks_is_named",
    ),
    _rule(
        "a body that has not come is waited for only behind a proven head",
        ENDPOINT,
        "# Nobody waits for bytes of somebody who has shown nothing: the head comes first, and then the rest.",
        "await read_body(exchange, limit_bytes=work.body_limit_bytes, timeout_seconds=1)",
        OF_REQUESTS + "no_byte_of_a_body_is_waited_for_before_the_head_is_proven",
    ),
    _rule(
        "chunks are refused",
        "web/body.py",
        "if length is None and exchange.body_exists:",
        "if length is None and not exchange.body_exists and limit_bytes < 0:",
        OF_REQUESTS + "chunks_are_malformed",
        sources="backend/",
    ),
    _rule(
        "a body is held to the limit of its route before anything is looked at",
        "web/body.py",
        "    _hold_to(limit_bytes, length or 0)\n    return length or 0",
        "    return length or 0",
        OF_REQUESTS + "a_body_beyond_the_limit_of_its_route_is_refused_before_anything_is_looked_at",
        sources="backend/",
    ),
    _rule(
        "an answer before a right MAC is not proven",
        ENDPOINT,
        "if code in UNPROVEN:",
        'if code in UNPROVEN and code != "not_proven":',
        OF_REQUESTS + "a_wrong_mac_an_unknown_session_and_an_unknown_version_get_one_answer",
    ),
    _rule(
        "a fault of ours is proven too",
        "web/boundary.py",
        "if exchange.prove is None:",
        "if exchange.prove is None or reply.status >= 500:",
        OF_PROOFS + "a_fault_of_ours_is_told_with_a_proof",
        sources="backend/",
    ),
    _rule(
        "a proof names the request that it answers",
        PROOF,
        "self._key.prove(self._signature, ",
        'self._key.prove("", ',
        OF_REQUESTS + "every_answer_after_a_right_mac_is_proven_and_tells_the_time",
    ),
    _rule(
        "only a proxy of ours says that it was asked over https",
        "web/caller_address.py",
        " == _HTTPS and self.is_proxy(exchange.remote)",
        " == _HTTPS",
        OF_PROOFS + "whoever_is_no_proxy_of_ours_cannot_switch_the_proof_off",
        sources="backend/",
    ),
    _rule(
        "what is remembered counts for nothing while nobody can say that it holds",
        ENDPOINT,
        "if not gate.rights.is_known:",
        "if gate is None:",
        OF_WITHDRAWALS + "each_request_reads_its_record_while_nobody_can_say_whether_it_holds",
    ),
    _rule(
        "a withdrawal by another process reaches what is remembered",
        "db/rights_changes.py",
        "        if changes != self._changes:",
        "        if changes < self._changes:",
        OF_WITHDRAWALS + "what_another_process_withdrew_is_refused_as_soon_as_the_database_tells",
        sources="backend/",
    ),
    _rule(
        "each request of a game server comes from where its key may be used",
        "gatehouse.py",
        "            principal.places.check(principal.universe_id, principal.place_id, address)\n",
        "            pass\n",
        OF_PLACES + "each_request_has_to_come_from_a_network_of_the_key",
    ),
    _rule(
        "a session is held to the lists of its game key as they are now",
        "sessions/service.py",
        "replace(principal, places=places_of(key))",
        "replace(principal, places=Places((principal.universe_id or 0,), (), key.networks))",
        OF_PLACES + "a_session_is_held_to_the_lists_as_they_are_now",
    ),
    _rule(
        "a session whose game key is not there is over",
        "sessions/service.py",
        "        return replace(found, revoked=True)\n",
        "        return found\n",
        OF_PLACES + "a_session_whose_key_is_not_there_is_over",
    ),
    _rule(
        "who waits as long as it was told does not come too early",
        "too_many.py",
        "random.uniform(0, _JITTER)",
        "random.uniform(-_JITTER, _JITTER)",
        "unit/bridge/gate/test_limits.py::test_every_wait_is_drawn_above_the_true_one_and_never_below_it",
    ),
    _rule(
        "signed requests and others have one bucket for an address",
        LIMITS,
        'debits = [(limits.key("address", name), self._book.number("address"))]',
        'debits = [(limits.key("address", name + b"x"), self._book.number("address"))]',
        OF_LIMITS + "the_address_is_counted_before_anything_is_proven",
    ),
    _rule(
        "an IPv6 network is one caller",
        LIMITS,
        'found.packed[:_NETWORK_BYTES].ljust(_NETWORK_BYTES, b"\\0")',
        'found.packed[-_NETWORK_BYTES:].ljust(_NETWORK_BYTES, b"\\0")',
        OF_LIMITS + "another_address_has_a_bucket_of_its_own_and_a_network_of_ipv6_has_one",
    ),
    _rule(
        "a class that anybody may ask is counted for each address",
        LIMITS,
        "rate_class if route.permission == PUBLIC else None",
        "None if route.permission == PUBLIC else rate_class",
        OF_LIMITS + "a_class_that_anybody_may_ask_is_counted_for_each_address",
    ),
    _rule(
        "what keeps guessers away may not be only tried out",
        "limits.py",
        "if not (name in self._numbers and self.rule(name).may_shadow)",
        "if name not in self._numbers",
        "unit/bridge/gate/test_limits.py::test_what_keeps_guessers_away_may_not_be_in_shadow",
    ),
    _rule(
        "a ticket is for one method and one path",
        "tickets/form.py",
        'b"tbx1 ticket\\n%b\\n%b\\n%b" % (method.encode("ascii"), path.encode("ascii"), payload)',
        'b"tbx1 ticket\\n%b" % payload',
        OF_TICKETS + "a_ticket_is_good_for_nothing_else",
    ),
    _rule(
        "a ticket is over after its time",
        TICKETS,
        "if not 0 < ticket.ends_at - self._clock() <= TICKET_SECONDS * _MILLISECONDS:",
        "if ticket.ends_at - self._clock() > TICKET_SECONDS * _MILLISECONDS:",
        OF_TICKETS + "a_ticket_serves_its_path_again_and_again_until_its_time_is_over",
    ),
    _rule(
        "a ticket that is good once is used up",
        TICKETS,
        '        if found != "accepted":',
        '        if found == "expired":',
        OF_TICKETS + "a_ticket_that_is_good_once_is_used_up_for_all_workers",
    ),
    _rule(
        "a ticket ends with its session",
        TICKETS,
        "if record is None or record.revoked or not scopes",
        "if record is None or not scopes",
        OF_TICKETS + "a_ticket_ends_with_its_session",
    ),
)
