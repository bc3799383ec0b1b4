"""Everything about a visit, and nothing about how it is carried: booking, links, the waiting room, the room,
attendance and outcomes.

Pure Python: no asyncio, no aiohttp, and no Redis outside `rooms.store`. Decisions take `now` and return
facts.
"""
