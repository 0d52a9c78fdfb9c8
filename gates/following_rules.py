"""The rules by which the Python client follows channels, each with the test that notices when it is switched off.

`python -P -m gates.planted following-rules` plants these alone.
"""

from typing import Final

from gates.account_rule import AccountRule

TOPIC: Final = "following-rules"
FOLLOWING: Final = "bridge/client/following/"
TESTS: Final = "unit/bridge/client/following/"
OF_SEALS: Final = TESTS + "test_seals.py::test_"
OF_PLACES: Final = TESTS + "test_position.py::test_"
OF_FOLLOWERS: Final = TESTS + "test_follower.py::test_"
OF_EVENTS: Final = TESTS + "test_events_road.py::test_"
OF_POLLS: Final = TESTS + "test_poll_road.py::test_"


def _rule(name: str, path: str, old: str, without: str, test: str) -> AccountRule:
    return AccountRule(name, path, old, without, test, FOLLOWING, TOPIC)


FOLLOWING_RULES: Final = (
    _rule(
        "the Python client believes nothing of a stream before its seal",
        "seals.py",
        "        return []\n",
        "        return [frame]\n",
        OF_SEALS + "items_are_held_until_their_seal_has_come",
    ),
    _rule(
        "a seal is the bridge's",
        "seals.py",
        "if not self._key.verify(lines, proof):",
        "if not proof:",
        OF_SEALS + "a_wrong_seal_ends_the_stream",
    ),
    _rule(
        "a seal is of its own stream",
        "seals.py",
        "(_FIRST_LINE, self._stream, self._opened_by",
        '(_FIRST_LINE, "s2", self._opened_by',
        OF_SEALS + "a_wrong_seal_ends_the_stream",
    ),
    _rule(
        "a seal is of what opened its stream",
        "stream.py",
        "Seals(told.stream, self._upgraded.opened_by,",
        'Seals(told.stream, "",',
        OF_FOLLOWERS + "what_was_said_on_another_stream_of_the_same_session_is_not_believed",
    ),
    _rule(
        "a seal is good once",
        "seals.py",
        'counter = self._counter + 1\n        if seal.number("counter") != counter:',
        'counter = seal.number("counter")\n        if counter < 0:',
        OF_SEALS + "a_seal_is_good_once",
    ),
    _rule(
        "a seal is for as many items as came",
        "seals.py",
        'if not self._waiting or seal.number("items") != len(self._waiting):',
        'if seal.number("items") < 0:',
        OF_SEALS + "a_wrong_seal_ends_the_stream",
    ),
    _rule(
        "so many items wait for a seal and no more",
        "seals.py",
        "len(self._waiting) > MOST_UNSEALED_ITEMS or ",
        "",
        OF_SEALS + "so_many_items_may_wait_for_a_seal_and_no_more",
    ),
    _rule(
        "so many bytes wait for a seal and no more",
        "seals.py",
        " or self._bytes > MOST_UNSEALED_BYTES",
        "",
        OF_SEALS + "so_many_bytes_may_wait_for_a_seal_and_no_more",
    ),
    _rule(
        "once another session took over the old one seals no more",
        "seals.py",
        "self._key, self._next_key = self._next_key, None",
        "self._next_key = self._next_key",
        OF_SEALS + "another_session_takes_over_with_its_first_seal_and_the_old_one_seals_no_more",
    ),
    _rule(
        "over plain http no stream says of itself that it needs no seals",
        "stream.py",
        "if not told.is_sealed and self._is_tls:",
        "if not told.is_sealed:",
        OF_FOLLOWERS + "a_welcome_that_is_not_sealed_is_none",
    ),
    _rule(
        "a stream of the past is not believed again",
        "stream.py",
        "if stream.id in self._seen:",
        "if stream.id in ():",
        OF_FOLLOWERS + "a_stream_that_was_there_before_is_believed_no_second_time",
    ),
    _rule(
        "a message before which something is missing is not used",
        "position.py",
        "if cursor.offset != place.next_offset:",
        "if cursor.offset < place.next_offset:",
        OF_PLACES + "each_item_is_used_left_or_a_reason_to_follow_anew",
    ),
    _rule(
        "what was used is not used again",
        "position.py",
        "if cursor.offset <= place.offset:\n            return Step.LEAVE",
        "if cursor.offset <= place.offset:\n            return Step.USE",
        OF_PLACES + "through_every_loss_all_of_it_is_used_once_and_in_order",
    ),
    _rule(
        "a message of another life of the channel is not used",
        "position.py",
        "if cursor.epoch != place.epoch:",
        "if not cursor.epoch:",
        OF_PLACES + "each_item_is_used_left_or_a_reason_to_follow_anew",
    ),
    _rule(
        "the bridge's place is compared with one's own",
        "position.py",
        "return Step.USE if read_cursor(cursor) == place else Step.ANEW",
        "return Step.USE",
        OF_FOLLOWERS + "who_is_elsewhere_than_the_bridge_says_follows_anew",
    ),
    _rule(
        "where the bridge begins is compared with what was asked for",
        "position.py",
        "return Step.USE if cursor == self.place else Step.ANEW",
        "return Step.USE",
        OF_PLACES + "each_item_is_used_left_or_a_reason_to_follow_anew",
    ),
    _rule(
        "an answer to an older question is not taken for that to the last",
        "wire.py",
        "return isinstance(item, _BEFORE_IT_BEGINS)",
        "return True",
        TESTS + "test_wire.py::test_followed_anew_what_was_under_way_is_left",
    ),
    _rule(
        "a slow reader stops the stream",
        "followed.py",
        "        await self.buffer.room()\n",
        "",
        OF_FOLLOWERS + "a_slow_reader_stops_the_stream_fills_no_memory_and_loses_nothing",
    ),
    _rule(
        "a second word that it is revoked is the last",
        "follower.py",
        'if code == "revoked" and not is_first:',
        'if code == "gone" and not is_first:',
        OF_FOLLOWERS + "a_second_withdrawal_is_the_last_word",
    ),
    _rule(
        "who is sent away comes back when it was told to",
        "follower.py",
        "for this client alone.\n            return bye.retry_after_seconds\n",
        "for this client alone.\n            return 0.0\n",
        OF_FOLLOWERS + "who_is_told_to_come_back_waits_for_as_long_as_it_was_told",
    ),
    _rule(
        "what was refused in a stream has another session opened",
        "follower.py",
        "if code in _ENDS_SESSION or (code == _REFUSED and is_first):",
        "if code in _ENDS_SESSION:",
        OF_FOLLOWERS + "after_a_goodbye_it_goes_on_over_another_stream",
    ),
    _rule(
        "what was refused in a stream has one session opened and no more",
        "follower.py",
        "(code == _REFUSED and is_first):",
        "code == _REFUSED:",
        OF_FOLLOWERS + "where_another_session_was_refused_too_it_is_kept_and_the_stream_waits",
    ),
    _rule(
        "what goes on being left out is not asked for in a circle",
        "followed.py",
        "self.anew_in_seconds = 0.0 if is_first and at_once else self._next_wait",
        "self.anew_in_seconds = 0.0",
        OF_FOLLOWERS + "a_bridge_that_goes_on_leaving_things_out_is_not_asked_in_a_circle",
    ),
    _rule(
        "silence is a lost connection",
        "socket.py",
        "got = await socket.receive(SILENCE_SECONDS)",
        "got = await socket.receive()",
        OF_FOLLOWERS + "a_stream_over_which_nothing_is_heard_is_lost",
    ),
    _rule(
        "an extension of server-sent events is proven",
        "events_road.py",
        " or not self._session.is_proven(answer, head)",
        "",
        OF_EVENTS + "an_extension_that_nobody_proved_is_none",
    ),
    _rule(
        "a poll that was not held is not repeated at once",
        "poll_road.py",
        "wait = max(wait, idle.next_seconds())",
        "wait = max(wait, 0.0)",
        OF_POLLS + "a_bridge_that_holds_nothing_is_not_asked_in_a_circle",
    ),
)
