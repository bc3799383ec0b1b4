"""What a socket may say and when, without a socket (RELIABILITY 5)."""

from signalling.limits import Bucket
from signalling.protocol.codes import CLOSE_CODES, STAYS_OPEN
from signalling.protocol.incoming import CIDS_KEPT, Incoming, Refused
from signalling.protocol.messages import Hello, Ping

HELLO = '{"type":"hello","v":1,"token":"t"}'


def incoming(burst: int = 200) -> Incoming:
    return Incoming(Bucket(50, burst, 0.0))


def refusal(said: object) -> tuple[str, str | None]:
    assert isinstance(said, Refused)
    return said.refusal.code, said.close


def test_the_first_message_is_hello() -> None:
    for first in ('{"type":"ping"}', '{"type":"nonsense"}', "{}"):
        code, close = refusal(incoming().receive(first, 0.0))
        assert (code, close) == ("hello_required", "hello_required")
    assert CLOSE_CODES["hello_required"] == 4501


def test_a_second_hello_is_refused_and_the_socket_stays() -> None:
    side = incoming()
    assert isinstance(side.receive(HELLO, 0.0), Hello)
    side.hello_seen = True
    assert refusal(side.receive(HELLO, 0.0)) == ("already_joined", None)
    assert isinstance(side.receive('{"type":"ping"}', 0.0), Ping)


def test_another_version() -> None:
    assert refusal(incoming().receive('{"type":"hello","v":2}', 0.0)) == (
        "version_unsupported",
        "version_unsupported",
    )


def test_the_third_that_is_no_json_closes() -> None:
    side = incoming()
    answers = [refusal(side.receive("{", 0.0)) for _ in range(3)]
    assert answers == [("json_invalid", None), ("json_invalid", None), ("json_invalid", "hello_required")]
    assert CLOSE_CODES["hello_required"] == 4501


def test_too_many_messages() -> None:
    side = incoming(burst=200)
    side.hello_seen = True
    answers = [side.receive('{"type":"ping"}', 0.0) for _ in range(201)]
    assert all(isinstance(each, Ping) for each in answers[:200])
    assert refusal(answers[200]) == ("rate_limited", "rate_limited")


def test_an_even_stream_at_the_limit_passes() -> None:
    side = incoming(burst=10)
    side.hello_seen = True
    assert all(isinstance(side.receive('{"type":"ping"}', n / 50), Ping) for n in range(1000))


def test_answers_to_cids_are_remembered_and_bounded() -> None:
    side = incoming()
    assert side.answered(1) is None
    for cid in range(CIDS_KEPT + 1):
        side.remember(cid, "ack", {"cid": cid})
    assert side.answered(0) is None
    assert side.answered(1) == ("ack", {"cid": 1})


def test_no_code_both_closes_and_stays() -> None:
    assert not set(CLOSE_CODES) & STAYS_OPEN
    assert {code // 500 for name, code in CLOSE_CODES.items() if code >= 4000} == {8, 9}
