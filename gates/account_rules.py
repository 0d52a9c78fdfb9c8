"""The rules of accounts that `make proof-gates` switches off, one after the other: each has a test that notices.

`python -P -m gates.planted accounts` plants these alone. Where a rule is kept twice, each of the two is switched off on
its own, so that neither can go unnoticed because of the other.
"""

from dataclasses import dataclass

from gates.faults import Fault, replace
from gates.step import PYTHON

TOPIC = "accounts"
SOURCES = "backend/"
TESTS = "tests/"

PERMISSION = "web/permission.py"
MUTATION = "web/mutation.py"
SIGNIN = "accounts/signin/"
GRANTS = "accounts/people/grants/service.py"
SEALED = "sealing/sealed.py"

OF_PERMISSIONS = "unit/backend/web/test_permission.py::test_"
OF_SIGN_INS = "integration/accounts/test_sign_in.py::test_"
OF_SECOND_FACTORS = "integration/accounts/test_second_factor.py::test_"
OF_PASSWORDS = "integration/accounts/test_passwords.py::test_"
OF_PEOPLE = "integration/accounts/test_people.py::test_"
OF_LINKS = "integration/accounts/test_links.py::test_"
OF_API_KEYS = "integration/accounts/test_api_keys.py::test_"
OF_SEALING = "unit/backend/sealing/test_sealed.py::test_"


@dataclass(frozen=True, slots=True)
class AccountRule:
    """Putting `without` where `old` stands switches it off; `test` fails then."""

    name: str
    path: str
    old: str
    without: str
    test: str

    @property
    def fault(self) -> Fault:
        """The rule as a fault to plant; only its own test is run, on the database that starts at once."""
        command = (*PYTHON, "-m", "pytest", "-q", "-x", "-k", "not postgresql", TESTS + self.test)
        plant = replace(SOURCES + self.path, self.old, self.without)
        return Fault(f"without the rule: {self.name}", command, plant, f"FAILED {TESTS}{self.test}", topic=TOPIC)


