"""Draw the import graph of ``app/`` by folders: ``docs/images/rooms.svg``, made by ``make rooms``.

Each row is a layer of the contract in pyproject.toml, so that arrows may only point down; a box is
a folder with its number of modules, sub-folders included, and the width of an arrow grows with the
number of imports behind it. Arrows to ``core`` are left out: everybody imports it.
"""

import tomllib
from collections import Counter
from html import escape
from math import log2
from pathlib import Path

import grimp

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ROW, BOX, HEIGHT, GAP, MARGIN = 74, 118, 40, 14, 24  # pixels
LEFT_OUT = {"core", "config"}


def layers() -> list[list[str]]:
    """Return the rooms from the top layer down, as the import contract names them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = project["tool"]["importlinter"]["contracts"][0]
    return [[room.strip() for room in layer.split("|")] for layer in contract["layers"]]


def imports() -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """Return how many modules each room has, and how many imports lead from one to another."""
    graph = grimp.build_graph("app", exclude_type_checking_imports=True, cache_dir=None)
    modules = {module for module in graph.modules if module.count(".")}
    sizes = Counter(module.split(".")[1] for module in modules if not _is_package(module))
    edges: Counter[tuple[str, str]] = Counter()
    for module in modules:
        for target in graph.find_modules_directly_imported_by(module):
            if target.count(".") and target.split(".")[1] != module.split(".")[1]:
                edges[module.split(".")[1], target.split(".")[1]] += 1
    return sizes, edges


def _is_package(module: str) -> bool:
    return (ROOT / Path(*module.split(".")) / "__init__.py").exists()


def draw() -> str:
    """Return the picture as SVG."""
    rows = layers()
    sizes, edges = imports()
    width = max(len(row) for row in rows) * (BOX + GAP) + 2 * MARGIN
    height = len(rows) * ROW + 2 * MARGIN
    place = {}
    for y, row in enumerate(rows):
        left = (width - len(row) * (BOX + GAP) + GAP) / 2
        for x, room in enumerate(row):
            place[room] = (left + x * (BOX + GAP), MARGIN + y * ROW)
    arrows, boxes = [], []
    for (source, target), count in sorted(edges.items()):
        if source in place and target in place and target not in LEFT_OUT:
            (x1, y1), (x2, y2) = place[source], place[target]
            arrows.append(
                f'<path d="M{x1 + BOX / 2:.0f} {y1 + HEIGHT} C{x1 + BOX / 2:.0f} {y1 + ROW:.0f} '
                f'{x2 + BOX / 2:.0f} {y2 - ROW / 2:.0f} {x2 + BOX / 2:.0f} {y2}" '
                f'stroke-width="{0.6 + log2(count) / 2:.1f}"><title>{escape(source)} → '
                f"{escape(target)}: {count} imports</title></path>"
            )
    for room, (x, y) in place.items():
        modules = f"{sizes[room]} modules" if sizes[room] != 1 else "1 module"
        boxes.append(
            f'<rect x="{x:.0f}" y="{y}" width="{BOX}" height="{HEIGHT}" rx="5"/>'
            f'<text x="{x + BOX / 2:.0f}" y="{y + 17}">{escape(room)}</text>'
            f'<text x="{x + BOX / 2:.0f}" y="{y + 32}" class="size">{modules}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="The folders of app/ in layers; imports point down">\n'
        "<style>rect{fill:#fff;stroke:#33475b}path{fill:none;stroke:#7a8ea3;opacity:.55}"
        "text{font:600 13px sans-serif;text-anchor:middle;fill:#1d2a36}"
        ".size{font-weight:400;font-size:11px;fill:#53687c}</style>\n"
        f'<rect width="{width}" height="{height}" stroke="none"/>\n'
        + "\n".join(arrows + boxes)
        + "\n</svg>\n"
    )


if __name__ == "__main__":
    (HERE / "rooms.svg").write_text(draw(), encoding="utf-8")
