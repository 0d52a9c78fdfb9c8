"""Which database addresses are accepted, and that no refusal repeats one."""

import pytest

from bridge.settings.database_urls import database_url


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sqlite:///srv/bridge.db", "sqlite:///srv/bridge.db"),
        ("sqlite:////srv/bridge.db", "sqlite:///srv/bridge.db"),
        ("postgresql://ada:pw@db.example:5432/school", "postgresql://ada:pw@db.example:5432/school"),
        ("postgresql://db/school", "postgresql://db/school"),
        ("postgresql:///school?host=/run/postgresql", "postgresql:///school?host=/run/postgresql"),
        ("postgresql://ada@[::1]:5432/school", "postgresql://ada@[::1]:5432/school"),
    ],
)
def test_an_address_is_brought_into_one_form(text: str, expected: str) -> None:
    assert expected == database_url(text, windows=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"sqlite:///C:\data\bridge.db", "sqlite:///C:/data/bridge.db"),
        ("sqlite:////c:/data/bridge.db", "sqlite:///c:/data/bridge.db"),
    ],
)
def test_on_windows_a_path_has_a_drive(text: str, expected: str) -> None:
    assert expected == database_url(text, windows=True)


@pytest.mark.parametrize("text", ["sqlite:///srv/bridge.db", "sqlite:///C:bridge.db", "sqlite:///1:/x.db"])
def test_on_windows_a_path_without_a_drive_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="absolute path"):
        database_url(text, windows=True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sesame", "does not start with"),
        ("mysql://ada:sesame@db/x", "does not start with sqlite:/// or postgresql://"),
        ("postgres://ada:sesame@db/x", "neither postgres:// nor"),
        ("postgresql+asyncpg://ada:sesame@db/x", "neither postgres:// nor a .driver"),
        ("sqlite://sesame", "does not start with"),
        ("sqlite:///", "does not name a file"),
        ("sqlite:///:memory:", "does not name a file"),
        ("sqlite:///./sesame.db", "does not name a file"),
        ("sqlite:///~/sesame.db", "does not name a file"),
        ("sqlite:///srv/sesame/", "does not name a file"),
        ("sqlite:///srv/sesame?x.db", "holds a [?]"),
        ("postgresql://ada:sesame@db:70000/x", "has a host or a port that cannot be read"),
        ("postgresql://ada:sesame@db:0/x", "has port 0"),
        ("postgresql://ada@db:sesame/x", "has a host or a port that cannot be read"),
        ("postgresql://ada:sesame@[::1/x", "has a host or a port that cannot be read"),
        ("postgresql://ada:sesame@/x", "names no host"),
        ("postgresql://ada:sesame@db", "names no database"),
        ("postgresql://ada:sesame@db/", "names no database"),
        ("postgresql://ada:ses#ame@db/x", "holds a space, a #"),
        ("postgresql://ada:ses ame@db/x", "holds a space, a #"),
        ("postgresql://ada:sesame@db/x\n", "not printable"),
    ],
)
def test_another_address_is_refused_and_not_repeated(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told) as caught:
        database_url(text, windows=False)

    assert "sesame" not in str(caught.value)
    assert "sesame" not in repr(
        [caught.value.__cause__, None if caught.value.__suppress_context__ else caught.value.__context__]
    )
