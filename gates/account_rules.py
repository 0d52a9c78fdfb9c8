"""The rules of accounts that `make proof-gates` switches off, one after the other: each has a test that notices.

`python -P -m gates.planted account-rules` plants these alone. Where a rule is kept twice, each of the two is
switched off on its own, so that neither can go unnoticed because of the other.
"""

from gates.account_rule import AccountRule
from gates.signin_rules import SIGNIN_RULES

PERMISSION = "web/permission.py"
MUTATION = "web/mutation.py"
GRANTS = "accounts/people/grants/service.py"
SEALED = "sealing/sealed.py"
OF_PERMISSIONS = "unit/backend/web/test_permission.py::test_"
OF_SECOND_FACTORS = "integration/accounts/test_second_factor.py::test_"
OF_PEOPLE = "integration/accounts/test_people.py::test_"
OF_KEYS = "integration/accounts/test_api_keys.py::test_"
OF_SEALING = "unit/backend/sealing/test_sealed.py::test_"

ACCOUNT_RULES = (
    *SIGNIN_RULES,
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
        "a foreign tenant is not there",
        PERMISSION,
        "        raise NotFound(NOTHING_HERE)\n    raise Forbidden(",
        "        raise Forbidden(NOTHING_HERE)\n    raise Forbidden(",
        OF_PERMISSIONS + "who_has_nothing_in_a_tenant_or_class_is_told_what_an_unknown_address_is_told",
    ),
    AccountRule(
        "a recovery code is good once",
        "accounts/people/store.py",
        "bool((await tx.execute(delete(row).where(row.person_id == person_id, row.digest == digest))).rowcount)",
        "row is not None",
        OF_SECOND_FACTORS + "a_recovery_code_stands_in_once",
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
        OF_KEYS + "a_scope_that_no_key_may_have_any_more_gives_nothing",
    ),
    AccountRule(
        "the keys of a suspended tenant do nothing",
        "accounts/keys/apikeys/holding.py",
        'or tenant is None or tenant.state != "active" or',
        "or tenant is None or",
        OF_KEYS + "a_suspended_tenants_keys_do_nothing_until_it_goes_on",
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
        OF_KEYS + "a_text_is_shown_once_and_kept_nowhere",
    ),
    AccountRule(
        "a key that has ended may be ended again",
        "accounts/keys/service.py",
        "            return found\n",
        '            raise RuntimeError("planted")\n',
        "contract/test_requests_in_a_row.py::test_requests_in_a_row_are_answered_as_the_document_says",
    ),
)
