"""Which codes exist, and what does each stand for?

A code is a promise: people search for it, silence it in their own tools and read its page, so it never changes its
meaning and is never used again for something else. This table is the one place where a code is born; each has a page in
`docs/errors`, and no diagnostic may carry a code that is missing here.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from naftiko_runtime.diagnostics.model import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


class Code(NamedTuple):
    """One stable code. `title` names the kind of problem; `severity` is its weight unless its page says otherwise."""

    code: str
    title: str
    severity: Severity

    @property
    def family(self) -> str:
        """What the codes with the same first digit have in common."""
        return FAMILIES[self.code[:3]]


FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "NK0": "Rules",
        "NK1": "YAML",
        "NK2": "Schema",
        "NK3": "References",
        "NK4": "Parameters and templates",
        "NK5": "Output mapping",
        "NK6": "Binds and credentials",
        "NK7": "Hosting",
        "NK8": "Upstream calls",
        "NK9": "Security advice",
    }
)
"""The subject of each family, by the first three characters of its codes."""

_TABLE = (
    Code("NK0001", "one namespace for several things", _ERROR),
    Code("NK0002", "step name that references can't tell", _WARNING),
    Code("NK0003", "`baseUri` ends with a slash", _WARNING),
    Code("NK0004", "`baseUri` is an example", _NOTE),
    Code("NK0005", "listening address is an example", _WARNING),
    Code("NK0006", "exposed path ends with a slash", _WARNING),
    Code("NK0007", "query string in an exposed path", _WARNING),
    Code("NK0008", "control adapter beyond this machine", _WARNING),
    Code("NK0009", "control adapter is not alone, or shares its port", _ERROR),
    Code("NK0010", "tunnel to a public address", _WARNING),
    Code("NK0011", "no tags", _NOTE),
    Code("NK0012", "consumed API without a description", _WARNING),
    Code("NK0013", "exposed resource without a description", _WARNING),
    Code("NK0014", "exposed operation without a description", _NOTE),
    Code("NK0015", "aggregate function without a description", _WARNING),
    Code("NK0016", "script tag in a text", _ERROR),
    Code("NK0017", "`eval(` in a text", _ERROR),
    Code("NK0018", "authentication on standard input and output", _WARNING),
    Code("NK0019", "authorization server without https", _ERROR),
    Code("NK0020", "protected resource without https", _WARNING),
    Code("NK0021", "OAuth without scopes", _WARNING),
    Code("NK0022", "tunnel identity written out", _ERROR),
    Code("NK0023", "tunnel falls back to the open network", _WARNING),
    Code("NK0024", "hint or method contradicts the function", _WARNING),
    Code("NK0025", "script step without a place or a language", _ERROR),
    Code("NK0026", "file imports from itself", _WARNING),
    Code("NK0027", "material that imports", _NOTE),
    Code("NK1001", "file can't be read", _ERROR),
    Code("NK1002", "not UTF-8", _ERROR),
    Code("NK1003", "file too large", _ERROR),
    Code("NK1004", "YAML syntax error", _ERROR),
    Code("NK1005", "duplicate key", _ERROR),
    Code("NK1006", "more than one document", _ERROR),
    Code("NK1007", "nesting too deep", _ERROR),
    Code("NK1008", "alias expansion too large", _ERROR),
    Code("NK1009", "tag not allowed", _ERROR),
    Code("NK1010", "empty, or not a mapping at the root", _ERROR),
    Code("NK1011", "key is not text", _ERROR),
    Code("NK1012", "alias unknown or recursive", _ERROR),
    Code("NK2001", "unknown key", _WARNING),
    Code("NK2002", "missing key", _ERROR),
    Code("NK2003", "wrong type", _ERROR),
    Code("NK2004", "value not allowed", _ERROR),
    Code("NK2005", "version key missing", _ERROR),
    Code("NK2006", "version not known", _ERROR),
    Code("NK2008", "construct not served yet", _ERROR),
    Code("NK2009", "refused by the official schema", _ERROR),
    Code("NK2010", "file is no capability", _ERROR),
    Code("NK2011", "the official schema refuses this, the runtime gives it meaning", _WARNING),
    Code("NK2012", "import material beside a capability", _WARNING),
    Code("NK2013", "the other version can't say this", _ERROR),
    Code("NK2014", "a named file can't be had", _ERROR),
    Code("NK2015", "a script can't be run", _ERROR),
    Code("NK2016", "scripts are off", _ERROR),
    Code("NK3001", "no such operation in the namespace", _ERROR),
    Code("NK3002", "no such consumes namespace", _ERROR),
    Code("NK3003", "call is not `namespace.operation`", _ERROR),
    Code("NK3004", "ambiguous call, evidence disagrees or is missing", _ERROR),
    Code("NK3005", "ambiguous calls resolved by evidence", _WARNING),
    Code("NK3006", "namespace declared twice with different content", _ERROR),
    Code("NK3007", "duplicate tool name", _WARNING),
    Code("NK3008", "duplicate route", _WARNING),
    Code("NK3009", "identical duplicate consumes block", _WARNING),
    Code("NK3010", "operation or tool says neither what to call nor what to answer", _ERROR),
    Code("NK3011", "exposed method differs from consumed method", _WARNING),
    Code("NK3012", "repeated operation name within one resource", _ERROR),
    Code("NK3013", "tool name that LLM APIs refuse", _WARNING),
    Code("NK3014", "tools call each other in a circle, or too many in a row", _ERROR),
    Code("NK3015", "duplicate skill name", _WARNING),
    Code("NK3016", "pages of a skill that are not there", _WARNING),
    Code("NK3017", "a skill's tool leads nowhere", _ERROR),
    Code("NK3018", "`ref` names no aggregate function", _ERROR),
    Code("NK3019", "two aggregates, functions or steps of one name", _ERROR),
    Code("NK3020", "two things said to do", _ERROR),
    Code("NK3021", "reference to a step that gives no such result", _ERROR),
    Code("NK3022", "a second control adapter", _ERROR),
    Code("NK3030", "no such namespace in the imported file", _ERROR),
    Code("NK3031", "import comes back to itself", _ERROR),
    Code("NK3032", "imported namespace is taken", _ERROR),
    Code("NK3040", "two resources of one URI, or prompts of one name", _WARNING),
    Code("NK3041", "files of a resource that are not there", _WARNING),
    Code("NK4001", "`with` key names no input of the called operation", _ERROR),
    Code("NK4002", "malformed placeholder or template", _ERROR),
    Code("NK4003", "template variable nobody supplies", _ERROR),
    Code("NK4004", "two inputs fold to one name", _ERROR),
    Code("NK4005", "body template and body inputs both given", _WARNING),
    Code("NK4006", "required input of the called operation is not declared", _WARNING),
    Code("NK4007", "reference names no input", _ERROR),
    Code("NK4008", "path placeholder problem", _ERROR),
    Code("NK4009", "query string or fragment in a consumed path", _WARNING),
    Code("NK4010", "header name not valid", _ERROR),
    Code("NK4011", "baseUri not usable", _ERROR),
    Code("NK4012", "input default, enum or pattern does not fit its type", _ERROR),
    Code("NK4013", "caller-supplied header is the runtime's own", _WARNING),
    Code("NK4014", "`with` value of this kind not supported here", _ERROR),
    Code("NK4015", "text that looks like a reference", _WARNING),
    Code("NK4016", "placeholder of an exposed path that nothing reads", _WARNING),
    Code("NK4020", "URI of a resource not usable", _ERROR),
    Code("NK5001", "JSONPath syntax error", _ERROR),
    Code("NK5002", "JSONPath construct refused", _ERROR),
    Code("NK5003", "several outputs of which some have no name", _ERROR),
    Code("NK5004", "mapping and value both given", _ERROR),
    Code("NK5005", "static value does not fit its type", _ERROR),
    Code("NK5007", "shape conflicts with type", _ERROR),
    Code("NK5008", "two mappings fill one place", _ERROR),
    Code("NK5009", "no mapping fills a declared output", _WARNING),
    Code("NK5010", "`outputSchema` missing or not usable", _ERROR),
    Code("NK5011", "format whose library is not installed", _ERROR),
    Code("NK5012", "outputs of a binary answer", _WARNING),
    Code("NK6001", "variable not set", _ERROR),
    Code("NK6002", "variable no bind declares", _ERROR),
    Code("NK6003", "bind location can't be read", _ERROR),
    Code("NK6004", "bind key missing at its location", _ERROR),
    Code("NK6005", "bind provider unknown", _ERROR),
    Code("NK6006", "authentication incomplete", _ERROR),
    Code("NK6007", "authentication type not served", _ERROR),
    Code("NK6008", "variable declared by two binds", _WARNING),
    Code("NK6010", "secret value unusable", _ERROR),
    Code("NK6011", "address of an authorization server or resource not usable", _ERROR),
    Code("NK7001", "port in use", _ERROR),
    Code("NK7002", "address can't be bound", _ERROR),
    Code("NK7003", "two adapters claim one address in conflicting ways", _ERROR),
    Code("NK7004", "no adapter to serve", _ERROR),
    Code("NK7005", "unknown namespace in --listen or --upstream", _ERROR),
    Code("NK7006", "no capability found", _ERROR),
    Code("NK7007", "namespace claimed by two files", _ERROR),
    Code("NK7008", "adapter without a port", _ERROR),
    Code("NK7009", "folder can't be read, or holds too much", _ERROR),
    Code("NK7010", "a needed part is not installed", _ERROR),
    Code("NK8001", "arguments refused", _ERROR),
    Code("NK8002", "upstream answered outside 2xx", _ERROR),
    Code("NK8003", "upstream unreachable or broke", _ERROR),
    Code("NK8004", "deadline passed", _ERROR),
    Code("NK8005", "upstream answer too large", _ERROR),
    Code("NK8006", "upstream answer could not be decoded", _ERROR),
    Code("NK8007", "route not found", _ERROR),
    Code("NK8008", "method not allowed", _ERROR),
    Code("NK8009", "request body too large", _ERROR),
    Code("NK8010", "request body not readable", _ERROR),
    Code("NK8011", "request media type not served", _ERROR),
    Code("NK8012", "host or origin not allowed", _ERROR),
    Code("NK8013", "no base address for the upstream", _ERROR),
    Code("NK8014", "internal error", _ERROR),
    Code("NK8015", "not ready, or stopping", _ERROR),
    Code("NK8016", "no acceptable media type", _ERROR),
    Code("NK8017", "left out of a partly served file", _ERROR),
    Code("NK8018", "no such MCP session", _ERROR),
    Code("NK8019", "credentials missing, wrong or sent wrongly", _ERROR),
    Code("NK8020", "access token without a scope that is needed", _ERROR),
    Code("NK8021", "credential for the upstream not to be had", _ERROR),
    Code("NK8022", "authorization server can't be asked", _ERROR),
    Code("NK8023", "a script failed", _ERROR),
    Code("NK8024", "a step could not be run", _ERROR),
    Code("NK8025", "too many follow the log", _ERROR),
    Code("NK9001", "plain http to a non-loopback upstream with a credential", _WARNING),
    Code("NK9002", "secret written literally in the file", _WARNING),
    Code("NK9003", "listening beyond loopback without authentication", _WARNING),
    Code("NK9004", "caller credentials forwarded", _WARNING),
    Code("NK9005", "authentication without effect on standard input and output", _WARNING),
    Code("NK9006", "callers' credentials over plain http beyond loopback", _WARNING),
    Code("NK9007", "authorization server asked over plain http", _WARNING),
)

CODES: Mapping[str, Code] = MappingProxyType({row.code: row for row in _TABLE})
"""Every stable code, in ascending order."""
