"""Reading YAML that people write by hand: stricter than YAML's own reader, with the place of each mistake."""

from pathlib import Path
from typing import Any

import yaml
from yaml.error import MarkedYAMLError

from net2vec_core.errors import UserError


def read_yaml(path: Path) -> object:
    """What a YAML file holds; a key that stands twice is an error here, of which YAML's reader takes the last.

    Raises:
        UserError: if the file is missing or is not YAML.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _DistinctKeys)
    except OSError as error:
        raise UserError(f"{path}: the configuration cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not valid YAML: its bytes from {error.start} on are not UTF-8") from None
    except RecursionError:
        raise UserError(f"{path} is not valid YAML: its brackets stand in one another too deeply") from None
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that does not exist
        raise UserError(f"{path} is not valid YAML: {_explain_yaml(error)}") from None


class _DistinctKeys(yaml.SafeLoader):
    """YAML's safe reader, which refuses a mapping with the same key twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise MarkedYAMLError(problem=f"`{key.value}` stands here a second time", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _explain_yaml(error: Exception) -> str:
    """The place and the problem, in one line."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if not isinstance(error, MarkedYAMLError) or mark is None:
        return " ".join(str(error).split())
    advice = "; indent with spaces" if "\\t" in (error.problem or "") else ""
    what = ", ".join(filter(None, (error.context, error.problem)))
    return f"line {mark.line + 1}, column {mark.column + 1}: {what}{advice}"
