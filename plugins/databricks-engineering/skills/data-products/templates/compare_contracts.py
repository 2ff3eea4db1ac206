"""Say which version a changed contract needs, and fail when it says less. Needs contract.py beside it.

    python compare_contracts.py OLD.odcs.yaml NEW.odcs.yaml

Exit codes: 0 the version fits, 1 it is too small, 2 a file cannot be read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from contract import Column, Contract, ContractError, Promise, Table, read_contract

HOURS = {"m": 1 / 60, "min": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0, "y": 8766.0}
LESS_IS_BETTER = frozenset({"latency", "frequency", "errorrate", "timetodetect", "timetonotify", "timetorepair"})
MORE_IS_BETTER = frozenset({"availability", "throughput", "retention"})


class Weight(IntEnum):
    """Which part of the version a change moves."""

    PATCH = 0
    MINOR = 1
    MAJOR = 2


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One change between two versions of a contract."""

    weight: Weight
    text: str


def compare(old: Contract, new: Contract) -> Iterator[Difference]:
    """What changed for a reader."""
    if old.id != new.id:
        yield _major(f"the id changes from {old.id} to {new.id}: that is another contract")
    for place in sorted(old.places - new.places):
        yield _major(f"server {place} is gone or elsewhere")
    for name, table in old.tables.items():
        if name in new.tables:
            yield from _tables(table, new.tables[name])
        else:
            yield _major(f"object {name} is gone")
    yield from (_minor(f"object {name} is new") for name in new.tables if name not in old.tables)
    yield from _promises(old, new)


def _tables(old: Table, new: Table) -> Iterator[Difference]:
    if old.physical_name != new.physical_name:
        yield _major(f"{old.name} is now called {new.physical_name}, before {old.physical_name}")
    if old.key != new.key:
        yield _major(f"{old.name}: the primary key was ({', '.join(old.key)}), is ({', '.join(new.key)})")
    for name, column in old.columns.items():
        if name in new.columns:
            yield from _columns(f"{old.name}.{name}", column, new.columns[name])
        else:
            yield _major(f"{old.name}.{name} is gone")
    yield from (_minor(f"{old.name}.{name} is new") for name in new.columns if name not in old.columns)
    for rule, text in old.rules.items():
        if new.rules.get(rule) != text:
            yield _major(f"{old.name}: quality rule `{rule}` {'changed' if rule in new.rules else 'is gone'}")
    yield from (_minor(f"{old.name}: quality rule `{rule}` is new") for rule in new.rules if rule not in old.rules)


def _columns(where: str, old: Column, new: Column) -> Iterator[Difference]:
    if old.physical_type != new.physical_type:
        yield _major(f"{where} was {old.physical_type}, is {new.physical_type}")
    if old.classification != new.classification:
        yield _major(f"{where} was classified {old.classification or 'not'}, is {new.classification or 'not'}")
    if set(old.values) != set(new.values):
        change = f"{where} may be {' '.join(new.values) or 'anything'}, before {' '.join(old.values) or 'anything'}"
        yield _minor(change) if new.values and (not old.values or set(new.values) < set(old.values)) else _major(change)
    for word, before, after in (("required", old.required, new.required), ("unique", old.unique, new.unique)):
        if before and not after:
            yield _major(f"{where} is no longer {word}")
        if after and not before:
            yield _minor(f"{where} is now {word}")


def _promises(old: Contract, new: Contract) -> Iterator[Difference]:
    for key, before in old.promises.items():
        after = new.promises.get(key)
        where = f"SLA {before.name} {before.element}".strip()
        if after is None:
            yield _major(f"{where} is gone")
        elif (before.value, before.unit) != (after.value, after.unit):
            change = f"{where} was {before.value} {before.unit}, is {after.value} {after.unit}"
            yield _minor(change) if _is_stronger(before, after) else _major(change)
    yield from (
        _minor(f"SLA {name} {element}".strip() + " is new") for name, element in new.promises.keys() - old.promises
    )


def _is_stronger(before: Promise, after: Promise) -> bool:
    """Whether it promises more; False also when nobody can tell (dates, unknown properties and units)."""
    name, old, new = before.name.lower(), _amount(before), _amount(after)
    if old is None or new is None:
        return False
    return (name in LESS_IS_BETTER and new <= old) or (name in MORE_IS_BETTER and new >= old)


def _amount(promise: Promise) -> float | None:
    if isinstance(promise.value, str):
        return None
    if not promise.unit or promise.unit in ("%", "percent"):
        return float(promise.value)
    factor = HOURS.get(promise.unit)
    return None if factor is None else promise.value * factor


def _major(text: str) -> Difference:
    return Difference(weight=Weight.MAJOR, text=text)


def _minor(text: str) -> Difference:
    return Difference(weight=Weight.MINOR, text=text)


def raised(old: Contract, new: Contract) -> Weight | None:
    """The part of the version that was raised; None when the version stayed or fell."""
    if new.version <= old.version:
        return None
    if new.version[0] > old.version[0]:
        return Weight.MAJOR
    return Weight.MINOR if new.version[1] > old.version[1] else Weight.PATCH


def main() -> int:
    """Print the differences and the verdict."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    options = parser.parse_args()
    try:
        old, new = read_contract(options.old), read_contract(options.new)
    except (OSError, ContractError) as error:
        print(error, file=sys.stderr)
        return 2
    differences = sorted(compare(old, new), key=lambda difference: -difference.weight)
    for difference in differences:
        print(f"{difference.weight.name.lower()}: {difference.text}")
    needed = max((difference.weight for difference in differences), default=Weight.PATCH)
    given = raised(old, new)
    if differences and (given is None or given < needed):
        said = "nothing" if given is None else f"a {given.name.lower()} version"
        print(f"FAILED: this needs a {needed.name.lower()} version; {_text(old)} to {_text(new)} says {said}")
        return 1
    print(f"OK: {_text(old)} to {_text(new)}")
    return 0


def _text(contract: Contract) -> str:
    return ".".join(str(part) for part in contract.version)


if __name__ == "__main__":
    sys.exit(main())
