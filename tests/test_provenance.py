import ast
from pathlib import Path

import pytest

from net2vec_core import provenance
from net2vec_core.provenance import PACKAGE, code_digest

FILES = {
    "cli/do_it.py": """
        from pathlib import Path
        from net2vec_core.direct import work

        def do_it(path: Path) -> None:
            "Does it."
            work(path)
    """,
    "cli/other.py": "from net2vec_core.unrelated import x",
    "direct.py": """
        from net2vec_core.deep.er import more
        from net2vec_core.deep import name, module

        class Worker:
            '''Works.'''
            size = 1

        def work(path):
            return more(path)
    """,
    "deep/__init__.py": "name = 1",
    "deep/er.py": "def more(path):\n    from net2vec_core.late import x\n    return x",
    "deep/module.py": "y = 1",
    "deep/aside.py": "z = 1",
    "late.py": "from net2vec_core.direct import work\nx = 1",
    "unrelated.py": "x = 1",
}
USED = ["cli/do_it.py", "direct.py", "deep/__init__.py", "deep/er.py", "deep/module.py", "late.py"]


class SmallPackage:
    """A package of a few files, whose digests are worked out anew at each call."""

    def __init__(self, folder):
        self.folder = folder
        for name in FILES:
            self.write(name, FILES[name].replace("\n        ", "\n").strip() + "\n")

    def write(self, name, text):
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)

    def edit(self, name, old, new):
        text = (self.folder / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    def digest(self, command="do_it"):
        forget()
        return code_digest(f"cli.{command}")


def forget():
    for function in (provenance.code_digest, provenance._direct_imports, provenance._without_docstrings):
        function.cache_clear()


@pytest.fixture
def package(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "PACKAGE", tmp_path)
    yield SmallPackage(tmp_path)
    forget()


@pytest.mark.parametrize("name", USED)
def test_digest_changes_with_the_code_of_all_that_is_imported(package, name):
    before = package.digest()
    package.write(name, (package.folder / name).read_text() + "added = 1\n")
    assert package.digest() != before


def test_digest_changes_with_assets_beside_what_is_imported(package):
    before = package.digest()
    package.write("late/assets/page.html", "one")
    assert package.digest() == before
    package.write("deep/assets/page.html", "one")
    first = package.digest()
    package.write("deep/assets/page.html", "other")
    assert len({before, first, package.digest()}) == 3


@pytest.mark.parametrize("name", sorted(set(FILES) - set(USED)))
def test_digest_does_not_change_with_code_that_is_not_imported(package, name):
    before = package.digest()
    package.write(name, "added = 1\n")
    assert package.digest() == before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("direct.py", "size = 1", "size = 1  # pixels"),
        ("direct.py", "size = 1", "\n\n    size = (1)"),
        ("direct.py", "Works.", "Works hard."),
        ("direct.py", "    '''Works.'''\n", ""),
        ("direct.py", "    return more", '    """More."""\n    return more'),
        ("direct.py", "from net2vec_core.deep.er", '"""A module."""\nfrom net2vec_core.deep.er'),
        ("cli/do_it.py", "Does it.", "Does that."),
    ],
)
def test_comments_docstrings_and_formatting_do_not_count(package, name, old, new):
    before = package.digest()
    package.edit(name, old, new)
    assert package.digest() == before


@pytest.mark.parametrize(
    ("old", "new"), [("size = 1", "size = 2"), ("size = 1", "size = '1'"), ("more(path)", "more(path, 1)")]
)
def test_small_changes_of_code_count(package, old, new):
    before = package.digest()
    package.edit("direct.py", old, new)
    assert package.digest() != before


def test_text_that_is_no_docstring_counts(package):
    package.edit("direct.py", "size = 1", "size = 1\n    text = 'a'")
    before = package.digest()
    package.edit("direct.py", "text = 'a'", "text = 'b'")
    assert package.digest() != before


def test_place_of_the_package_does_not_matter(package, tmp_path, monkeypatch):
    before = package.digest()
    monkeypatch.setattr(provenance, "PACKAGE", tmp_path / "elsewhere")
    assert SmallPackage(tmp_path / "elsewhere").digest() == before


def test_commands_have_digests_of_their_own(package):
    assert package.digest("do_it") != package.digest("other")


def test_digest_of_a_real_command_follows_its_stage():
    files = {path.relative_to(PACKAGE).as_posix() for path in provenance._imported(PACKAGE / "cli" / "filter_masks.py")}
    assert {"cli/filter_masks.py", "cli/opening_activations.py", "threshold.py", "storage.py", "config.py"} <= files
    assert not {"network.py", "embedding.py", "labels.py", "cli/probe.py"} & files


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("cli/*.py")), ids=lambda path: path.stem)
def test_every_real_command_has_a_digest(path):
    assert len(code_digest(f"cli.{path.stem}")) == 16


def test_package_imports_only_in_the_form_that_digests_follow():
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path} imports relatively"
            if isinstance(node, ast.Import):
                assert not any(alias.name.startswith("net2vec_core.") for alias in node.names), path


def test_package_is_the_one_under_test():
    assert Path(__file__).parents[1] / "net2vec_core" == PACKAGE