ACCOUNT_RULES = (
    AccountRule(
        "a statement is held to the unit's tenant",
        "db/tenancy/guard.py",
        "if not held.plan.is_free:",
        "if held.plan is None:",
        "integration/db/test_guard.py::test_a_unit_of_another_tenant_or_of_none_sends_none_of_it",
    ),
    AccountRule(
        "a dangerous act asks for a fresh proof",
        PERMISSION,
        "if wanted.step_up and not _has_stepped_up(caller, now):",
        "if wanted.step_up and now < 0:",
        OF_PERMISSIONS + "a_dangerous_act_takes_a_fresh_proof",
    ),
    AccountRule(
        "half a sign-in does nothing but become whole",
        PERMISSION,
        "if caller.is_half and wanted.permission != HALF_IN_PERSON:",
        "if caller.is_half and not wanted.permission:",
        OF_SECOND_FACTORS + "a_sign_in_of_an_account_with_one_is_half_until_it_is_shown",
    ),
    AccountRule(
        "a sign-in without the second factor of its account is half",
        SIGNIN + "caller.py",
        "if begun.found.totp_since is not None and not has_second_factor:",
        "if begun is None:",
        OF_SECOND_FACTORS + "a_sign_in_of_an_account_with_one_is_half_until_it_is_shown",
    ),
    AccountRule(
        "a foreign tenant is not there",
        PERMISSION,
        "        raise NotFound(NOTHING_HERE)\n    raise Forbidden(",
        "        raise Forbidden(NOTHING_HERE)\n    raise Forbidden(",
        OF_PERMISSIONS + "who_has_nothing_in_a_tenant_or_class_is_told_what_an_unknown_address_is_told",
    ),
    AccountRule(
        "tries that come too fast wait",
        SIGNIN + "tries/service.py",
        "if wait_seconds > 0:",
        "if wait_seconds > 99_999:",
        OF_SIGN_INS + "tries_that_come_too_fast_have_to_wait",
    ),
    AccountRule(
        "a right password gives no new tries to who guesses elsewhere",
        SIGNIN + "delays.py",
        "FRESH, _given_back(counters.account),",
        "FRESH, FRESH,",
        "unit/backend/accounts/signin/test_delays.py"
        "::test_the_owners_sign_in_gives_no_new_tries_to_who_guesses_elsewhere",
    ),
    AccountRule(
        "a code of an authenticator is good once",
        SIGNIN + "second_factor/service.py",
        'await store.change(tx, person_id, {"totp_step": step})',
        'await store.change(tx, person_id, {"totp_step": person.totp_step})',
        OF_SECOND_FACTORS + "a_code_is_good_once",
    ),
    AccountRule(
        "the code that sets an authenticator up is used up",
        SIGNIN + "second_factor/service.py",
        '{"totp_since": since, "totp_step": step}',
        '{"totp_since": since, "totp_step": None}',
        OF_SECOND_FACTORS + "the_code_that_set_it_up_is_used_up",
    ),
    AccountRule(
        "a recovery code is good once",
        "accounts/people/store.py",
        "bool((await tx.execute(delete(row).where(row.person_id == person_id, row.digest == digest))).rowcount)",
        "row is not None",
        OF_SECOND_FACTORS + "a_recovery_code_stands_in_once",
    ),
    AccountRule(
        "a link works once",
        SIGNIN + "links/store.py",
        "delete(row).where(*this).returning(*_LINK)",
        "select(*_LINK).where(*this)",
        OF_LINKS + "a_link_works_once",
    ),
    AccountRule(
        "a link is looked at as what it was made for",
        SIGNIN + "links/store.py",
        'LinkRow.digest == bindparam("digest"), LinkRow.kind == bindparam("kind"), LinkRow.ends_at',
        'LinkRow.digest == bindparam("digest"), LinkRow.ends_at',
        OF_LINKS + "a_link_that_is_written_as_another_kind_opens_nothing",
    ),
    AccountRule(
        "a link is used for what it was made for",
        SIGNIN + "links/store.py",
        "(row.digest == digest, row.kind == kind, row.ends_at",
        "(row.digest == digest, row.ends_at",
        OF_LINKS + "a_link_that_is_written_as_another_kind_opens_nothing",
    ),
    AccountRule(
        "a cookie goes over a secure line",
        SIGNIN + "cookies.py",
        '"Path=/; Secure; HttpOnly; SameSite=Lax"',
        '"Path=/; HttpOnly; SameSite=Lax"',
        OF_SIGN_INS + "its_cookie_is_for_this_host_and_no_script",
    ),
    AccountRule(
        "no script reads a cookie",
        SIGNIN + "cookies.py",
        '"Path=/; Secure; HttpOnly; SameSite=Lax"',
        '"Path=/; Secure; SameSite=Lax"',
        OF_SIGN_INS + "its_cookie_is_for_this_host_and_no_script",
    ),
    AccountRule(
        "a proof changes the secret of a sign-in",
        SIGNIN + "sessions/store.py",
        '{"digest": digest, "seen_at": DatabaseNow()}',
        '{"seen_at": DatabaseNow()}',
        OF_SIGN_INS + "a_proof_changes_the_secret_and_ends_the_old_one",
    ),
    AccountRule(
        "a sign-in that nobody uses ends",
        SIGNIN + "caller.py",
        "min(signin.ends_at - now, signin.seen_at + IDLE_MILLISECONDS - now)",
        "(signin.ends_at - now)",
        OF_SIGN_INS + "a_sign_in_that_nobody_uses_ends",
    ),
    AccountRule(
        "a sign-in ends in any case",
        SIGNIN + "caller.py",
        "min(signin.ends_at - now, signin.seen_at + IDLE_MILLISECONDS - now)",
        "(signin.seen_at + IDLE_MILLISECONDS - now)",
        OF_SIGN_INS + "a_sign_in_ends_in_any_case",
    ),
    AccountRule(
        "who is suspended is signed in nowhere",
        SIGNIN + "caller.py",
        "if seconds <= 0 or begun.found.state != _ACTIVE:",
        "if seconds <= 0:",
        OF_SIGN_INS + "a_role_acts_at_once_and_so_does_its_end",
    ),
    AccountRule(
        "a try of somebody suspended is told of",
        SIGNIN + "service.py",
        'if person is None or not verified.right or person.state != "active":',
        "if person is None or not verified.right:",
        "integration/accounts/test_own_trail.py::test_somebody_suspended_who_tries_is_told_of_with_the_reason",
    ),
    AccountRule(
        "who is suspended while the hash is computed is not signed in",
        SIGNIN + "service.py",
        'if now is None or now.state != "active" or now.password_hash',
        "if now is None or now.password_hash",
        OF_SIGN_INS + "what_changes_while_the_hash_is_computed_counts",
    ),
    AccountRule(
        "a password that was changed while the hash is computed is the old one",
        SIGNIN + "service.py",
        'if now is None or now.state != "active" or now.password_hash != person.password_hash:',
        'if now is None or now.state != "active":',
        OF_SIGN_INS + "what_changes_while_the_hash_is_computed_counts",
    ),
    AccountRule(
        "somebody unknown costs what somebody known costs",
        SIGNIN + "service.py",
        "return await self._hashes.verify_unknown(typed)",
        "return Verified(right=False)",
        OF_SIGN_INS + "an_unknown_address_costs_the_hash_that_a_known_one_costs",
    ),
    AccountRule(
        "a password that others would guess is not chosen",
        SIGNIN + "password.py",
        "if judged.bits < MIN_BITS:",
        "if judged.bits < 0:",
        OF_PASSWORDS + "one_that_others_would_guess_is_refused_by_name",
    ),
    AccountRule(
        "another password ends the other sign-ins",
        SIGNIN + "passwords/service.py",
        "        await sessions.end_all(tx, rights, person.id, but=but)\n",
        "",
        OF_PASSWORDS + "another_password_ends_the_other_sign_ins",
    ),
    AccountRule(
        "nobody gives a role to themselves",
        GRANTS,
        "if by.actor == Actor.person(as_id(wanted.person_id)):",
        "if by.actor is None:",
        OF_PEOPLE + "nobody_gives_themselves_a_role",
    ),
    AccountRule(
        "the last administrator stays",
        GRANTS,
        "if counts and not await store.has_another_with(tx, tenant_id, grant.role, but=person_id):",
        "if counts and not person_id:",
        OF_PEOPLE + "the_last_administrator_stays",
    ),
    AccountRule(
        "a role that is withdrawn is told to who remembers it",
        GRANTS,
        "    await store.withdraw(tx, tenant_id, grant_id)\n    await rights.changed(tx)\n",
        "    await store.withdraw(tx, tenant_id, grant_id)\n",
        OF_PEOPLE + "a_role_is_given_and_withdrawn",
    ),
    AccountRule(
        "an invitation is for the address that it went to",
        "accounts/people/invitations/service.py",
        "if owner is None or owner.id != person_id:",
        "if owner is None and not person_id:",
        "integration/accounts/test_invitations.py::test_nobody_takes_the_invitation_of_another_address",
    ),
    AccountRule(
        "a sealed value is bound to its row",
        SEALED,
        "(place.table, place.column, place.row, place.holder, str(version))",
        "(place.table, place.column, place.holder, str(version))",
        OF_SEALING + "it_does_not_open_in_another_place",
    ),
    AccountRule(
        "a sealed value is bound to its holder",
        SEALED,
        "(place.table, place.column, place.row, place.holder, str(version))",
        "(place.table, place.column, place.row, str(version))",
        OF_SEALING + "it_does_not_open_in_another_place",
    ),
    AccountRule(
        "the key file is its owner's alone",
        "sealing/key_file.py",
        "_OTHERS: Final = 0o077",
        "_OTHERS: Final = 0o000",
        "unit/backend/sealing/test_key_file.py::test_it_is_its_owners_alone",
    ),
    AccountRule(
        "a key has no scope that the matrix gives to no key",
        "accounts/callers.py",
        "allowed = scopes & matrix.for_keys",
        "allowed = scopes",
        OF_API_KEYS + "a_scope_that_no_key_may_have_any_more_gives_nothing",
    ),
    AccountRule(
        "the keys of a suspended tenant do nothing",
        "accounts/callers.py",
        'or tenant is None or tenant.state != "active" or',
        "or tenant is None or",
        OF_API_KEYS + "a_suspended_tenants_keys_do_nothing_until_it_goes_on",
    ),
    AccountRule(
        "the people of a suspended tenant hold nothing there",
        SIGNIN + "caller.py",
        "if tenant is None or tenant.state != _ACTIVE:",
        "if tenant is None:",
        OF_PEOPLE + "in_a_suspended_tenant_nobody_holds_anything",
    ),
    AccountRule(
        "a record of the trail has the tag that fits it",
        "accounts/audit/chained.py",
        "return key.mac.verify(content_of(record), record.tag)",
        "return record.tag is not None",
        "unit/backend/accounts/audit/test_verify.py::test_an_edit_of_any_column_of_any_record_is_found_there",
    ),
    AccountRule(
        "an erasure takes the person away",
        "accounts/erasure.py",
        '        Step("people", _people),\n',
        "",
        "integration/compliance/test_erasure.py::test_nothing_of_somebody_is_left_but_an_id",
    ),
    AccountRule(
        "a change with a cookie comes from a page of ours",
        "web/origin.py",
        'if hdrs.ORIGIN not in headers and headers.getall(_SEC_FETCH_SITE, ()) != ["same-origin"]:',
        "if hdrs.HOST not in headers:",
        "integration/web/test_who_asks.py::test_nobody_else_makes_a_browser_change_something",
    ),
    AccountRule(
        "an answer with a secret is not kept",
        MUTATION,
        "if outcome.created_id is not None:",
        'if outcome.created_id == "":',
        OF_API_KEYS + "a_text_is_shown_once_and_kept_nowhere",
    ),
    AccountRule(
        "a key that has ended may be ended again",
        "accounts/keys/service.py",
        "            return found\n",
        '            raise RuntimeError("planted")\n',
        "contract/test_requests_in_a_row.py::test_requests_in_a_row_are_answered_as_the_document_says",
    ),
)
