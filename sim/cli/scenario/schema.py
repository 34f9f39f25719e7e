"""`sim scenario schema`: the language as a JSON schema, for editors."""

from __future__ import annotations

from sim.cli.console import print_json
from sim.scenario.language.schema import schema_text


def schema() -> None:
    """Print the JSON schema of scenario files, by which editors complete and check them.

    Put it beside your files as schema.json; a file names it in its first line:
    # yaml-language-server: $schema=schema.json
    """
    print_json(schema_text())
