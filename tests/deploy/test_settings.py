"""Every wrong environment is refused with one plain sentence that repeats no secret; every right one is read
as meant."""

import ipaddress
import secrets
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalling import config
from signalling.config import KeySetting, Settings, SettingsError
from signalling.outbound.settings import Mailbox, Relay
from signalling.setting_readers import weakness
from tests.support.secret import secret

GOOD, OTHER = secret("good"), secret("other")
LEAST = {
    "CONSULTROOM_REDIS_URL": "redis://10.0.0.5:6379/0",
    "CONSULTROOM_KEYS": f"1:{GOOD}",
    "CONSULTROOM_PUBLIC_URL": "https://visits.clinic.org",
}


def with_(**changed: str) -> dict[str, str]:
    return {**LEAST, **{f"CONSULTROOM_{name.upper()}": text for name, text in changed.items()}}


def refusal(**changed: str) -> str:
    with pytest.raises(SettingsError) as caught:
        config.load(with_(**changed))
    return str(caught.value)


def test_the_least_there_can_be() -> None:
    settings = config.load(LEAST)
    assert settings == Settings(
        redis_url="redis://10.0.0.5:6379/0",
        keys=(KeySetting(1, GOOD, "signing"),),
        public_url="https://visits.clinic.org",
    )
    assert (settings.lease_seconds, settings.hello_seconds, settings.port, settings.host) == (
        15,
        5,
        8080,
        "127.0.0.1",
    )
    assert (settings.api_calls_per_minute, settings.refused_tokens_per_minute) == (6000, 300)
    assert (settings.messages_per_second, settings.messages_burst) == (50, 200)


def test_settings_are_frozen() -> None:
    with pytest.raises(AttributeError):
        config.load(LEAST).port = 1  # type: ignore[misc]  # what this shows


@pytest.mark.parametrize("missing", sorted(LEAST))
@pytest.mark.parametrize("text", [None, "", "  "])
def test_a_missing_setting_is_named(missing: str, text: str | None) -> None:
    environ = {name: value for name, value in LEAST.items() if name != missing}
    if text is not None:
        environ[missing] = text
    with pytest.raises(SettingsError, match=f"{missing} is missing"):
        config.load(environ)


def test_keys_come_from_the_environment_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"# ours\n2:{OTHER}\n1:{GOOD}:retired\n")
    settings = config.load(with_(keys="", keys_file=str(file)))
    assert settings.keys_file == file
    assert settings.keys == (KeySetting(2, OTHER, "signing"), KeySetting(1, GOOD, "retired"))
    assert refusal(keys_file=str(file)) == (
        "CONSULTROOM_KEYS and CONSULTROOM_KEYS_FILE are both set; use one of them."
    )
    assert refusal(keys="") == (
        "CONSULTROOM_KEYS is missing, and so is CONSULTROOM_KEYS_FILE; deploy/README.md says what they are."
    )


@pytest.mark.parametrize("text", [GOOD, "keys", "./keys", "/keys\0"])
def test_a_keys_file_is_named_from_the_root(text: str) -> None:
    """Whoever puts the key itself there does not find it in the log."""
    sentence = refusal(keys="", keys_file=text)
    assert sentence == "CONSULTROOM_KEYS_FILE must be a path from the root, like /etc/consultroom/keys."


def test_several_keys_in_every_state() -> None:
    text = f"7:{GOOD}, 3:{OTHER}:retired,255:{GOOD[::-1]}:revoked,4:{OTHER[::-1]}"
    assert [(key.id, key.state) for key in config.load(with_(keys=text)).keys] == [
        (7, "signing"),
        (3, "retired"),
        (255, "revoked"),
        (4, "accepted"),
    ]


def test_a_later_key_may_sign() -> None:
    keys = config.load(with_(keys=f"1:{GOOD}:accepted,2:{OTHER}:signing")).keys
    assert [key.state for key in keys] == ["accepted", "signing"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD, "must be id:secret"),
        (f"0:{GOOD}", "from 1 to 255"),
        (f"256:{GOOD}", "from 1 to 255"),
        (f"１:{GOOD}", "from 1 to 255"),
        (f"1:{GOOD},", "must be id:secret"),
        (f"1:{GOOD}:signed", "unknown state"),
        (f"1:{GOOD},1:{OTHER}", "one id to two keys"),
        (f"1:{GOOD}:signing,2:{OTHER}:signing", "exactly one key"),
        (f"1:{GOOD}:accepted", "exactly one key"),
        ("1:", "too short"),
        (f"1:{GOOD[:31]}", "too short"),
        ("1:" + "a" * 64, "repeats itself"),
        ("1:" + "0123456789abcdef" * 4, "repeats itself"),
        ("1:abcdefghijklmnopqrstuvwxyz0123456789", "counts up"),
        ("1:change-me-change-me-change-me-1234567890", "sample"),
        ("1:this-is-an-EXAMPLE-key-4f8a9b2c7d1e6035", "sample"),
        ("1:your_secret_key_goes_here_0123456789abc", "sample"),
        ("1:clé-" + GOOD, "ASCII"),
        ("1:two words " + GOOD, "space"),
    ],
)
def test_a_wrong_key_is_refused(text: str, says: str) -> None:
    sentence = refusal(keys=text)
    assert says in sentence
    assert "CONSULTROOM_KEYS" in sentence
    assert GOOD not in sentence
    assert OTHER not in sentence


