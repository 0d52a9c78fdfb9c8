// The page behind links that work once. What stands behind the # is the secret: it is taken out of the address at once,
// kept in memory alone, and sent to this bridge and nowhere else.
"use strict";

const KINDS = {
  first: {
    title: "Make the first account",
    lead: "Whoever makes this account operates the bridge. The link works once.",
    fields: ["email", "name", "password"],
    path: "/api/v1/first-administrator",
    done: "The account is made. Sign in with your address and this password, and set up an authenticator next: the role needs one.",
  },
  invite: {
    title: "You are invited",
    lead: "Choose a name and a password, and the account is yours. If you have an account under this address already, sign in and accept the invitation there.",
    fields: ["name", "password"],
    path: "/api/v1/invitations/acceptance",
    done: "The account is made. Sign in with the address that the invitation went to, and this password.",
  },
  reset: {
    title: "Choose another password",
    lead: "You will be signed out everywhere. A second factor stays as it is.",
    fields: ["password"],
    path: "/api/v1/password-resets/completion",
    done: "The password is changed. Sign in with it.",
  },
};

// Returns what a link opens, or null for what is no link of ours.
function kindOf(secret) {
  const found = /^tbx_(first|invite|reset)_[0-9a-z]{26}_[0-9a-z]{52}_[0-9a-z]{7}$/.exec(secret);
  return found === null ? null : KINDS[found[1]];
}

// Returns what is sent: the fields of this kind, and the link.
function bodyOf(kind, secret, values) {
  const body = { link: secret };
  for (const name of kind.fields) body[name] = values[name];
  return body;
}

// Returns what a person is told of an answer: by field where the answer says so, and else in one sentence.
function faultsOf(status, problem) {
  const errors = Array.isArray(problem && problem.errors) ? problem.errors : [];
  const byField = errors
    .filter((each) => typeof each.path === "string" && each.path.startsWith("/body/"))
    .map((each) => ({ field: each.path.slice("/body/".length), message: String(each.message) }));
  if (byField.length > 0) return byField;
  if (problem && typeof problem.detail === "string") return [{ field: null, message: problem.detail }];
  return [{ field: null, message: `The bridge answered ${status}. Try again in a moment.` }];
}

if (typeof document !== "undefined") start();
if (typeof module !== "undefined") module.exports = { KINDS, kindOf, bodyOf, faultsOf };

function start() {
  const at = (id) => document.getElementById(id);
  const secret = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  const kind = kindOf(secret);
  if (kind === null) {
    if (secret !== "") tell("This is no whole link. Copy all of it once more, from its beginning to its end.");
    return;
  }
  document.title = kind.title;
  at("title").textContent = kind.title;
  at("lead").textContent = kind.lead;
  for (const name of kind.fields) at(`field-${name}`).hidden = false;
  at("form").hidden = false;
  at(kind.fields[0]).focus();
  at("show").addEventListener("click", () => {
    const shown = at("password").type === "text";
    at("password").type = shown ? "password" : "text";
    at("show").setAttribute("aria-pressed", String(!shown));
    at("show").textContent = shown ? "Show the password" : "Hide the password";
  });
  at("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    clear();
    const values = Object.fromEntries(kind.fields.map((name) => [name, at(name).value]));
    const empty = kind.fields.filter((name) => values[name].trim() === "");
    if (empty.length > 0) return show(empty.map((field) => ({ field, message: "This has to be given." })));
    at("send").disabled = true;
    tell("Just a moment.");
    try {
      const answer = await fetch(kind.path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(bodyOf(kind, secret, values)),
      });
      if (answer.ok) return finish();
      const problem = await answer.json().catch(() => null);
      show(faultsOf(answer.status, problem));
    } catch {
      show([{ field: null, message: "The bridge cannot be reached. Look at your connection, and try again." }]);
    } finally {
      at("send").disabled = false;
    }
  });

  function tell(words) {
    at("status").textContent = words;
  }

  function finish() {
    at("form").hidden = true;
    at("password").value = "";
    at("title").textContent = "Done";
    at("lead").textContent = kind.done;
    tell("");
    at("title").focus();
  }

  function clear() {
    at("problems").hidden = true;
    at("problems-list").replaceChildren();
    for (const name of kind.fields) {
      at(`error-${name}`).textContent = "";
      at(name).removeAttribute("aria-invalid");
    }
  }

  function show(faults) {
    tell("");
    for (const fault of faults) {
      const item = document.createElement("li");
      if (fault.field !== null && kind.fields.includes(fault.field)) {
        const link = document.createElement("a");
        link.href = `#${fault.field}`;
        link.textContent = fault.message;
        link.addEventListener("click", (event) => {
          event.preventDefault();
          at(fault.field).focus();
        });
        item.append(link);
        at(`error-${fault.field}`).textContent = fault.message;
        at(fault.field).setAttribute("aria-invalid", "true");
      } else {
        item.textContent = fault.message;
      }
      at("problems-list").append(item);
    }
    at("problems").hidden = false;
    at("problems-title").focus();
  }
}
