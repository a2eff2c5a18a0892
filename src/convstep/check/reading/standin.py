"""What takes the place of a module that a submission imports and that is not here.

The tests of a course, a plotting library, a compiler for loops: none of them is needed to see
whether a function is right. What a stand-in gives can be called, used as a decorator, and entered;
it never passes for a number.
"""

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, NoReturn

__all__ = ["Nothing", "StandIn"]

# What a stand-in must not do for nothing: the loop over it would be left out.
_AS_IT_IS: dict[str, Any] = {"prange": range}


class Nothing:
    """An attribute of a module that is not here: harmless, and no number."""

    def __init__(self, *origin: Any) -> None:
        self._origin = str(origin[0]) if origin else "a module"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """As a decorator, return the function unchanged."""
        if len(args) == 1 and not kwargs and callable(args[0]) and not isinstance(args[0], Nothing):
            return args[0]
        return Nothing(self._origin)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _AS_IT_IS.get(name) or Nothing(self._origin)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return ()

    def __getitem__(self, key: Any) -> Any:
        return Nothing(self._origin)

    def __setitem__(self, key: Any, value: Any) -> None: ...

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: Any) -> None: ...

    def _refuse(self, *args: Any) -> NoReturn:
        raise ModuleNotFoundError(f"the module {self._origin} is not here")


def _numeric() -> Iterator[str]:
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"):
        yield from (f"__{name}__", f"__r{name}__", f"__i{name}__")
    yield from (f"__{name}__" for name in ("lt", "le", "gt", "ge", "neg", "abs"))
    yield from (f"__{name}__" for name in ("float", "int", "index", "array"))


for _name in _numeric():
    setattr(Nothing, _name, Nothing._refuse)


class StandIn(ModuleType):
    """A module that has every attribute, each of them `Nothing`.

    Examples
    --------
    >>> numba = StandIn("numba")
    >>> @numba.njit(parallel=True)
    ... def double(x):
    ...     return 2 * x
    >>> double(4)
    8
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _AS_IT_IS.get(name) or Nothing(self.__name__)


def attribute(module: str, name: str) -> Callable[..., Any]:
    """What stands for one name of a module."""
    found: Callable[..., Any] = _AS_IT_IS.get(name) or Nothing(module)
    return found
