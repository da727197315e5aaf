"""Which carriers an environment chooses, and which environments are refused."""

from contextlib import closing
from pathlib import Path

import pytest

from app import build_services, config
from app.carriers.base import CarrierLimit
from app.carriers.registry import ExternalServices
from app.core.errors import Misconfigured

MAIL = {"SMTP_URL": "smtp://u:secret@mail.court.example", "MAIL_FROM": "hearings@court.example"}
ACCOUNT = {"ACCOUNT_SID": "AC1", "AUTH_TOKEN": "secret", "FROM": "+1 500 555 0006"}
TWILIO = {f"TWILIO_{name}": value for name, value in ACCOUNT.items()}
SECOND = {f"TWILIO2_{name}": value for name, value in ACCOUNT.items()}


def services(folder: Path, **settings: str) -> ExternalServices:
    """The services of an environment with these settings, named without their prefix."""
    environment = {f"TINGQI_{name}": value for name, value in settings.items()}
    return build_services(config.read({"TINGQI_INSTANCE": str(folder), **environment}))


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({}, ["outbox", "outbox"]),
        (MAIL, ["smtp", "outbox"]),
        (TWILIO, ["outbox", "twilio"]),
        (TWILIO | SECOND, ["outbox", "twilio", "twilio2"]),
        (MAIL | TWILIO | {"SMS": "twilio"}, ["smtp", "twilio"]),
        (TWILIO | SECOND | {"SMS": "outbox"}, ["outbox", "outbox"]),
        ({"TWILIO_API_URL": "https://twilio.court.example"}, ["outbox", "outbox"]),
    ],
)
def test_carriers_are_chosen_by_what_is_set(
    tmp_path: Path, settings: dict[str, str], names: list[str]
) -> None:
    with closing(services(tmp_path, **settings)) as chosen:
        assert [carrier.name for carrier in chosen.carriers] == names
        assert chosen.leave_the_machine == (set(names) != {"outbox"})


def test_a_limit_that_is_set_in_part_keeps_the_rest_of_the_carriers_own(tmp_path: Path) -> None:
    limits = {"SMTP_AT_ONCE": "2", "TWILIO_PER_SECOND": "10"}
    with closing(services(tmp_path, **MAIL, **TWILIO, **limits)) as chosen:
        assert chosen.limits["smtp"] == CarrierLimit(2, each=8)
        assert chosen.limits["twilio"] == CarrierLimit(32, per_second=10)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"SMS": "pigeon"}, "TINGQI_SMS must be one of outbox, twilio."),
        ({"SMS": "twilio2", **TWILIO, **SECOND}, "TINGQI_SMS must be one of outbox, twilio."),
        ({"SMS": "twilio"}, "TINGQI_SMS is twilio, and TINGQI_TWILIO_ACCOUNT_SID is missing"),
        (SECOND, "TINGQI_TWILIO2_ACCOUNT_SID sets up a second carrier, but there is no first one"),
        ({"TWILIO_FROM": "+15005550006"}, "incomplete: TINGQI_TWILIO_ACCOUNT_SID is missing"),
        ({"MAIL_FROM": "hearings@court.example"}, "incomplete: TINGQI_SMTP_URL is missing"),
        (
            {name: value for name, value in TWILIO.items() if name != "TWILIO_FROM"},
            "TINGQI_TWILIO_FROM or TINGQI_TWILIO_MESSAGING_SERVICE_SID is missing",
        ),
        (TWILIO | {"TWILIO_AUTH_TOKEN": "ѕecret"}, "TINGQI_TWILIO_AUTH_TOKEN contains 'ѕ'"),
        (MAIL | {"SMTP_AT_ONCE": "0"}, "TINGQI_SMTP_AT_ONCE must be a number from 1 to 200"),
        ({"IMAP_URL": "http://mail.court.example"}, "TINGQI_IMAP_URL must be an address that"),
    ],
)
def test_what_no_carrier_can_be_built_of_is_refused_by_its_name(
    tmp_path: Path, settings: dict[str, str], words: str
) -> None:
    with pytest.raises(Misconfigured) as refused:
        services(tmp_path, **settings)
    assert words in str(refused.value)


def test_secrets_are_in_no_text_of_the_settings(tmp_path: Path) -> None:
    environment = {f"TINGQI_{name}": value for name, value in (MAIL | TWILIO).items()}
    settings = config.read({"TINGQI_INSTANCE": str(tmp_path), **environment})
    assert "secret" not in repr(settings.carriers)
