"""Which variables may a file use, and what are they worth?

All binds together make one scope: a variable `VAR` of the bind `env` is `{{VAR}}` and `{{env.VAR}}` (C10). Values come
from an `Environment` that somebody else has read: nothing here touches the process or the disk. Without an environment
every value is masked, which is how `validate`, `explain` and `--dry-run` can compile without holding a secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import NamedTuple

from naftiko_runtime.diagnostics.suggest import nearest, one_edit
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.scope.references import strip_face_prefix
from naftiko_runtime.plan.text.values import to_text
from naftiko_runtime.spec.model.capability import Bind, Spec
from naftiko_runtime.spec.text.document import Pointer

MASK = "***"
"""What stands for a value that must not be seen."""

SCHEMES = ("file", "k8s-secret", "vault")
"""The kinds of location a bind may name; whoever reads the environment has a provider for each."""

_NO_ENTRY = object()
_UPPER = re.compile(r"[A-Z][A-Z0-9_]*\Z")
_BARE = re.compile(r"env\.[A-Z][A-Z0-9_]*\Z")
_ANY_PLACEHOLDER = re.compile(r"\{\{\s*([^\s{}]+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Environment:
    """Everything binds can be filled from, read beforehand.

    `located` maps each location of a bind to the mapping it holds, or to a text that says why it can't be read.
    """

    process: Mapping[str, str] = field(default_factory=dict)
    env_file: Mapping[str, str] = field(default_factory=dict)
    dotenv: Mapping[str, str] = field(default_factory=dict)
    located: Mapping[str, Mapping[str, object] | str] = field(default_factory=dict)


class _Lack(NamedTuple):
    """Why a variable has no value: the code, what was found, what to write instead, and the bare reason."""

    code: str
    message: str
    help_text: str
    reason: str = ""


@dataclass(eq=False, slots=True)
class _Declared:
    """One declared variable: its bind, its worth (a text, why there is none, or None while nothing is looked up), and
    where it is used.
    """

    bind: Bind
    variable: str
    worth: str | _Lack | None
    at: Pointer
    uses: dict[Pointer, None] = field(default_factory=dict)


class Variables:
    """The scope of one file. Looking a name up marks it used: an unset variable that nothing uses is no reason to
    refuse (3,210 public files bind one). With `partial`, a variable that no bind declares is looked up in the
    environment under its own name (C6b).
    """

    def __init__(
        self, spec: Spec, environment: Environment | None, findings: Findings, *, partial: bool = False
    ) -> None:
        self._findings = findings
        self._environment = environment
        self._partial = partial
        self._by_name: dict[str, _Declared] = {}
        self._bind_namespaces = {bind.namespace for bind in spec.binds}
        self._is_incomplete = findings.is_flawed(("binds",)) or any(section == "binds" for section, _ in spec.absent)
        for bind in spec.binds:
            for variable, source in bind.keys:
                self._declare(bind, variable, _look_up(bind, variable, source, environment))
        self._declare_environment_inputs(spec, environment)

    def _declare(self, bind: Bind, variable: str, worth: str | _Lack | None) -> None:
        declared = _Declared(bind, variable, worth, (*bind.at, "keys", variable))
        earlier = self._by_name.get(variable)
        if earlier is not None and not _is_same_source(earlier.bind, bind, variable):
            self._warn_twice(earlier, declared)
        self._by_name.setdefault(variable, declared)
        self._by_name.setdefault(f"{bind.namespace}.{variable}", declared)

    def _warn_twice(self, earlier: _Declared, later: _Declared) -> None:
        variable, namespace = later.variable, later.bind.namespace
        if earlier.bind.namespace == namespace:
            message = f"`{variable}` is bound twice by `{namespace}`, from different places"
            help_text = "keep one of the two; the first counts"
        else:
            message = f"`{variable}` is bound by `{earlier.bind.namespace}` and by `{namespace}`"
            help_text = (
                f"write `{{{{{namespace}.{variable}}}}}` where this one is meant; `{{{{{variable}}}}}` is the first"
            )
        self._findings.warning("NK6008", message, later.at, help_text, key=True)

    def _declare_environment_inputs(self, spec: Spec, environment: Environment | None) -> None:
        for consumes in spec.consumes:
            for operation in consumes.operations:
                for parameter in operation.inputs:
                    if parameter.place == "environment" and parameter.name not in self._by_name:
                        bind = Bind("environment", None, ((parameter.name, parameter.name),), parameter.at)
                        worth = _look_up(bind, parameter.name, parameter.name, environment)
                        self._by_name[parameter.name] = _Declared(bind, parameter.name, worth, parameter.at)

    @property
    def are_known(self) -> bool:
        """Whether there is an environment to look values up in; without one a file is only looked at."""
        return self._environment is not None

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def value(self, name: str, at: Pointer) -> str:
        """The value of a declared variable, used at `at`; the mask where it has none (`report` tells the lack once)."""
        declared = self._by_name[name]
        declared.uses[at] = None
        return declared.worth if isinstance(declared.worth, str) else MASK

    def filled(self, text: str, at: Pointer) -> str:
        """A text of a syntax of its own, such as a JSONPath: its variables filled in, everything else as it is."""
        if "{{" not in text:
            return text
        return _ANY_PLACEHOLDER.sub(
            lambda match: self.value(match[1], at) if match[1] in self._by_name else match[0], text
        )

    def by_spelling(self) -> dict[str, str]:
        """The plain variables that have a value, for names that may be spelled another way."""
        plain = ((name, item.worth) for name, item in self._by_name.items() if "." not in name)
        return {name: worth for name, worth in plain if isinstance(worth, str)}

    def is_meant(self, text: str) -> bool:
        """Whether a text without braces is the qualified name of a variable, such as `env.TOKEN`."""
        return ("." in text and text in self._by_name) or _BARE.match(text) is not None

    def caller_name(self, name: str, at: Pointer) -> str | None:
        """The input a placeholder asks the caller for; None where it is a variable, or was reported as an undeclared
        one.

        `{{tools.x}}` and `{{rest.x}}` are the input `x`, from either face (catalogue §c). A name below a bind's
        namespace or below `env`, `X.UPPER`, or one slip away from a variable, was meant as a variable.
        """
        if name in self._by_name:
            return None
        stripped = strip_face_prefix(name, "")
        if stripped is not None:
            return stripped
        namespace, dot, variable = name.partition(".")
        if dot and (namespace == "env" or namespace in self._bind_namespaces or _UPPER.match(variable)):
            self.undeclared(name, at)
            return None
        if _UPPER.match(name) and one_edit(name, self._by_name) is not None:
            self.undeclared(name, at)
            return None
        return name

    def undeclared(self, name: str, at: Pointer) -> None:
        """Report the use of a variable that no bind declares. With `partial` it may be declared from then on."""
        variable = name.rpartition(".")[2]
        message = f"no bind declares the variable `{name}`"
        if self._partial:
            bind = Bind("environment", None, ((variable, variable),), at)
            worth = _look_up(bind, variable, variable, self._environment)
            if not isinstance(worth, _Lack):
                self._by_name[name] = _Declared(bind, variable, worth, at)
                looked_up = f"{message}; it was looked up in the environment as `{variable}`"
                self._findings.warning("NK6002", looked_up, at, _declaration(variable))
                return
            message += f", and {worth.reason}"
        if self._is_incomplete:
            # A bind that can't be read, or imported, may declare it; that it can't was told.
            return
        near = nearest(name, self._by_name)
        help_text = _declaration(variable)
        if near is not None:
            listed = ", ".join(sorted(self._by_name))
            help_text = f"did you mean `{{{{{near}}}}}`? else {help_text}; declared: {listed}"
        self._findings.error("NK6002", message, at, help_text)

    def report(self) -> None:
        """Say which used variables have no value, each at its bind's line (C10)."""
        for declared in dict.fromkeys(self._by_name.values()):
            if declared.uses and isinstance(declared.worth, _Lack):
                code, message, help_text, _ = declared.worth
                self._findings.error(code, message, declared.at, help_text, key=True, concerns=(declared.at,))

    @property
    def uses(self) -> dict[Pointer, tuple[Pointer, ...]]:
        """Where each used variable is used, by the place of its declaration."""
        return {item.at: tuple(item.uses) for item in dict.fromkeys(self._by_name.values()) if item.uses}


