from bridge.realtime import items
from bridge.realtime.digest import digest
from bridge.realtime.frames import text_frame
from tests.unit.bridge.realtime.members import CHANNEL


def test_an_item_is_framed_and_named_by_its_text() -> None:
    told = items.left(CHANNEL)

    assert (text_frame(told.item), digest(told.item), len(told.item)) == (told.frame, told.digest, told.size)
