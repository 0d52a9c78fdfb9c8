from bridge.realtime.digest import digest


def test_an_item_is_named_by_the_base64_of_its_sha_256() -> None:
    # FIPS 180-4, the example of one block.
    assert b"ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=" == digest(b"abc")
