"""signalling/PROTOCOL.md against the frames and codes of the code."""

import ast

import pytest

from signalling.protocol import codes, messages
from tests.docs import markdown, raised

DOCUMENT = markdown.text("signalling/PROTOCOL.md")


def _client_types() -> dict[str, type[messages.Frame]]:
    found: dict[str, type[messages.Frame]] = {}
    todo = [messages.Frame]
    while todo:
        kind = todo.pop()
        todo += kind.__subclasses__()
        if not kind.__subclasses__():
            found[str(kind.__struct_config__.tag)] = kind
    return found


def _documented(heading: str) -> list[str]:
    """As a list, so that a row that stands twice is found."""
    return [markdown.codes(row[0])[0] for row in markdown.rows(DOCUMENT, heading)]


def test_every_client_frame_is_documented_and_no_other() -> None:
    # A hello by token and one that resumes have a row each.
    assert sorted(_documented("Client to server")) == sorted(["hello", *_client_types()])


@pytest.mark.parametrize("name", sorted(_client_types()))
def test_every_member_of_a_client_frame_is_documented(name: str) -> None:
    told = " ".join(
        row[1] for row in markdown.rows(DOCUMENT, "Client to server") if markdown.codes(row[0]) == [name]
    )
    for member in _client_types()[name].__struct_encode_fields__:
        if member != "cid":  # said once for all of them, above the table
            assert member in told


def _carrying() -> list[ast.AST]:
    """Every node of the code that speaks the protocol."""
    paths = [path for path in raised.sources() if path.parent.name in ("ws", "protocol")]
    return [node for path in paths for node in ast.walk(ast.parse(path.read_text()))]


def test_every_frame_that_is_sent_is_documented() -> None:
    sent = {
        node.args[0].value
        for node in _carrying()
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).split(".")[-1] in ("tell", "unnumbered")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert {"welcome", "error", "pong"} <= sent  # or the names above have changed
    assert sent <= set(_documented("Server to client"))


def test_every_documented_server_frame_is_made_somewhere() -> None:
    texts = {node.value for node in _carrying() if isinstance(node, ast.Constant)}
    relayed = (
        {"signal"} if any(isinstance(text, bytes) and b'"type":"signal"' in text for text in texts) else set()
    )
    assert set(_documented("Server to client")) - relayed <= texts
    assert sorted(_documented("Server to client")) == sorted(messages.SERVER_FRAMES)


def test_every_code_is_documented_with_what_it_does_to_the_socket() -> None:
    rows = markdown.rows(DOCUMENT, "Codes")
    told = sorted((code, row[1].split(" ")[0]) for row in rows for code in markdown.codes(row[0]))
    done = {code: str(close) for code, close in codes.CLOSE_CODES.items()}
    done |= dict.fromkeys(codes.STAYS_OPEN - {"json_invalid"}, "")
    done |= {"json_invalid": str(codes.CLOSE_CODES["hello_required"])}  # only the third closes
    assert told == sorted(done.items())
