"""Which tools does a runtime give to a language model?

Those of all its MCP adapters, under names that are unique and that every provider takes. A definition is a value: it
can be shown to any SDK, and calling by its name and with its spelling of the arguments finds the function again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from naftiko_runtime.diagnostics.suggest import nearest
from naftiko_runtime.host.embedding.exposures import NoSuchFunctionError
from naftiko_runtime.host.embedding.tooldialects import anthropic_tool, gemini_tool, openai_responses_tool, openai_tool
from naftiko_runtime.host.embedding.toolnames import argument_names, tool_names
from naftiko_runtime.plan.model.face import McpFace, Plan, Tool
from naftiko_runtime.plan.model.function import Function


@dataclass(frozen=True, slots=True)
class ToolDefinition:
    """One tool, ready for any LLM SDK.

    `name` is unique among the tools of its runtime and fits `^[a-zA-Z0-9_-]{1,64}$`. `input_schema` is a JSON Schema
    2020-12 object in the file's own names, `output_schema` is there where the outputs are typed; `annotations` have
    MCP's names (`readOnlyHint` …). `namespace` and `tool` say where in the file it comes from.
    """

    name: str
    description: str
    input_schema: Mapping[str, Any]
    title: str = ""
    output_schema: Mapping[str, Any] | None = None
    annotations: Mapping[str, bool] = field(default_factory=dict)
    namespace: str = ""
    tool: str = ""

    def to_anthropic(self) -> dict[str, Any]:
        """An entry of `tools` of Anthropic's Messages API."""
        return anthropic_tool(self.name, self.description, self.input_schema)

    def to_openai(self, *, responses: bool = False) -> dict[str, Any]:
        """An entry of `tools` of OpenAI's Chat Completions API; with `responses`, of its Responses API."""
        make = openai_responses_tool if responses else openai_tool
        return make(self.name, self.description, self.input_schema)

    def to_gemini(self) -> dict[str, Any]:
        """An entry of `functionDeclarations` of a tool of Google's Gemini API, in its subset of OpenAPI 3.0."""
        return gemini_tool(self.name, self.description, self.input_schema)


class Toolset:
    """The tools of capabilities, by the names of their definitions."""

    def __init__(self, plans: Iterable[Plan]) -> None:
        tools = [(face, tool) for plan in plans for face in plan.mcp for tool in face.tools]
        names = tool_names([(face.namespace, tool.name) for face, tool in tools])
        self.definitions = tuple(_define(name, face, tool) for name, (face, tool) in zip(names, tools, strict=True))
        self._functions = {name: tool.function for name, (_, tool) in zip(names, tools, strict=True)}

    def find(self, name: str) -> Function:
        """The function behind a definition's name. Raises NoSuchFunctionError."""
        function = self._functions.get(name)
        if function is None:
            near = nearest(name, self._functions)
            hint = f"; did you mean `{near}`?" if near else ""
            raise NoSuchFunctionError(f"no tool here is called `{name}`{hint}")
        return function


def as_declared(function: Function, arguments: Mapping[str, object]) -> dict[str, object]:
    """Arguments under the names their function knows, where a provider made the model use others."""
    own = {spelled: name for name, spelled in argument_names(item.name for item in function.inputs).items()}
    known = {item.name for item in function.inputs}
    return {name if name in known else own.get(name, name): value for name, value in arguments.items()}


def _define(name: str, face: McpFace, tool: Tool) -> ToolDefinition:
    function = tool.function
    return ToolDefinition(
        name=name,
        description=tool.description or tool.title or tool.name,
        # Copies: a definition is handed to code that may change it, and the plan's schemas are shared.
        input_schema=deepcopy(dict(function.input_schema)),
        title=tool.title,
        output_schema=None if function.output_schema is None else deepcopy(dict(function.output_schema)),
        annotations=dict(tool.annotations),
        namespace=face.namespace,
        tool=tool.name,
    )
