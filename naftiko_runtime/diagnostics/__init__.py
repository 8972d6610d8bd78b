"""Problems as values, and their renderings."""

from naftiko_runtime.diagnostics.codes import CODES, FAMILIES, Code
from naftiko_runtime.diagnostics.machine import render_github, render_json, render_sarif
from naftiko_runtime.diagnostics.model import Diagnostic, Related, Severity, Span, in_file_order
from naftiko_runtime.diagnostics.text import render_text, summary, visible

__all__ = [
    "CODES",
    "FAMILIES",
    "Code",
    "Diagnostic",
    "Related",
    "Severity",
    "Span",
    "in_file_order",
    "render_github",
    "render_json",
    "render_sarif",
    "render_text",
    "summary",
    "visible",
]
