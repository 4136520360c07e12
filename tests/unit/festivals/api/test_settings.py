"""What the API reads from its environment."""

import pytest

from festivals.api.settings import ApiSettings
from steward.program.settings import Address, SettingsError


def test_on_call_is_asked_on_this_machine_unless_told_otherwise() -> None:
    assert ApiSettings.read({}).oncall == Address("127.0.0.1", 8090)
    elsewhere = ApiSettings.read({"FESTIVALS_ONCALL_ADDRESS": "oncall:9000"})
    assert elsewhere.oncall == Address("oncall", 9000)


@pytest.mark.parametrize("text", ["oncall", "http://oncall:8090/x", ":8090", "oncall:0"])
def test_an_address_of_on_call_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="FESTIVALS_ONCALL_ADDRESS"):
        ApiSettings.read({"FESTIVALS_ONCALL_ADDRESS": text})
