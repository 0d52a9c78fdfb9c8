"""docs/settings.md has every setting with its variable, default and what it may be, and no other."""

from dataclasses import fields

from bridge.settings import Settings
from bridge.settings.catalogue import catalogue
from tests.docs.pages import sections


def test_every_setting_has_a_heading_in_the_order_of_the_settings() -> None:
    assert len(fields(Settings)) >= 10
    assert [field.name for field in fields(Settings)] == [
        heading for heading in sections("docs/settings.md") if heading.islower()
    ]


def test_every_setting_has_its_variable_its_default_and_what_it_may_be() -> None:
    found = sections("docs/settings.md")
    defaults = {field.name: field.default for field in fields(Settings)}

    for name, setting in catalogue(windows=False).items():
        lines = found[name].splitlines()
        assert f"- It may be: {setting.may_be}" in lines
        assert any(f"`TOOLBOXAI_{name.upper()}`" in line for line in lines)
        assert f"- Default: {default_text(defaults[name])}" in lines
        assert setting.secret == (f"`TOOLBOXAI_{name.upper()}_FILE`" in found[name])


def default_text(value: object) -> str:
    if value is None:
        return "not set"
    if isinstance(value, tuple):
        return f"`{', '.join(value)}`" if value else "none"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"
