from backend.accounts.people.matrix import load
from backend.accounts.people.rights import Grant, held
from backend.web.caller import NO_RIGHTS

MATRIX = load()
SCHOOLS = {"district": ["one", "two"]}
AT = 1_000


def test_nothing_given_is_nothing_held() -> None:
    found = held(MATRIX, [], schools=SCHOOLS, at=AT)

    assert ({}, NO_RIGHTS, None) == (dict(found.tenants), found.platform, found.ends_at)


def test_roles_in_one_tenant_add_up() -> None:
    grants = [Grant("guardian", "tenant", "one"), Grant("curriculum_author", "tenant", "one")]
    found = held(MATRIX, grants, schools=SCHOOLS, at=AT)

    assert MATRIX.bundles["guardian"] | MATRIX.bundles["curriculum_author"] == found.tenants["one"].plain.everywhere
    assert frozenset() == found.tenants["one"].guarded.everywhere


def test_a_class_adds_to_the_whole_and_to_other_classes_and_stays_apart() -> None:
    grants = [
        Grant("curriculum_author", "tenant", "one"),
        Grant("teacher", "class", "one", "maths"),
        Grant("pupil", "class", "one", "art"),
    ]
    found = held(MATRIX, grants, schools=SCHOOLS, at=AT).tenants["one"]

    assert MATRIX.bundles["curriculum_author"] == found.plain.everywhere
    assert {"art": MATRIX.bundles["pupil"]} == dict(found.plain.in_classes)
    assert {"maths": MATRIX.bundles["teacher"]} == dict(found.guarded.in_classes)


def test_a_district_reaches_its_schools_with_what_is_marked_and_no_further() -> None:
    found = held(MATRIX, [Grant("curriculum_author", "tenant", "district")], schools=SCHOOLS, at=AT).tenants

    assert {"district", "one", "two"} == found.keys()
    assert MATRIX.bundles["curriculum_author"] == found["district"].plain.everywhere
    assert MATRIX.bundles["curriculum_author"] & MATRIX.covering == found["one"].plain.everywhere
    assert "lesson.publish" not in found["one"].plain.everywhere


def test_a_grant_holds_until_its_time_and_the_first_end_is_told() -> None:
    grants = [Grant("guardian", "tenant", "one", until=AT + 1), Grant("teacher", "tenant", "two", until=AT + 9)]

    assert AT + 1 == held(MATRIX, grants, schools=SCHOOLS, at=AT).ends_at
    later = held(MATRIX, grants, schools=SCHOOLS, at=AT + 1)
    assert {"two"} == later.tenants.keys()
    assert AT + 9 == later.ends_at


def test_what_contradicts_itself_gives_nothing() -> None:
    grants = [
        Grant("platform_operator", "tenant", "one"),
        Grant("platform_operator", "platform", "one"),
        Grant("school_admin", "platform"),
        Grant("school_admin", "tenant", "district"),
        Grant("district_admin", "tenant", "one"),
        Grant("teacher", "tenant"),
        Grant("teacher", "tenant", "one", "maths"),
        Grant("teacher", "class", "one"),
        Grant("teacher", "class", "district", "maths"),
        Grant("assistant", "class", "one", "maths"),
        Grant("headmaster", "tenant", "one"),
    ]
    found = held(MATRIX, grants, schools=SCHOOLS, at=AT)

    assert ({}, NO_RIGHTS) == (dict(found.tenants), found.platform)
