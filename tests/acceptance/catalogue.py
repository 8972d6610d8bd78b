"""Tiny capabilities, each of which writes one thing as public files write it, and what has to come of it.

A row carries the words of its line in `docs/catalogue.md`. Beside what it is about, each capability has an operation
`fine`, so that something is left to serve where the row is an error.
"""

from __future__ import annotations

from typing import NamedTuple

SECRET = "c4talogue"
ENVIRONMENT = {"ROW_SECRET": SECRET, "ROW_REGION": "eu", "ROW_UNBOUND": "found"}
BINDS = "binds: [{namespace: env, keys: {SECRET: ROW_SECRET, REGION: ROW_REGION}}]"


class Row(NamedTuple):
    """One line of the table. `ask` is a request below the adapter's prefix, or a tool's name; `sent` what arrives.

    `status` 501 stands for an operation that is left out because of `told`; a failed tool call has it too.
    """

    words: str
    ask: str
    sent: str = ""
    told: tuple[str, ...] = ()
    consumed: str = ""
    exposed: str = ""
    tools: str = ""
    api: str = ""
    apis: str = ""
    adapter: str = ""
    root: str = ""
    info: str = "label: Row, description: A row."
    base: str | None = None
    arguments: dict[str, object] | None = None
    body: object = None
    sent_body: object = None
    sent_headers: tuple[tuple[str, str | None], ...] = ()
    status: int = 200
    answer: object = None

    def text(self, name: str, upstream: str) -> str:
        """The capability file."""
        base = f"{upstream}/base" if self.base is None else self.base.replace("UPSTREAM", upstream)
        return f"""\
naftiko: 1.0.0-alpha2
info: {{{self.info}}}
{self.root or BINDS}
capability:
  consumes:
  - {{type: http, namespace: up, baseUri: "{base}", {self.api and self.api + ", "}resources: [
      {{name: fine, path: /fine, operations: [{{name: fine, method: GET}}]}}{self.consumed and ", " + self.consumed}]}}
  - {{type: http, namespace: spare, baseUri: "{upstream}/spare", resources: [
      {{name: fine, path: /fine, operations: [{{name: fine, method: GET}}]}}]}}
  {self.apis.replace("UPSTREAM", upstream)}
  exposes:
  - {{type: rest, namespace: {name}-rest, port: 8080, {self.adapter and self.adapter + ", "}resources: [
      {{name: fine, path: /fine, operations: [{{name: fine, method: GET, call: spare.fine}}]}}{
            self.exposed and ", " + self.exposed
        }]}}
  - {{type: mcp, namespace: {name}-mcp, port: 9090, description: A row., tools: [
      {{name: fine, description: Fine., call: spare.fine}}{self.tools and ", " + self.tools}]}}
"""


def consumed(path: str, inputs: str = "", *, method: str = "GET", name: str = "get", more: str = "") -> str:
    """A consumed resource of one operation."""
    keys = f", inputParameters: [{inputs}]" if inputs else ""
    keys += f", {more}" if more else ""
    return f'{{name: r-{name}, path: "{path}", operations: [{{name: {name}, method: {method}{keys}}}]}}'


def exposed(path: str, keys: str = "call: up.get", *, method: str = "GET", name: str = "r-get") -> str:
    """An exposed resource of one operation."""
    return f'{{name: {name}, path: "{path}", operations: [{{name: o, method: {method}, {keys}}}]}}'


def tool(keys: str = "call: up.get", name: str = "t") -> str:
    """A tool."""
    return f"{{name: {name}, description: A tool., {keys}}}"


QUERY = "{name: q, in: query, type: string}"
WHOLE = "outputParameters: [{type: object, mapping: $.}]"
KEY = "authentication: {type: apikey, "
TEMPLATE = "body: {type: json, data: {a: '{{a}}'}}"
THINGS = consumed("/things", QUERY)

