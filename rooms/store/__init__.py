"""The only Redis code for visits. Wired in `signalling.app`; everybody else knows `rooms.ports.Store`."""

from rooms.store.redis import RedisStore, connect

__all__ = ["RedisStore", "connect"]
