"""Which function does a name on the command line mean?

A person may know a function by its tool's name, by its REST operation's name, by either with its namespace before it,
by the consumed operation it calls, or by its name in its aggregate. Faces of one and the same call are as good as each
other, so the first is taken; a name that fits different calls is never resolved by order: the answer is the list of
names that fit one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from naftiko_runtime.diagnostics import Diagnostic, Severity
from naftiko_runtime.diagnostics.suggest import nearest
from naftiko_runtime.host.embedding.exposures import Exposure, exposures_of, left_out_of, shared_by
from naftiko_runtime.plan.model.face import Aggregate, Plan


def everything_of(plan: Plan) -> tuple[Exposure, ...]:
    """The functions of a capability's aggregates, everything it shows, and what a partly served one leaves out."""
    return (*shared_by(plan), *exposures_of(plan), *left_out_of(plan))


def find_exposures(plans: Iterable[Plan], name: str) -> list[Exposure] | Diagnostic:
    """What a name means, at least one; a diagnostic where it means nothing. A whole namespace may be named, too."""
    everything = [item for plan in plans for item in everything_of(plan)]
    for names_of in (_own_names, _target_names, _shared_names, _namespace):
        found = [item for item in everything if name in names_of(item)]
        if found:
            return found
    return _unknown(name, everything)


def find_exposure(plans: Iterable[Plan], name: str) -> Exposure | Diagnostic:
    """The one call that a name means; a diagnostic where it means none, or different ones."""
    found = find_exposures(plans, name)
    if isinstance(found, Diagnostic):
        return found
    if len(found) == 1 or (len({item.deed for item in found}) == 1 and found[0].deed is not None):
        return found[0]
    names = list(dict.fromkeys(_telling_name(item, found) for item in found))
    message = f"`{name}` is the name of {len(found)} functions"
    return Diagnostic("NK8007", Severity.ERROR, message, "", help=f"say one of: {', '.join(names)}")


def _own_names(item: Exposure) -> tuple[str, ...]:
    return () if isinstance(item.face, Aggregate) else _names(item)


def _shared_names(item: Exposure) -> tuple[str, ...]:
    return _names(item) if isinstance(item.face, Aggregate) else ()


def _names(item: Exposure) -> tuple[str, ...]:
    return (item.name, item.qualified_name, item.function.qualified_name, item.shown)


def _telling_name(item: Exposure, others: Sequence[Exposure]) -> str:
    """The name that means this one alone: operations may share theirs, then it is the route."""
    is_unique = sum(other.qualified_name == item.qualified_name for other in others) == 1
    return item.qualified_name if is_unique else f'"{item.shown}"'


def _target_names(item: Exposure) -> tuple[str, ...]:
    target = item.target
    if target is None or isinstance(item.face, Aggregate):
        return ()
    return (f"{target.namespace}.{target.operation}", f"{target.namespace}.{target.resource}.{target.operation}")


def _namespace(item: Exposure) -> tuple[str, ...]:
    return (item.face.namespace,)


def _unknown(name: str, everything: Sequence[Exposure]) -> Diagnostic:
    names = list(dict.fromkeys(known for item in everything for known in (item.name, item.qualified_name)))
    near = nearest(name, names)
    hint = f"did you mean `{near}`? " if near else ""
    listed = ", ".join(dict.fromkeys(item.qualified_name for item in everything))
    return Diagnostic(
        "NK8007", Severity.ERROR, f"nothing here is called `{name}`", "", help=f"{hint}here are: {listed}"
    )
