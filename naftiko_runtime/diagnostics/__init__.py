"""Problems as values, and their renderings."""

from naftiko_runtime.diagnostics.model import Diagnostic, Related, Severity, Span, in_file_order

__all__ = ["Diagnostic", "Related", "Severity", "Span", "in_file_order"]