@given(st.integers(16, 64))
def test_random_keys_are_strong(size: int) -> None:
    assert weakness(secrets.token_hex(size)) is None
    assert weakness(secrets.token_urlsafe(2 * size)) is None


@given(st.text("abcdefghi", min_size=32))
def test_keys_of_few_characters_are_weak(text: str) -> None:
    assert weakness(text) is not None


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("redis_url", "localhost:6379"),
        ("redis_url", "http://10.0.0.5"),
        ("redis_url", "redis://"),
        ("redis_url", "unix://"),
        ("redis_url", "redis://host:99999"),
        ("redis_url", "redis://[::1"),
        ("public_url", "visits.clinic.org"),
        ("public_url", "ftp://visits.clinic.org"),
        ("public_url", "https://"),
        ("public_url", "https://visits.clinic.org/path"),
        ("public_url", "https://visits.clinic.org/?a"),
        ("public_url", "https://visits.clinic.org/#a"),
        ("public_url", "https://me@visits.clinic.org"),
        ("public_url", "https://visits.clinic.org:port"),
        ("admin_key", GOOD[:31]),
        ("admin_key", "password" * 5),
        ("host", "not a host"),
        ("port", "0"),
        ("port", "65536"),
        ("port", "１２"),
        ("port", "1_000"),
        ("port", "-1"),
        ("port", "http"),
        ("turn_urls", "turn.clinic.org"),
        ("turn_urls", "turn:a.org,,turn:b.org"),
        ("turn_urls", "turn:a.org?transport=sctp"),
        ("turn_urls", "turn:a b"),
        ("echo_calls", "-1"),
        ("echo_calls", "65"),
        ("echo_addresses", "localhost"),
        ("echo_addresses", "10.0.0.1,"),
        ("turn_secret", "short"),
        ("trusted_proxies", "10.0.0.0/33"),
        ("trusted_proxies", "proxy.clinic.org"),
        ("trusted_proxies", "10.0.0.1,"),
        ("lease_seconds", "0"),
        ("lease_seconds", "301"),
        ("lease_seconds", "1e9"),
        ("lease_seconds", "nan"),
        ("hello_seconds", "0"),
        ("api_calls_per_minute", "0"),
        ("refused_tokens_per_minute", "1.5"),
        ("messages_per_second", "0.5"),
        ("messages_burst", "many"),
        ("webhook_allow", "127.0.0.1,"),
        ("webhook_allow", "127.1"),
        ("webhook_allow", "10.0.0.0/33"),
        ("webhook_allow", "http://localhost"),
        ("webhook_allow", "localhost:8080"),
        ("webhook_allow", "*.internal"),
        ("webhook_allow", "two words"),
    ],
)
def test_a_wrong_value_is_named_not_repeated(field: str, text: str) -> None:
    sentence = refusal(**{field: text})
    assert sentence.startswith(config.variable(field))
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_where_the_echo_peer_is_reached() -> None:
    settings = config.load(with_(echo_calls="0", echo_addresses="127.0.0.1, ::1"))
    assert (settings.echo_calls, settings.echo_addresses) == (0, ("127.0.0.1", "::1"))


def test_a_turn_server_needs_its_secret() -> None:
    assert "CONSULTROOM_TURN_SECRET is missing" in refusal(
        turn_urls="stun:a.org, turn:a.org:3478?transport=udp"
    )
    assert config.load(with_(turn_urls="stun:a.org")).turn_secret is None
    settings = config.load(with_(turn_urls="turns:a.org:443?transport=tcp, turn:a.org", turn_secret=OTHER))
    assert settings.turn_urls == ("turns:a.org:443?transport=tcp", "turn:a.org")


