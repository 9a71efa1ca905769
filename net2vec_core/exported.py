"""Programs of torch.export, loaded only if they name nothing but torch's operators.

Torch evaluates the sizes in such a file as Python, calls whatever of its own modules a node names, loads compiled code
and unpickles objects that lie in the archive, and imports modules for types of containers: each a way for a file to run
code of its own.
"""

import ast
import io
import json
import os
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import nn

from net2vec_core.errors import UserError

# without `custom_obj_0` and `opaque_obj_0`, which torch unpickles whatever they hold, and finds in any case of letters
ENTRIES = re.compile(
    r"[^/]+/(data/(weights|constants|sample_inputs)/(?!(?i:custom_obj|opaque_obj))[\w.-]+|models/[\w.-]+\.json"
    r"|archive_format|archive_version|byteorder|version|\.data/(version|serialization_id)|\.format_version)"
)
OPERATORS = re.compile(
    r"torch\.ops\.(aten|torchvision)\.(?!(from_file|save)\b)\w+(\.\w+)?"
    r"|torch\.ops\.higher_order\.(cond|while_loop|scan|associative_scan|map_impl|invoke_subgraph|flex_attention"
    r"|wrap_with_set_grad_enabled|wrap_with_autocast)"
    r"|torch\.sym_\w+|math\.\w+"
    r"|_operator\.(add|sub|mul|floordiv|truediv|mod|neg|pos|abs|pow|eq|ne|lt|le|gt|ge|and_|or_|not_|getitem)"
)
# what a size may be made of
TERMS = {
    "Symbol",
    "Integer",
    "Float",
    "Rational",
    "Add",
    "Mul",
    "Pow",
    "Max",
    "Min",
    "Abs",
    "Eq",
    "Equality",
    "Ne",
    "Unequality",
    "Lt",
    "StrictLessThan",
    "Le",
    "LessThan",
    "Gt",
    "StrictGreaterThan",
    "Ge",
    "GreaterThan",
    "And",
    "Or",
    "Not",
    "FloorDiv",
    "ModularIndexing",
    "Where",
    "PythonMod",
    "Mod",
    "CleanDiv",
    "CeilToInt",
    "FloorToInt",
    "CeilDiv",
    "LShift",
    "RShift",
    "PowByNatural",
    "FloatPow",
    "FloatTrueDiv",
    "IntTrueDiv",
    "TruncToFloat",
    "TruncToInt",
    "RoundToInt",
    "RoundDecimal",
    "ToFloat",
    "Identity",
    "IsNonOverlappingAndDenseIndicator",
}
ARITHMETIC = (ast.Expression, ast.BinOp, ast.UnaryOp, ast.Compare, ast.operator, ast.unaryop, ast.cmpop, ast.Load)
IMPORTING = {"default_factory_module", "__enum__"}


def load_exported(path: Path) -> nn.Module:
    """The network that `torch.export.save` wrote to a file.

    Raises:
        UserError: if the file names what is not computing.
    """
    with _without_pickled_code():
        return torch.export.unflatten(torch.export.load(_checked(path)))


def _checked(path: Path) -> io.BytesIO:
    """The file, written anew, so that what is loaded is what was looked at."""
    content = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(content, "w") as copy:
        for name in dict.fromkeys(source.namelist()):
            file = source.read(name)
            strange = [name] if not ENTRIES.fullmatch(name) else _strange(name, file)
            for what in strange:
                raise UserError(
                    f"{path}: a program with `{what[:80]}`, which may do more than compute; give the network as"
                    " `package.module:callable`"
                )
            copy.writestr(name, file)
    content.seek(0)
    return content


def _strange(name: str, file: bytes) -> Iterator[str]:
    """What torch would take for code in a file of the archive, and is none of computing."""
    if not name.endswith(".json"):
        return
    for key, text in _texts(json.loads(file)):
        if key == "expr_str":
            fine = _is_size(text)
        elif key in ("target", "as_operator"):
            fine = OPERATORS.fullmatch(text) is not None
        else:
            fine = text not in IMPORTING
        if not fine:
            yield text


def _texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """All texts in a JSON document, also those in texts that are JSON themselves, each with the key it stands under."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield key, name
            yield from _texts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, key)
    elif isinstance(value, str):
        yield key, value
        if value.lstrip()[:1] in ("[", "{", '"'):
            try:
                inner = json.loads(value)
            except ValueError:
                return
            yield from _texts(inner, key)


def _is_size(text: str) -> bool:
    """Whether a text is arithmetic of numbers and of symbols for sizes."""
    try:
        return all(map(_is_term, ast.walk(ast.parse(text.strip(), mode="eval"))))
    except SyntaxError:
        return False


def _is_term(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in TERMS
        case ast.Name(id=name):
            return name in TERMS or re.fullmatch(r"(zuf|zf|[suf])\d+|True|False|oo|int_oo", name) is not None
        case ast.Constant(value=str(text)):
            return re.fullmatch(r"\w+", text, re.ASCII) is not None and "__" not in text
        case ast.Constant(value=value):
            return isinstance(value, bool | int | float)
        case ast.keyword(arg=arg):
            return arg is not None
    return isinstance(node, ARITHMETIC)


@contextmanager
def _without_pickled_code() -> Iterator[None]:
    """Keep torch.export from unpickling carelessly what it cannot unpickle safely."""
    before = os.environ.get("TORCH_FORCE_WEIGHTS_ONLY_LOAD")
    os.environ["TORCH_FORCE_WEIGHTS_ONLY_LOAD"] = "1"
    try:
        yield
    finally:
        del os.environ["TORCH_FORCE_WEIGHTS_ONLY_LOAD"]
        if before is not None:
            os.environ["TORCH_FORCE_WEIGHTS_ONLY_LOAD"] = before
