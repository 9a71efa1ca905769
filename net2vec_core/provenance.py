"""Which code a command runs, so that results are made anew when it changes."""

import ast
import functools
import hashlib
from pathlib import Path

PACKAGE = Path(__file__).parent
NAME = PACKAGE.name


# What they say reaches no result, or only by way of the settings, which are compared by themselves.
WITHOUT_EFFECT = {"config", "dependencies", "errors", "estimates", "locks", "progress", "sizes", "yaml_file"}


@functools.cache
def code_digest(*modules: str) -> str:
    """A digest of the code of modules such as `cli.probe`: theirs, and all they import from this package.

    Comments, docstrings and formatting do not count. What lies in a folder `assets` beside a module, such as templates,
    counts as it is.
    """
    files = {file for module in modules for file in _imported(PACKAGE / f"{module.replace('.', '/')}.py")}
    digest = hashlib.sha256()
    for file in sorted(file for file in files if file.stem not in WITHOUT_EFFECT):
        digest.update(ast.dump(_without_docstrings(file)).encode())
    for asset in sorted({asset for file in files for asset in (file.parent / "assets").glob("*")}):
        digest.update(asset.read_bytes())
    return digest.hexdigest()[:16]


def _imported(module: Path) -> set[Path]:
    """The files of `module` and of all that it imports, directly or not, from this package."""
    found: set[Path] = set()
    waiting = {module}
    while waiting:
        found |= waiting
        waiting = {path for file in waiting for path in _direct_imports(file)} - found
    return found


@functools.cache
def _direct_imports(module: Path) -> set[Path]:
    nodes = [
        node for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)
    ]
    ours = [node for node in nodes if node.module and node.module.split(".")[0] == NAME]
    return {path for node in ours for path in _files(node)}


def _files(node: ast.ImportFrom) -> set[Path]:
    """What `from a import b` may mean: the module a, and the modules b within it."""
    place = PACKAGE.joinpath(*str(node.module).split(".")[1:])
    candidates = [place, *(place / alias.name for alias in node.names)]
    files = [file for path in candidates for file in (path.with_suffix(".py"), path / "__init__.py")]
    return {file for file in files if file.is_file()}


@functools.cache
def _without_docstrings(module: Path) -> ast.Module:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [statement for statement in node.body if not _is_text(statement)]
    return tree


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