def test_what_webhooks_may_reach() -> None:
    assert config.load(LEAST).webhook_allow == ()
    text = "127.0.0.1, ::1,10.1.2.3/8 ,Localhost,hooks.internal"
    assert config.load(with_(webhook_allow=text)).webhook_allow == (
        ipaddress.ip_network("127.0.0.1"),
        ipaddress.ip_network("::1"),
        ipaddress.ip_network("10.0.0.0/8"),
        "localhost",
        "hooks.internal",
    )


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        ("smtp://mail.clinic.org", Relay("mail.clinic.org", 587, "starttls")),
        ("SMTP://Mail.Clinic.org:2525/", Relay("mail.clinic.org", 2525, "starttls")),
        ("smtps://mail.clinic.org", Relay("mail.clinic.org", 465, "tls")),
        ("smtp+plain://localhost", Relay("localhost", 25, "none")),
        ("smtp+plain://[::1]:1025", Relay("::1", 1025, "none")),
        (
            "smtp://me%40clinic.org:p%40ss%3A%2F%25w%C3%B6rd@mail.clinic.org",
            Relay("mail.clinic.org", 587, "starttls", "me@clinic.org", "p@ss:/%wörd"),
        ),
    ],
)
def test_mail_relays(url: str, relay: Relay) -> None:
    settings = config.load(with_(smtp_url=url, mail_from="a@clinic.org"))
    assert settings.smtp_url == relay
    assert (relay.password or "no password") not in repr(settings)


@pytest.mark.parametrize(
    "url",
    [
        "mail.clinic.org",
        "http://mail.clinic.org",
        "smtp://",
        "smtp:mail.clinic.org",
        "smtp://mail.clinic.org:0",
        "smtp://mail.clinic.org:65536",
        "smtp://mail.clinic.org:port",
        "smtp://mail.clinic.org/path",
        "smtp://mail.clinic.org?a=b",
        "smtp://mail.clinic.org#a",
        "smtp://mail clinic.org",
        "smtp://mail..org",
        "smtp://[::1",
        "smtp://[::1::1]",
        "smtp://user@mail.clinic.org",
        f"smtp://{GOOD}@mail.clinic.org",
        f"smtp://:{GOOD}@mail.clinic.org",
        "smtp://user:@mail.clinic.org",
        f"smtp://user:{GOOD}%ff@mail.clinic.org",
        f"smtp://user:{GOOD}%0d%0a@mail.clinic.org",
        f"smtp+plain://user:{GOOD}@mail.clinic.org",
    ],
)
def test_a_wrong_mail_relay_is_refused(url: str) -> None:
    sentence = refusal(smtp_url=url, mail_from="a@clinic.org")
    assert sentence.startswith("CONSULTROOM_SMTP_URL ")
    assert GOOD not in sentence


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ("visits@clinic.org", Mailbox("", "visits@clinic.org")),
        ("<visits@clinic.org>", Mailbox("", "visits@clinic.org")),
        ("Ihre Termine <visits@clinic.org>", Mailbox("Ihre Termine", "visits@clinic.org")),
        ('"Visits, online" <a+b@clinic.org>', Mailbox("Visits, online", "a+b@clinic.org")),
    ],
)
def test_senders(text: str, sender: Mailbox) -> None:
    assert config.load(with_(smtp_url="smtp://mail.clinic.org", mail_from=text)).mail_from == sender


@pytest.mark.parametrize(
    "text",
    [
        "visits",
        "visits@",
        "Visits <visits>",
        "Visits visits@clinic.org",
        "Visits <visits@clinic.org",
        "visits@clinic.org>",
        "A <a@clinic.org>, B <b@clinic.org>",
        "A <b> <a@clinic.org>",
        "A\r\nBcc: eve@evil.test <a@clinic.org>",
        "a@clinic.org\r\nBcc: eve@evil.test",
        "visits@klinik.örg",
        "x" * 101 + " <a@clinic.org>",
    ],
)
def test_a_wrong_sender_is_refused(text: str) -> None:
    assert refusal(smtp_url="smtp://mail.clinic.org", mail_from=text).startswith("CONSULTROOM_MAIL_FROM ")


