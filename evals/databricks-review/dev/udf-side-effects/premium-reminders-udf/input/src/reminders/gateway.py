"""The message gateway, as a function that Spark can call.

POST /v2/messages sends one text message and answers {"id": "..."}. Requests with an `Idempotency-Key` header that the
gateway has seen in the last 14 days are answered with the first answer and send nothing. Rejected numbers answer 422.
"""

from collections.abc import Callable

import requests
from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F

URL = "https://messages.example.com/v2/messages"
TOO_MANY = 500
rejected = 0


def sender(token: str) -> Callable[..., Column]:
    """A function of invoice id, phone and text that sends a message and gives its id, NULL for a rejected number."""

    @F.udf("string")
    def send(invoice_id: str, phone: str, text: str) -> str | None:
        global rejected
        response = requests.post(
            URL,
            headers={"Authorization": f"Bearer {token}"},
            json={"to": phone, "text": text, "reference": invoice_id},
        )
        if response.status_code == 422:
            rejected += 1
            return None
        response.raise_for_status()
        return response.json()["id"]

    return send


def check_rejections(spark: SparkSession) -> None:
    """Stops the run when the gateway rejects so many numbers that the address data must be broken."""
    if rejected > TOO_MANY:
        raise RuntimeError(f"the gateway rejected {rejected} numbers of {spark.catalog.currentCatalog()}")
