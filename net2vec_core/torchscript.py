"""TorchScript files as networks whose layers can be hooked.

Within a TorchScript program torch calls no Python, so that hooks of its modules do not run. But such a program is a
graph of operators, and an operator may be written in Python. So one is put before each call of a module, which says
whose call it is, and one behind it, which takes what the module gave: there the module's hooks run.
"""

import io
import re
import threading
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from net2vec_core.errors import UserError
from net2vec_core.pickles import DAMAGE

INSTEAD = "give the network as `package.module:callable`, or as a `.pt2` program of torch.export"
# what torch would run while it loads a file: methods of the file's own classes, and those of classes of torch's
RUN_BY_LOADING = {".py": re.compile(rb"__setstate__"), ".pkl": re.compile(rb"torch[.\n]classes")}
COMPUTING = {"aten", "prim", "torchvision", "net2vec"}
# what reads or writes files, and what runs of which nothing can be seen
REFUSED = {"aten::save", "aten::from_file", "prim::CallFunction", "prim::CallMethod", "prim::ModuleContainerIndex"}
SELF, UNKNOWN = "prim::Param", "?"
# a traced module that is called again has `forward1` for that, a scripted one `forward__1` for other types
FORWARD = re.compile(r"forward(__)?\d*")

# torch states no types of these
Script = Any
Graph = Any
_jit: Any = torch.jit
_library: Any = torch.library

_running = threading.local()
_operators = _library.Library("net2vec", "DEF")


class ScriptNetwork(nn.Module):
    """A TorchScript program behind modules that have the names of its own, and whose hooks run when those are called.

    What it has of its own has names that no module of a program bears.
    """

    def __init__(self, script: Script) -> None:
        """Give a program, whose calls say whose they are, modules that can be hooked."""
        super().__init__()
        self.__script: list[Any] = [script]  # in a list, so that it does not count as a module of this one
        self.__layers = {path: _Layer(module.original_name) for path, module in script.named_modules() if path}
        for path, layer in self.__layers.items():
            parent, _, name = path.rpartition(".")
            self.get_submodule(parent).add_module(name, layer)

    def forward(self, images: Tensor) -> Any:
        """The program's output; what a hook raises is raised."""
        _running.layers, _running.names, _running.raised, _running.device = self.__layers, [], None, images.device
        try:
            # torch would watch the first passes and compute later ones by other code, with other roundings
            with _jit.optimized_execution(False):
                return self.__script[0](images)
        except Exception as error:
            raise _running.raised or RuntimeError(_last_line(error)) from None

    def named_parameters(self, *arguments: Any, **options: Any) -> Iterator[tuple[str, nn.Parameter]]:
        """Those of the program."""
        yield from self.__script[0].named_parameters(*arguments, **options)

    def named_buffers(self, *arguments: Any, **options: Any) -> Iterator[tuple[str, Tensor]]:
        """Those of the program."""
        yield from self.__script[0].named_buffers(*arguments, **options)

    def state_dict(self, *arguments: Any, **options: Any) -> Any:
        """That of the program."""
        return self.__script[0].state_dict(*arguments, **options)

    def train(self, mode: bool = True) -> "ScriptNetwork":
        """Set the program's mode."""
        self.__script[0].train(mode)
        return super().train(mode)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> "ScriptNetwork":
        self.__script[0]._apply(fn, recurse)
        return self


class _Layer(nn.Module):
    """Stands for a module of a program, and is called with what that gave."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.__kind = kind

    def type_name(self) -> str:
        """The name of the module's class."""
        return self.__kind

    def forward(self, output: Any) -> Any:
        return output


def load_torchscript(path: Path) -> ScriptNetwork:
    """The network that `torch.jit.save` wrote to a file, traced or scripted.

    Raises:
        UserError: if the file is no such network, calls no modules, or might do more than compute.
    """
    script = _loaded(path)
    graphs = _methods(script).values()
    for graph in graphs:
        _follow_the_network(graph)
    calls = sum(map(_announce_calls, graphs))
    # torch keeps what it inlined for later: not before all graphs are as they are to be
    for called in (script, *script._c._get_forward_pre_hooks(), *script._c._get_forward_hooks()):
        _require_computing(called.inlined_graph, path)
    if not calls:
        raise UserError(f"{path}: TorchScript that calls no modules, as after torch.jit.freeze; {INSTEAD}")
    return ScriptNetwork(script)


def is_torchscript(path: Path) -> bool:
    """Whether a file is one that `torch.jit.save` wrote, and not a checkpoint, which ends in `.pt`, too."""
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith("/constants.pkl") for name in archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return False  # it is damaged, and whatever reads it says how


def _loaded(path: Path) -> Script:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # torch would rather have torch.export
        try:
            return _jit.load(_checked(path), map_location="cpu")
        except (*DAMAGE, zipfile.BadZipFile) as error:
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            raise UserError(f"{path}: not TorchScript that can be read ({reason})") from None