def scheme_of(location: str) -> str:
    """The scheme of a bind's location."""
    return location.partition("://")[0]


def _declaration(variable: str) -> str:
    return f"declare it: `binds: [{{namespace: env, keys: {{{variable}: …}}}}]`"


def _is_same_source(one: Bind, other: Bind, variable: str) -> bool:
    return one.location == other.location and dict(one.keys)[variable] == dict(other.keys)[variable]


def _look_up(bind: Bind, variable: str, source: str, environment: Environment | None) -> str | _Lack | None:
    """The value of a key, or why there is none; None without an environment."""
    if bind.location is not None and scheme_of(bind.location) not in SCHEMES:
        known = ", ".join(f"`{scheme}://`" for scheme in SCHEMES)
        help_text = f"there are {known} and, without `location`, the environment"
        return _Lack("NK6005", f"no provider for `{bind.location}`, which binds `{variable}`", help_text)
    if environment is None:
        return None
    if bind.location is None:
        return _from_process(variable, source, environment)
    return _from_location(variable, source, bind.location, environment.located.get(bind.location, "it was not read"))


def _from_process(variable: str, source: str, environment: Environment) -> str | _Lack:
    found = (
        values[source] for values in (environment.process, environment.env_file, environment.dotenv) if source in values
    )
    value = next(found, None)
    if value:
        return value
    reason = f"the environment variable `{source}` is not set" if value is None else f"`{source}` is set but empty"
    return _Lack(
        "NK6001",
        f"the variable `{variable}` has no value: {reason}",
        f"set it in the environment (`export {source}=…`), in the file of `--env-file`, or in a `.env` beside the spec",
        reason,
    )


def _from_location(variable: str, source: str, location: str, content: Mapping[str, object] | str) -> str | _Lack:
    if isinstance(content, str):
        message = f"can't read {location}, which binds `{variable}`: {content}"
        is_file = scheme_of(location) == "file"
        help_text = "a path is relative to the spec" if is_file else "nothing is served without it; see docs/secrets.md"
        return _Lack("NK6003", message, help_text)
    value = _entry(content, source)
    if value is _NO_ENTRY:
        message = f"{location} has no key `{source}`, which binds `{variable}`"
        return _Lack("NK6004", message, "add the key there")
    if value != "" and (isinstance(value, str | int) or (isinstance(value, float) and isfinite(value))):
        return to_text(value)
    message = f"`{source}` in {location}, which binds `{variable}`, is no text or number"
    return _Lack("NK6004", message, "give the key a text or a number there")


def _entry(content: Mapping[str, object], source: str) -> object:
    """The entry of this very name; else, the name taken as a path between dots, what is nested there."""
    found: object = content
    for name in (source,) if source in content else source.split("."):
        if not isinstance(found, Mapping) or name not in found:
            return _NO_ENTRY
        found = found[name]
    return found
