"""What do the outputs of an XML answer mean? A decoded one is `{root: value}`, and it has no lists of one.

The language leaves the root element's name out of mappings (§4.1), but files write it too (`$.root.user`): a first name
that is the root's and none of its children's means the root. A lone `<user>` is an object where two are a list; where
an output, or a path, asks for a list, it is a list of one, so that a mapping works for any number of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from naftiko_runtime.plan.jsonpath.path import ALL, Select, Step, plain_names, split_path
from naftiko_runtime.plan.model.call import Shape
from naftiko_runtime.spec.model.capability import OutputParameter


@dataclass(slots=True)
class _Part:
    """What outputs ask of one value: to be a list, and what they ask of its members."""

    is_list: bool = False
    members: dict[str, _Part] = field(default_factory=dict)


def rooted(shape: Shape, outputs: Sequence[OutputParameter], consumed: Sequence[OutputParameter]) -> Shape:
    """`shape` for a payload with a root element."""
    wanted = _Part()
    for output in (*outputs, *consumed):
        _add(wanted, output)

    def shape_rooted(payload: Any, arguments: Mapping[str, object]) -> object:
        ((root, value),) = payload.items()
        if root in wanted.members and not (isinstance(value, dict) and root in value):
            # Beside its name the root stands for itself, because other outputs may leave the name out.
            members = value if isinstance(value, dict) else {}
            return shape({**_listed(members, wanted), root: _listed(value, wanted.members[root])}, arguments)
        return shape(_listed(value, wanted), arguments)

    return shape_rooted


def unrooted(
    project: Callable[[object], object] | None, outputs: Sequence[OutputParameter]
) -> Callable[[object], object]:
    """The result of a step from a payload with a root element: what `project` makes of it, else the root's content."""
    shape = rooted(lambda payload, _: payload if project is None else project(payload), outputs, ())
    return lambda payload: shape(payload, {})


def listing(path: str, select: Select) -> Select:
    """`select`, which takes `path`, for a step's result: a lone element is a list where the path asks for one."""
    wanted = _Part()
    part = wanted
    for step in split_path(path) or _until_query(path):
        if isinstance(step, str):
            part = part.members.setdefault(step, _Part())
        else:
            part.is_list = True
    return lambda value: select(_listed(value, wanted))


def _until_query(path: str) -> tuple[Step, ...]:
    names, is_list = plain_names(path)
    return (*names, ALL) if is_list else names


def _add(part: _Part, output: OutputParameter) -> None:
    names, is_list = plain_names(output.mapping or "")
    for name in names:
        part = part.members.setdefault(name, _Part())
    part.is_list = part.is_list or is_list or output.type == "array" or output.items is not None
    if output.items is not None:
        _add(part, output.items)
    for name, member in output.properties or ():
        _add(part if member.mapping is not None else part.members.setdefault(name, _Part()), member)


def _listed(value: Any, part: _Part) -> Any:
    """The value as a list where one is asked for, and so its members."""
    if isinstance(value, list):
        return [_members(item, part) for item in value]
    return [_members(value, part)] if part.is_list and value is not None else _members(value, part)


def _members(value: Any, part: _Part) -> Any:
    if not isinstance(value, dict) or not part.members:
        return value
    return {name: _listed(item, part.members[name]) if name in part.members else item for name, item in value.items()}
