"""Models of Keras, where a source imports it: the stand-ins for it are not loaded before."""

import ast
import sys

MAKERS = ("Model", "Sequential", "Functional")
"""What makes a model in Keras."""


def _loaded(name):
    return sys.modules.get(f"keras.{name}")


def is_layer(one):
    """Whether it is a layer or a model of Keras."""
    found = _loaded("_layer")
    return found is not None and isinstance(one, found.Layer)


def is_model(one):
    """Whether it is a model of Keras."""
    found = _loaded("_models")
    return found is not None and isinstance(one, found.Model)


def is_class(one):
    """Whether it is a class of Keras's layers or models."""
    found = _loaded("_layer")
    return found is not None and isinstance(one, type) and issubclass(one, found.Layer)


def is_model_class(one):
    """Whether it is a class of models."""
    found = _loaded("_models")
    return found is not None and isinstance(one, type) and issubclass(one, found.Model)


def reading(model):
    """What reads a model."""
    from keras._reading import Reading

    return Reading(model)


def outermost(models):
    """Models whose layers no other of them has: a part that was cut out of a model is no model beside it."""
    layers = {name: {id(one) for one in model._flatten_layers()} for name, model in models.items()}
    return {
        name: model
        for name, model in models.items()
        if not any(
            other != name and (id(model) in found or layers[name] - {id(model)} < found - {id(models[other])})
            for other, found in layers.items()
        )
    }


CHANGES = ("add", "pop", "build", "trainable", "append", "extend", "insert")
"""What changes a model that is made already."""


def changes(node):
    """Whether a statement may have changed a model before it failed."""
    if _loaded("_models") is None or isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)):
        return False
    return any(isinstance(one, ast.Attribute) and one.attr in CHANGES for one in ast.walk(node))


def makes(node):
    """Whether a function's body makes a model of Keras."""
    if _loaded("_models") is None:
        return False
    return any(
        (isinstance(one, ast.Name) and one.id in MAKERS) or (isinstance(one, ast.Attribute) and one.attr in MAKERS)
        for part in node.body
        for one in ast.walk(part)
    )