SHAPES = (
    Row("`type`, `required`, `description`, `default`, `enum`, `pattern` on consumed inputs", "GET /x?n=7",
        "GET /base/things?n=7&s=a", ("NK2011",), exposed=exposed("/x"),
        consumed=consumed("/things", "{name: n, in: query, type: integer, required: true, description: d}, "
                                     "{name: s, in: query, enum: [a, b], default: a, pattern: '[ab]'}")),
    Row("an output `{type: object, mapping: $.}` without `properties` (or an array without `items`)", "GET /x",
        "GET /base/things", ("NK2011",), consumed=consumed("/things"), exposed=exposed("/x", f"call: up.get, {WHOLE}")),
    Row("`description` on a REST adapter", "GET /fine", "GET /spare/fine", ("NK2011",), adapter="description: Rows."),
    Row("resource and input names with `_ . : $ [ ] ~ +`", "GET /x?$top=1&filter[a]=b&c.d~e:f=g",
        "GET /base/things?$top=1&filter[a]=b&c.d~e:f=g", ("NK2011",), exposed=exposed("/x"),
        consumed=consumed("/things", "{name: $top, in: query}, {name: 'filter[a]', in: query}, "
                                     "{name: 'c.d~e:f', in: query}").replace("name: r-get", "name: 'a_b.c'")),
    Row("`info.title` without `label`", "GET /fine", "GET /spare/fine", ("NK2011",), info="title: A row"),
    Row("a `baseUri` that is empty, absent or has `{x}`", "GET /x", "", ("NK2011", "NK8013"), base="",
        consumed=consumed("/things"), exposed=exposed("/x"), status=502),
    Row("a `baseUri` that is empty, absent or has `{x}`", "GET /x", "", ("NK8013",), base="https://{tenant}.invalid",
        consumed=consumed("/things"), exposed=exposed("/x"), status=502),
    Row("a consumed operation with its own `path`", "GET /x", "GET /base/others", ("NK2011",), exposed=exposed("/x"),
        consumed=consumed("/things", more="path: /others")),
    Row("`HEAD` and `OPTIONS`", "OPTIONS /x", "OPTIONS /base/things", ("NK2011",),
        consumed=consumed("/things", method="OPTIONS"), exposed=exposed("/x", method="OPTIONS")),
    Row("apikey as `{in, name}`, `{header, key}` or `{headers: {…}}`", "GET /x", "GET /base/things", ("NK2011",),
        api=KEY + "in: header, name: X-Key, value: '{{SECRET}}'}", consumed=consumed("/things"), exposed=exposed("/x"),
        sent_headers=(("x-key", SECRET),)),
    Row("apikey as `{in, name}`, `{header, key}` or `{headers: {…}}`", "GET /x", "GET /base/things", ("NK2011",),
        api=KEY + "header: X-Key, key: '{{SECRET}}'}", consumed=consumed("/things"), exposed=exposed("/x"),
        sent_headers=(("x-key", SECRET),)),
    Row("apikey as `{in, name}`, `{header, key}` or `{headers: {…}}`", "GET /x", "GET /base/things", ("NK2011",),
        api=KEY + "headers: {X-Key: '{{SECRET}}', X-App: '{{REGION}}'}}", consumed=consumed("/things"),
        exposed=exposed("/x"), sent_headers=(("x-key", SECRET), ("x-app", "eu"))),
    Row("`auth` for `authentication` on consumed APIs", "GET /x", "GET /base/things",
        api="auth: {type: bearer, token: '{{env.SECRET}}'}", consumed=consumed("/things"), exposed=exposed("/x"),
        sent_headers=(("authorization", f"Bearer {SECRET}"),)),
    Row("`inputSchema` on a tool", "t", "GET /base/things?q=7", ("NK2011",), consumed=THINGS, arguments={"q": "7"},
        tools=tool("call: up.get, inputSchema: {type: object, properties: {q: {type: string}}, required: [q]}")),
    Row("an unknown key", "GET /x", "GET /base/things", ("NK2001",), consumed=consumed("/things"),
        exposed=exposed("/x", "call: up.get, colour: red")),
    Row("`consumes` at the root, beside a capability", "GET /fine", "GET /spare/fine", ("NK2012",),
        root=BINDS + "\nconsumes: []"),
    Row("credentials of kinds that are not served (oauth1, hmac, AWS signatures …)", "GET /x", "", ("NK6007",),
        api="authentication: {type: hmac}", consumed=consumed("/things"), exposed=exposed("/x"), status=501),
    Row("`outputRawFormat: protobuf` without an `outputSchema`", "GET /x", "", ("NK5010",), status=501,
        consumed=consumed("/things", more="outputRawFormat: protobuf"),
        exposed=exposed("/x", "call: up.get, outputParameters: [{type: number, mapping: $.height}]")),
)  # fmt: skip

