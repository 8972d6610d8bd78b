"""Which advice is there on a file, beyond what is right and wrong?

The official rule set of the language (language §11.5), each rule with a code of its own: some say how a file is read
best by others, some what another engine would stumble over. They are asked for (`naftiko validate --rules`), and have
no say in what is served. A rule that the checks of every file hold already has no second code (docs/rules.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from naftiko_runtime.diagnostics import CODES, Diagnostic, in_file_order
from naftiko_runtime.lint import access, addresses, behaviour, descriptions, names, sharing
from naftiko_runtime.lint.finding import Find, Finding
from naftiko_runtime.spec.text.document import Document, to_json_pointer

RULES: Mapping[str, Find] = MappingProxyType(
    {
        "NK0001": names.one_namespace_for_one_thing,
        "NK0002": names.step_names_are_plain,
        "NK0003": addresses.base_uri_has_no_trailing_slash,
        "NK0004": addresses.base_uri_is_no_example,
        "NK0005": addresses.listening_address_is_no_example,
        "NK0006": addresses.exposed_path_has_no_trailing_slash,
        "NK0007": addresses.exposed_path_has_no_query,
        "NK0008": addresses.control_stays_on_this_machine,
        "NK0009": addresses.control_has_a_port_of_its_own,
        "NK0010": addresses.tunnelled_address_is_private,
        "NK0011": descriptions.file_has_tags,
        "NK0012": descriptions.consumed_api_is_described,
        "NK0013": descriptions.exposed_resource_is_described,
        "NK0014": descriptions.exposed_operation_is_described,
        "NK0015": descriptions.aggregate_function_is_described,
        "NK0016": descriptions.texts_have_no_script_tag,
        "NK0017": descriptions.texts_have_no_eval,
        "NK0018": access.pipes_need_no_authentication,
        "NK0019": access.authorization_server_is_https,
        "NK0020": access.oauth_resource_is_https,
        "NK0021": access.oauth_names_its_scopes,
        "NK0022": access.tunnel_identity_is_a_variable,
        "NK0023": access.tunnel_does_not_fall_back,
        "NK0024": behaviour.shows_what_the_function_means,
        "NK0025": behaviour.scripts_can_be_found,
    }
)
"""The rules about what stands in a file, imported entries included, by their codes."""

SHARING: Mapping[str, Callable[[Document], Iterator[Finding]]] = MappingProxyType(
    {
        "NK0026": sharing.imports_come_from_elsewhere,
        "NK0027": sharing.material_imports_nothing,
    }
)
"""The rules about the entries that import."""


def lint(document: Document) -> tuple[Diagnostic, ...]:
    """Everything the rules find in a file in canonical form, in file order and with the JSON Pointers of the text."""
    found = [_told(document, code, item) for code, find in RULES.items() for item in find(document.value)]
    found += [_at_import(document, code, item) for code, find in SHARING.items() for item in find(document)]
    return document.as_written(in_file_order(found))


def _told(document: Document, code: str, item: Finding) -> Diagnostic:
    related = () if item.earlier is None else (document.related("the first is here", item.earlier),)
    severity = CODES[code].severity
    return document.diagnostic(code, severity, item.message, item.at, item.help, key=item.key, related=related)


def _at_import(document: Document, code: str, finding: Finding) -> Diagnostic:
    (entry,) = document.importers(finding.at)
    pointer = to_json_pointer(finding.at)
    return Diagnostic(code, CODES[code].severity, finding.message, entry.file, entry.span, pointer, finding.help)
