"""Which variables may a file use, and what are they worth?

All binds together make one scope: a variable `VAR` of the bind `env` is `{{VAR}}` and `{{env.VAR}}` (C10). Values come
from an `Environment` that somebody else has read: nothing here touches the process or the disk. Without an environment
every value is masked, which is how `validate`, `explain` and `--dry-run` can compile without holding a secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from naftiko_runtime.diagnostics.suggest import nearest, one_edit
from naftiko_runtime.plan.findings import Findings
from naftiko_runtime.plan.references import strip_face_prefix
from naftiko_runtime.spec.document import Pointer
from naftiko_runtime.spec.model import Bind, Spec

MASK = "***"
"""What stands for a value that must not be seen."""

_UPPER = re.compile(r"[A-Z][A-Z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class Environment:
    """Everything binds can be filled from, read beforehand.

    `files` maps each `file://` location to the mapping it holds, or to a text that says why it can't be read.
    """

    process: Mapping[str, str] = field(default_factory=dict)
    env_file: Mapping[str, str] = field(default_factory=dict)
    dotenv: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Mapping[str, object] | str] = field(default_factory=dict)


class _Declared:
    """One declared variable: its bind, and its worth or why it has none."""

    __slots__ = ("at", "bind", "problem", "used", "value", "variable")

    def __init__(self, bind: Bind, variable: str, value: str | None, problem: str, at: Pointer) -> None:
        self.bind = bind
        self.variable = variable
        self.value = value
        self.problem = problem
        self.at = at
        self.used = False


class Variables:
    """The scope of one file. Looking a name up marks it used: an unset variable that nothing uses is no reason to refuse
    (3,210 public files bind one).
    """

    def __init__(self, spec: Spec, environment: Environment | None, findings: Findings) -> None:
        self._findings = findings
        self._by_name: dict[str, _Declared] = {}
        self.bind_namespaces = {bind.namespace for bind in spec.binds}
        for bind in spec.binds:
            for variable, source in bind.keys:
                self._declare(bind, variable, *_look_up(bind, source, environment))
        self._declare_environment_inputs(spec, environment)

    def _declare(self, bind: Bind, variable: str, value: str | None, problem: str) -> None:
        declared = _Declared(bind, variable, value, problem, (*bind.at, "keys", variable))
        earlier = self._by_name.get(variable)
        if earlier is not None and earlier.bind.namespace != bind.namespace:
            self._findings.warning(
                "NK6008",
                f"`{variable}` is bound by `{earlier.bind.namespace}` and by `{bind.namespace}`",
                declared.at,
                f"write `{{{{{bind.namespace}.{variable}}}}}` where this one is meant; `{{{{{variable}}}}}` is the first",
                key=True,
            )
        self._by_name.setdefault(variable, declared)
        self._by_name.setdefault(f"{bind.namespace}.{variable}", declared)

    def _declare_environment_inputs(self, spec: Spec, environment: Environment | None) -> None:
        for consumes in spec.consumes:
            for operation in consumes.operations:
                for parameter in operation.inputs:
                    if parameter.place == "environment" and parameter.name not in self._by_name:
                        bind = Bind("environment", None, ((parameter.name, parameter.name),), parameter.at)
                        value, problem = _look_up(bind, parameter.name, environment)
                        self._by_name[parameter.name] = _Declared(bind, parameter.name, value, problem, parameter.at)

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def value(self, name: str) -> str:
        """The value of a declared variable; the mask where it has none (the lack is reported once, by `report`)."""
        declared = self._by_name[name]
        declared.used = True
        return MASK if declared.value is None else declared.value

    def by_spelling(self) -> dict[str, str]:
        """The plain variables that have a value, for names that may be spelled another way."""
        return {name: item.value for name, item in self._by_name.items() if item.value is not None and "." not in name}

    def caller_name(self, name: str, at: Pointer) -> str | None:
        """The input a placeholder asks the caller for; None where it is a variable, or was reported as an undeclared one.

        `{{tools.x}}` and `{{rest.x}}` are the input `x`, from either face (catalogue §c). A name below a bind's namespace,
        or one slip away from a variable, was meant as a variable.
        """
        if name in self._by_name:
            return None
        stripped = strip_face_prefix(name, "")
        if stripped is not None:
            return stripped
        if name.partition(".")[0] in self.bind_namespaces and "." in name:
            self.undeclared(name, at)
            return None
        if _UPPER.match(name) and one_edit(name, self._by_name) is not None:
            self.undeclared(name, at)
            return None
        return name

    def undeclared(self, name: str, at: Pointer) -> None:
        """Report the use of a variable that no bind declares."""
        near = nearest(name, self._by_name)
        if near is not None:
            help_text = f"did you mean `{{{{{near}}}}}`? declared: {', '.join(sorted(self._by_name))}"
        else:
            help_text = f"declare it: `binds: [{{namespace: env, keys: {{{name.rpartition('.')[2]}: …}}}}]`"
        self._findings.error("NK6002", f"no bind declares the variable `{name}`", at, help_text)

    def report(self) -> None:
        """Say which used variables have no value, each at its bind's line (C10)."""
        seen: set[int] = set()
        for declared in self._by_name.values():
            if id(declared) in seen:
                continue
            seen.add(id(declared))
            if declared.used and declared.problem:
                code, message, help_text = _missing(declared)
                self._findings.error(code, message, declared.at, help_text, key=True)


def _look_up(bind: Bind, source: str, environment: Environment | None) -> tuple[str | None, str]:
    """The value of a key, or why there is none."""
    if environment is None:
        return None, ""
    if bind.location is None:
        for values in (environment.process, environment.env_file, environment.dotenv):
            if source in values:
                return (values[source], "") if values[source] else (None, "it is set but empty")
        return None, f"the environment variable `{source}` is not set"
    content = environment.files.get(bind.location)
    if content is None:
        return None, f"scheme:{bind.location}"
    if isinstance(content, str):
        return None, f"file:{content}"
    if source not in content:
        return None, f"key:{source}"
    value = content[source]
    if isinstance(value, bool):
        return ("true" if value else "false"), ""
    if isinstance(value, str | int | float) and value != "":
        return str(value), ""
    return None, f"`{source}` in {bind.location} is no text or number"


def _missing(declared: _Declared) -> tuple[str, str, str]:
    variable, problem, location = declared.variable, declared.problem, declared.bind.location
    if problem.startswith("scheme:"):
        help_text = "served today: `file://` and, without `location`, the process environment"
        return "NK6005", f"no provider for `{problem[7:]}`, which binds `{variable}`", help_text
    if problem.startswith("file:"):
        return (
            "NK6003",
            f"can't read {location}, which binds `{variable}`: {problem[5:]}",
            "a path is relative to the spec",
        )
    if problem.startswith("key:"):
        return "NK6004", f"{location} has no key `{problem[4:]}`, which binds `{variable}`", "add the key to that file"
    source = dict(declared.bind.keys)[variable]
    help_text = (
        f"set it in the environment (`export {source}=…`), in the file of `--env-file`, or in a `.env` beside the spec"
    )
    return "NK6001", f"the variable `{variable}` has no value: {problem}", help_text
