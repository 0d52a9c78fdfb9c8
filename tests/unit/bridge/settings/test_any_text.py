"""Whatever stands in a variable or in the file: it loads, or the place is named, and no secret is shown."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.settings import FoundFile, Loaded, SettingsFaults, load
from bridge.settings.catalogue import catalogue
from bridge.settings.sources import parse

NAMES = ["data_dir", *catalogue(windows=False)]
CANARY = "sesame7731"


def no_files(_path: Path) -> FoundFile:
    raise FileNotFoundError


def loaded_or_faults(environ: dict[str, str], toml: bytes | None = None) -> Loaded | SettingsFaults:
    def read(_path: Path) -> FoundFile:
        if toml is None:
            raise FileNotFoundError
        return FoundFile(toml, open_to_others=False)

    try:
        return load({"HOME": "/home/ada", **environ}, platform="linux", read_file=read)
    except SettingsFaults as error:
        return error


@given(
    name=st.sampled_from(NAMES), text=st.text(max_size=80) | st.from_regex(r"[0-9.,:/\[\]a-f*-]{1,30}", fullmatch=True)
)
def test_any_text_in_a_variable_loads_or_is_refused_by_the_name_of_the_variable(name: str, text: str) -> None:
    variable = f"TOOLBOXAI_{name.upper()}"
    found = loaded_or_faults({variable: text})

    if isinstance(found, SettingsFaults):
        assert all(variable in fault for fault in found.faults)
        assert all(fault.isprintable() for fault in found.faults)


@given(name=st.text(min_size=1, max_size=40), text=st.text(min_size=1, max_size=10).filter(str.strip))
def test_any_other_name_with_our_prefix_is_refused_by_name(name: str, text: str) -> None:
    known = {f"TOOLBOXAI_{each.upper()}" for each in [*NAMES, "database_url_file"]}
    variable = f"TOOLBOXAI_{name}"
    if variable in known or variable == "TOOLBOXAI_DEVICE" or variable.startswith("TOOLBOXAI_TEST_"):
        return

    found = loaded_or_faults({variable: text})

    assert isinstance(found, SettingsFaults)
    assert (variable if variable.isprintable() else repr(variable)[:50]) in found.sentence
    assert found.sentence.isprintable()


@given(
    before=st.text(max_size=20),
    after=st.text(max_size=20),
    start=st.sampled_from(["", "sqlite:///", "postgresql://", "postgresql://ada:", "postgresql://ada@db:"]),
)
def test_the_text_of_a_secret_is_never_shown(before: str, after: str, start: str) -> None:
    secret = f"{start}{before}{CANARY}{after}"
    shown = [repr(loaded_or_faults({"TOOLBOXAI_DATABASE_URL": secret}))]
    found = loaded_or_faults({"TOOLBOXAI_DATABASE_URL": secret})
    shown.append(found.sentence if isinstance(found, SettingsFaults) else repr(found.settings))

    assert not any(CANARY in each for each in shown)


@given(content=st.binary(max_size=200) | st.text("[]{}=\"'\n.#,0123456789abport_ ", max_size=200).map(str.encode))
def test_any_bytes_in_the_file_load_or_are_refused_by_the_name_of_the_file(content: bytes) -> None:
    found = loaded_or_faults({}, content)

    if isinstance(found, SettingsFaults):
        assert all("toolboxai-server.toml" in fault for fault in found.faults)
        assert found.sentence.isprintable()


@given(content=st.binary(max_size=100))
def test_parsing_raises_nothing_but_value_errors(content: bytes) -> None:
    kind: type[Exception] | None = None
    try:
        parse(content)
    except Exception as error:  # noqa: BLE001  # whatever comes, its kind is what is tested
        kind = type(error)

    assert kind in {None, ValueError}  # not one of its subclasses, which repeat what was read


def test_a_fault_names_the_file_and_hides_its_bytes() -> None:
    with pytest.raises(ValueError, match="line 1") as caught:
        parse(b"sesame7731 sesame7731")

    assert CANARY not in str(caught.value)
