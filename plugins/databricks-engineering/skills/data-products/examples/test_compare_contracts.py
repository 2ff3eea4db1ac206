"""The comparison of two contracts, and the ports of the product. Standard library, pyyaml and pytest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ORDERS = Path(__file__).parent / "orders"
SCRIPT = Path(__file__).parent.parent / "templates" / "compare_contracts.py"
OLD = ORDERS / "orders.v1.odcs.yaml"


def compare(old: Path, new: Path) -> tuple[int, str]:
    """Exit code and what was printed."""
    command = [sys.executable, str(SCRIPT), str(old), str(new)]
    ended = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    return ended.returncode, ended.stdout + ended.stderr


def changed(folder: Path, *replacements: tuple[str, str]) -> Path:
    """The old contract with some text replaced; each must occur."""
    text = OLD.read_text(encoding="utf-8")
    for before, after in replacements:
        assert before in text
        text = text.replace(before, after)
    path = folder / "new.odcs.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_new_port_with_a_major_version_is_accepted() -> None:
    code, printed = compare(OLD, ORDERS / "orders.v2.odcs.yaml")
    assert code == 0, printed
    assert "major: orders.order_id was BIGINT, is STRING" in printed
    assert "minor: SLA latency orders.ordered_at was 26 h, is 4 h" in printed


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("physicalType: BIGINT", "physicalType: INT", "orders.order_id was BIGINT, is INT"),
        ("name: email", "name: e_mail", "orders.email is gone"),
        ("value: 26", "value: 48", "was 26 h, is 48 h"),
        ("- value: placed", "- value: placed\n          - value: lost", "orders.status may be placed lost delivered"),
        ("mustBeGreaterThan: 0", "mustBeGreaterThan: -1", "quality rule `not_empty` changed"),
        ("classification: restricted", "classification: public", "was classified restricted, is public"),
        ("        unique: true\n", "", "orders.order_id is no longer unique"),
        ("physicalName: orders_v1", "physicalName: orders_v3", "orders is now called orders_v3"),
    ],
)
def test_what_breaks_readers_needs_a_major_version(tmp_path: Path, before: str, after: str, said: str) -> None:
    code, printed = compare(OLD, changed(tmp_path, (before, after), ("version: 1.2.0", "version: 1.3.0")))
    assert code == 1
    assert said in printed
    assert "this needs a major version; 1.2.0 to 1.3.0 says a minor version" in printed


def test_a_new_column_needs_a_minor_version(tmp_path: Path) -> None:
    column = ("      - name: email\n", "      - name: channel\n        physicalType: STRING\n      - name: email\n")
    assert compare(OLD, changed(tmp_path, column, ("version: 1.2.0", "version: 1.3.0")))[0] == 0
    code, printed = compare(OLD, changed(tmp_path, column, ("version: 1.2.0", "version: 1.2.1")))
    assert code == 1
    assert "minor: orders.channel is new" in printed


def test_fewer_values_than_before_need_a_minor_version(tmp_path: Path) -> None:
    fewer = changed(tmp_path, ("          - value: cancelled\n", ""), ("version: 1.2.0", "version: 1.3.0"))
    code, printed = compare(OLD, fewer)
    assert code == 0, printed
    assert "minor: orders.status may be placed delivered" in printed


def test_other_words_need_no_new_version(tmp_path: Path) -> None:
    assert compare(OLD, changed(tmp_path, ("Join on order_id.", "Join by order_id.")))[0] == 0


def test_a_file_that_is_no_contract_is_named(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("kind: DataProduct\n", encoding="utf-8")
    code, printed = compare(OLD, other)
    assert code == 2
    assert "is no data contract" in printed


def test_each_output_port_has_a_contract_of_its_version() -> None:
    contracts = {
        (document["id"], document["version"])
        for document in (yaml.safe_load(file.read_text(encoding="utf-8")) for file in ORDERS.glob("*.odcs.yaml"))
    }
    product = yaml.safe_load((ORDERS / "product.odps.yaml").read_text(encoding="utf-8"))
    ports = {(port["contractId"], port["version"]) for port in product["outputPorts"]}
    assert ports <= contracts
    inputs = {(port["contractId"], port["version"]) for port in product["inputPorts"]}
    assert {
        (need["id"], need["version"]) for port in product["outputPorts"] for need in port["inputContracts"]
    } <= inputs
