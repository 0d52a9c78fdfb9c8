"""What names a signed request."""

from bridge.gate.signed.naming import name_of


def test_a_request_is_named_by_the_base64_of_its_signature() -> None:
    digest = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    assert digest == name_of(f"tbx=:{digest}:")
