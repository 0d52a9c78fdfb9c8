"""The rules of channels that `make proof-gates` switches off: each has a test that notices.

`python -P -m gates.planted realtime-rules` plants these alone.
"""

from typing import Final

from gates.account_rule import AccountRule

TOPIC: Final = "realtime-rules"
SOURCES: Final = "bridge/realtime/"
SIGNED_SOURCES: Final = "bridge/gate/signed/"
FEED: Final = "feed.py"
HUB: Final = "hub.py"
STREAM: Final = "stream.py"
BACKLOG: Final = "backlog.py"
FOLLOWERS: Final = "followers.py"
FOLLOWING: Final = "following.py"
RECHECK: Final = "recheck.py"
DESK: Final = "desk.py"
POLLING: Final = "transports/polling.py"
SOCKET: Final = "transports/websocket.py"
INBOX: Final = "transports/inbox.py"
OF_FEEDS: Final = "unit/bridge/realtime/test_feed.py::test_"
OF_HUBS: Final = "unit/bridge/realtime/test_hub.py::test_"
OF_STREAMS: Final = "unit/bridge/realtime/test_stream.py::test_"
OF_BACKLOGS: Final = "unit/bridge/realtime/test_backlog.py::test_"
OF_RECHECKS: Final = "unit/bridge/realtime/test_recheck.py::test_"
OF_DESKS: Final = "unit/bridge/realtime/test_desk.py::test_"
OF_RIGHTS: Final = "integration/realtime/test_rights.py::test_"
OF_WITHDRAWALS: Final = "integration/realtime/test_withdrawals.py::test_"
OF_WAYS_IN: Final = "integration/realtime/test_ways_in.py::test_"
OF_ENDS: Final = "integration/realtime/test_ends.py::test_"
OF_POLLS: Final = "integration/realtime/test_polls.py::test_"
OF_INBOXES: Final = "unit/bridge/realtime/transports/test_inbox.py::test_"
OF_CLIENTS: Final = "integration/realtime/test_frames_of_clients.py::test_"
OF_PUBLISHING: Final = "integration/realtime/test_publishing.py::test_"


def _rule(name: str, path: str, old: str, without: str, test: str, *, sources: str = SOURCES) -> AccountRule:
    return AccountRule(name, path, old, without, test, sources, TOPIC)


