"""The OpenAPI document is true (G1): requests made from it, good and bad, against a real server process."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from signalling.http import described
from signalling.http.table import ROUTES
from tests.support.server import RunningServer

CONFIG = """
[auth.openapi.operator]
bearer = "{admin}"

[auth.openapi.key]
bearer = "{key}"

[[operations]]
include-name = "PUT /v1/appointments/{{id}}"
# Whether an appointment can be depends on what is there, and on its two times together.
checks.positive_data_acceptance.expected-statuses = ["2xx", "404", "409", "422"]

[[operations]]
include-name = "POST /v1/appointments/{{id}}/cancel"
# Staff and practitioners say why; a patient need not.
checks.positive_data_acceptance.expected-statuses = ["2xx", "404", "409", "422"]

[[operations]]
include-name = "GET /v1/appointments"
# A cursor is what a page answered, and nothing else.
checks.positive_data_acceptance.expected-statuses = ["2xx", "422"]
"""


@pytest.fixture(scope="module")
def unlimited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that does not mind thousands of calls a minute."""
    running = RunningServer(
        tmp_path_factory.mktemp("openapi"),
        {"CONSULTROOM_API_CALLS_PER_MINUTE": "10000000", "CONSULTROOM_REFUSED_TOKENS_PER_MINUTE": "10000000"},
    )
    try:
        running.start()
        yield running
    finally:
        running.end()


async def ask(server: RunningServer, method: str, path: str, key: str, body: object = None) -> Any:
    """One call that has to succeed."""
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, server.base_url + path, json=body) as response,
    ):
        assert response.status in {200, 201}
        return await response.json()


async def test_every_call_keeps_to_the_document(unlimited: RunningServer, tmp_path: Path) -> None:
    clinic = {"id": "generated", "name": "Generated", "time_zone": "Europe/Berlin"}
    created = await ask(unlimited, "POST", "/v1/clinics", unlimited.admin_key, clinic)
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG.format(admin=unlimited.admin_key, key=created["api_key"]))
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        "--config-file",
        str(config),
        "run",
        f"{unlimited.base_url}/v1/openapi.json",
        "--checks",
        "all",
        "--phases",
        "examples,coverage,fuzzing,stateful",
        "--max-examples",
        "12",
        "--workers",
        "2",
        "--continue-on-failure",
        "--suppress-health-check",
        "all",
        "--seed",
        "1",
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=300, check=False)  # noqa: ASYNC221 - nothing else runs in this loop meanwhile
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    assert f"{len(ROUTES) + 1} selected" in done.stdout or str(len(ROUTES) + 1) in done.stdout


def test_every_route_is_in_it_once() -> None:
    table, document = described("https://visit.example.org")
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert sorted(names) == sorted(route.name for route in table)
    assert len(set(names)) == len(names)


def test_every_problem_has_its_status_documented() -> None:
    _, document = described("https://visit.example.org")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert {"400", "422", "500"} <= set(operation["responses"]), (method, path)
            assert ("401" in operation["responses"]) == ("security" in operation), (method, path)
