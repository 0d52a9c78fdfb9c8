"""The rules of opening sessions that `make proof-gates` switches off: each has a test that notices.

`python -P -m gates.planted session-rules` plants these alone.
"""

from typing import Final

from gates.account_rule import AccountRule

TOPIC: Final = "session-rules"
SOURCES: Final = "bridge/gate/"
CHALLENGE: Final = "sessions/challenge.py"
OPENING: Final = "sessions/opening.py"
KEEPING: Final = "sessions/keeping.py"
GAME: Final = "sessions/game.py"
PLACES: Final = "places.py"
GRANT: Final = "sessions/grant.py"
STORE: Final = "sessions/store.py"
SERVICE: Final = "sessions/service.py"
ROUTES: Final = "sessions/routes.py"
MASTERS: Final = "masters.py"
OF_CHALLENGES: Final = "unit/bridge/gate/sessions/test_challenge.py::test_"
OF_GRANTS: Final = "unit/bridge/gate/sessions/test_grant.py::test_"
OF_MASTERS: Final = "unit/bridge/gate/test_masters.py::test_"
OF_OPENINGS: Final = "integration/gate/sessions/test_opening.py::test_"
OF_GAMES: Final = "integration/gate/sessions/test_game_opening.py::test_"
OF_RECORDS: Final = "integration/gate/sessions/test_records.py::test_"
OF_ROTATION: Final = "integration/gate/sessions/test_rotation.py::test_"


def _rule(name: str, path: str, old: str, without: str, test: str, *, on_postgresql: bool = False) -> AccountRule:
    return AccountRule(name, path, old, without, test, SOURCES, TOPIC, on_postgresql)


