// Checks the worked bytes of the protocol with Node's crypto alone, from what docs/protocol.md says.
//
//   node protocol.mjs protocol.json              prints the names of what does not hold
//   node protocol.mjs protocol.json unnoticed    changes each value in turn, and prints those that no check holds
import { createHash, createHmac, createPrivateKey, createPublicKey, hkdfSync, sign, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const PRIVATE = Buffer.from("302e020100300506032b657004220420", "hex"); // PKCS #8 before a seed
const PUBLIC = Buffer.from("302a300506032b6570032100", "hex"); // SPKI before a public key
const IDS = "0123456789abcdefghjkmnpqrstvwxyz";

const hex = (text) => Buffer.from(text, "hex");
const bytes = (part) => (typeof part === "string" ? Buffer.from(part, "utf8") : part);
const join = (...parts) => Buffer.concat(parts.map(bytes));
const hmac = (key, ...parts) => createHmac("sha256", key).update(join(...parts)).digest();
const sha = (text) => createHash("sha256").update(bytes(text)).digest();
const use = (key, label) => hmac(key, label, Buffer.from([1]));
const xor = (one, other) => Buffer.from(one.map((byte, at) => byte ^ other[at]));
const header = (value) => `:${value.toString("base64")}:`;
const derived = (master, bridge, ...info) => Buffer.from(hkdfSync("sha256", master, bridge, join(...info), 32));
const number4 = (value) => {
  const made = Buffer.alloc(4);
  made.writeUInt32BE(value);
  return made;
};

const privateKey = (seed) => createPrivateKey({ key: join(PRIVATE, seed), format: "der", type: "pkcs8" });
const publicKey = (raw) => createPublicKey({ key: join(PUBLIC, raw), format: "der", type: "spki" });
const publicOf = (seed) =>
  createPublicKey(privateKey(seed)).export({ format: "der", type: "spki" }).subarray(PUBLIC.length);

// 128 bits in 26 letters, the first of which has three.
function rawId(text) {
  const value = [...text].reduce((sum, letter) => sum * 32n + BigInt(IDS.indexOf(letter)), 0n);
  return hex(value.toString(16).padStart(32, "0"));
}

function keyOfSession(worked, keyId) {
  const [sid, epoch] = keyId.split(".");
  const raw = Buffer.from(sid, "base64url");
  return derived(hex(worked.masters[raw[0]]), hex(worked.bridge_id), "tbx1 session", raw, hex(epoch));
}

function* wrongOfPairing(worked, { master_version, device_id_text, device_id, generation, ...told }) {
  if (rawId(device_id_text).toString("hex") !== device_id) yield "device_id";
  const info = ["tbx1 device", hex(device_id), number4(generation)];
  const device = derived(hex(worked.masters[master_version]), hex(worked.bridge_id), ...info);
  if (device.toString("hex") !== told.device_key) yield "device_key";
  if (device.toString("base64") !== told.device_key_base64) yield "device_key_base64";
  const check = use(device, "tbx1 check");
  if (check.toString("hex") !== told.check) yield "check";
  const mac = hmac(check, "six digits");
  if (mac.toString("hex") !== told.mac) yield "mac";
  if (String(mac.readUInt32BE(0) % 1_000_000).padStart(6, "0") !== told.digits_text) yield "digits";
}

function* wrongOfOpening(worked, opening) {
  const device = hex(opening.device_key);
  const challenge = hex(opening.challenge);
  const once = join(challenge, opening.n_text);
  const asked = JSON.parse(opening.body_text);
  if (challenge.length !== 40 || challenge.toString("base64") !== opening.challenge_base64) yield "challenge";
  if (asked.challenge !== opening.challenge_base64 || asked.n !== opening.n_text) yield "body";
  // The openings are all of the device that was paired first.
  const { device_id_text, device_key } = worked.pairings[0];
  if (asked.device_id !== device_id_text || opening.device_key !== device_key) yield "device";

  const proven = join(once, "\n", opening.authority_text, "\n", sha(opening.body_text));
  const proof = hmac(use(device, "tbx1 open"), proven);
  if (proven.toString("hex") !== opening.session_proof.message) yield "session_proof.message";
  if (proof.toString("hex") !== opening.session_proof.mac) yield "session_proof.mac";
  if (header(proof) !== opening.session_proof.header_text) yield "session_proof.header_text";

  const { answer } = opening;
  const message = join(once, "\n", String(answer.status), "\n", sha(answer.body_text));
  const grantProof = hmac(use(device, "tbx1 grant"), message);
  if (message.toString("hex") !== answer.message) yield "answer.message";
  if (grantProof.toString("hex") !== answer.mac) yield "answer.mac";
  if (header(grantProof) !== answer.proof_text) yield "answer.proof_text";
  if (answer.status === 201) yield* wrongOfGrant(worked, opening, device, once, message);
  else if ("signature_text" in answer) yield "a refusal is signed";
}

function* wrongOfGrant(worked, opening, device, once, message) {
  const { answer, wrap } = opening;
  const grant = JSON.parse(answer.body_text);
  const seed = hex(opening.grant_seed);
  if (publicOf(seed).toString("hex") !== opening.public_key) yield "public_key";
  if (publicOf(seed).toString("base64") !== grant.bridge.public_key) yield "bridge.public_key";
  if (worked.bridge_id !== grant.bridge.id) yield "bridge.id";
  if (header(sign(null, message, privateKey(seed))) !== answer.signature_text) yield "answer.signature_text";

  const hides = use(device, "tbx1 wrap");
  const pad = hmac(hides, once, grant.key_id);
  if (grant.key_id !== wrap.key_id_text) yield "wrap.key_id_text";
  if (pad.toString("hex") !== wrap.pad) yield "wrap.pad";
  if (hex(wrap.wrapped).toString("base64") !== grant.wrapped_key) yield "wrap.wrapped";
  if (xor(hex(wrap.wrapped), pad).toString("hex") !== wrap.key) yield "wrap.key";
  if (keyOfSession(worked, grant.key_id).toString("hex") !== wrap.key) yield "wrap.key is of no master key";

  if ((grant.new_device_key === null) !== !("new_device_key" in opening)) yield "new_device_key";
  if (grant.new_device_key !== null) {
    const renewed = opening.new_device_key;
    const pad = hmac(hides, "device", once);
    if (pad.toString("hex") !== renewed.pad) yield "new_device_key.pad";
    if (hex(renewed.wrapped).toString("base64") !== grant.new_device_key.wrapped) yield "new_device_key.wrapped";
    if (xor(hex(renewed.wrapped), pad).toString("hex") !== renewed.key) yield "new_device_key.key";
    if (!worked.pairings.some((pairing) => pairing.device_key === renewed.key)) yield "new_device_key is of no pairing";
  }

  if ((grant.bridge.endorsement === null) !== !("endorsement" in opening)) yield "endorsement";
  if (grant.bridge.endorsement !== null) {
    const { endorsement } = opening;
    const older = Buffer.from(grant.bridge.endorsement.public_key, "base64");
    const endorsed = join("tbx1 grant key", hex(worked.bridge_id), hex(opening.public_key));
    const signature = Buffer.from(grant.bridge.endorsement.signature, "base64");
    if (!publicOf(hex(endorsement.previous_seed)).equals(older)) yield "endorsement.previous_seed";
    if (endorsed.toString("hex") !== endorsement.message) yield "endorsement.message";
    if (signature.toString("hex") !== endorsement.signature) yield "endorsement.signature";
    if (!verify(null, endorsed, publicKey(older), signature)) yield "the endorsement does not hold";
  }
}

function* wrongOfRequest(worked, request) {
  const { headers } = request;
  const key = hex(worked.openings[0].wrap.key);
  if (key.toString("hex") !== request.key) yield "key";
  const signs = use(key, "tbx1 request");
  if (signs.toString("hex") !== request.request_key) yield "request_key";

  const [path, query = ""] = request.target_text.split("?");
  const writes = !["GET", "HEAD"].includes(request.method);
  const named = {
    "@method": request.method,
    "@authority": request.authority_text,
    "@path": path,
    "@query": `?${query}`,
    "content-digest": `sha-256=${header(sha(request.body_text))}`,
    ...(writes ? { "idempotency-key": headers["Idempotency-Key"] } : {}),
  };
  const list = Object.keys(named).map((name) => `"${name}"`).join(" ");
  const rest = `;created=(\\d+);keyid="${worked.openings[0].wrap.key_id_text}";nonce="(\\d+)";tag="toolboxai-bridge-1"`;
  const params = headers["Signature-Input"].replace(/^tbx=/, "");
  if (!params.startsWith(`(${list})`) || !new RegExp(`^${rest}$`).test(params.slice(list.length + 2))) yield "params";
  const lines = Object.entries({ ...named, "@signature-params": params }).map(([name, value]) => `"${name}": ${value}`);
  const mac = hmac(signs, lines.join("\n"));
  if (lines.join("\n") !== request.base_text) yield "base_text";
  if (mac.toString("hex") !== request.mac) yield "mac";
  const sent = ["Content-Digest", ...(writes ? ["Idempotency-Key"] : []), "Signature-Input", "Signature"];
  if (Object.keys(headers).join() !== sent.join()) yield "headers";
  if (headers["Content-Digest"] !== named["content-digest"]) yield "Content-Digest";
  if (headers["Signature-Input"] !== `tbx=${params}`) yield "Signature-Input";
  if (headers.Signature !== `tbx=${header(mac)}`) yield "Signature";
}

function* wrongOfAnswer(worked, answer) {
  const { wrap } = worked.openings[0];
  const proves = use(hex(answer.key), "tbx1 answer");
  if (answer.key_id_text !== wrap.key_id_text || answer.key !== wrap.key) yield "key";
  if (proves.toString("hex") !== answer.answer_key) yield "answer_key";
  if (worked.requests[1].headers.Signature !== `tbx=:${answer.request_signature_text}:`) yield "request_signature_text";
  if (answer.fields["Content-Digest"] !== `sha-256=${header(sha(answer.body_text))}`) yield "Content-Digest";
  const told = FIELDS.map((name) => answer.fields[name]);
  const lines = ["toolboxai-answer-1", answer.status, ...told, answer.request_signature_text].join("\n");
  const mac = hmac(proves, lines);
  if (lines !== answer.base_text) yield "base_text";
  if (mac.toString("hex") !== answer.mac) yield "mac";
  if (header(mac) !== answer.header_text) yield "header_text";
}

const FIELDS = [
  "Content-Type",
  "Content-Digest",
  "Idempotency-Replayed",
  "Retry-After",
  "ETag",
  "Tbx-Time-Milliseconds",
];

const KINDS = { pairings: wrongOfPairing, openings: wrongOfOpening, requests: wrongOfRequest, answers: wrongOfAnswer };

function wrong(worked) {
  const found = [];
  for (const [kind, wrongOf] of Object.entries(KINDS)) {
    if (worked[kind].length === 0) found.push(`${kind}: there are none`);
    worked[kind].forEach((each, at) => {
      for (const name of wrongOf(worked, each)) found.push(`${kind}[${at}]: ${name}`);
    });
  }
  return found;
}

// What is there for people, and means nothing to a client.
const SAID = new Set(["about", "case_text"]);

function* leaves(value, path = []) {
  if (value === null || typeof value !== "object") yield path;
  else for (const name of Object.keys(value)) if (!SAID.has(name)) yield* leaves(value[name], [...path, name]);
}

const changed = (value) => {
  if (typeof value === "number") return value + 1;
  if (value === "") return "x";
  return (value.startsWith("0") ? "1" : "0") + value.slice(1);
};

function unnoticed(text) {
  const found = [];
  for (const path of leaves(JSON.parse(text))) {
    const worked = JSON.parse(text);
    const holder = path.slice(0, -1).reduce((value, name) => value[name], worked);
    holder[path.at(-1)] = changed(holder[path.at(-1)]);
    let noticed = true;
    try {
      noticed = wrong(worked).length > 0;
    } catch {
      // What cannot even be read was noticed.
    }
    if (!noticed) found.push(path.join("."));
  }
  return found;
}

const [path, what] = process.argv.slice(2);
const text = readFileSync(path, "utf8");
process.stdout.write(JSON.stringify(what === "unnoticed" ? unnoticed(text) : wrong(JSON.parse(text))));