def test_relay_and_sender_come_together() -> None:
    assert "CONSULTROOM_MAIL_FROM is missing" in refusal(smtp_url="smtp://mail.clinic.org")
    assert "CONSULTROOM_SMTP_URL is missing" in refusal(mail_from="a@clinic.org")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"admin_key": GOOD}, "key 1 of CONSULTROOM_KEYS and CONSULTROOM_ADMIN_KEY"),
        ({"keys": f"1:{OTHER},2:{GOOD}:revoked", "admin_key": GOOD}, "key 2 of CONSULTROOM_KEYS and"),
        ({"turn_secret": GOOD}, "key 1 of CONSULTROOM_KEYS and CONSULTROOM_TURN_SECRET"),
        ({"admin_key": OTHER, "turn_secret": OTHER}, "CONSULTROOM_ADMIN_KEY and CONSULTROOM_TURN_SECRET"),
        ({"keys": f"1:{GOOD},2:{GOOD}"}, "key 1 of CONSULTROOM_KEYS and key 2 of CONSULTROOM_KEYS"),
        (
            {"smtp_url": f"smtp://me:{GOOD}@mail.clinic.org", "mail_from": "a@clinic.org"},
            "key 1 of CONSULTROOM_KEYS and the password in CONSULTROOM_SMTP_URL",
        ),
        (
            {"redis_url": f"redis://:{OTHER}@10.0.0.5", "admin_key": OTHER},
            "CONSULTROOM_ADMIN_KEY and the password in CONSULTROOM_REDIS_URL",
        ),
    ],
)
def test_one_secret_is_never_two(changed: dict[str, str], says: str) -> None:
    sentence = refusal(**changed)
    assert sentence.startswith(says)
    assert sentence.endswith("are the same secret; each must be its own.")
    assert GOOD not in sentence
    assert OTHER not in sentence


def test_a_secret_in_the_keys_file_is_no_others(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"3:{OTHER}\n")
    assert refusal(keys="", keys_file=str(file), admin_key=OTHER).startswith(
        "key 3 of CONSULTROOM_KEYS_FILE and CONSULTROOM_ADMIN_KEY are"
    )


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({}, None),
        ({"public_url": "http://visits.clinic.org"}, "CONSULTROOM_PUBLIC_URL"),
        ({"public_url": "http://10.0.0.5:8080"}, "CONSULTROOM_PUBLIC_URL"),
        ({"public_url": "http://[fe80::1]:8080"}, "CONSULTROOM_PUBLIC_URL"),
        ({"public_url": "http://localhost.clinic.org"}, "CONSULTROOM_PUBLIC_URL"),
        ({"public_url": "http://localhost:8080"}, None),
        ({"public_url": "http://visits.localhost"}, None),
        ({"public_url": "http://127.0.0.2:8080"}, None),
        ({"public_url": "http://[::1]:8080"}, None),
        ({"trusted_proxies": "0.0.0.0/0"}, "CONSULTROOM_TRUSTED_PROXIES"),
        ({"trusted_proxies": "10.0.0.1, ::/0"}, "CONSULTROOM_TRUSTED_PROXIES"),
        ({"trusted_proxies": "0.0.0.0/1,128.0.0.0/1"}, "CONSULTROOM_TRUSTED_PROXIES"),
        ({"trusted_proxies": "2000::/3"}, "CONSULTROOM_TRUSTED_PROXIES"),
        ({"trusted_proxies": "10.0.0.0/8,fc00::/7,127.0.0.1"}, None),
    ],
)
def test_what_is_hardly_meant_is_said_in_one_sentence(changed: dict[str, str], named: str | None) -> None:
    found = config.doubtful(config.load(with_(**changed)))
    assert [each.partition(" ")[0] for each in found] == ([named] if named else [])


def test_values_are_read_as_meant() -> None:
    settings = config.load(
        with_(
            public_url="HTTPS://Visits.Clinic.Org:8443/",
            redis_url="unix:///run/redis.sock",
            trusted_proxies="10.1.2.3/8, ::1",
            lease_seconds="2.5",
            admin_key=OTHER,
        )
    )
    assert settings.public_url == "https://visits.clinic.org:8443"
    assert settings.redis_url == "unix:///run/redis.sock"
    assert settings.trusted_proxies == (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1"))
    assert settings.lease_seconds == 2.5
    assert settings.admin_key == OTHER


def test_every_field_can_be_set() -> None:
    fields = {field.name for field in msgspec.structs.fields(Settings)}
    # A field without a reader would be silently left at its default.
    assert config.unknown({config.variable(field): "" for field in fields}) == []


def test_a_misspelt_setting_is_pointed_out() -> None:
    environ = {**LEAST, "CONSULTROOM_TRUSTED_PROXY": "10.0.0.1", "CONSULTROOM_XYZZY": "1", "PATH": "/bin"}
    assert config.unknown(environ) == [
        "CONSULTROOM_TRUSTED_PROXY is not a setting and does nothing; CONSULTROOM_TRUSTED_PROXIES is one.",
        "CONSULTROOM_XYZZY is not a setting and does nothing.",
    ]
