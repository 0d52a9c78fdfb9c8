import pytest

from backend.errors import InvalidRequest
from bridge.realtime.names import ChannelKind, game_channel, project_channel, read_name, tenant_channel

TENANT = "a1".rjust(26, "0")
PROJECT = "b2".rjust(26, "0")


def test_a_name_says_whose_channel_it_is() -> None:
    for text, expected in (
        (tenant_channel(TENANT), (ChannelKind.TENANT, TENANT, None)),
        (project_channel(TENANT, PROJECT), (ChannelKind.PROJECT, TENANT, PROJECT)),
        (game_channel(TENANT, 2**53 - 1), (ChannelKind.GAME, TENANT, "9007199254740991")),
    ):
        name = read_name(text)
        assert expected == (name.kind, name.tenant_id, name.of)
        assert text == name.text == str(name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tenant",
        f"tenant/{TENANT}/",
        f"tenant/{TENANT}/{PROJECT}",
        f"tenant/{TENANT[:-1]}",
        f"tenant/{TENANT.upper()}",
        f"tenant/{'z' * 26}",
        f" tenant/{TENANT}",
        f"tenant/{TENANT}\n",
        f"Tenant/{TENANT}",
        f"people/{TENANT}",
        f"project/{TENANT}",
        f"project/{TENANT}/9801",
        f"project/{TENANT}/{'z' * 26}",
        f"project/{TENANT}/{PROJECT}/{PROJECT}",
        f"game/{TENANT}",
        f"game/{TENANT}/0",
        f"game/{TENANT}/09801",
        f"game/{TENANT}/9801a",
        f"game/{TENANT}/{2**53}",
    ],
)
def test_what_no_channel_can_be_called_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="A channel is tenant/<tenant id>"):
        read_name(text)
