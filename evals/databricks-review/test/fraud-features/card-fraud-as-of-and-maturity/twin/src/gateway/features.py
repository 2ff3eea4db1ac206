"""Builds the request for the endpoint `card-fraud` while a payment is being authorised."""

from datetime import datetime
from typing import TypedDict


class Profile(TypedDict):
    """The newest profile of the card, from the online store."""

    mean_amount_90d: float
    countries_90d: int
    disputes_365d: int


def request_row(amount_minor: int, foreign_merchant: bool, now: datetime, profile: Profile) -> dict[str, float]:
    """One row in the order of the signature; `now` is in UTC."""
    amount_eur = amount_minor / 100
    return {
        "amount_eur": amount_eur,
        "hour": now.hour,
        "foreign_merchant": float(foreign_merchant),
        "amount_to_mean": amount_eur / max(profile["mean_amount_90d"], 1.0),
        "countries_90d": profile["countries_90d"],
        "disputes_365d": profile["disputes_365d"],
    }
