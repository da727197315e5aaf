"""The command that takes cases and hearings from a file."""

import click


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
def import_(file: str) -> None:
    """Enter cases and hearings from CSV or XLSX."""
