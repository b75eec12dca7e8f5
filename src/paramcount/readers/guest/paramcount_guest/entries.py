"""Which model of a file is meant."""

import ast
import inspect

from torch.nn.modules.module import Module

from paramcount_guest import keras_models as keras
from paramcount_guest.state import STATE, Stop


def _loss(cls):
    return any(one.__name__ == "_Loss" for one in cls.__mro__) or cls.__name__.lower().endswith("loss")


def _prepares(model):
    """Whether a module does nothing but prepare images, as torchvision's transforms do."""
    ends = [one for one in model.modules() if not one._modules]
    return all([getattr(one, "_prepares_", False) for one in ends]) and bool(ends)


def choose(module, tree, entry, found):
    """The module object that `entry` gives, or that alone comes into question; None where several do."""
    space = module.__dict__
    STATE.stage = "construct"
    if entry is not None:
        return _given(entry, space, found)
    classes = {
        name: one
        for name, one in space.items()
        if inspect.isclass(one) and (issubclass(one, Module) or keras.is_class(one))
        and one.__module__ == module.__name__ and not _loss(one)
    }  # fmt: skip
    if any(keras.is_model_class(one) for one in classes.values()):
        classes = {name: one for name, one in classes.items() if keras.is_model_class(one)}
    functions = {
        name: one for name, one in space.items()
        if inspect.isfunction(one) and one.__code__.co_filename == module.__file__
    }  # fmt: skip
    inside, builders, parts, making = _references(tree, classes, functions)
    if making:  # a layer is no model where functions make models of layers
        classes = {name: one for name, one in classes.items() if not keras.is_class(one) or keras.is_model_class(one)}
    models = [(name, model) for name, model in _objects(space) if name not in parts]
    why = _why_not(classes | functions, models)
    if len(models) == 1 and why is None:
        name, model = models[0]
        found.entry = {"text": name, "how": "module-level model"}
        return model
    roots = [name for name in classes if name not in inside]
    free = [name for name in builders if not _required(functions[name])]
    if why is None and not (classes or functions or models):
        why = _absent(module, tree)
    if why is None and not models and len(roots) == 1 and not _required(classes[roots[0]]):
        return _made(classes[roots[0]], roots[0], "only root class", found)
    if why is None and not models and not roots_free(roots, classes) and len(free) == 1:
        return _made(functions[free[0]], free[0], "only builder without required arguments", found)
    if why is None and not models and _scripted(module, tree):
        models = [(name, model) for name, model in _objects(space) if name not in parts]
        if len(models) == 1:
            name, model = models[0]
            found.entry = {"text": name, "how": "made where the file is run as a script"}
            return model
    found.candidates = [{"call": name, "requires": []} for name, _ in models] + [
        {"call": f"{name}{_signature(space[name])}", "requires": _required(space[name])} for name in (*builders, *roots)
    ]
    if not found.candidates:
        found.candidates = [
            {"call": f"{name}{_signature(one)}", "requires": _required(one)}
            for name, one in {**classes, **functions}.items()
        ]
    if why is not None:
        found.explain("import", *why)
    return None


def _scripted(module, tree):
    """Run what a file does only as a script, but for functions that it calls for what they do; whether it has such."""
    blocks = [node.body for node in tree.body if isinstance(node, ast.If) and _asks_for_script(node.test)]
    STATE.stage = "import"
    for block in blocks:
        plain = [node for node in block if not isinstance(node, ast.While) and not _calls_alone(node)]
        module.__spec__.loader.run(module.__file__, plain, module.__dict__)
    STATE.stage = "construct"
    return bool(blocks)


def _asks_for_script(test):
    return isinstance(test, ast.Compare) and {
        getattr(one, "id", getattr(one, "value", None)) for one in (test.left, *test.comparators)
    } == {"__name__", "__main__"}


def _calls_alone(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name)


_MAKERS = (*keras.MAKERS, "DataParallel")
"""What makes a model of any file's."""


def _name(call):
    return getattr(call.func, "id", getattr(call.func, "attr", None))


def _why_not(makers, models):
    """Why the model that a file makes at its top level is not there, and where: None where it makes none.

    Where there are models, one that was to be built on them, as on a backbone, is the one that is not there.
    """
    if models:
        names = {name for name, _ in models}
        for node, error, place in STATE.left_out:
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and _makes(node, keras.MAKERS) and names & _read(node):
                return error, place
        return None
    for error, place in STATE.absent_models:
        return error, place
    for node, error, place in STATE.left_out:
        if isinstance(node, ast.ClassDef):
            if any(isinstance(one, ast.FunctionDef) and one.name == "forward" for one in node.body):
                return error, place
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and (
            _makes(node, _MAKERS) or _makes(node, makers, given=True)  # without arguments it will be made anyway
        ):
            return error, place
    return None


