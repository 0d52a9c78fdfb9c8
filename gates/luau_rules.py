"""The rules of the Luau client that `make proof-gates` switches off in turn: each has a sentence that notices.

`python -P -m gates.planted luau-rules` plants these alone.
"""

from dataclasses import dataclass

from gates.faults import Fault, replace
from gates.step import PYTHON

TOPIC = "luau-rules"
SHARED = "plugin_lua/shared/"
SPECS = "tests/integration/luau/test_specs.py"


@dataclass(frozen=True, slots=True)
class LuauRule:
    """Putting `without` where `old` stands switches it off; the sentence of the spec fails then."""

    name: str
    path: str
    old: str
    without: str
    spec: str
    sentence: str

    @property
    def fault(self) -> Fault:
        """The rule as a fault to plant; only its own spec is run, interpreted."""
        command = (*PYTHON, "-m", "pytest", "-q", "-x", "-k", f"{self.spec} and plain", SPECS)
        plant = replace(f"{SHARED}{self.path}.luau", self.old, self.without)
        return Fault(f"without the rule: {self.name}", command, plant, f"FAILED  {self.sentence}", topic=TOPIC)


LUAU_RULES = (
    LuauRule(
        "plain http is for this computer alone",
        "Address",
        'if scheme == "http" and not LOOPBACK[host] then',
        "if host == nil then",
        "rules",
        "plain http is for this computer alone",
    ),
    LuauRule(
        "an address names no closed port",
        "Address",
        "if not isOpen(port) then",
        "if port < 0 then",
        "rules",
        "ports that Roblox does not connect to are refused",
    ),
    LuauRule(
        "base64 has one spelling",
        "Base64",
        "if bytes == nil or host.toBase64(bytes) ~= text then",
        "if bytes == nil then",
        "rules",
        "base64 has one spelling where the host reads several",
    ),
    LuauRule(
        "bytes are compared to their end",
        "sameBytes",
        "for at = 1, #one do",
        "for at = 1, 1 do",
        "rules",
        "bytes are the same only where all are",
    ),
    LuauRule(
        "a number is given out once",
        "Sequence",
        "to > following and to <= last",
        "to <= last",
        "rules",
        "numbers jump forward, and to nothing that is no number of the session",
    ),
    LuauRule(
        "an answer over plain http is believed with its proof alone",
        "Exchange",
        "local isProven = hasProof or not address.isPlain",
        "local isProven = true",
        "requests",
        "a change is made once, whatever lies in its way: fake-success",
    ),
    LuauRule(
        "the proof of an answer covers its body",
        "Answer",
        'or received.headers["content-digest"] ~= Wire.digest(host, received.body)',
        "",
        "rules",
        "an answer is proven by every part of it, and by nothing else",
    ),
    LuauRule(
        "the proof of an answer names the request",
        "Answer",
        "\t\tsignature,\n",
        '\t\t"",\n',
        "rules",
        "an answer is proven by every part of it, and by nothing else",
    ),
    LuauRule(
        "a grant is obeyed in Luau with its proof alone",
        "Opening",
        "return if isProven\n",
        "return if isProven or true\n",
        "opening",
        "what does not show that it is the bridge is never obeyed, however often",
    ),
    LuauRule(
        "a refusal to open is obeyed in Luau with its proof alone",
        "Verdict",
        "\tif not isProven then\n",
        "\tif not isProven and status < 400 then\n",
        "opening",
        "an opening is tried again after this: open revoked-unproven",
    ),
    LuauRule(
        "a challenge has 40 bytes",
        "Opening",
        "Base64.decode(host, read.challenge, CHALLENGE_BYTES)",
        "Base64.decode(host, read.challenge)",
        "protocol",
        "a challenge of another length is not used",
    ),
    LuauRule(
        "no time is learned in Luau without a proof",
        "Exchange",
        "\tif isProven then\n",
        "\tif received then\n",
        "requests",
        "what cannot be proven teaches no time, opens no session and stops nothing",
    ),
    LuauRule(
        "nothing is kept before the digits are right",
        "Pairing",
        'if not sameBytes(digitsOf(Keys.ofDevice(host, device.key)), (string.gsub(typed, "[%s%-]", ""))) then',
        'if typed == "" then',
        "pairing",
        "nothing is kept, and no session opened, before the digits are right",
    ),
    LuauRule(
        "digits are tried three times",
        "Pairing",
        "if tries > MOST_TRIES then",
        "if tries < 0 then",
        "pairing",
        "nothing is kept, and no session opened, before the digits are right",
    ),
    LuauRule(
        "a new key is used when it is kept",
        "DeviceWay",
        "if Device.save(host, asking.address, fresh) then",
        "if Device.save(host, asking.address, fresh) or true then",
        "opening",
        "a new key that the settings lose is not used, and the old one goes on",
    ),
    LuauRule(
        "a change keeps its idempotency key",
        "Exchange",
        "idempotencyKey = wanted.idempotencyKey,",
        "idempotencyKey = if wanted.idempotencyKey then host.guid() else nil,",
        "requests",
        "a change is made once, whatever lies in its way: lose-after",
    ),
    LuauRule(
        "a client that was revoked sends no more",
        "Client",
        "\t\t\tif stopped then\n",
        "\t\t\tif stopped and path == nil then\n",
        "requests",
        "a device that was revoked stops, forgets its session and is told",
    ),
    LuauRule(
        "a client paces itself",
        "Delivery",
        "means.host.wait(session.limits:delay(means.host.elapsed()))",
        "means.host.wait(0)",
        "requests",
        "it paces itself below what the grant allows",
    ),
    LuauRule(
        "no wait is shorter than the bridge asks",
        "Retry",
        "seconds + (atLeast or 0)",
        "seconds",
        "requests",
        "it waits as long as the bridge asks: busy",
    ),
    LuauRule(
        "what is asked for at once opens one session",
        "Opener",
        "\t\tisOpening = true\n",
        "",
        "opening",
        "what is asked for at once waits for one opening",
    ),
    LuauRule(
        "an ended session is not an ended device",
        "Delivery",
        'return if isFirst then "now" else "never"',
        'return "never"',
        "requests",
        "a session that somebody ended is followed by another, and its device stays",
    ),
    LuauRule(
        "a second word that it was ended is the last",
        "Delivery",
        'return if isFirst then "now" else "never"',
        'return "now"',
        "requests",
        "a device that was revoked stops, forgets its session and is told",
    ),
    LuauRule(
        "what this client closed tells nothing of the device",
        "Delivery",
        'if verdict == "ended" and session.isClosed then',
        'if verdict == "fault" and session.isClosed then',
        "opening",
        "what is under way when the session is closed is done in another, however often",
    ),
    LuauRule(
        "a key that another window replaced is read again",
        "DeviceWay",
        'if outcome.verdict == "unknown" then Device.load',
        'if outcome.verdict == "done" then Device.load',
        "opening",
        "a key that another window replaced is read again, at once",
    ),
    LuauRule(
        "a key is given up for one that opens alone",
        "DeviceWay",
        "\t\tif other.session then\n",
        "\t\tif other.verdict then\n",
        "opening",
        "a key that opens is not given up for one that only lies there",
    ),
    LuauRule(
        "a grant is of the bridge that was paired with",
        "Opening",
        "if grant.bridge.id ~= device.bridgeId then",
        "if grant.bridge.id == nil then",
        "opening",
        "another bridge that holds the same key is not the one that was paired with",
    ),
    LuauRule(
        "a new key is kept with the public key of its bridge",
        "Opening",
        "bridgePublicKey = public }",
        "bridgePublicKey = device.bridgePublicKey }",
        "opening",
        "a new key of the device is kept before it is used, and used from then on",
    ),
    LuauRule(
        "a stranger's words are not shown",
        "Exchange",
        "else Failure.unproven(kind, received.status),",
        "else Failure.from(kind, received.status, reply.problem),",
        "requests",
        "nothing that a stranger wrote is told",
    ),
    LuauRule(
        "a stranger's wait is a minute at most",
        "Retry",
        "if seconds == nil or isProven then",
        "if seconds == nil or isProven or true then",
        "requests",
        "who proves nothing is waited for a minute at most",
    ),
    LuauRule(
        "whoever waits for an opening waits no longer than they may",
        "Opener",
        "if host.elapsed() >= giveUpAt then",
        "if giveUpAt < 0 then",
        "rules",
        "whoever waits for another's opening waits no longer than they may",
    ),
    LuauRule(
        "a path goes as it stands",
        "Target",
        'if string.find(path, "//", 1, true) or string.find(`{path}/`, "/%.%.?/") then',
        "if path == nil then",
        "rules",
        "a path goes as it stands or not at all",
    ),
    LuauRule(
        "a place moves on by one message",
        "Position",
        "elseif at.offset ~= own.offset + 1 then",
        "elseif at.offset < own.offset then",
        "position",
        "one that is missing is a gap, and following anew from the own place mends it",
    ),
    LuauRule(
        "a message is used once",
        "Position",
        "elseif at.offset <= own.offset then",
        "elseif at.offset < 0 then",
        "position",
        "what is told twice is left",
    ),
    LuauRule(
        "another epoch is not gone on in",
        "Position",
        "if at.epoch ~= own.epoch then",
        "if at.epoch == nil then",
        "position",
        "a message of another epoch without a reset is a gap",
    ),
    LuauRule(
        "after a gap nothing is used before it is followed anew",
        "Position",
        "(isAwaiting or place == nil)",
        "(place == nil)",
        "position",
        "after a gap everything is left until it is followed anew",
    ),
    LuauRule(
        "a seal is the next one",
        "Seal",
        "seal.counter ~= counter or ",
        "",
        "position",
        "a seal opens what it is over, in its order, and nothing else",
    ),
    LuauRule(
        "a seal is made with the key of the session",
        "Seal",
        "if sameBytes(mac(lines), proof) then",
        "if mac then",
        "position",
        "a seal opens what it is over, in its order, and nothing else",
    ),
    LuauRule(
        "not more is held than a bridge leaves unsealed",
        "Seal",
        "return #digests <= MOST_ITEMS and bytes <= MOST_BYTES",
        "return true",
        "position",
        "so much is held without a seal, and no more",
    ),
    LuauRule(
        "nothing of a stream is believed before its seal",
        "Stream",
        "\t\tif isSealed then\n",
        "\t\tif isSealed and item.seal then\n",
        "channels",
        "nothing is handed on before its seal",
    ),
    LuauRule(
        "a stream over plain http is sealed",
        "Stream",
        "(means.address.isPlain and not welcome.sealed)",
        "false",
        "channels",
        "over plain http a stream does not begin with this: a welcome that is not sealed",
    ),
    LuauRule(
        "who it is is said where the headers did not arrive",
        "Stream",
        "elseif openedAt and not saidHello and",
        "elseif not openedAt and not saidHello and",
        "channels",
        "where the headers did not arrive it says who it is, and from then on at once",
    ),
    LuauRule(
        "a stream on which nothing is heard is lost",
        "Stream",
        "if now - heardAt >= SILENCE_SECONDS then",
        "if now < 0 then",
        "streams",
        "a bridge that says nothing is asked, and then counts as lost",
    ),
    LuauRule(
        "what comes of a channel that was left is of before",
        "Channels",
        "elseif one == nil or leaving[item.channel] then",
        "elseif one == nil then",
        "channels",
        "what is left is told no more, and counts anew when it is followed again",
    ),
    LuauRule(
        "an upgrade that is refused has the bridge asked",
        "Channels",
        "if last.isWelcome then nil else look()",
        "nil",
        "streams",
        "an upgrade that is refused proves nothing: the bridge is asked what it makes of the session",
    ),
    LuauRule(
        "a second word that a stream was revoked is the last",
        "Channels",
        'if isFirst("revoked") then nil',
        'if isFirst("revoked") or true then nil',
        "streams",
        "after revoked another session is opened once, and then it is final",
    ),
    LuauRule(
        "a stream goes on with the next session",
        "Channels",
        "\t\t\trenew(current)\n",
        "",
        "streams",
        "before its session ends a stream goes on with the next, and with that one's key alone",
    ),
    LuauRule(
        "a place is asked for from what was used",
        "Followed",
        "return position:begin()",
        "return handlers.begin or Cursor.LATEST",
        "updates",
        "it asks from its own place, at once and then as long as the bridge holds it",
    ),
    LuauRule(
        "what ended is asked for no more",
        "Updates",
        "if failure and Following.isFinal(failure) then",
        "if failure and Following.isFinal(failure) and #ones == 0 then",
        "updates",
        "after this nothing is asked any more: revoked",
    ),
    LuauRule(
        "a stream is believed once",
        "Stream",
        "if stream.isWelcome or not told.isNew(item.welcome.stream) then",
        "if stream.isWelcome then",
        "channels",
        "a stream that was recorded is not believed again",
    ),
)