REALTIME_RULES: Final = (
    _rule(
        "a channel of another tenant is not there",
        FOLLOWERS,
        "if channel.tenant_id != principal.tenant_id:",
        "if not channel.tenant_id:",
        OF_RIGHTS + "a_session_follows_what_it_may_and_nothing_else",
    ),
    _rule(
        "a channel is for sessions with its scope",
        FOLLOWERS,
        "if SCOPES[channel.kind] not in principal.scopes:",
        "if not principal.scopes:",
        OF_RIGHTS + "a_session_follows_what_it_may_and_nothing_else",
    ),
    _rule(
        "a session of one project follows no other",
        FOLLOWERS,
        "principal.project_id not in {None, channel.of}:",
        "principal.project_id is channel:",
        OF_RIGHTS + "a_session_follows_what_it_may_and_nothing_else",
    ),
    _rule(
        "a game server follows its own experience",
        FOLLOWERS,
        "principal.kind != GAME_KEY or channel.of != str(principal.universe_id)",
        "principal.kind != GAME_KEY",
        OF_RIGHTS + "a_session_follows_what_it_may_and_nothing_else",
    ),
    _rule(
        "a channel of games is for game servers",
        FOLLOWERS,
        "principal.kind != GAME_KEY or channel.of",
        "channel.of",
        OF_RIGHTS + "a_session_follows_what_it_may_and_nothing_else",
    ),
    _rule(
        "people and keys need the permission in the tenant",
        FOLLOWERS,
        "authorise(wanted, self.caller, {TENANT: channel.tenant_id}, now=time())",
        "assert wanted",
        OF_RIGHTS + "a_person_or_a_key_follows_what_it_may_and_nothing_else",
    ),
    _rule(
        "a channel is opened only for somebody who may follow it",
        FOLLOWING,
        "            self.follower.check(name)\n            if channel not in self._feeds",
        "            if channel not in self._feeds",
        OF_RIGHTS + "one_channel_that_is_denied_takes_nothing_from_the_others",
    ),
    _rule(
        "whoever is held by a poll is asked for again",
        POLLING,
        "                    await self._ask_again()\n",
        "",
        OF_POLLS + "whoever_was_withdrawn_while_held_is_not_told_what_comes",
    ),
    _rule(
        "a stream is asked for again when rights have changed",
        RECHECK,
        "each.asked_in != generation or each.asked_at <= long_ago",
        "each.asked_at <= long_ago",
        OF_RECHECKS + "everybody_is_asked_again_in_another_generation",
    ),
    _rule(
        "a stream is asked for again though nothing has changed",
        RECHECK,
        "each.asked_in != generation or each.asked_at <= long_ago",
        "each.asked_in != generation",
        OF_RECHECKS + "rights_that_end_by_their_date_are_asked_for_without_a_change",
    ),
    _rule(
        "what was read before a change says nothing after it",
        RECHECK,
        "        following.asked_in = generation\n        following.asked_at",
        "        following.asked_in = self._rights.generation\n        following.asked_at",
        OF_RECHECKS + "what_was_read_before_a_change_says_nothing_after_it",
    ),
    _rule(
        "nobody stays of whom nothing can be said",
        RECHECK,
        "            if generation is not None and following.asked_in == generation:",
        "            if following.asked_in == generation or generation is None:",
        OF_RECHECKS + "while_nobody_knows_of_changes_nobody_is_sure",
    ),
    _rule(
        "a session that ended itself is found",
        RECHECK,
        "[each for each in sessions if each[0] in ended]",
        "[each for each in sessions if each not in sessions and ended]",
        OF_RECHECKS + "a_session_that_ended_itself_is_found_though_no_right_has_changed",
    ),
    _rule(
        "a withdrawn session has no stream",
        FOLLOWERS,
        "        if record.revoked or principal",
        "        if principal",
        OF_WITHDRAWALS + "a_session_that_was_ended",
    ),
    _rule(
        "a channel that may not be followed any more is let go",
        FOLLOWING,
        "                self._let_go(channel)\n                self._deny(channel, error)",
        "                self._deny(channel, error)",
        OF_WITHDRAWALS + "a_scope_that_was_taken_from_a_session",
    ),
    _rule(
        "a stream is extended by its holder alone",
        FOLLOWING,
        "if not isinstance(follower, SessionFollower) or not self.is_of(principal):",
        "if not isinstance(follower, SessionFollower):",
        OF_ENDS + "a_stream_is_extended_by_its_own_holder_and_by_nobody_else",
    ),
    _rule(
        "a stream that was extended goes on whatever became of the session before",
        FOLLOWING,
        "        if self.follower is asked:\n            self.follower = found",
        "        if found:\n            self.follower = found",
        "unit/bridge/realtime/test_following.py::test_an_answer_about_the_session_before_changes_nothing",
    ),
    _rule(
        "a stream ends with its session",
        FOLLOWING,
        "if left is not None and left <= 0:",
        "if left is not None and left <= -3600:",
        OF_ENDS + "a_stream_ends_with_its_session_and_its_overlap",
    ),
    _rule(
        "a stream of a session over plain http is sealed",
        SOCKET,
        "None if self._sender.by_https else name_of(said.signature)",
        "name_of(said.signature) if self._sender.by_https else None",
        OF_WAYS_IN + "the_first_frame_may_say_who_it_is",
    ),
    _rule(
        "seals are counted",
        "seals.py",
        "self._counter += 1",
        "self._counter = 1",
        "unit/bridge/realtime/test_seals.py::test_a_seal_proves_the_items_since_the_last_one",
    ),
    _rule(
        "a seal names its stream",
        "seals.py",
        'f"{stream_id}\\n{opened_by}".encode()',
        'f"\\n{opened_by}".encode()',
        "unit/bridge/realtime/test_seals.py::test_a_seal_proves_the_items_since_the_last_one",
    ),
    _rule(
        "a stream goes on with the key of the new session",
        "seals.py",
        "        self._key = key\n\n    def seal",
        "        assert key\n\n    def seal",
        "unit/bridge/realtime/test_seals.py::test_an_extension_changes_the_key_and_neither_the_counter_nor_what_opened_the_stream",
    ),
    _rule(
        "a first frame has its time",
        SOCKET,
        "async with asyncio.timeout(self._desk.timing.hello_seconds):",
        "async with asyncio.timeout(None):",
        OF_WAYS_IN + "whoever_says_nothing_is_sent_away",
    ),
    _rule(
        "a first frame is for the path of streams",
        SOCKET,
        "self._desk.admitted(self._sender, PATH, said)",
        'self._desk.admitted(self._sender, "/v1/session", said)',
        OF_WAYS_IN + "a_first_frame_that_proves_nothing_is_refused",
    ),
    _rule(
        "a ticket opens one stream",
        "either.py",
        "self._scopes, once=True)",
        "self._scopes, once=False)",
        OF_WAYS_IN + "a_ticket_opens_one_stream",
        sources=SIGNED_SOURCES,
    ),
    _rule(
        "what brings a signature is never taken for anything less",
        "either.py",
        "if _SIGNATURE in headers or _SIGNATURE_INPUT in headers:",
        "if _SIGNATURE in headers and _SIGNATURE_INPUT in headers:",
        OF_WAYS_IN + "a_wrong_signature_is_never_taken_for_a_stranger_who_says_hello",
        sources=SIGNED_SOURCES,
    ),
    _rule(
        "a frame is signed for the stream that it extends",
        SOCKET,
        'target = f"/v1/streams/{following.id}/extend"',
        "target = PATH",
        OF_ENDS + "an_extension_is_for_one_stream_and_good_once",
    ),
    _rule(
        "a channel that is denied when it is followed anew is let go",
        FOLLOWING,
        "            self._let_go(channel)\n            self._deny(channel, error)\n            return",
        "            self._deny(channel, error)\n            return",
        "integration/realtime/test_websocket.py::test_what_is_denied_when_it_is_followed_anew_is_followed_no_more",
    ),
    _rule(
        "a place is one of which the reader was told",
        STREAM,
        "        self.say(items.reset(feed.channel, at, reason))",
        "        self.places[feed.channel] = at\n        self.say(items.reset(feed.channel, at, reason))",
        OF_STREAMS + "a_place_is_one_of_which_the_reader_was_told",
    ),
    _rule(
        "strangers have a door of their own",
        DESK,
        "self._check(self._strangers)",
        "self._check(self._openings)",
        OF_DESKS + "those_who_have_not_said_who_they_are_keep_out_nobody_who_has",
    ),
    _rule(
        "an answer of a poll is bounded",
        POLLING,
        "if size > ITEMS_LIMIT_BYTES:",
        "if size > 2 * ITEMS_LIMIT_BYTES:",
        OF_POLLS + "an_answer_has_256_kib_of_items_and_the_rest_comes_the_next_time",
    ),
    _rule(
        "where what looks after streams fails nobody stays",
        "going.py",
        "            failed()\n",
        "            assert failed\n",
        "unit/bridge/realtime/test_going.py::test_what_failed_says_so_is_made_safe_and_begins_anew",
    ),
    _rule(
        "what a client says is counted",
        SOCKET,
        "if not self._may_say.take():",
        "if self._may_say.take() is None:",
        OF_CLIENTS + "whoever_says_too_much_is_sent_away",
    ),
    _rule(
        "of what a client says at once so much is kept and no more",
        INBOX,
        "if len(self._waiting) >= MOST_WAITING:",
        "if len(self._waiting) < 0:",
        OF_INBOXES + "more_frames_than_anybody_may_send_are_not_kept",
    ),
    _rule(
        "nothing is read of a client while much of it waits",
        INBOX,
        "if self._waiting_bytes > HELD_BYTES and not self._is_held:",
        "if self._waiting_bytes < 0:",
        OF_INBOXES + "nothing_is_read_while_much_waits_and_it_goes_on_when_that_is_taken",
    ),
    _rule(
        "another life of a channel is a reset",
        FEED,
        '        if cursor.epoch != self.epoch:\n            return "epoch"\n',
        "",
        OF_FEEDS + "a_place_that_cannot_be_gone_on_from_is_a_reset_first",
    ),
    _rule(
        "a place beyond what there is is a reset",
        FEED,
        '        if cursor.offset > self.top:\n            return "ahead"\n',
        "",
        OF_FEEDS + "a_place_that_cannot_be_gone_on_from_is_a_reset_first",
    ),
    _rule(
        "a place older than what is kept is a reset",
        FEED,
        'return "behind" if cursor.offset < self.base else None',
        "return None",
        OF_FEEDS + "a_place_that_cannot_be_gone_on_from_is_a_reset_first",
    ),
    _rule(
        "a message after a missing one waits for it",
        FEED,
        "message.cursor.epoch != self.epoch or message.cursor.offset > self.top + 1",
        "message.cursor.epoch != self.epoch",
        OF_FEEDS + "a_message_after_a_missing_one_is_not_taken",
    ),
    _rule(
        "a message that comes twice is taken once",
        FEED,
        "        if message.cursor.offset == self.top + 1:\n            self._add(message)",
        "        if message.cursor.offset:\n            self._add(message)",
        OF_FEEDS + "a_message_that_comes_twice_is_taken_once",
    ),
    _rule(
        "what is due goes out before somebody attaches",
        FEED,
        'nothing lies between what they are given here and what comes."""\n        self.flush()\n',
        'nothing lies between what they are given here and what comes."""\n',
        OF_FEEDS + "whoever_attaches_in_the_midst_of_a_turn_gets_nothing_twice_and_misses_nothing",
    ),
    _rule(
        "a channel is listened to before it is read",
        HUB,
        "            await self._engine.listen(channel)\n            feed = Feed(",
        "            feed = Feed(",
        OF_HUBS + "it_listens_before_it_reads",
    ),
    _rule(
        "what arrives while the engine is read waits for it",
        HUB,
        "        if early is not None:\n            early.append(message)\n            return\n",
        "",
        OF_HUBS + "messages_that_arrive_while_the_engine_is_read_come_after_what_was_read_and_once",
    ),
    _rule(
        "a message whose news never came is noticed",
        HUB,
        "top.epoch != feed.epoch or top.offset > feed.top or",
        "top.epoch != feed.epoch or",
        OF_HUBS + "a_message_whose_news_never_came_is_noticed_though_nothing_follows_it",
    ),
    _rule(
        "another life is noticed in silence",
        HUB,
        "top.epoch != feed.epoch or top.offset > feed.top or",
        "top.offset > feed.top or",
        OF_HUBS + "a_channel_that_begins_anew_in_silence_is_noticed",
    ),
    _rule(
        "what waits for a slow reader is bounded",
        STREAM,
        "if self._backlog.is_too_large:",
        "if self._backlog.is_too_large is None:",
        OF_STREAMS + "where_too_much_waits_the_stream_ends_and_says_where_it_stood",
    ),
    _rule(
        "what waits for a slow reader does not wait for ever",
        STREAM,
        "if since is not None and monotonic() - since > most_seconds:",
        "if since is None and monotonic() < most_seconds:",
        OF_STREAMS + "what_waits_too_long_ends_the_stream",
    ),
    _rule(
        "what is left out is said",
        BACKLOG,
        "            kept.insert(place, (items.coalesced(channel, offsets[channel]), at))\n",
        "            assert place or at\n",
        OF_BACKLOGS + "of_much_that_waits_each_key_has_its_last_message",
    ),
    _rule(
        "what comes while somebody does not read waits",
        STREAM,
        "            if self._held:\n                self._keep(part.waiting, part.waiting_bytes)\n            else:\n",
        "            if not self.is_over:\n",
        OF_STREAMS + "what_comes_while_nobody_reads_waits_and_then_goes_on_in_order",
    ),
    _rule(
        "so many streams are opened each second",
        DESK,
        " or not bucket.take():",
        ":",
        OF_DESKS + "so_many_streams_are_opened_at_once_and_each_second",
    ),
    _rule(
        "there are so many streams and no more",
        DESK,
        "len(self._streams) >= self._most_streams or",
        "",
        OF_DESKS + "there_are_so_many_streams_and_no_more",
    ),
    _rule(
        "those who are sent away come back apart",
        DESK,
        "round(random.uniform(0, spread), 2)",
        "round(spread, 2)",
        OF_DESKS + "the_more_streams_there_are_the_further_apart_they_come_back",
    ),
    _rule(
        "a message that is tried again is published once",
        "publishing.py",
        'idempotency_key=f"outbox {row.id}"',
        "idempotency_key=None",
        OF_PUBLISHING + "a_handler_that_runs_twice_publishes_once",
    ),
    _rule(
        "a seal names what opened its stream",
        "seals.py",
        'f"{stream_id}\\n{opened_by}".encode()',
        'f"{stream_id}\\n".encode()',
        OF_WAYS_IN + "what_was_said_on_one_stream_is_not_believed_on_another_of_the_same_session",
    ),
    _rule(
        "what is signed for a frame is no request",
        "routes.py",
        'method="POST",\n        path=EXTEND,',
        'method="GET",\n        path="/v1/streams/{stream_id}/extend",',
        OF_ENDS + "what_is_signed_for_a_frame_is_no_request",
    ),
    _rule(
        "an end wakes whoever is held back",
        DESK,
        "            wake()\n",
        "            continue\n",
        OF_POLLS + "a_bridge_that_ends_answers_whoever_is_held_at_once",
    ),
)