SESSION_RULES: Final = (
    _rule(
        "a challenge carries the bridge's mark",
        CHALLENGE,
        "if not hmac.compare_digest(right, mark):",
        "if len(right) != len(mark):",
        OF_CHALLENGES + "every_bit_of_it_counts",
    ),
    _rule(
        "a challenge is for one device",
        CHALLENGE,
        "own + device_id.encode() + epoch.encode()",
        "own + epoch.encode()",
        OF_OPENINGS + "a_challenge_is_for_one_device",
    ),
    _rule(
        "a challenge is for one epoch",
        CHALLENGE,
        "own + device_id.encode() + epoch.encode()",
        "own + device_id.encode()",
        OF_OPENINGS + "a_challenge_is_for_one_life_of_the_store",
    ),
    _rule(
        "a challenge is good for a minute",
        CHALLENGE,
        "<= age_seconds < GOOD_SECONDS",
        "<= age_seconds",
        OF_OPENINGS + "a_challenge_is_good_for_a_minute",
    ),
    _rule(
        "a challenge from a time to come is none",
        CHALLENGE,
        "return -_AHEAD_SECONDS <= age_seconds",
        "return age_seconds",
        OF_OPENINGS + "a_challenge_from_a_time_to_come_is_none",
    ),
    _rule(
        "a challenge is asked for when a session is granted",
        OPENING,
        "if not self._challenges.holds(",
        "if opening is None and not self._challenges.holds(",
        OF_OPENINGS + "a_challenge_that_the_bridge_did_not_make_is_none",
    ),
    _rule(
        "a challenge opens one session",
        KEEPING,
        'if spending in {"spent", "expired"}:',
        'if spending in {"expired"}:',
        OF_OPENINGS + "a_challenge_opens_one_session_and_no_more",
    ),
    _rule(
        "a proof is asked for",
        OPENING,
        "if known.device is None or right is None:",
        "right = right or (1, self._keys(opening.device_id, known.device)[0][1])\n        if known.device is None:",
        OF_OPENINGS + "whoever_is_not_the_device_is_told_one_thing",
    ),
    _rule(
        "what is no device opens nothing, whatever key it has",
        OPENING,
        "if known.device is None or right is None:",
        "if right is None:",
        OF_OPENINGS + "the_key_of_a_device_that_is_not_there_opens_nothing",
    ),
    _rule(
        "an opening is for the name under which the bridge was asked",
        ROUTES,
        "authority=sender.authority,",
        'authority="127.0.0.1:8461",',
        OF_OPENINGS + "an_opening_is_for_one_name_of_the_bridge",
    ),
    _rule(
        "the body is proven",
        ROUTES,
        "body=sender.body,",
        'body=b"",',
        OF_OPENINGS + "a_device_takes_its_key_out_of_a_grant_that_only_the_bridge_can_have_made",
    ),
    _rule(
        "what is no device costs what a wrong proof costs",
        OPENING,
        "tenant_id = await database.read(place) or _NO_TENANT",
        "tenant_id = await database.read(place)\n        if tenant_id is None:\n            raise NotProven",
        OF_OPENINGS + "whoever_is_not_the_device_costs_the_same_queries",
    ),
    _rule(
        "a refusal after a right proof carries one",
        ROUTES,
        "sender.answer_with(_Proven(shown))",
        "sender.authority.lower()",
        OF_OPENINGS + "a_revoked_device_is_told_so_with_a_proof_once_it_has_shown_itself",
    ),
    _rule(
        "the status of an answer is proven",
        GRANT,
        'b"\\n".join((self.once, b"%03d" % status, sha256(body)))',
        'b"\\n".join((self.once, b"%03d" % min(status, 201), sha256(body)))',
        OF_OPENINGS + "a_revoked_device_is_told_so_with_a_proof_once_it_has_shown_itself",
    ),
    _rule(
        "a revoked device opens nothing",
        OPENING,
        "if known.device is None or known.device.revoked_at is not None:",
        "if known.device is None:",
        OF_OPENINGS + "a_revoked_device_is_told_so_with_a_proof_once_it_has_shown_itself",
    ),
    _rule(
        "a device that was not used for a month opens nothing",
        OPENING,
        "if known.device.is_over:",
        "if known.device.revoked_at:",
        OF_OPENINGS + "a_device_that_was_not_used_for_a_month_opens_nothing",
    ),
    _rule(
        "a device of a suspended tenant opens nothing",
        OPENING,
        'if known.tenant is None or known.tenant.state != "active":',
        "if known.tenant is None:",
        OF_OPENINGS + "a_device_of_a_suspended_school_opens_nothing",
    ),
    _rule(
        "a holder has so many live sessions",
        SERVICE,
        "if live < MOST_LIVE[kind] and opened < MOST_OPENED[kind]:",
        "if opened < MOST_OPENED[kind]:",
        OF_OPENINGS + "a_device_has_so_many_sessions_and_no_more",
    ),
    _rule(
        "a holder opens so many in a session's life",
        SERVICE,
        "if live < MOST_LIVE[kind] and opened < MOST_OPENED[kind]:",
        "if live < MOST_LIVE[kind]:",
        OF_OPENINGS + "sessions_that_were_ended_count_until_their_time_as_their_windows_do",
    ),
    _rule(
        "those that come at once are counted one after the other",
        SERVICE,
        "await check_room(tx, new.tenant_id, new.kind, new.holder_id)",
        "await store.count(tx, new.tenant_id, new.kind, new.holder_id)",
        OF_GAMES + "a_key_has_so_many_sessions_however_many_ask_at_once",
    ),
    _rule(
        "a session without a window leaves nothing",
        KEEPING,
        "await self._forget(name)",
        "self._forget(name).close()",
        OF_OPENINGS + "a_session_without_a_window_is_none",
    ),
    _rule(
        "a game key comes over https",
        GAME,
        "if not opening.by_https:",
        "if opening.bearer is None:",
        OF_GAMES + "a_key_that_came_over_plain_http_opens_nothing",
    ),
    _rule(
        "a game key opens in its experiences",
        PLACES,
        "if universe_id not in self.universes:",
        "if not self.universes:",
        OF_GAMES + "a_key_opens_where_it_lists_and_nowhere_else",
    ),
    _rule(
        "a game key opens in its places",
        PLACES,
        "if self.places and place_id not in self.places:",
        "if self.places and not place_id:",
        OF_GAMES + "a_key_opens_where_it_lists_and_nowhere_else",
    ),
    _rule(
        "a game key opens in its networks",
        PLACES,
        "if self.networks and not _is_in(address, self.networks):",
        "if self.networks and address is None:",
        OF_GAMES + "a_key_opens_where_it_lists_and_nowhere_else",
    ),
    _rule(
        "a game key that has ended opens nothing",
        GAME,
        "if ends_at <= lookup.now:",
        "if ends_at <= 0:",
        OF_GAMES + "a_key_that_is_unknown_costs_the_same_queries_as_one_that_is_revoked",
    ),
    _rule(
        "a session ends with the key that opened it",
        GAME,
        "life_milliseconds = min(LIFE_SECONDS * 1000, held.ends_at - now)",
        "life_milliseconds = LIFE_SECONDS * 1000",
        OF_GAMES + "a_session_ends_with_the_key_that_opened_it",
    ),
    _rule(
        "a session of a revoked game key is over",
        STORE,
        "    (and_(_ROW.kind == GAME_KEY, ~_KEY_HOLDS), 1),\n",
        "",
        OF_RECORDS + "sessions_end_with_their_game_key",
    ),
    _rule(
        "a session of a suspended tenant stops",
        STORE,
        "    (~_TENANT_IS_ACTIVE, 1),\n",
        "",
        OF_RECORDS + "sessions_stop_with_their_tenant",
    ),
    _rule(
        "a session that was ended is over",
        STORE,
        "    (_ROW.revoked_at.is_not(None), 1),\n",
        "",
        OF_RECORDS + "a_session_that_was_ended_is_found_as_such_by_every_worker",
    ),
    _rule(
        "that a session was ended is told to every worker",
        SERVICE,
        "await rights.changed(tx)",
        "tx.after_commit(lambda: None)",
        OF_RECORDS + "a_session_that_was_ended_is_found_as_such_by_every_worker",
    ),
    _rule(
        "a session is nobody after its overlap",
        SERVICE,
        "if record is None or record.now >= record.ends_at + OVERLAP_SECONDS * _MILLISECONDS:",
        "if record is None:",
        OF_RECORDS + "a_session_is_nobody_after_its_overlap",
    ),
    _rule(
        "nobody ends the sessions of another tenant",
        STORE,
        '_ROW.tenant_id == bindparam("whose"), _IS_ANSWERED).values(revoked_at=DatabaseNow())',
        'bindparam("whose") != "", _IS_ANSWERED).values(revoked_at=DatabaseNow())',
        OF_RECORDS + "nobody_ends_the_sessions_of_another_tenant",
    ),
    _rule(
        "the new key of a device is taken",
        OPENING,
        "device.next_master_version or device.master_version]",
        "device.master_version]",
        OF_ROTATION + "a_device_is_given_its_new_key_and_moves_on_when_it_opens_with_it",
    ),
    _rule(
        "an offered key stands until it is used",
        OPENING,
        "if following is None and current < newest:",
        "if current < newest:",
        OF_ROTATION + "a_key_that_was_offered_holds_though_another_rotation_comes_between",
    ),
    _rule(
        "the old key of a device is worth nothing after the new one",
        OPENING,
        "current, following = following, None",
        "current, following = current, following",
        OF_ROTATION + "from_then_on_the_old_key_opens_nothing",
    ),
    _rule(
        "a version is used when every process has read it",
        MASTERS,
        "if self._clock() - key.made_at >= SETTLED_SECONDS]",
        "if key.made_at]",
        OF_MASTERS + "the_newest_is_used_once_every_process_has_read_it",
    ),
    _rule(
        "a version that was taken out gives nothing",
        MASTERS,
        "self._ring.keys.of(version)\n",
        "self._ring.newest_version()\n",
        OF_MASTERS + "a_version_that_was_taken_out_gives_nothing_any_more",
    ),
    _rule(
        "grants are endorsed by the key that the device has seen",
        GRANT,
        "older = known if known is not None and known < version else masters.before(version)",
        "older = masters.before(version)",
        OF_ROTATION + "the_key_of_grants_is_endorsed_by_the_one_that_the_device_knows",
    ),
    _rule(
        "a device is signed for with the version that it moves to",
        OPENING,
        "signer(masters, moves_to or device.master_version, known",
        "signer(masters, masters.newest(), known",
        OF_ROTATION + "a_device_can_follow_the_keys_of_grants_however_rotations_and_lost_answers_fall",
    ),
)
