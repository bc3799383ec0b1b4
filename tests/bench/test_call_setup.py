"""The measurement of a call's beginning works, and its parts are the whole."""

import pytest

from tests.bench import call_setup

pytestmark = pytest.mark.browser


async def test_a_call_is_measured_from_join_to_picture() -> None:
    found = {each.name.strip(): each.p50 for each in await call_setup.bench(1)}
    parts = sum(found[name] for name, _, _ in call_setup.PARTS)
    assert parts == pytest.approx(found["Join to picture, the patient's"], abs=1)
    assert found["admitted to the end of the notice (2 s, D4)"] >= 1_990
