"""docs/signin.md says the limits that the code has."""

from backend.accounts.keys import text_form
from backend.accounts.signin import delays, email_address, hashing, password, prepared, recovery_codes, totp
from tests.docs.pages import rows, sections

PAGE = sections("docs/signin.md")


def test_the_table_of_delays_is_that_of_the_code() -> None:
    expected = rows(delays.__doc__ or "")

    assert len(expected) == 6
    assert expected == rows(PAGE["Delays"])


def test_the_limits_are_those_of_the_code() -> None:
    assert (
        f"At most {email_address.MAX_ADDRESS_BYTES} bytes, and {email_address.MAX_LOCAL_PART_BYTES}"
        in PAGE["Addresses"]
    )
    assert f"From {password.MIN_CHARACTERS} to {prepared.MAX_CHARACTERS} characters" in PAGE["Passwords"]
    assert f"2^{password.MIN_BITS:.0f} tries" in PAGE["Passwords"]
    assert f"{hashing.USUAL.memory_kib // 1024} MiB" in PAGE["Passwords"]
    assert f"{hashing.SMALL.memory_kib // 1024} MiB" in PAGE["Passwords"]
    assert f"{totp.STEP_SECONDS} seconds" in PAGE["Codes"]
    assert recovery_codes.CODES == 10
    assert "ten codes" in PAGE["Codes"]


def test_the_shape_of_a_credential_is_that_of_the_code() -> None:
    made = text_form.Credential.new(text_form.Kind.API)
    lengths = [len(part) for part in made.text().split("_")[2:]]

    assert lengths == [26, 52, 7]
    for length in lengths:
        assert f"{length} " in PAGE["Keys and links"]