def _makes(node, makers, given=False):
    """Whether one of these is called in a statement, with arguments where they are to be `given`."""
    return any(
        isinstance(one, ast.Call) and _name(one) in makers and (one.args or one.keywords or not given)
        for one in ast.walk(node)
    )


def _read(node):
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _absent(module, tree):
    """Why what a file makes is no model: a class's base, or what a model was given to, is not here. None else."""
    for node in tree.body:
        one = getattr(module, node.name, None) if isinstance(node, ast.ClassDef) else None
        base = getattr(one, "_placeholder_", None)
        if base is not None and inspect.isclass(one) and "forward" in vars(one):
            reason = (
                f"{node.name} is built on {base}, and its library is not here. Build it on nn.Module to have it read."
            )
            return Stop("missing library", reason), (module.__file__, node.lineno)
    return STATE.given_models[-1] if STATE.given_models else None


def roots_free(roots, classes):
    """The root classes that need no arguments."""
    return [name for name in roots if not _required(classes[name])]


def _given(entry, space, found):
    value = eval(compile(entry, "<entry>", "eval"), space)  # noqa: S307 - this is the sandbox
    found.entry = {"text": entry, "how": "given"}
    if inspect.isclass(value) or inspect.isfunction(value):
        missing = _required(value)
        if missing:
            raise TypeError(
                f"{entry} needs arguments: {', '.join(missing)}. Write the call, as in {entry}{_signature(value)}."
            )
        value = value()
    return value


def _made(maker, name, how, found):
    found.entry = {"text": f"{name}()", "how": how}
    return maker()


def _objects(space):
    """Models that are made at the file's top level, without those that others of them hold."""
    held = {
        id(one): (name, one)
        for name, one in space.items()
        if isinstance(one, Module) and not _loss(type(one)) and not _prepares(one)
    }
    own = keras.outermost({name: one for name, one in space.items() if keras.is_model(one)})
    held |= {id(one): (name, one) for name, one in own.items()}
    inner = {
        id(part) for _, one in held.values() if isinstance(one, Module) for part in one.modules() if part is not one
    }
    return [pair for key, pair in held.items() if key not in inner]


def _references(tree, classes, functions):
    """What the file's classes and functions say of one another.

    Returns:
        Classes that others use; functions that make models and that nothing else calls; names that functions which
        make Keras's models take as parts; those functions.
    """
    inside, called, makers, making, parts = set(), set(), [], set(), set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} - {node.name}
            inside |= names
            called |= names
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name in functions:
            names = {one.id for part in node.body for one in ast.walk(part) if isinstance(one, ast.Name)}
            called |= names - {node.name}
            if any(isinstance(one, ast.Return) and one.value is not None for one in ast.walk(node)):
                makers.append((node.name, names))
            if keras.makes(node):
                making.add(node.name)
                parts |= names - _bound(node)
    reach = dict(makers)
    models = set(classes)

    def builds(name, seen):
        if name in seen:
            return False
        seen.add(name)
        names = reach.get(name, set())
        return name in making or bool(names & models) or any(builds(one, seen) for one in names if one in reach)

    builders = [name for name in reach if name not in called and not name.startswith("_") and builds(name, set())]
    return inside, builders, parts, making


def _bound(function):
    """The names that a function gives values of its own."""
    return {one.arg for one in ast.walk(function) if isinstance(one, ast.arg)} | {
        one.id for one in ast.walk(function) if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)
    }


def _parameters(maker):
    if inspect.isclass(maker) and maker.__init__ is Module.__init__:
        return []
    try:
        found = list(inspect.signature(maker).parameters.values())
    except (TypeError, ValueError):
        return []
    return found


def _required(maker):
    return [
        one.name
        for one in _parameters(maker)
        if one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
    ]


def _signature(maker):
    parts = []
    for one in _parameters(maker):
        star = {one.VAR_POSITIONAL: "*", one.VAR_KEYWORD: "**"}.get(one.kind, "")
        if one.default is one.empty:
            parts.append(star + one.name)
        else:
            text = repr(one.default) if isinstance(one.default, (int, float, str, bool, tuple, type(None))) else "…"
            parts.append(f"{one.name}={text[:40]}")
    return f"({', '.join(parts)})"[:300]