VALUES = (
    Row("`with: {x: rest.x}`, `tools.x`, `mcp.x`, `$this.x`, `<own namespace>.x`", "GET /x?a=1", "GET /base/things?q=1",
        consumed=THINGS, exposed=exposed("/x", "call: up.get, with: {q: rest.a}")),
    Row("`with: {x: rest.x}`, `tools.x`, `mcp.x`, `$this.x`, `<own namespace>.x`", "t", "GET /base/things?q=1",
        consumed=THINGS, tools=tool("call: up.get, with: {q: tools.a}"), arguments={"a": "1"}),
    Row("a reference to an input that nobody declared", "t", "GET /base/things?n=5", arguments={"number": "5"},
        consumed=consumed("/things", "{name: n, in: query, type: integer}"),
        tools=tool("call: up.get, with: {n: tools.number}")),
    Row("a bare word as a value of `with`", "GET /x/7", "GET /base/things?q=7", consumed=THINGS,
        exposed=exposed("/x/{id}", "call: up.get, with: {q: id}")),
    Row("a text that is nearly a reference to an input", "GET /x", "GET /base/things?q=rst.q", ("NK4015",),
        consumed=THINGS, exposed=exposed("/x", "call: up.get, with: {q: rst.q}")),
    Row("a text that looks like a reference and matches nothing", "GET /x?a=1", "", ("NK4007",), consumed=THINGS,
        exposed=exposed("/x", "call: up.get, inputParameters: [{name: abc}], with: {q: rest.xyz}"), status=501),
    Row("`{workspace-id}`, `rest.workspaceId`, `workspace_id`", "GET /x/7", "GET /base/things/7",
        consumed=consumed("/things/{workspace_id}"),
        exposed=exposed("/x/{workspace-id}", "call: up.get, with: {workspace_id: rest.workspaceId}")),
    Row("two inputs that are one name in this way", "GET /x", "", ("NK4004",), exposed=exposed("/x"), status=501,
        consumed=consumed("/things", "{name: a-b, in: query}, {name: a_b, in: header}")),
    Row("a `with` key that the called operation does not have", "GET /x", "", ("NK4001",), consumed=THINGS, status=501,
        exposed=exposed("/x", "call: up.get, with: {other: rest.a}")),
    Row("a path placeholder that nobody declared", "t", "GET /base/things/a%2Fb", consumed=consumed("/things/{id}"),
        tools=tool(), arguments={"id": "a/b"}),
    Row("a required `in: path` input that the path has no place for", "GET /x", "", ("NK4008",), exposed=exposed("/x"),
        consumed=consumed("/things", "{name: id, in: path, required: true}"), status=501),
    Row("`with` a path value that the exposed path lost", "GET /x?id=7", "GET /base/things/7",
        consumed=consumed("/things/{id}"), exposed=exposed("/x", "call: up.get, with: {id: rest.id}")),
    Row("a placeholder of the exposed path that the call does not take", "GET /x/7?q=1", "GET /base/things?q=1",
        ("NK4016",), consumed=THINGS, exposed=exposed("/x/{id}", "call: up.get, with: {q: rest.q}")),
    Row("no `with` at all", "GET /x?q=1", "GET /base/things?q=1", consumed=THINGS, exposed=exposed("/x")),
    Row("a required input that `with` forgets", "GET /x?q=1&r=2", "GET /base/things?q=1&r=2",
        consumed=consumed("/things", "{name: q, in: query}, {name: r, in: query, required: true}"),
        exposed=exposed("/x", "call: up.get, with: {q: rest.q}")),
    Row("… beside declared inputs", "t", "GET /base/things?q=1&r=2", ("NK4006",), arguments={"q": 1, "r": 2},
        consumed=consumed("/things", "{name: q, in: query}, {name: r, in: query, required: true}"),
        tools=tool("call: up.get, inputParameters: [{name: q}], with: {q: tools.q}")),
    Row("one name in the path and `in: query`", "GET /x/7", "GET /base/things/7", exposed=exposed("/x/{id}"),
        consumed=consumed("/things/{id}", "{name: id, in: query}")),
    Row("inputs called Authorization, Accept, Content-Type, Content-Length, Host", "GET /x", "GET /base/things",
        consumed=consumed("/things", "{name: Authorization, in: header}, {name: Accept, in: header}"),
        exposed=exposed("/x"), sent_headers=(("authorization", None),)),
    Row("`with` a value for one of these", "GET /x", "GET /base/things", ("NK4013",),
        consumed=consumed("/things", "{name: Content-Length, in: header}"),
        exposed=exposed("/x", "call: up.get, with: {Content-Length: '5'}")),
    Row("`{{env.X}}`, `{{X}}` anywhere but in descriptions", "GET /eu/x", "GET /base/eu/things?q=eu&r=in-eu",
        exposed=exposed("/{{REGION}}/x", "call: up.get, with: {q: '{{env.REGION}}'}"),
        consumed=consumed("/{{env.REGION}}/things", QUERY + ", {name: r, in: query, value: 'in-{{REGION}}'}")),
    Row("`{{env.X}}`, `{{X}}` anywhere but in descriptions", "GET /x", "", answer="in eu",
        exposed=exposed("/x", "outputParameters: [{type: string, value: 'in {{env.REGION}}'}]")),
    Row("`${X}` in a `baseUri` or a credential", "GET /x", "GET /base/eu/things", ("NK2011",),
        base="UPSTREAM/base/${REGION}",
        api="authentication: {type: bearer, token: '${env.SECRET}'}", consumed=consumed("/things"),
        exposed=exposed("/x"), sent_headers=(("authorization", f"Bearer {SECRET}"),)),
    Row("`env.X` as a value of `with`, without braces", "GET /x", "GET /base/things?q=eu", consumed=THINGS,
        exposed=exposed("/x", "call: up.get, with: {q: env.REGION}")),
    Row("a list or mapping as a value of `with`", "POST /x", "POST /base/things", body={"a": "1"},
        consumed=consumed("/things", "{name: body, in: body, type: object}", method="POST"),
        exposed=exposed("/x", "call: up.get, with: {body: {a: rest.a, in: ['{{REGION}}', a, null]}}", method="POST"),
        sent_body={"a": "1", "in": ["eu", "a", None]}),
    Row("a variable that no bind declares", "GET /x", "GET /base/things?q=found", ("NK6002",), consumed=THINGS,
        exposed=exposed("/x", "call: up.get, with: {q: '{{env.ROW_UNBOUND}}'}")),
    Row("a body template with `{{tools.x}}`, called from REST", "POST /x", "POST /base/things", body={"name": "n"},
        consumed=consumed("/things", method="POST", more="body: {type: json, data: {title: '{{tools.name}}'}}"),
        exposed=exposed("/x", method="POST"), sent_body={"title": "n"}),
    Row("a body template beside `in: body` inputs it does not use", "POST /x", "POST /base/things", ("NK4005",),
        consumed=consumed("/things", "{name: b, in: body}", method="POST", more=TEMPLATE),
        exposed=exposed("/x", method="POST"), body={"a": 1, "b": 2}, sent_body={"a": 1, "b": 2}),
    Row("several `in: body` inputs", "POST /x", "POST /base/things", body={"a": 1, "b": [2]},
        sent_body={"a": 1, "b": [2]},
        consumed=consumed("/things", "{name: a, in: body}, {name: b, in: body, type: array}", method="POST"),
        exposed=exposed("/x", method="POST")),
    Row("`in: body` inputs on `GET` and `DELETE`", "DELETE /x", "DELETE /base/things", body={"a": 1},
        sent_body={"a": 1},
        consumed=consumed("/things", "{name: body, in: body, type: object}", method="DELETE"),
        exposed=exposed("/x", method="DELETE")),
    Row("`in: body` inputs on `GET` and `DELETE`", "GET /x", "GET /base/things", exposed=exposed("/x"), sent_body=b"",
        consumed=consumed("/things", "{name: body, in: body, type: object}")),
    Row("a query in a consumed path", "GET /x?q=1", "GET /base/things?acl&v=2&q=1", ("NK4009",), exposed=exposed("/x"),
        consumed=consumed("/things?acl&v=2", QUERY)),
    Row("a fragment in a path, or a query in an exposed one", "GET /x", "GET /base/things", ("NK4009",),
        consumed=consumed("/things#Action"), exposed=exposed("/x?acl")),
    Row("a path without a leading slash, or with an empty segment", "GET /x", "GET /base/a//things",
        consumed=consumed("a//things"), exposed=exposed("x")),
    Row("a segment `.` or `..` in a consumed path", "GET /x", "", ("NK4008",), consumed=consumed("/a/../things"),
        exposed=exposed("/x"), status=501),
)  # fmt: skip

