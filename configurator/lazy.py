"""A property that is computed once, without a lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class lazy(Generic[T]):  # noqa: N801 (used as a decorator)
    """As functools.cached_property, which until Python 3.12 lets all instances wait while one is computed.

    Two threads may compute it at once: it is for values.
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    def __get__(self, instance: Any, owner: type) -> T:
        found: T = self._compute(instance)
        instance.__dict__[self._name] = found
        return found
