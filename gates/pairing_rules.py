"""The rules of pairing and of devices that `make proof-gates` switches off: each has a test that notices.

`python -P -m gates.planted pairing-rules` plants these alone.
"""

from typing import Final

from gates.account_rule import AccountRule

TOPIC: Final = "pairing-rules"
SOURCES: Final = "bridge/gate/"
ASKING: Final = "pairing/asking.py"
SERVICE: Final = "pairing/service.py"
STORE: Final = "pairing/store.py"
TRIES: Final = "pairing/tries.py"
DEVICES: Final = "devices/service.py"
USES: Final = "devices/uses.py"
GATEHOUSE: Final = "gatehouse.py"
OF_PAIRING: Final = "integration/gate/pairing/test_pairing.py::test_"
OF_APPROVAL: Final = "integration/gate/pairing/test_approval.py::test_"
OF_DEVICES: Final = "integration/gate/pairing/test_devices.py::test_"
OF_USES: Final = "integration/gate/pairing/test_uses.py::test_"
OF_RACES: Final = "integration/gate/pairing/test_pairing_races.py::test_"
OF_THE_END: Final = "integration/gate/pairing/test_end_of_devices.py::test_"


def _rule(name: str, path: str, old: str, without: str, test: str, *, on_postgresql: bool = False) -> AccountRule:
    return AccountRule(name, path, old, without, test, SOURCES, TOPIC, on_postgresql)


