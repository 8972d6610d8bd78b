"""Which scripts may run, and are they any? Each file is looked at once, at load, without running it (language §9.6).

Scripts are off unless whoever runs the capability allows them; the control adapter of the file decides both ways where
it says so. Where nothing is run (`validate`, `explain`), nobody is asked.
"""

from __future__ import annotations

from collections.abc import Mapping

from naftiko_runtime.plan.scope.findings import Findings
from naftiko_runtime.scripts.model import Limits, Script, Source
from naftiko_runtime.scripts.syntax import ScriptError, compile_script
from naftiko_runtime.spec.model.capability import Spec
from naftiko_runtime.spec.model.control import Scripting, scripting_of
from naftiko_runtime.spec.model.scripts import ScriptFile, ScriptFiles
from naftiko_runtime.spec.text.document import Pointer


class Scripts:
    """The scripts of one file, compiled. `allowed` is None where nothing is going to run."""

    def __init__(self, spec: Spec, allowed: bool | None, findings: Findings) -> None:
        self._settings = scripting_of(spec.controls)
        self._allowed = allowed
        self._findings = findings
        self._known: dict[tuple[str, tuple[Source, ...]], Script] = {}
        self.limits = _limits(self._settings)
        """What each run may take."""
        compiled = {at: self._compile(files) for at, files in spec.scripts.items()}
        self.by_step: Mapping[Pointer, Script] = {at: item for at, item in compiled.items() if item is not None}
        """The scripts of steps, by the places of the steps; those that can't be run are missing, with a finding."""

    def _compile(self, files: ScriptFiles) -> Script | None:
        if self._findings.is_flawed(files.at) or not self._may_run(files):
            return None
        language = files.language
        if language is None:
            message = "nobody says in which language the script is"
            self._findings.error("NK2015", message, files.at, "add `language`: javascript or python")
            return None
        allowed = self._settings.allowed_languages if self._settings is not None else None
        if allowed and language not in allowed:
            message = f"the control adapter does not allow scripts in `{language}`"
            help_text = f"write it in {' or '.join(allowed)}, or add the language to `allowedLanguages`"
            self._findings.error("NK2015", message, (*files.at, "language"), help_text)
            return None
        return None if files.file is None else self._script(language, files.file, files.dependencies)

    def _may_run(self, files: ScriptFiles) -> bool:
        decided = self._settings.enabled if self._settings is not None else None
        if self._allowed is None or decided is True or (self._allowed and decided is None):
            return True
        if decided is False:
            help_text = "take `enabled: false` out of `management.scripting`"
            self._findings.error("NK2016", "the control adapter turns scripts off", files.at, help_text)
        else:
            help_text = "start with `--allow-scripts` if you know what this file runs"
            self._findings.error("NK2016", "scripts are off, and this step runs one", files.at, help_text)
        return False

    def _script(self, language: str, file: ScriptFile, dependencies: tuple[ScriptFile, ...]) -> Script | None:
        files = (*dependencies, file)
        sources = tuple(Source(item.name, item.text) for item in files)
        key = language, sources
        try:
            if key not in self._known:
                self._known[key] = compile_script(language, sources[-1], sources[:-1])
        except ScriptError as error:
            places = {item.name: item.at for item in files}
            self._findings.error(
                "NK2015", str(error), places.get(error.source, (*file.at[:-1], "language")), error.help
            )
            return None
        return self._known[key]


def _limits(settings: Scripting | None) -> Limits:
    return Limits() if settings is None else Limits(settings.timeout / 1000, settings.statement_limit)
