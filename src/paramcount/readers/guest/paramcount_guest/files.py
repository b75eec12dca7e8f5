"""The user's files as modules: path → text, relative imports included, and what is imported beside them."""

import ast
import importlib
import importlib.machinery
import importlib.util
import sys

from paramcount_guest import keras_models, pasted, placeholders, reasons
from paramcount_guest.state import STATE, Stop, location

_OURS = ("torch", "torchvision", "timm", "numpy", "einops", "paramcount", "paramcount_guest", "pytorch_lightning",
         "lightning", "huggingface_hub", "torchmetrics", "easydict", "addict", "ml_collections", "omegaconf", "yacs")  # fmt: skip
_KERAS = ("keras", "tensorflow", "tf_keras", "keras_applications")
"""Stand-ins whose modules are found by a finder of their own, which knows their names."""
_INERT_STANDARD = ("multiprocessing", "subprocess", "socket", "ssl", "tkinter", "sqlite3", "curses", "readline",
                   "ctypes", "threading", "concurrent", "asyncio")  # fmt: skip


class Files:
    """Finds modules among the user's files; what is neither theirs, ours nor Python's becomes a placeholder."""

    def __init__(self, files, main):
        self.files = files
        self.trees = {}
        self.guarded = {}  # file → line ranges in which a failing import is caught
        self.aliases = {}  # module → file, where the path does not tell
        pasted.completed(self.tree(main))
        self.relative = _relative(self.tree(main))
        self.roots = [""] if self.relative else self._roots(main)

    def _roots(self, main):
        """Folders that modules are looked for in: that which the file's own package is in, then those above it.

        A file that imports from a package whose folder it is in is of that package, with or without `__init__.py`.
        """
        folders = main.split("/")[:-1]
        named = [name.replace(".", "/") for name in _absolute(self.tree(main))]
        own = next((place for place in range(len(folders)) if self._imports(folders, place, named)), None)
        if own is None:
            own = len(folders)
            while own and "/".join([*folders[:own], "__init__.py"]) in self.files:
                own -= 1
        return ["/".join(folders[:count]) for count in range(own, -1, -1)]

    def _imports(self, folders, place, named):
        """Whether one of the named modules is in a package that the file is in too, seen from the folders before it."""
        inside = [name for name in named if name.startswith(f"{folders[place]}/")]
        bases = ["/".join([*folders[:place], name]) for name in inside]
        return any(path in self.files for base in bases for path in (f"{base}.py", f"{base}/__init__.py"))

    def name_of(self, path):
        """The dotted name of a file's module."""
        for root in self.roots:
            if not root or path.startswith(root + "/"):
                inner = path[len(root) + 1 if root else 0 :]
                return inner.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        return path.removesuffix(".py").replace("/", ".")

    def path_of(self, name):
        """The file of a module, and whether it is a package; (None, True) for a folder without a file."""
        if name in self.aliases:
            return self.aliases[name], False
        inner = name.replace(".", "/")
        for root in self.roots:
            base = f"{root}/{inner}" if root else inner
            if f"{base}/__init__.py" in self.files:
                return f"{base}/__init__.py", True
            if f"{base}.py" in self.files:
                return f"{base}.py", False
        for root in self.roots:
            base = f"{root}/{inner}/" if root else f"{inner}/"
            if any(path.startswith(base) for path in self.files):
                return None, True
        return None, False

    def tree(self, path):
        """The parsed file."""
        if path not in self.trees:
            self.trees[path] = pasted.parsed(self.files[path], path)
            self.guarded[path] = _guarded(self.trees[path])
        return self.trees[path]

    # --- the protocol of importlib ----------------------------------------------------------------------------------

    def find_spec(self, name, path=None, target=None):
        file, package = self.path_of(name)
        if file is not None:
            return importlib.machinery.ModuleSpec(name, self, origin=file, is_package=package)
        top = name.split(".")[0]
        if package and top not in (*_OURS, *_KERAS) and not placeholders.standard(name):
            return importlib.machinery.ModuleSpec(name, None, is_package=True)
        if top in (*_OURS, *_KERAS) or (placeholders.standard(name) and top not in _INERT_STANDARD):
            return None
        if top in _INERT_STANDARD and importlib.machinery.PathFinder.find_spec(name, path) is not None:
            return None
        return self.missing(name)

    def missing(self, name):
        """A library that is not here: the user's own fall-back where there is one, else a placeholder."""
        if not self.wanted_by_user():
            return None
        file, line = location()
        if file is not None and any(first <= line <= last for first, last in self.guarded.get(file, ())):
            STATE.warn(f"{name} is not here; the source's own way without it was taken.")
            return None
        STATE.stub(name)
        return placeholders.spec(name)

    def wanted_by_user(self):
        """Whether it is a file of the user's that imports, not a module of Python's or ours."""
        frame = sys._getframe(1)
        while frame is not None:
            name = frame.f_code.co_filename
            if name in self.files:
                return True
            if name != __file__ and not name.startswith("<frozen importlib"):
                return False
            frame = frame.f_back
        return False

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        path = module.__spec__.origin
        module.__file__ = path
        self.execute(path, module.__dict__)

    def execute(self, path, space):
        """Run a file's statements one by one; those that fail are left out and told.

        An ImportError that the file raises itself is its way to say that it is of no use, and is passed on.
        """
        self.run(path, self.tree(path).body, space)

    def run(self, path, nodes, space):
        """Run statements of a file."""
        flags = 0
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                for name in node.names:
                    flags |= getattr(importlib.import_module("__future__"), name.name).compiler_flag
            code = compile(ast.Module([node], []), path, "exec", flags, dont_inherit=True)
            before = len(STATE.stops)
            try:
                exec(code, space)
                if len(STATE.stops) > before:
                    raise STATE.stops[before][0]
            except (Exception, SystemExit, Stop) as error:
                if isinstance(error, SyntaxError) or (isinstance(error, ImportError) and reasons.raised(error)):
                    raise
                if keras_models.changes(node) or reasons.changes(node, space):
                    raise  # a model that is only half made would have too few parameters
                del STATE.stops[before:]
                STATE.skip(path, node, error)

    def get_source(self, name):
        path, _ = self.path_of(name)
        return None if path is None else self.files[path]

    def is_package(self, name):
        return self.path_of(name)[1]


