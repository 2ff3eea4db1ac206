"""Downloads the pinned packages with pip, checks their hashes and unpacks them: `python evals/rules/fetch.py`."""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from notebooks import convert_exports
from packages import DEFAULT_DESTINATION, CorpusError, Kind, Package, chosen, read_packages
from unpack import unpack

_DOWNLOAD_SECONDS = 300
_MARKER = ".sha256"


def main(arguments: list[str] | None = None) -> int:
    """Fetches what is missing; 0 when every chosen package stands in the destination, else 1."""
    options = _parser().parse_args(arguments)
    destination: Path = options.dest
    try:
        packages = chosen(read_packages(), options.only)
        client = pip_command()
    except CorpusError as error:
        print(error, file=sys.stderr)
        return 2
    destination.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=options.jobs) as pool:
        outcomes = list(pool.map(lambda package: _outcome(package, destination, client), packages))
    failed = sum(not fine for fine in outcomes)
    print(f"{len(outcomes) - failed} of {len(outcomes)} packages stand in {destination}")
    return 1 if failed else 0


def pip_command() -> list[str]:
    """The pip to run: this interpreter's, else the one on the path.

    Raises:
        CorpusError: there is no pip.
    """
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    found = shutil.which("pip")
    if found is None:
        raise CorpusError("fetching needs pip: `python -m ensurepip`, or a Python that has it")
    return [found]


def fetch(package: Package, destination: Path, client: list[str]) -> str:
    """Downloads, checks and unpacks one package, unless the same bytes stand there already; says what it did.

    Raises:
        CorpusError: the download fails, its hash is another, or the archive is refused.
    """
    target = destination / package.folder
    if is_present(target, package):
        return "present"
    with tempfile.TemporaryDirectory(prefix="corpus-") as scratch:
        archive = _download(package, Path(scratch), client)
        _check(archive, package)
        unpacked = unpack(archive, target)
    notebooks = convert_exports(target)
    (target / _MARKER).write_text(package.sha256 + "\n", encoding="utf-8")
    return f"{unpacked.files} files, {unpacked.skipped} left out, {notebooks} notebooks converted"


def is_present(target: Path, package: Package) -> bool:
    """Whether the package was unpacked there from the pinned bytes."""
    marker = target / _MARKER
    return marker.is_file() and marker.read_text(encoding="utf-8").strip() == package.sha256


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dest", type=Path, default=DEFAULT_DESTINATION, help="the corpus directory (git-ignored)")
    parser.add_argument("--only", help="names of packages, separated by commas")
    parser.add_argument("--jobs", type=int, default=2, help="downloads at a time")
    return parser


def _outcome(package: Package, destination: Path, client: list[str]) -> bool:
    try:
        said = fetch(package, destination, client)
    except CorpusError as error:
        print(f"{package.folder}: FAILED: {error}", file=sys.stderr)
        return False
    print(f"{package.folder}: {said}", flush=True)
    return True


def _download(package: Package, scratch: Path, client: list[str]) -> Path:
    requirements = scratch / "pin.txt"
    requirements.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n", encoding="utf-8")
    form = "--no-binary" if package.kind is Kind.SDIST else "--only-binary"
    command = [
        *[*client, "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--ignore-requires-python"],
        *["--require-hashes", form, package.name, "--dest", str(scratch), "--requirement", str(requirements)],
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_DOWNLOAD_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise CorpusError(f"pip did not finish in {_DOWNLOAD_SECONDS} seconds") from error
    if done.returncode:
        last = [line for line in done.stderr.splitlines() if "ERROR" in line] or ["pip failed without saying why"]
        raise CorpusError(last[-1].strip())
    return scratch / package.file


def _check(archive: Path, package: Package) -> None:
    if not archive.is_file():
        served = ", ".join(sorted(path.name for path in archive.parent.iterdir()))
        raise CorpusError(f"pip served another file than {package.file!r}: {served}")
    with archive.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != package.sha256:
        raise CorpusError(f"{package.file!r} has SHA-256 {found}, the pin says {package.sha256}")


if __name__ == "__main__":
    sys.exit(main())
