"""What the tests of webhooks share."""

import time

from signalling.outbound.delivery_result import DeliveryResult
from signalling.outbound.settings import allow
from signalling.outbound.webhook import WebhookSender
from signalling.outbound.webhook_signature import new_secret

LOOPBACK = allow("ALLOW", "127.0.0.1")
BODY = '{"type":"appointment.confirmed","data":{"note":"Grüße"}}'.encode()
SECRET = new_secret()


def now() -> int:
    return time.time_ns() // 1_000_000


async def send(sender: WebhookSender, url: str, id: str = "msg_1") -> DeliveryResult:
    return await sender.send(url, [SECRET], id, now(), BODY)