def _checked(path: Path) -> io.BytesIO:
    """The file, written anew, so that what is loaded is what was looked at; nothing in it runs while it is loaded."""
    if not is_torchscript(path):
        raise UserError(f"{path}: not TorchScript, as torch.jit.save writes it; weights belong under `weights`")
    content = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(content, "w") as copy:
        for entry in source.infolist():
            file = source.read(entry)
            # torch finds a file whatever the case of its name
            door = RUN_BY_LOADING.get(Path(entry.filename.lower()).suffix)
            found = door and door.search(file)
            if found:
                what = found[0].decode().replace("\n", ".")
                raise UserError(f"{path}: TorchScript with `{what}`, which runs while it is loaded; {INSTEAD}")
            copy.writestr(entry.filename, file)
    content.seek(0)
    return content


def _require_computing(graph: Graph, path: Path) -> None:
    """Refuse a program with operators that do more than compute, or with parts that cannot be seen."""
    for node in _nodes(graph):
        kind = node.kind()
        hidden = any(node.kindOf(name) in ("g", "gs") for name in node.attributeNames())
        if hidden or kind in REFUSED or kind.partition("::")[0] not in COMPUTING:
            raise UserError(
                f"{path}: TorchScript with `{kind}`, which may do more than compute, or hide what is called; {INSTEAD}"
            )


def _nodes(block: Any) -> Iterator[Any]:
    for node in block.nodes():
        yield node
        for inner in node.blocks():
            yield from _nodes(inner)


def _announce_calls(graph: Graph) -> int:
    """Put `enter` before each call of another module in a method's graph, and `leave` behind it; returns how many."""
    calls = [node for node in _nodes(graph) if node.kind() == "prim::CallMethod" and _receiver(node).kind() != SELF]
    for call in calls:
        graph.setInsertPoint(call)
        name = graph.insertConstant(_path(_receiver(call)))
        is_forward = graph.insertConstant(bool(FORWARD.fullmatch(call.s("name"))))
        graph.create("net2vec::enter", [name], 0).insertBefore(call)
        leave = graph.create("net2vec::leave", [is_forward, call.output()], 0).insertAfter(call)
        leave.replaceInput(1, _with_lists(graph, call.output(), leave))
    return len(calls)


def _with_lists(graph: Graph, value: Any, user: Any) -> Any:
    """The same with lists for tuples, of which torch gives Python none that holds a tensor without data."""
    if value.type().kind() != "TupleType":
        return value
    types = value.type().elements()
    unpacked = graph.create("prim::TupleUnpack", [value], len(types)).insertBefore(user)
    for part, kind in zip(unpacked.outputs(), types, strict=True):
        part.setType(kind)
    parts = [_with_lists(graph, part, user) for part in unpacked.outputs()]
    packed = graph.create("prim::ListConstruct", parts, 1).insertBefore(user)
    packed.output().setType(torch.ListType(torch.AnyType.get()))
    return packed.output()


def _receiver(call: Any) -> Any:
    """The node that gives the module whose method is called."""
    return call.inputsAt(0).node()


def _path(node: Any) -> str:
    """The path of the module that a node gives, as seen from the module whose method it is in."""
    if node.kind() == SELF:
        return ""
    if node.kind() != "prim::GetAttr":
        return UNKNOWN  # one of several modules: what is called within it has no name either
    return ".".join(filter(None, [_path(node.inputsAt(0).node()), node.s("name")]))


def _follow_the_network(graph: Graph) -> None:
    """Replace devices and tensors that a trace took for constants by those of the device on which the network is."""
    for node in graph.findAllNodes("prim::Constant"):
        constant = node.output()
        match constant.type().kind():
            case "DeviceObjType":
                here = graph.create("net2vec::device", [], 1).insertAfter(node)
            case "TensorType" if node.hasAttribute("value"):
                here = graph.create("net2vec::moved", [constant], 1).insertAfter(node)
            case _:
                continue
        here.output().setTypeAs(constant)
        constant.replaceAllUsesAfterNodeWith(here, here.output())


def _methods(script: Script) -> dict[str, Graph]:
    """The graphs of all methods of all modules by name; modules of one class share them."""
    return {
        f"{module._c._type().qualified_name()}.{name}": module._c._get_method(name).graph
        for module in script.modules()
        for name in module._c._method_names()
    }


def _enter(name: str) -> None:
    """The module of this path, from that in which the program is, is about to be called."""
    _running.names.append(name)


def _leave(is_forward: bool, output: Any) -> None:
    """The module that was entered last gave this."""
    layer = _running.layers.get(".".join(filter(None, _running.names)))
    _running.names.pop()
    if is_forward and layer is not None:
        try:
            layer(output)
        except Exception as error:
            _running.raised = error
            raise


def _last_line(error: Exception) -> str:
    """What torch's interpreter says in the end, after its own traceback."""
    said = str(error).strip() or type(error).__name__
    return said.splitlines()[-1].removeprefix("RuntimeError: ")


_operators.define("enter(str name) -> ()", alias_analysis="CONSERVATIVE")  # never left out, never moved
_operators.define("leave(bool is_forward, Any output) -> ()", alias_analysis="CONSERVATIVE")
_operators.define("device() -> Device", alias_analysis="CONSERVATIVE")
_operators.define("moved(Tensor constant) -> Tensor", alias_analysis="CONSERVATIVE")
_operators.impl("enter", _enter, "CompositeExplicitAutograd")
_operators.impl("leave", _leave, "CompositeExplicitAutograd")
_operators.impl("device", lambda: _running.device, "CompositeExplicitAutograd")
_operators.impl("moved", lambda constant: constant.to(_running.device), "CompositeExplicitAutograd")
