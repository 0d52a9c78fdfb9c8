from backend.db.rights_changes import Generation
from backend.web.rights_cache import RightsCache


class Scene:
    def __init__(self, *, entries: int = 3) -> None:
        self.generation: Generation | None = (1, 1)
        self.now = 100.0
        self.cache: RightsCache[str] = RightsCache(
            lambda: self.generation, entries=entries, kept_seconds=30, clock=lambda: self.now
        )

    def keep(self, key: str, *, seconds: float | None = None) -> None:
        self.cache.keep(key.encode(), key.upper(), self.cache.generation(), seconds=seconds)

    def find(self, key: str) -> str | None:
        return self.cache.find(key.encode())


def test_what_is_kept_is_found() -> None:
    scene = Scene()
    scene.keep("a")

    assert ["A", None] == [scene.find("a"), scene.find("b")]


def test_another_generation_ends_it_and_it_does_not_come_back() -> None:
    for other in ((2, 1), (1, 2), None):
        scene = Scene()
        scene.keep("a")
        scene.generation = other
        assert scene.find("a") is None
        scene.generation = (1, 1)
        assert scene.find("a") is None


def test_what_was_read_before_a_change_is_worth_nothing_after_it() -> None:
    scene = Scene()
    read_in = scene.cache.generation()
    scene.generation = (2, 1)
    scene.cache.keep(b"a", "A", read_in)

    assert scene.find("a") is None


def test_nothing_is_kept_while_no_generation_is_known() -> None:
    scene = Scene()
    scene.generation = None
    scene.keep("a")

    assert 0 == len(scene.cache)


def test_it_ends_with_its_time() -> None:
    scene = Scene()
    scene.keep("a")
    scene.keep("b", seconds=5)
    scene.keep("c", seconds=60)

    scene.now += 4.9
    assert ["A", "B", "C"] == [scene.find(key) for key in "abc"]
    scene.now += 0.1
    assert ["A", None, "C"] == [scene.find(key) for key in "abc"]
    scene.now += 25
    assert [None, None, None] == [scene.find(key) for key in "abc"]


def test_the_one_not_asked_for_the_longest_gives_way() -> None:
    scene = Scene(entries=2)
    scene.keep("a")
    scene.keep("b")
    scene.find("a")
    scene.keep("c")

    assert ["A", None, "C"] == [scene.find(key) for key in "abc"]
    assert 2 == len(scene.cache)
