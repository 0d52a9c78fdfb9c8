import pytest

from backend.accounts.people.matrix import MatrixRefused, load, read
from backend.web.route import EVERYBODYS

MATRIX = load()
ROLES = """
[roles.operator]
title = "Operator"
scopes = ["platform"]
second_factor = true

[roles.teacher]
title = "Teacher"
scopes = ["school", "class"]
second_factor = true

[roles.author]
title = "Author"
scopes = ["district"]
second_factor = false
"""
GIVEN = """
[permissions."platform.inspect"]
what = "Look at it"
roles = ["operator"]

[permissions."lesson.read"]
what = "Read it"
roles = ["teacher", "author"]
"""
RIGHT = ROLES + GIVEN


def faults(text: str) -> str:
    with pytest.raises(MatrixRefused) as raised:
        read(text)
    return "\n".join(raised.value.faults)


def test_the_nine_roles_are_there_and_nobody_else() -> None:
    assert {
        "platform_operator",
        "district_admin",
        "school_admin",
        "privacy_officer",
        "curriculum_author",
        "teacher",
        "assistant",
        "guardian",
        "pupil",
    } == MATRIX.roles.keys()


def test_every_role_that_sees_pupils_needs_a_second_factor_and_the_platform_sees_none() -> None:
    about_pupils = {name for name, each in MATRIX.permissions.items() if each.pupils}
    seeing = {role for role, given in MATRIX.bundles.items() if given & about_pupils}

    assert {"school_admin", "privacy_officer", "teacher", "assistant"} == seeing
    assert all(MATRIX.roles[role].second_factor for role in seeing)


def test_what_names_pupils_or_their_results_is_marked_as_about_pupils() -> None:
    areas = ("pupil.", "progress.", "consent.", "erasure.", "roster.")
    unmarked = {
        name
        for name, each in MATRIX.permissions.items()
        if name.startswith(areas) and not name.endswith("_own") and not each.pupils
    }

    assert set() == unmarked


def test_what_deletes_exports_or_makes_a_secret_takes_a_fresh_proof() -> None:
    verbs = (".create", ".rotate", ".delete", ".export", ".approve", ".break")
    dangerous = {name for name in MATRIX.permissions if name.endswith(verbs)}
    harmless = {"class.create", "lesson.delete", "media.delete", "progress.export"}

    assert harmless < dangerous
    assert dangerous - harmless <= MATRIX.for_the_web.step_up
    assert harmless.isdisjoint(MATRIX.for_the_web.step_up)


def test_a_key_reads_no_identity_and_manages_nobody() -> None:
    areas = ("pupil.", "person.", "grant.", "signin.", "apikey.", "gamekey.", "audit.", "consent.", "erasure.")

    assert not [name for name in MATRIX.for_keys if name.startswith(areas)]
    assert MATRIX.for_keys.isdisjoint(MATRIX.for_the_web.step_up)


def test_the_web_is_told_the_names_and_which_of_them_a_route_without_a_tenant_may_ask_for() -> None:
    told = read(RIGHT).for_the_web

    assert told.names == {"platform.inspect", "lesson.read"}
    assert told.platform == {"platform.inspect"}
    assert EVERYBODYS.isdisjoint(MATRIX.permissions)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (RIGHT + "[", "is no TOML"),
        (RIGHT.replace("second_factor = true", "second_factor = 1", 1), "roles.operator.second_factor"),
        (RIGHT.replace('"school"', '"planet"'), "roles.teacher.scopes"),
        (RIGHT + "[extra]\n", "extra"),
        (RIGHT + "pupil = true\n", "permissions.lesson.read.pupil"),
        (RIGHT.replace('"lesson.read"', '"Lesson.read"'), "Lesson.read"),
        (RIGHT.replace('"lesson.read"', '"lesson"'), "permissions.lesson"),
        (RIGHT.replace('roles = ["operator"]', "roles = []"), "permissions.platform.inspect.roles"),
        (RIGHT.replace('"author"]', '"autor"]'), "autor, which is no role"),
        (RIGHT.replace('"author"]', '"teacher"]'), "to one role twice"),
        (RIGHT.replace(', "author"]', "]"), "author gives nothing"),
        (RIGHT + "pupils = true\n", "needs no second factor"),
        (RIGHT + "step_up = true\nkeys = true\n", "which cannot"),
        (RIGHT.replace('["operator"]', '["operator"]\npupils = true'), "a role of the platform has it"),
        (RIGHT.replace('["operator"]', '["operator"]\ncovers_schools = true'), "in which nobody has it"),
        (RIGHT.replace('["platform"]', '["platform", "school"]'), "do not go together"),
        (RIGHT.replace('["district"]', '["district", "district"]'), "do not go together"),
    ],
)  # fmt: skip
def test_a_matrix_that_is_wrong_is_refused_by_name(text: str, fault: str) -> None:
    assert RIGHT != text
    assert fault in faults(text)


def test_all_faults_are_told_at_once() -> None:
    wrong = RIGHT.replace('"author"]', '"autor"]') + "pupils = true\ncovers_schools = true\n"

    assert 2 <= len(faults(wrong).splitlines())
