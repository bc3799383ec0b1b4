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
from tests.http.generated import SHARED, THERE
from tests.support.server import RunningServer

CONFIG = """
hooks = "{hooks}"

[auth.openapi.operator]
bearer = "{admin}"

[auth.openapi.key]
bearer = "{key}"

[[operations]]
include-name = "PUT /v1/appointments/{{id}}"
# Two guests of one id are refused, which JSON Schema cannot say.
checks.positive_data_acceptance.expected-statuses = ["2xx", "409", "422"]

[auth.openapi.group]
bearer = "{group}"

[auth.openapi.link]
bearer = "{link}"

[[operations]]
include-name = ["GET /v1/appointments", "GET /v1/links", "GET /v1/audit"]
# A cursor is what a page answered, and nothing else.
checks.positive_data_acceptance.expected-statuses = ["2xx", "422"]

[[operations]]
include-name = "POST /v1/external/{{database}}/appointments"
# As the first; and nobody is called like that there.
checks.positive_data_acceptance.expected-statuses = ["2xx", "403", "409", "422"]

[[operations]]
include-name = "POST /v1/booking/links"
# Which addresses and numbers can be used, JSON Schema cannot say; with none that can, nobody is reached;
# and asking is limited.
checks.positive_data_acceptance.expected-statuses = ["2xx", "404", "422", "429"]

[[operations]]
include-name = "POST /v1/appointments/{{id}}/extend"
# A day in all is the most.
checks.positive_data_acceptance.expected-statuses = ["2xx", "404", "409", "422"]

[[operations]]
include-name = [
    "GET /v1/slots", "POST /v1/holds", "POST /v1/holds/{{id}}/confirm",
    "POST /v1/appointments/{{id}}/reschedule", "POST /v1/appointments/{{id}}/reallocate",
    "POST /v1/clashes/{{id}}/seat",
    "POST /v1/practitioners/{{id}}/availability", "POST /v1/practitioners/{{id}}/exceptions",
    "PATCH /v1/practitioners/{{id}}/availability/{{window}}",
]
# An end before its start, times that have passed, and whoever is not there.
checks.positive_data_acceptance.expected-statuses = ["2xx", "403", "404", "409", "422"]
"""

HOOKS = Path(__file__).with_name("generated.py")


@pytest.fixture(scope="module")
def unlimited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that does not mind thousands of calls a minute."""
    with RunningServer(
        tmp_path_factory.mktemp("openapi"),
        {"CONSULTROOM_API_CALLS_PER_MINUTE": "10000000", "CONSULTROOM_REFUSED_TOKENS_PER_MINUTE": "10000000"},
    ) as running:
        yield running


async def ask(server: RunningServer, method: str, path: str, key: str, body: object = None) -> Any:
    """One call that has to succeed."""
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, server.base_url + path, json=body) as response,
    ):
        assert response.status in {200, 201}
        return await response.json()


async def furnish(server: RunningServer, key: str) -> None:
    """What `generated` refers to."""
    lee = {"name": "Dr X", "external_ids": [SHARED]}
    await ask(server, "PUT", f"/v1/practitioners/{THERE['practitioner']}", key, lee)
    await ask(server, "PUT", f"/v1/patients/{THERE['patient']}", key, {"name": "Ann"})
    kind = {"name": "Video", "video": True, "minutes": 30}
    await ask(server, "PUT", f"/v1/appointment-types/{THERE['type']}", key, kind)
    for number in range(4):
        times = {
            "starts_at": f"2050-01-0{number + 1}T09:00:00Z",
            "ends_at": f"2050-01-0{number + 1}T10:00:00Z",
        }
        await ask(server, "PUT", f"/v1/appointments/a{number}", key, THERE | times)


async def test_every_call_keeps_to_the_document(unlimited: RunningServer, tmp_path: Path) -> None:
    clinic = {"id": "generated", "name": "Generated", "time_zone": "Europe/Berlin"}
    created = await ask(unlimited, "POST", "/v1/clinics", unlimited.admin_key, clinic)
    await furnish(unlimited, created["api_key"])
    config = tmp_path / "schemathesis.toml"
    shared = {"clinics": ["generated"]}
    database = await ask(unlimited, "PUT", f"/v1/external/{SHARED}", unlimited.admin_key, shared)
    link = await ask(
        unlimited, "POST", "/v1/appointments/a0/tokens", created["api_key"], {"person": "patient"}
    )
    config.write_text(
        CONFIG.format(
            hooks=HOOKS,
            admin=unlimited.admin_key,
            key=created["api_key"],
            group=database["group_key"],
            link=link["token"],
        )
    )
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
        "8",
        # Threads of hypothesis' recursion limit and CPython 3.11's parser disturb each other (SystemError).
        "--workers",
        "1",
        "--continue-on-failure",
        "--suppress-health-check",
        "all",
        "--seed",
        "1",
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=300, check=False)  # noqa: ASYNC221 - nothing else runs in this loop meanwhile
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    # It leaves out the call it has the document from.
    assert f"Tested: {len(ROUTES)}" in done.stdout


def test_every_route_is_in_it_once() -> None:
    table, document = described("https://visit.example.org")
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert sorted(names) == sorted(route.name for route in table)
    assert len(set(names)) == len(names)


def test_what_became_of_a_link_is_said_where_links_may_call() -> None:
    _, document = described("https://visit.example.org")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            by_link = {"link": []} in operation.get("security", [])
            said = operation["responses"].get("401", {}).get("description", "")
            assert ("window_closed" in said) == by_link, (method, path)
            if "requestBody" in operation:
                assert "503" in operation["responses"], (method, path)


def test_every_problem_has_its_status_documented() -> None:
    _, document = described("https://visit.example.org")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert {"400", "422", "500"} <= set(operation["responses"]), (method, path)
            # A token in the body can be none of ours, too.
            assert "401" in operation["responses"] or "security" not in operation, (method, path)
