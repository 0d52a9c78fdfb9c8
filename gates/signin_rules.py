"""The rules of signing in that `make proof-gates` switches off: passwords, second factors, links, cookies and tries."""

from gates.account_rule import AccountRule

SIGNIN = "accounts/signin/"
OF_SIGN_INS = "integration/accounts/test_sign_in.py::test_"
OF_SECOND_FACTORS = "integration/accounts/test_second_factor.py::test_"
OF_PASSWORDS = "integration/accounts/test_passwords.py::test_"
OF_PEOPLE = "integration/accounts/test_people.py::test_"
OF_LINKS = "integration/accounts/test_links.py::test_"

SIGNIN_RULES = (
    AccountRule(
        "a sign-in without the second factor of its account is half",
        SIGNIN + "caller.py",
        "if begun.found.totp_since is not None and not has_second_factor:",
        "if begun is None:",
        OF_SECOND_FACTORS + "a_sign_in_of_an_account_with_one_is_half_until_it_is_shown",
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
        "the people of a suspended tenant hold nothing there",
        SIGNIN + "caller.py",
        "if tenant is None or tenant.state != _ACTIVE:",
        "if tenant is None:",
        OF_PEOPLE + "in_a_suspended_tenant_nobody_holds_anything",
    ),
)
