"""Check the pinned versions: each is in its range, installed as pinned, and in no advisory.

    python deploy/audit.py [ADVISORIES]

ADVISORIES is the archive of OSV for PyPI (osv-vulnerabilities, PyPI/all.zip), or a folder of its
JSON files, as downloaded on a machine with internet. Without it no advisory is compared, and the
last line says so.
"""

import importlib.metadata
import json
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

HOME = Path(__file__).parent.parent
Pins = dict[str, Version]


def read_pins(text: str) -> Pins:
    """Return the versions of a file of constraints, by canonical name."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    pairs = (line.partition("==") for line in lines if "==" in line)
    return {canonicalize_name(name): Version(version) for name, _, version in pairs}


def outside_range(pins: Pins, requirements: Iterable[str]) -> Iterator[str]:
    """Yield what is required and has no pin, or one that the range does not allow."""
    for each in map(Requirement, requirements):
        pin = pins.get(canonicalize_name(each.name))
        if pin is None:
            yield f"{each.name} is required, and not pinned in constraints.txt"
        elif pin not in each.specifier:
            yield f"{each.name} is pinned to {pin}, but {each.specifier} is required"


def otherwise_installed(pins: Pins) -> Iterator[str]:
    """Yield what is installed here in another version than the pinned one."""
    for name, pin in pins.items():
        try:
            installed = Version(importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            continue
        if installed != pin:
            yield f"{name} is installed as {installed}, but pinned to {pin}"


def advisories(source: Path) -> Iterator[dict[str, Any]]:
    """Yield the advisories of an archive, or of a folder, in the format of OSV."""
    if source.is_dir():
        for path in sorted(source.rglob("*.json")):
            yield json.loads(path.read_bytes())
        return
    with zipfile.ZipFile(source) as archive:
        for name in archive.namelist():
            if name.endswith(".json"):
                yield json.loads(archive.read(name))


def affected(pins: Pins, found: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the pins that an advisory names, with what it says of them."""
    for advisory in found:
        for each in advisory.get("affected", []) if not advisory.get("withdrawn") else ():
            package = each.get("package", {})
            name = canonicalize_name(package.get("name", ""))
            pin = pins.get(name) if package.get("ecosystem") == "PyPI" else None
            if pin is not None and _names(each, pin):
                yield f"{name} {pin}: {advisory['id']} {advisory.get('summary', '')}".strip()


def _names(each: dict[str, Any], pin: Version) -> bool:
    if str(pin) in each.get("versions", []):
        return True
    ranges = [known for known in each.get("ranges", []) if known.get("type") == "ECOSYSTEM"]
    return any(_within(known.get("events", []), pin) for known in ranges)


def _within(events: Iterable[dict[str, str]], pin: Version) -> bool:
    """Tell whether a version lies in a range, whose events come in order."""
    inside = False
    for event in events:
        for kind, words in event.items():
            try:
                at = Version(words)
            except InvalidVersion:
                continue
            if kind == "introduced" and pin >= at:
                inside = True
            elif (kind == "fixed" and pin >= at) or (kind == "last_affected" and pin > at):
                inside = False
    return inside


def main(arguments: list[str]) -> int:
    """Print what is wrong; return 1 if anything is, else 0."""
    project = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))["project"]
    pins = read_pins((HOME / "constraints.txt").read_text("utf-8"))
    extras = project["optional-dependencies"].values()
    required = [*project["dependencies"], *(each for extra in extras for each in extra)]
    findings = [*outside_range(pins, required), *otherwise_installed(pins)]
    compared = 0
    for source in map(Path, arguments):
        known = list(advisories(source))
        compared += len(known)
        findings += affected(pins, known)
    print(*findings, sep="\n", end="\n" if findings else "")
    print(f"{len(pins)} pinned versions, {compared} advisories compared, {len(findings)} findings")
    if not compared:
        print("No advisory was compared: give the archive PyPI/all.zip of OSV (ADVISORIES=FILE).")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
