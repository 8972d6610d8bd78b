"""Forty and more ways to write a capability wrongly: what is changed in a right file, and what must be said about it.

A row replaces the first occurrence of a piece of the file `tides.yaml`. The mark `‸` in the new text stands where the
one error must point; it is taken out before the file is written.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.acceptance.own import FIXTURES

MARK = "‸"
RIGHT = (FIXTURES / "tides.yaml").read_text()

LAUGHS = "\n".join(
    ["x0: &x0 [l, l, l, l, l, l, l, l, l, l]"]
    + [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]" for n in range(1, 9)]
)
IN_QUERY = "        - name: day\n          in: query\n"
SECOND_TIDES = """
  - type: http
    namespace: ‸tides
    baseUri: https://other.tides.invalid
    resources:
    - name: ports
      path: /other
      operations:
      - name: gettide
        method: GET
  exposes:"""


class Breakage(NamedTuple):
    """One wrong file: its name, what is replaced by what, the code of its only error, and a word the text must hold."""

    name: str
    old: str
    new: str
    code: str
    word: str = ""

    @property
    def marked(self) -> str:
        """The wrong text with the mark in it."""
        assert self.old in RIGHT
        return self.new if self.old == RIGHT else RIGHT.replace(self.old, self.new, 1)

    @property
    def content(self) -> bytes:
        """What is written to the file. A lone surrogate stands for a byte that is not UTF-8."""
        return self.marked.replace(MARK, "").encode("utf-8", "surrogateescape")

    @property
    def place(self) -> tuple[int, int]:
        """Line and column of the mark, from 1."""
        before = self.marked.partition(MARK)[0]
        return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


TEXT = (
    Breakage("tab", "  exposes:\n", "‸\texposes:\n", "NK1004", "tab"),
    Breakage("open-bracket", "  exposes:\n", "  exposes: ‸]\n", "NK1004"),
    Breakage("stray-colon", "label: Tide tables", "label: Tide‸: tables", "NK1004"),
    Breakage("duplicate-key", "  label: Tide tables\n", "  label: a\n  ‸label: b\n", "NK1005", "label"),
    Breakage("duplicate-port", "    port: 8383\n", "    port: 8383\n    ‸port: 8384\n", "NK1005", "port"),
    Breakage("two-documents", RIGHT, RIGHT + "‸---\nnaftiko: 1.0.0-alpha2\n", "NK1006"),
    Breakage("deep", "label: Tide tables", "label: " + "[" * 5000, "NK1007"),
    Breakage("laughs", RIGHT, RIGHT + LAUGHS + "\n", "NK1008"),
    Breakage("python-tag", "Tide tables", "‸!!python/object/apply:os.system ['true']", "NK1009", "python"),
    Breakage("private-tag", "Tide tables", "‸!vault secret/tides", "NK1009", "vault"),
    Breakage("empty", RIGHT, "‸", "NK1010"),
    Breakage("a-list", RIGHT, "‸- naftiko: 1.0.0-alpha2\n", "NK1010"),
    Breakage("a-word", RIGHT, "‸naftiko\n", "NK1010"),
    Breakage("key-not-text", "  label: Tide tables\n", "  label: a\n  ‸[a, b]: c\n", "NK1011"),
    Breakage("unknown-alias", "Tide tables", "‸*nowhere", "NK1012", "nowhere"),
    Breakage("recursive-alias", "Tide tables", "&a [‸*a]", "NK1012"),
    Breakage("not-utf-8", "Tide tables", "Tide ‸\udcff tables", "NK1002"),
)

SHAPE = (
    Breakage("no-version", "naftiko: 1.0.0-alpha2\n", "# none\n", "NK2005", "naftiko"),
    Breakage("unknown-version", "1.0.0-alpha2", "‸9.9.0", "NK2006", "1.0.0-alpha2"),
    Breakage("key-typo", "    baseUri:", "    ‸baseUrl:", "NK2001", "baseUri"),
    Breakage(
        "key-typo-in-depth", "        method: GET\n        output", "        ‸metod: GET\n        output", "NK2001"
    ),
    Breakage("key-typo-in-tool", "description: Tell", "‸decription: Tell", "NK2001", "description"),
    Breakage("missing-namespace", "  - type: http\n    namespace: tides\n", "  - ‸type: http\n", "NK2002", "namespace"),
    Breakage(
        "missing-path", "    - name: ports\n      path: /ports/{port_id}\n", "    - ‸name: ports\n", "NK2002", "path"
    ),
    Breakage("wrong-type", "    port: 8383", "    port: ‸eighty", "NK2003", "port"),
    Breakage(
        "list-wanted", "    tools:\n    - name: tell-tide", "    ‸tools:\n      name: tell-tide", "NK2003", "list"
    ),
    Breakage("port-too-high", "    port: 8383", "    port: ‸70000", "NK2004", "65535"),
    Breakage("unknown-method", "- method: GET", "- method: ‸FETCH", "NK2004", "GET"),
    Breakage("unknown-adapter", "type: rest", "type: ‸grpc", "NK2004", "rest"),
    Breakage("unknown-place", "in: query", "in: ‸quary", "NK2004", "query"),
    Breakage("unknown-transport", "transport: http", "transport: ‸carrier-pigeon", "NK2004", "stdio"),
)

MEANING = (
    Breakage("no-such-operation", "call: tides.gettide", "call: ‸tides.getide", "NK3001", "gettide"),
    Breakage("no-such-namespace", "call: tides.gettide", "call: ‸tide.gettide", "NK3002", "tides"),
    Breakage("no-call", "call: tides.gettide", "call: ‸GET /ports", "NK3003"),
    Breakage("namespace-twice", "\n  exposes:", SECOND_TIDES, "NK3006", "tides"),
    Breakage("nothing-to-do", "      call: tides.gettide\n      with:\n        port_id: tools.port_id\n", "", "NK3010"),
    Breakage(
        "operation-twice",
        "          in: query\n",
        "          in: query\n      - name: ‸gettide\n        method: POST\n",
        "NK3012",
    ),
    Breakage("unknown-with-key", "day: rest.day", "‸dey: rest.day", "NK4001", "day"),
    Breakage("open-placeholder", "path: /ports/{port_id}", "path: ‸/ports/{port_id", "NK4008"),
    Breakage("open-exposed-placeholder", "path: /harbours/{port-id}", "path: ‸/harbours/{port-id", "NK4008"),
    Breakage("open-template", "'{{env.TIDE_KEY}}'", "‸'{{env.TIDE_KEY}'", "NK4002"),
    Breakage("one-name-twice", IN_QUERY, IN_QUERY + "        - name: ‸Port-Id\n          in: query\n", "NK4004"),
    Breakage("unknown-reference", "day: rest.day", "day: ‸rest.dya", "NK4007", "rest.day"),
    Breakage("header-name", IN_QUERY, IN_QUERY + "        - name: ‸'X Day:'\n          in: header\n", "NK4010"),
    Breakage("base-address", "https://api.tides.invalid", "‸ftp://api.tides.invalid", "NK4011"),
    Breakage("open-path", "mapping: $.", "mapping: ‸$.[", "NK5001"),
    Breakage("unknown-format", "outputRawFormat: json", "outputRawFormat: ‸jason", "NK2004", "json"),
    Breakage("undeclared-variable", "'{{env.TIDE_KEY}}'", "‸'{{env.TIDE_KYE}}'", "NK6002", "TIDE_KEY"),
    Breakage("no-token", "      token: '{{env.TIDE_KEY}}'\n", "", "NK6006", "token"),
    Breakage("authentication-not-served", "type: bearer", "type: ‸oauth1", "NK6007", "bearer"),
    Breakage(
        "format-selector", "Format: json", "Format: html\n        outputSchema: ‸'table['", "NK5010", "CSS selector"
    ),
    Breakage("unknown-authentication", "type: bearer", "type: ‸kerberos", "NK2004", "bearer"),
)

BREAKAGES = (*TEXT, *SHAPE, *MEANING)
