"""What is made of a policy is made once, however many days are decided by it.

A policy never changes once it is read; its expressions, tables and functions need not be made
anew for every day.
"""

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar


PLACES: Final = 128  # of each function; a home has a dozen policies

#: Arguments that are the same when they are equal; all others when they are the very same object.
BY_VALUE: Final = (str, frozenset)

P = ParamSpec("P")
R = TypeVar("R")


def once(made: Callable[P, R]) -> Callable[P, R]:
    """The function, whose last `PLACES` results are kept by the identity of what it was given.

    Only for functions without side effects whose arguments never change; what is given by name is
    made anew each time.
    """
    # The arguments are kept with the result: as long as it is here, no other object has their id.
    kept: OrderedDict[tuple[object, ...], tuple[tuple[object, ...], R]] = OrderedDict()

    @wraps(made)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        if kwargs:  # no part of the key
            return made(*args, **kwargs)
        key = tuple(one if isinstance(one, BY_VALUE) else id(one) for one in args)
        found = kept.get(key)
        if found is not None:
            return found[1]
        result = made(*args, **kwargs)
        kept[key] = (args, result)
        if len(kept) > PLACES:
            kept.popitem(last=False)
        return result

    return told
