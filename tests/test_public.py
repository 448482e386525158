import inspect

import braid
from braid import errors


def test_public_names():
    assert sorted(braid.__all__) == [
        "BraidError", "__version__", "audit", "evaluate", "load", "prepare", "summarize_extractively", "train"
    ]  # fmt: skip
    assert all(getattr(braid, name).__doc__ for name in braid.__all__ if name != "__version__")


def test_the_tree_of_errors_is_drawn():
    kinds = [one for one in inspect.getmembers(errors, inspect.isclass) if one[1].__module__ == errors.__name__]
    assert len(kinds) > 5
    for name, kind in kinds:
        assert issubclass(kind, errors.BraidError)
        assert name in errors.__doc__


def test_error_parts():
    error = errors.DataError("what must hold", where="f.tsv, line 3", hint="do this")
    assert str(error) == "what must hold (f.tsv, line 3)\n\nhint: do this"


def test_no_room_bears_the_name_of_a_public_function():
    import pkgutil

    rooms = {module.name for module in pkgutil.iter_modules(braid.__path__)}
    assert not rooms & {"load", "prepare", "train", "evaluate", "plan", "audit", "export"}
