"""What makes a claim valid. A plain module: the pipeline files import it."""

VALID = {
    "amount": "billed_amount > 0",
    "dates": "treated_on <= received_on",
    "code": "procedure_code RLIKE '^D[0-9]{4}$'",
}


def all_hold() -> str:
    """SQL condition that holds for a valid claim."""
    return " AND ".join(f"({rule})" for rule in VALID.values())


def any_fails() -> str:
    """SQL condition that holds for every other claim."""
    return f"NOT ({all_hold()})"
