"""The only Redis code for visits. Wired in `signalling.app`; everybody else knows `rooms.ports.Store`."""

from rooms.store.post import RedisPost
from rooms.store.redis import RedisStore, connect, connect_post

__all__ = ["RedisPost", "RedisStore", "connect", "connect_post"]