class Fallback:
    """Comes after all other finders: names in our own packages that none has."""

    def __init__(self, files):
        self.files = files

    def find_spec(self, name, path=None, target=None):
        top = name.split(".")[0]
        if top in _INERT_STANDARD or placeholders.standard(name) or ("." in name and top in _OURS):
            return self.files.missing(name)
        return None


def _statements(tree):
    """Every statement, those in others after them; no expression, which can hold none."""
    found = [tree]
    for node in found:  # the list grows while it is gone through
        for name in ("body", "handlers", "orelse", "finalbody", "cases"):
            found.extend(getattr(node, name, ()))
    return found[1:]


def _relative(tree):
    """What a file imports relative to its package: (level, module)."""
    return [
        (node.level, node.module or "") for node in _statements(tree) if isinstance(node, ast.ImportFrom) and node.level
    ]


def _absolute(tree):
    """The modules that a file imports by their full names."""
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def _guarded(tree):
    """Line ranges of `try` bodies whose handlers catch a failing import."""
    found = []
    for node in _statements(tree):
        if isinstance(node, ast.Try):
            names = []
            for handler in node.handlers:
                kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
                names += [
                    getattr(kind, "id", getattr(kind, "attr", "")) if kind is not None else "Exception"
                    for kind in kinds
                ]
            if {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"} & set(names):
                found.append((node.body[0].lineno, max(one.end_lineno for one in node.body)))
    return found


def install(files, main):
    """Put the user's files in front of all other modules."""
    found = Files(files, main)
    sys.meta_path.insert(0, found)
    sys.meta_path.append(Fallback(found))
    return found
