"""A prompt of the text, compiled: each placeholder knows its argument, and braces that name none are text.

Variables are not filled in. What a prompt says goes to the client, and a variable may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from naftiko_runtime.diagnostics.suggest import nearest
from naftiko_runtime.plan.model.offerings import Prompt, PromptArgument, PromptMessage, Slot
from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.plan.text.names import find_name
from naftiko_runtime.spec.model import prompts as written

_PLACEHOLDER = re.compile(r"\{\{\s*([\w.*-]+)\s*\}\}")


def compile_prompts(prompts: tuple[written.Prompt, ...], findings: Findings) -> tuple[Prompt, ...]:
    """The prompts of an adapter without those that an error was found in. Of two with one name the first is kept."""
    kept: dict[str, Prompt] = {}
    seen: dict[str, written.Prompt] = {}
    for prompt in prompts:
        first = seen.setdefault(prompt.name, prompt)
        if first is not prompt:
            message = f"a second prompt is called `{prompt.name}`; the first one is served"
            related = (findings.related("the first is here", (*first.at, "name")),)
            findings.warning("NK3040", message, (*prompt.at, "name"), "give it a name of its own", related=related)
            continue
        compiled = _compile(prompt, findings)
        if compiled is not None:
            kept[prompt.name] = compiled
    return tuple(kept.values())


def _compile(prompt: written.Prompt, findings: Findings) -> Prompt | None:
    arguments = _arguments(prompt, findings)
    names = tuple(argument.name for argument in arguments)
    messages = [
        PromptMessage(message.role, tuple(_parts(prompt, message, names, findings))) for message in prompt.messages
    ]
    is_whole = all(not isinstance(part, Slot) or part.argument for message in messages for part in message.parts)
    if not messages or not is_whole or findings.is_flawed(prompt.at):
        return None
    return Prompt(prompt.name, prompt.label, prompt.description, arguments, tuple(messages))


def _arguments(prompt: written.Prompt, findings: Findings) -> tuple[PromptArgument, ...]:
    kept: dict[str, PromptArgument] = {}
    for item in prompt.arguments:
        if item.name in kept:
            message = f"`{prompt.name}` has an argument `{item.name}` already"
            findings.error("NK4004", message, (*item.at, "name"), "give it a name of its own", concerns=(prompt.at,))
        kept.setdefault(item.name, PromptArgument(item.name, item.label, item.description, item.required))
    return tuple(kept.values())


def _parts(
    prompt: written.Prompt, message: written.PromptMessage, names: tuple[str, ...], findings: Findings
) -> Iterator[str | Slot]:
    """The texts and slots of a message; a slot without an argument stands for a placeholder that was reported."""
    end = 0
    for match in _PLACEHOLDER.finditer(message.text):
        yield message.text[end : match.start()]
        end = match.end()
        found = find_name(match[1], names)
        if found is None:
            near = nearest(match[1], names)
            hint = f"did you mean `{{{{{near}}}}}`? " if near else "declare it under `arguments`; "
            told = f"nothing supplies `{match[1]}`, which the prompt `{prompt.name}` names"
            help_text = f"{hint}arguments here: {', '.join(names) or 'none'}"
            findings.error("NK4003", told, message.at, help_text, concerns=(prompt.at,))
        yield Slot(found or "")
    yield message.text[end:]
