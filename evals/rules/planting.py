"""Mutators: clean code and the edits that plant a defect into it, put into the clean projects of `clean/`."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from packages import HERE, CorpusError

CLEAN = HERE / "clean"
MUTATORS = HERE / "mutators"
MARK = "§"
"""Stands at the end of a line of clean code or of an edit where the rule may speak besides; it is taken out again."""
_SLOT, _IMPORTS, _EACH, _END = "@@HERE@@", "@@IMPORTS@@", "@@EACH@@", "@@END@@"
_IMPORT = re.compile(r"(?:import|from) \w")
_FILE = re.compile(r"(?:#|--) file: (\S+)")
_STATEMENT_END = re.compile(r";[ ]*(?=\n|$)")
_BLOCK = re.compile(rf"^[^\n]*{_EACH}\n(.*?)^[^\n]*{_END}\n", re.MULTILINE | re.DOTALL)

Files = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change that makes clean code wrong: `old` stands in it once and becomes `new`."""

    form: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutator:
    """Clean code that we wrote, and the edits of which each plants one defect of one rule.

    `kind` is "python" or "sql", whose code goes into every project of `clean/` that begins with it (or those that
    `into` names), or "project", whose code is a project of its own: a line `# file: PATH` begins a file.
    `base`, of a project, is what was committed before, for rules about a change: the clean code is then a change of it
    that is right, and each edit makes it one that is wrong.
    """

    rule: str
    kind: str
    clean: str
    edits: tuple[Edit, ...]
    into: tuple[str, ...] = ()
    base: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One mutant with its twin; `marks` are the lines of the mutant at which the rule has to speak, by path.

    `base` holds the files that both are a change of, none where nothing is compared.
    """

    rule: str
    form: str
    carrier: str
    twin: Files
    mutant: Files
    marks: dict[str, frozenset[int]]
    base: Files


def edits(*given: tuple[str, str, str]) -> tuple[Edit, ...]:
    """The edits of (form, old, new)."""
    return tuple(Edit(form=form, old=old, new=new) for form, old, new in given)


@cache
def mutators() -> tuple[Mutator, ...]:
    """Every mutator: the `MUTATORS` of each file in `mutators/`.

    Raises:
        CorpusError: a file has no `MUTATORS`, or the text of an edit does not stand in its clean code once.
    """
    found: list[Mutator] = []
    for path in sorted(MUTATORS.glob("*.py")):
        listed = getattr(_module(path), "MUTATORS", None)
        if not isinstance(listed, tuple):
            raise CorpusError(f"{path.name} has no tuple MUTATORS")
        found += listed
    for mutator in found:
        for edit in mutator.edits:
            if mutator.clean.count(edit.old) != 1:
                raise CorpusError(f"{mutator.rule}, {edit.form!r}: {edit.old!r} does not stand in the code once")
    return tuple(found)


def planted(mutator: Mutator) -> Iterator[Planted]:
    """Every mutant of a mutator, an edit after the other, in each project that carries it."""
    base = _project(mutator.base) if mutator.base else {}
    for edit in mutator.edits:
        before = mutator.clean.replace(MARK, "")
        after = _changed(mutator.clean, edit)
        for name in _carriers(mutator):
            twin, _ = _unmarked(_carried(before, name))
            mutant, marks = _unmarked(_carried(after, name))
            yield Planted(
                rule=mutator.rule,
                form=edit.form,
                carrier=name or "project",
                twin=twin,
                mutant=mutant,
                marks=marks,
                base=base,
            )


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"mutators_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise CorpusError(f"cannot load {path.name}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _changed(clean: str, edit: Edit) -> str:
    """The code with the edit made and its lines marked, unless an edit that has no text leaves that to the code."""
    before, after = clean.split(edit.old)
    changed = before + edit.new + after
    if MARK in edit.new or not edit.new.strip():
        return changed if MARK in changed else _marked(changed, before, edit.new)
    return _marked(changed, before, edit.new)


def _marked(changed: str, before: str, new: str) -> str:
    first = before.count("\n")
    last = first + new.rstrip("\n").count("\n")
    lines = changed.split("\n")
    marked = [f"{line}{MARK}" if first <= at <= last and line.strip() else line for at, line in enumerate(lines)]
    return "\n".join(marked)


def _carriers(mutator: Mutator) -> tuple[str, ...]:
    if mutator.kind == "project":
        return ("",)
    names = sorted(path.name for path in CLEAN.iterdir() if path.name.startswith(f"{mutator.kind}-"))
    return tuple(name for name in names if not mutator.into or name.removeprefix(f"{mutator.kind}-") in mutator.into)


def _carried(code: str, carrier: str) -> Files:
    if not carrier:
        return _project(code)
    root = CLEAN / carrier
    files = {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if path.is_file()}
    return {name: _filled(path.read_text(encoding="utf-8"), code.strip("\n"), carrier) for name, path in files.items()}


def _project(code: str) -> Files:
    files: dict[str, list[str]] = {}
    current: list[str] = []
    for line in code.strip("\n").split("\n"):
        begun = _FILE.match(line)
        if begun:
            current = files.setdefault(begun.group(1), [])
        else:
            current.append(line)
    return {name: "\n".join(lines).strip("\n") + "\n" for name, lines in files.items()}


def _filled(template: str, code: str, carrier: str) -> str:
    if carrier.endswith("-fstring"):
        code = code.replace("{", "{{").replace("}", "}}").replace("main.", "{catalog}.")
    if carrier.endswith("-jupyter"):
        return _in_jupyter(template, code)
    return _in_text(template, code, is_sql=carrier.startswith("sql-"))


def _in_text(template: str, code: str, *, is_sql: bool) -> str:
    if is_sql:
        statements = [part.strip("\n") for part in _STATEMENT_END.split(code.replace(f";{MARK}", f"{MARK};"))]
        repeated = _BLOCK.sub(
            lambda block: "".join(_slot(block.group(1), _SLOT, one) for one in statements if one), template
        )
        return _slot(repeated, _SLOT, code)
    imports, body = _split_imports(code)
    return _slot(_slot(template, _IMPORTS, imports), _SLOT, body)


def _in_jupyter(template: str, code: str) -> str:
    imports, body = _split_imports(code) if _IMPORTS in template else ("", code)
    document = json.loads(template)
    for cell in document["cells"]:
        text = "".join(cell["source"])
        text = text.replace(_IMPORTS, imports).replace(_SLOT, body)
        cell["source"] = text.splitlines(keepends=True)
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _slot(template: str, slot: str, code: str) -> str:
    found = re.search(rf"^([^\n]*){slot}[ ]*$", template, re.MULTILINE)
    if found is None:
        return template
    prefix = found.group(1)
    lines = [f"{prefix}{line}" if line.strip() else prefix.rstrip() for line in code.split("\n")]
    return template[: found.start()] + "\n".join(lines) + template[found.end() :]


def _split_imports(code: str) -> tuple[str, str]:
    lines = code.split("\n")
    imports = [line for line in lines if _IMPORT.match(line)]
    return "\n".join(imports), "\n".join(line for line in lines if not _IMPORT.match(line)).strip("\n")


def _unmarked(files: Files) -> tuple[Files, dict[str, frozenset[int]]]:
    marks = {
        name: frozenset(at for at, line in enumerate(text.split("\n"), start=1) if MARK in line)
        for name, text in files.items()
    }
    return {name: text.replace(MARK, "") for name, text in files.items()}, {k: v for k, v in marks.items() if v}
