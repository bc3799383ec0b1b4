"""What most of these tests begin with."""

import pytest_asyncio

from tests.service.live.scene import CARER
from tests.support.builders import at
from tests.support.desk import Desk


@pytest_asyncio.fixture
async def open_desk(desk: Desk) -> Desk:
    """At 10:00, with half an hour of Ada's and her carer's that begins now."""
    await desk.book("a", guests=(CARER,))
    desk.now = at("10:00")
    return desk
