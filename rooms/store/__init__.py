"""The only Redis code for visits. Wired in `signalling.app`; everybody else knows `rooms.ports.Store`."""

from rooms.store.pubsub import RedisPubSub
from rooms.store.redis import RedisStore, connect, connect_pubsub

__all__ = ["RedisPubSub", "RedisStore", "connect", "connect_pubsub"]
