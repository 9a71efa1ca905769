import json
from typing import Annotated

import typer

from net2vec_core.cli.options import Output
from net2vec_core.config import dump, parse_config
from net2vec_core.errors import UserError
from net2vec_core.storage import write_bytes


def configure(
    values: Annotated[str, typer.Option("--json", help="A configuration as JSON.")],
    output: Output,
) -> None:
    """Check a configuration and write it whole, defaults included."""
    try:
        mapping = json.loads(values)
    except ValueError as error:
        raise UserError(f"`--json` is not valid JSON: {error}") from None
    write_bytes(output, dump(parse_config(mapping, "the configuration")).encode())
