"""Presidio's own recognisers, in the environment of real components: what they add, and that they ask no network."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

pytestmark = pytest.mark.real
ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venv-real" / "bin" / "python"
PROGRAM = """
import json, socket, sys, time

def refuse(*_):
    raise OSError("no network")

socket.socket.connect = socket.getaddrinfo = refuse
from orchestrator.workspace.governance.personal import judged
from orchestrator.workspace.governance.recognisers import recognisers
from orchestrator.workspace.governance.tables import Column, Table

assert "presidio_analyzer" not in sys.modules
second = recognisers()
said = {"method": second.method}
for name, values in json.load(sys.stdin).items():
    table = Table(name="m.s.t", kind="MANAGED", owner="o", columns=(Column(name="col", type="string"),))
    found = [judged(table, {}, {"col": values}, asked) for asked in (None, second)]
    said[name] = [[item[0].kind, item[0].certainty] if item else None for item in found]
json.dump(said, sys.stdout)
"""


def pesel(index: int) -> str:
    digits = f"{60 + index % 30:02d}{1 + index % 12:02d}{1 + index % 28:02d}{1000 + index * 37:04d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, [1, 3, 7, 9] * 3, strict=False))
    return f"{digits}{-total % 10}"


PERSONAL: Mapping[str, tuple[list[str], object, object]] = {
    "Polish national number": ([pesel(n) for n in range(20)], None, ["national_id", "probable"]),
    "Spanish national number": (
        [f"{40000000 + n}{'TRWAGMYFPDXBNJZSQVHLCKE'[(40000000 + n) % 23]}" for n in range(20)],
        None,
        ["national_id", "probable"],
    ),
    "network card": ([f"3c:22:fb:0a:{n:02x}:7e" for n in range(20)], None, ["device_id", "probable"]),
    "address at an international domain": (
        [f"ann{n}@b\u00fccher.de" for n in range(20)],
        None,
        ["email", "probable"],
    ),
    "e-mail address": ([f"ann{n}@example.org" for n in range(20)], ["email", "probable"], ["email", "probable"]),
    "phone number": ([f"212-736-{5000 + n}" for n in range(20)], ["phone", "possible"], ["phone", "probable"]),
    "phone number that no plan has": (
        [f"+1-555-01{n:02d}" for n in range(20)],
        ["phone", "possible"],
        ["phone", "possible"],
    ),
    "phone number in a text": (
        [f"Customer called from 030 12345{n:02d} about a claim" for n in range(20)],
        None,
        ["phone", "possible"],
    ),
    "British insurance number": ([f"AB{100000 + n * 7}C" for n in range(20)], None, ["national_id", "possible"]),
}
OTHER: Mapping[str, list[str]] = {
    "keys": [str(10_000_000_000 + n) for n in range(20)],
    "numbers of ten digits": [str(2_125_550_001 + n) for n in range(20)],
    "numbers of nine digits": [str(100_000_000 + n * 7_919) for n in range(20)],
    "orders": [f"order-{n:05d}" for n in range(20)],
    "moments": [f"2026-11-{n + 1:02d}T12:30:{n:02d}.000Z" for n in range(20)],
    "days": [f"2026-11-{n + 1:02d}" for n in range(20)],
    "amounts": [f"{n * 3.17:.2f}" for n in range(20)],
    "places": [f"{52.5 + n / 100:.6f},{13.4 + n / 90:.6f}" for n in range(20)],
    "links": [f"https://example.com/{n}" for n in range(20)],
    "digests": [f"{n * 7_919_317_001_903_555_777_313:032x}" for n in range(20)],
    "articles": [f"AB{100000 + n * 7}" for n in range(20)],
}


@pytest.fixture(scope="module")
def said() -> Mapping[str, object]:
    columns = {**{name: values for name, (values, _, _) in PERSONAL.items()}, **OTHER}
    ended = subprocess.run(
        [PYTHON, "-c", PROGRAM], input=json.dumps(columns), env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    assert ended.stderr == ""
    answer: Mapping[str, object] = json.loads(ended.stdout)
    return answer


def test_every_recogniser_that_is_named_exists(said: Mapping[str, object]) -> None:
    assert str(said["method"]).startswith("presidio-analyzer 2.2.")
    assert ": 31 recognisers" in str(said["method"])


@pytest.mark.parametrize("name", PERSONAL)
def test_columns_are_judged_with_them_as_documented(said: Mapping[str, object], name: str) -> None:
    _, without, with_them = PERSONAL[name]
    assert said[name] == [without, with_them]


@pytest.mark.parametrize("name", OTHER)
def test_columns_of_other_data_stay_unnamed(said: Mapping[str, object], name: str) -> None:
    assert said[name] == [None, None]