PAIRING_RULES: Final = (
    _rule(
        "a device code is worth nothing after the first signed request",
        ASKING,
        "or device.signed_at is not None:",
        "or device.signed_at == 0:",
        OF_PAIRING + "a_lost_answer_is_sent_again_until_the_device_has_signed_something",
    ),
    _rule(
        "the first signed request is written down before it is answered",
        GATEHOUSE,
        "await self.uses.begin(principal.tenant_id, principal.holder_id)",
        "self.uses.note(principal.tenant_id, principal.holder_id)",
        OF_USES + "a_code_is_worth_nothing_once_the_first_signed_request_was_answered",
    ),
    _rule(
        "each signed request keeps its device from ending",
        GATEHOUSE,
        "            self.uses.note(principal.tenant_id, principal.holder_id)\n        else:",
        "            pass\n        else:",
        OF_USES + "no_request_after_the_first_waits_for_a_write_until_uses_are_written_down",
    ),
    _rule(
        "a use that could not be written down is kept",
        USES,
        "            self._lately = lately | self._lately\n",
        "",
        OF_USES + "no_request_after_the_first_waits_for_a_write_until_uses_are_written_down",
    ),
    _rule(
        "a device that is over gets no key",
        ASKING,
        "if device is None or device.is_over or",
        "if device is None or",
        OF_PAIRING + "a_device_that_has_ended_gets_no_key",
    ),
    _rule(
        "who asks too soon waits longer each time",
        ASKING,
        "interval = found.interval_seconds + (SLOWER_BY_SECONDS if is_early else 0)",
        "interval = found.interval_seconds",
        OF_PAIRING + "who_asks_too_soon_is_slowed_down_by_five_seconds_each_time",
    ),
    _rule(
        "only what waits for somebody takes room",
        STORE,
        '.where(_ROW.state == "pending", _ROW.ends_at > DatabaseNow())',
        ".where(_ROW.ends_at > DatabaseNow())",
        OF_PAIRING + "so_many_wait_and_no_more",
    ),
    _rule(
        "a network has room of its own",
        ASKING,
        "if there >= MOST_PENDING_OF_NETWORK or",
        "if everywhere >= MOST_PENDING_OF_NETWORK or",
        OF_PAIRING + "another_network_has_room_of_its_own",
    ),
    _rule(
        "all networks together have so much room",
        ASKING,
        " or everywhere >= MOST_PENDING:",
        ":",
        OF_PAIRING + "so_many_wait_and_no_more",
    ),
    _rule(
        "a code that is over is none",
        STORE,
        ").where(_ROW.ends_at > DatabaseNow())\n_BY_DEVICE_CODE",
        ").where(_ROW.ends_at > 0)\n_BY_DEVICE_CODE",
        OF_PAIRING + "a_code_that_is_over_is_answered_as_one_that_never_was",
    ),
    _rule(
        "what is over is deleted",
        "pairing/sweeping.py",
        "            await sweep(database)\n",
        "            pass\n",
        OF_PAIRING + "what_is_over_is_swept_and_what_is_not_stays",
    ),
    _rule(
        "the user code is digested under a key",
        ASKING,
        "self._ring.digest(codes.digested(begun.user_code)),",
        "codes.hashlib.sha256(codes.digested(begun.user_code).encode()).digest(),",
        OF_PAIRING + "what_is_kept_of_the_codes_are_digests",
    ),
    _rule(
        "wrong codes of a person make the next one wait",
        TRIES,
        '{person_id}"): PERSON,',
        '{person_id}"): NETWORK,',
        OF_APPROVAL + "wrong_codes_make_the_next_one_wait_and_are_not_looked_at_meanwhile",
    ),
    _rule(
        "wrong codes of a network make the next one wait",
        TRIES,
        '{network}"): NETWORK,',
        '{network} {person_id}"): NETWORK,',
        OF_APPROVAL + "the_accounts_of_one_network_wait_for_one_another_in_the_end",
    ),
    _rule(
        "a right code gives no new guesses",
        TRIES,
        "tries=max(0.0, each.tries - 1)",
        "tries=0.0",
        OF_APPROVAL + "a_right_code_gives_no_new_guesses",
    ),
    _rule(
        "a right code costs nothing",
        TRIES,
        "tries=max(0.0, each.tries - 1)",
        "tries=each.tries",
        OF_APPROVAL + "right_codes_are_free",
    ),
    _rule(
        "what became of a pairing is not looked up from another tenant",
        SERVICE,
        "return found if is_anybodys else None",
        "return found",
        OF_APPROVAL + "what_became_of_a_pairing_is_none_of_another_schools_business",
    ),
    _rule(
        "what another tenant let in is not decided about",
        SERVICE,
        "return _there(found if is_anybodys else None)",
        "return _there(found)",
        OF_APPROVAL + "what_became_of_a_pairing_is_none_of_another_schools_business",
    ),
    _rule(
        "a device gets no scope that is none for devices",
        SERVICE,
        "if not wanted or not set(scopes) <= OF_DEVICES:",
        "if not wanted:",
        OF_APPROVAL + "a_device_gets_no_scope_that_is_none_for_devices",
    ),
    _rule(
        "what was refused is not approved",
        SERVICE,
        'if found.state == "denied":\n            raise Conflict',
        'if found.state == "":\n            raise Conflict',
        OF_APPROVAL + "who_was_let_in_is_not_refused_and_the_other_way_round",
    ),
    _rule(
        "what was approved is not refused",
        SERVICE,
        'if found.device_id is not None:\n            raise Conflict("This pairing was approved; revoke its device.")',
        "",
        OF_APPROVAL + "who_was_let_in_is_not_refused_and_the_other_way_round",
    ),
    _rule(
        "a second approval is of the same scopes",
        SERVICE,
        "if device.scopes != wanted:",
        "if not wanted:",
        OF_APPROVAL + "a_second_approval_makes_no_other_device",
    ),
    _rule(
        "a tenant that is not at work lets nothing in",
        SERVICE,
        'if tenant.state != "active":',
        'if tenant.state == "":',
        OF_APPROVAL + "a_school_that_is_not_at_work_lets_nothing_in",
    ),
    _rule(
        "of two that approve at once the second sees the first",
        STORE,
        'bindparam("wanted")).with_for_update()',
        'bindparam("wanted"))',
        OF_RACES + "two_who_approve_at_once_let_one_device_in",
        on_postgresql=True,
    ),
    _rule(
        "of many that poll at once each sees the one before",
        STORE,
        "_BY_DEVICE_CODE.with_for_update()",
        "_BY_DEVICE_CODE",
        OF_RACES + "of_many_who_ask_what_became_of_it_at_once_one_was_not_too_soon",
        on_postgresql=True,
    ),
    _rule(
        "no two count the same room",
        ASKING,
        "        await identity.hold(tx)\n",
        "",
        OF_RACES + "all_who_ask_at_once_share_the_room_there_is",
        on_postgresql=True,
    ),
    _rule(
        "two who need a home make one",
        "pairing/home.py",
        "    await identity.hold(tx)\n",
        "",
        OF_RACES + "all_who_need_a_home_at_once_get_one",
        on_postgresql=True,
    ),
    _rule(
        "the name of the installation is made once",
        "identity/service.py",
        "    made = await store.find(tx)\n",
        "    made: str | None = secrets.token_hex(BRIDGE_ID_BYTES)\n",
        OF_RACES + "all_who_begin_at_once_have_one_name",
    ),
    _rule(
        "a revoked device's sessions end",
        DEVICES,
        "    await store.end_sessions(tx, tenant_id, device_id)\n",
        "",
        OF_DEVICES + "a_revoked_device_and_its_sessions_end_at_once_for_everybody",
    ),
    _rule(
        "only the sessions of the device end",
        "devices/store.py",
        '        BridgeSessionRow.holder_id == bindparam("wanted"),\n',
        '        BridgeSessionRow.holder_id != bindparam("wanted"),\n',
        OF_DEVICES + "a_revoked_device_and_its_sessions_end_at_once_for_everybody",
    ),
    _rule(
        "every worker is told of a revoked device",
        DEVICES,
        "    await rights.changed(tx)\n",
        "",
        OF_DEVICES + "a_revoked_device_and_its_sessions_end_at_once_for_everybody",
    ),
    _rule(
        "a device is renamed by who has seen it as it is",
        DEVICES,
        "    require_version(seen, found.version)\n",
        "",
        OF_DEVICES + "a_device_is_renamed_by_who_has_seen_it_as_it_is",
    ),
    _rule(
        "a device that is not used ends",
        "devices/store.py",
        'return "active" if self.now < self.ends_at else "ended"',
        'return "active"',
        OF_DEVICES + "a_device_that_is_not_used_for_thirty_days_has_ended",
    ),
    _rule(
        "a deleted school leaves no pairing behind",
        "pairing/models.py",
        ", goes_with_tenant=True",
        "",
        OF_THE_END + "a_deleted_school_leaves_no_device_behind_and_another_keeps_its_own",
    ),
    _rule(
        "a deleted school leaves no place of a device behind",
        "devices/models.py",
        ", goes_with_tenant=True",
        "",
        OF_THE_END + "a_deleted_school_leaves_no_device_behind_and_another_keeps_its_own",
    ),
    _rule(
        "a deleted school leaves no session of a device behind",
        "sessions/models.py",
        ", goes_with_tenant=True",
        "",
        OF_THE_END + "a_deleted_school_leaves_no_device_behind_and_another_keeps_its_own",
    ),
    _rule(
        "who is erased takes the devices along",
        DEVICES,
        "                if each.revoked_at is None:\n                    await _end(tx, rights, tenant_id, each.id)\n",
        "",
        OF_THE_END + "who_is_erased_takes_the_devices_they_let_in_along",
    ),
)