TWO = consumed("/a/{id}").replace("r-get", "a") + ", " + consumed("/b/{id}").replace("r-get", "b")
TWINS = {
    name: f"{{type: http, namespace: twin, baseUri: 'UPSTREAM/{name}', resources: [{consumed('/things')}]}}"
    for name in "ab"
}

CALLS = (
    Row("`ns.resource.operation`", "GET /x/7", "GET /base/b/7", consumed=TWO,
        exposed=exposed("/x/{id}", "call: up.b.get")),
    Row("an operation name that several resources have", "GET /v1/b/7", "GET /base/b/7", ("NK3005",), consumed=TWO,
        exposed=exposed("/v1/b/{id}", name="o")),
    Row("… where these disagree, or say nothing", "GET /x/7", "", ("NK3004",), consumed=TWO, status=501,
        exposed=exposed("/x/{id}", name="o")),
    Row("a name that is twice in one resource", "GET /x", "", ("NK3012",), exposed=exposed("/x"), status=501,
        consumed="{name: r, path: /things, operations: [{name: get, method: GET}, {name: get, method: DELETE}]}"),
    Row("the name of a tool of the file", "POST /x", "GET /base/things?q=n", consumed=THINGS, body={"q": "n"},
        tools=tool(name="find_thing"), exposed=exposed("/x", "call: find_thing", method="POST")),
    Row("tools that call each other in a circle", "t", "", ("NK3014",), status=501, arguments={},
        tools=tool("call: u") + ", " + tool("call: t", name="u")),
    Row("an operation or namespace that is not there", "GET /x", "", ("NK3001",), exposed=exposed("/x"), status=501),
    Row("an operation or namespace that is not there", "GET /x", "", ("NK3002",), exposed=exposed("/x", "call: no.get"),
        status=501),
    Row("an exposed method other than the consumed one", "POST /x", "GET /base/things", ("NK3011",),
        consumed=consumed("/things"), exposed=exposed("/x", method="POST")),
    Row("a tool without a call and without values", "t", "", ("NK3010",), tools=tool("label: T"), status=501,
        arguments={}),
    Row("a consumes block twice, word for word", "GET /x", "GET /a/things", ("NK3009",),
        apis=f"- {TWINS['a']}\n  - {TWINS['a']}", exposed=exposed("/x", "call: twin.get")),
    Row("two different ones of one namespace", "GET /x", "", ("NK3006",), status=501,
        apis=f"- {TWINS['a']}\n  - {TWINS['b']}", exposed=exposed("/x", "call: twin.get")),
)  # fmt: skip

FILES = consumed("/files/content") + ", " + consumed("/files/{id}", name="one")

FACES = (
    Row("one method and path twice", "GET /x", "GET /base/files/content", ("NK3008",), consumed=FILES,
        exposed=exposed("/x") + ", " + exposed("/x", "call: up.one, with: {id: '1'}")),
    Row("`/files/content` beside `/files/{id}`", "GET /files/content", "GET /base/files/content", consumed=FILES,
        exposed=exposed("/files/{id}", "call: up.one") + ", " + exposed("/files/content")),
    Row("a tool name twice in one adapter", "t-2", "GET /base/files/7", ("NK3007",), consumed=FILES,
        tools=tool() + ", " + tool("call: up.one"), arguments={"id": "7"}),
    Row("a tool name of more than 64 characters, or with other marks than `_` and `-`", "list.all", "GET /base/things",
        ("NK3013",), consumed=consumed("/things"), tools=tool(name="list.all"), arguments={}),
    Row("adapters of many files on one port", "GET /fine", "GET /spare/fine"),
)  # fmt: skip

ROWS = (*SHAPES, *VALUES, *CALLS, *FACES)
