"""Ways to write the richer constructs of the language wrongly, and what must be said about each.

A row replaces the first occurrence of a piece of `quay/quay.yaml`, or of a file that it names. The mark `‸` in the new
text stands where the one error must point, in whichever file it is.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from tests.acceptance.breakages import MARK
from tests.acceptance.own import FIXTURES

QUAY = FIXTURES / "quay"
CAPABILITY = "quay.yaml"


class Change(NamedTuple):
    """One wrong folder: its name, what is replaced by what in `file`, the code of its only error, words of its text.

    An empty `old` stands for the whole file; a `new` of None, for no file at all.
    """

    name: str
    old: str
    new: str | None
    code: str
    words: tuple[str, ...] = ()
    file: str = CAPABILITY

    @property
    def marked(self) -> str:
        """The wrong text with the mark in it; empty for a file that is not there."""
        right = (QUAY / self.file).read_text()
        assert self.old in right, self.name
        return "" if self.new is None else right.replace(self.old or right, self.new, 1)

    @property
    def place(self) -> tuple[int, int]:
        """Line and column of the mark, from 1."""
        before = self.marked.partition(MARK)[0]
        return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1

    def write(self, folder: Path) -> Path:
        """Write the wrong folder below `folder`; returns the capability in it."""
        made = folder / self.name
        shutil.copytree(QUAY, made)
        if self.new is None:
            (made / self.file).unlink()
        else:
            (made / self.file).write_text(self.marked.replace(MARK, ""))
        return made / CAPABILITY


GET_SHIP = """\
      - name: get-ship
        type: call
        call: ships.get-ship
        with: {imo: moorings.imo}
"""
LIST_BERTHS = """\
      - name: list-berths
        type: call
        call: berths.list-berths
"""
LOOKUP = "        index: list-berths\n        match: ship\n"
MORE = """\
  - label: More
    namespace: ‸moorings
    functions:
    - {name: list-berths, description: All of them., call: berths.list-berths}
"""
MAPPING = "{targetName: name, value: $.get-ship.name}"
OAUTH2 = "      type: oauth2\n      tokenEndpoint: https://login.quay.invalid/token\n"
SECRET = "      clientSecret: '{{QUAY_SECRET}}'\n"
IMPORT = "    import: registry\n"
FROM = "{sourceNamespace: quay-mcp, action: find-mooring}"
SCRIPT = "          language: javascript\n"
CONTROL = "  - type: control\n    address: 127.0.0.1\n    port: 9595\n"
MANUAL = "      uri: quay://manual\n      location: file:///./manual\n"
RESOURCE = "      uri: quay://ships/{imo}\n"

STEPS = (
    Change("step-unknown", "$.get-ship.name\n        out", "‸$.get-shop.name\n        out", "NK3021", ("get-ship",)),
    Change("step-unknown-in-mapping", MAPPING, "{targetName: name, value: ‸$.get-shop.name}", "NK3021", ("get-ship",)),
    Change("step-unknown-in-with", "imo: moorings.imo}", "imo: ‸$.get-shop.imo}", "NK3021", ("get-shop",)),
    Change("step-later", "imo: moorings.imo}", "imo: ‸$.berth.number}", "NK3021", ("later",)),
    Change("step-itself", "imo: moorings.imo}", "imo: ‸$.get-ship.name}", "NK3021", ("belongs to",)),
    Change(
        "step-cycle",
        GET_SHIP + LIST_BERTHS,
        GET_SHIP.replace("moorings.imo", "‸$.list-berths.number") + LIST_BERTHS,
        "NK3021",
        ("later",),
    ),
    Change(
        "step-twice",
        LIST_BERTHS,
        LIST_BERTHS.replace(
            "list-b", "‸get-ship\n        type: call\n        call: berths.list-berths\n      - name: list-b", 1
        ),
        "NK3019",
        ("get-ship",),
    ),
    Change("step-of-no-kind", "type: lookup", "type: ‸look-up", "NK2004", ("lookup",)),
    Change(
        "step-calls-nothing",
        "call: ships.get-ship\n        with: {imo: m",
        "call: ‸ships.get-shp\n        with: {imo: m",
        "NK3001",
        ("get-ship",),
    ),
    Change(
        "step-calls-nobody",
        "call: ships.get-ship\n        with: {imo: m",
        "call: ‸ship.get-ship\n        with: {imo: m",
        "NK3002",
        ("ships",),
    ),
    Change("step-with-odd-key", "{imo: moorings.imo}", "{‸imu: moorings.imo}", "NK4001", ("imo",)),
    Change("step-field-missing", "$.berth.number}", "‸$.berth.numbr}", "NK3021", ("number",)),
    Change("index-unknown", "index: list-berths", "index: ‸list-births", "NK3021", ("list-berths",)),
    Change("index-of-no-step", "index: list-berths", "index: ‸berth", "NK3021", ("belongs to",)),
    Change("lookup-without-index", LOOKUP, "        match: ship\n", "NK2002", ("index",)),
    Change("mapping-path-open", MAPPING, "{targetName: name, value: ‸'$.get-ship.['}", "NK5001"),
    Change("mapping-twice", "{targetName: berth,", "{targetName: ‸name,", "NK5008", ("name",)),
)

AGGREGATES = (
    Change(
        "ref-function-unknown", "ref: moorings.find-mooring", "ref: ‸moorings.find-moring", "NK3018", ("find-mooring",)
    ),
    Change(
        "ref-aggregate-unknown", "ref: moorings.find-mooring", "ref: ‸mooring.find-mooring", "NK3018", ("moorings",)
    ),
    Change("ref-of-one-word", "ref: moorings.find-mooring", "ref: ‸find-mooring", "NK3018", ("moorings.find-mooring",)),
    Change(
        "ref-and-call",
        "        ref: moorings.find-mooring\n",
        "        ‸call: berths.list-berths\n        ref: moorings.find-mooring\n",
        "NK3020",
    ),
    Change(
        "aggregate-twice",
        "  exposes:\n",
        MORE + "  exposes:\n",
        "NK3019",
    ),
    Change(
        "function-does-nothing", "  exposes:\n", "    - {‸name: idle, description: Nothing.}\n  exposes:\n", "NK3010"
    ),
)

IMPORTS = (
    Change(
        "import-no-file",
        "location: ./shared/registry.yaml",
        "location: ‸./shared/registri.yaml",
        "NK2014",
        ("registri",),
    ),
    Change("import-no-namespace", "import: registry", "import: ‸registri", "NK3030", ("registry",)),
    Change("import-outside", "location: ./shared/registry.yaml", "location: ‸../registry.yaml", "NK2014", ("folder",)),
    Change(
        "import-absolute", "location: ./shared/registry.yaml", "location: ‸/etc/registry.yaml", "NK2014", ("folder",)
    ),
    Change(
        "import-taken",
        "as: ships\n",
        "as: ships\n  - {location: ./shared/registry.yaml, import: registry, as: ‸berths}\n",
        "NK3032",
        ("berths-2",),
    ),
    Change("import-circle", "location: ./shared/registry.yaml", "location: ./quay.yaml", "NK3030"),
    Change(
        "import-circle-of-two",
        "",
        "naftiko: 1.0.0-alpha2\nconsumes:\n- {location: ../quay.yaml, import: ‸ships, as: registry}\n",
        "NK3031",
        (),
        "shared/registry.yaml",
    ),
    Change(
        "import-broken",
        "  namespace: registry\n",
        "  namespace: registry\n  ‸namespace: registry\n",
        "NK1005",
        (),
        "shared/registry.yaml",
    ),
    Change("import-broken-inside", "method: GET", "method: ‸FETCH", "NK2004", (), "shared/registry.yaml"),
    Change(
        "import-undeclared-variable",
        "https://registry.quay.invalid",
        "‸'https://{{REGISTRY}}.invalid'",
        "NK6002",
        (),
        "shared/registry.yaml",
    ),
)

SCRIPTS = (
    Change("script-missing", "file: tally.js", "file: ‸tali.js", "NK2014", ("tali.js",)),
    Change("script-dependency-missing", "[count.js]", "[‸cont.js]", "NK2014", ("cont.js",)),
    Change("script-outside", "file: tally.js", "file: ‸../../tally.js", "NK2014"),
    Change("script-syntax", "result = count", "result = = count", "NK2015", ("tally.js", "line 1"), "scripts/tally.js"),
    Change(
        "script-dependency-syntax", "return list", "return ] list", "NK2015", ("count.js", "line 1"), "scripts/count.js"
    ),
    Change("script-groovy", SCRIPT, "          language: ‸groovy\n", "NK2015", ("javascript",)),
    Change("script-language-unknown", SCRIPT, "          language: ‸ruby\n", "NK2004", ("javascript",)),
    Change("script-of-no-language", SCRIPT, "", "NK2015", ("language",)),
    Change("script-language-wrong", SCRIPT, "          language: python\n", "NK2015", ("python",)),
    Change(
        "script-language-not-allowed",
        CONTROL,
        CONTROL + "    management: {scripting: {enabled: true, allowedLanguages: [python]}}\n",
        "NK2015",
        ("allowedLanguages",),
    ),
)

BOTH_BINDS = """\
- namespace: env
  keys:
    QUAY_KEY: QUAY_KEY
- namespace: vault
  location: file:///./shared/keys.yaml
  keys:
    QUAY_SECRET: quay-secret
"""
BINDS = (
    Change(
        "binds-of-another-kind",
        BOTH_BINDS,
        "  env: {}\n",
        "NK2003",
        ("list",),
    ),
    Change(
        "bind-provider",
        "location: file:///./shared/keys.yaml",
        "location: github-secrets://quay",
        "NK6005",
        ("vault://",),
    ),
)

FORMATS = (
    Change(
        "protobuf-schema-missing",
        "outputSchema: schemas/tide.proto",
        "outputSchema: ‸schemas/tied.proto",
        "NK2014",
        ("tied.proto",),
    ),
    Change("protobuf-schema-wrong", "string port = 1", "strin port = 1", "NK5010", ("strin",), "schemas/tide.proto"),
    Change(
        "protobuf-schema-imports",
        "message Tide",
        'import "other.proto";\nmessage Tide',
        "NK5010",
        ("line 2",),
        "schemas/tide.proto",
    ),
    Change(
        "avro-schema-missing",
        "outputSchema: schemas/log.avsc",
        "outputSchema: ‸schemas/lag.avsc",
        "NK2014",
        ("lag.avsc",),
    ),
    Change("avro-schema-no-json", '{"type": "record",', '{"type": "record"', "NK5010", ("JSON",), "schemas/log.avsc"),
    Change("avro-schema-wrong", '"type": "string"', '"type": "strin"', "NK5010", ("strin",), "schemas/log.avsc"),
    Change("avro-schema-outside", "outputSchema: schemas/log.avsc", "outputSchema: ‸../log.avsc", "NK2014"),
    Change("html-selector", "outputSchema: table.board", "outputSchema: ‸table..board", "NK5010", ("selector",)),
    Change("format-unknown", "outputRawFormat: html", "outputRawFormat: ‸htm", "NK2004", ("html",)),
)

BODIES = (
    Change("body-kind", "type: formUrlEncoded", "type: ‸formUrl", "NK2004", ("formUrlEncoded",)),
    Change("body-variable", "{ship: '{{ship}}'}", "{ship: '{{shop}}'}", "NK4001", ("shop",)),
    Change("body-open", "{ship: '{{ship}}'}", "{ship: '{{ship'}", "NK4002", ("{{name}}",)),
    Change("form-of-a-list", "data: {ship: '{{ship}}'}", "‸data: [ship]", "NK2003"),
    Change(
        "multipart-of-a-map",
        "type: formUrlEncoded\n          data: {",
        "type: multipartForm\n          ‸data: {",
        "NK2003",
    ),
)

AUTHENTICATION = (
    Change("oauth2-without-token-address", OAUTH2, "      type: oauth2\n", "NK6006", ("tokenEndpoint: https://…",)),
    Change(
        "oauth2-token-address", "https://login.quay.invalid/token", "‸login.quay.invalid/token", "NK6011", ("https://",)
    ),
    Change("oauth2-without-client", "      clientId: quay\n", "", "NK6006", ("clientId",)),
    Change(
        "oauth2-method",
        SECRET,
        SECRET + "      tokenEndpointAuthMethod: ‸private_key_jwt\n",
        "NK2004",
        ("client_secret_basic",),
    ),
    Change("oauth2-variable", "'{{QUAY_SECRET}}'", "‸'{{QUAY_SECRETS}}'", "NK6002", ("QUAY_SECRET",)),
    Change(
        "digest-incomplete",
        OAUTH2 + "      clientId: quay\n" + SECRET,
        "      type: digest\n      username: quay\n",
        "NK6006",
        ("password",),
    ),
    Change("guard-variable", "'{{env.QUAY_KEY}}'", "‸'{{env.QUAY_KYE}}'", "NK6002", ("QUAY_KEY",)),
    Change(
        "guard-incomplete",
        "      type: bearer\n      token: '{{env.QUAY_KEY}}'\n",
        "      type: bearer\n",
        "NK6006",
        ("token",),
    ),
    Change("guard-unknown", "      type: bearer\n", "      type: ‸kerberos\n", "NK2004", ("bearer",)),
    Change(
        "guard-oauth2-incomplete",
        "      type: bearer\n      token: '{{env.QUAY_KEY}}'\n",
        "      type: oauth2\n      scopes: [a]\n      resource: https://quay.invalid\n",
        "NK6006",
        ("authorizationServerUri: https://…",),
    ),
    Change(
        "guard-oauth2-address",
        "      type: bearer\n      token: '{{env.QUAY_KEY}}'\n",
        "      type: oauth2\n      resource: https://quay.invalid\n      authorizationServerUri: ‸login\n",
        "NK6011",
    ),
)

OFFERINGS = (
    Change("resource-placeholder", "imo: quay-mcp.imo}", "imo: ‸quay-mcp.imu}", "NK4007", ("imo",)),
    Change("resource-uri-lacks", RESOURCE, "      uri: ‸quay://ships/{number}\n", "NK4003", ("{imo}",)),
    Change("resource-uri-relative", RESOURCE, "      uri: ‸/ships/{imo}\n", "NK4020", ("harbour://",)),
    Change("resource-uri-open", RESOURCE, "      uri: ‸quay://ships/{imo\n", "NK4020"),
    Change("resource-outside", "location: file:///./manual", "location: ‸file:///etc", "NK2014", ("./",)),
    Change(
        "resource-call-and-location",
        MANUAL,
        MANUAL.replace("location", "‸location") + "      call: berths.list-berths\n",
        "NK3020",
    ),
    Change("resource-does-nothing", MANUAL, "      uri: quay://manual\n", "NK3010"),
    Change("prompt-no-file", "prompts/ask.md", "prompts/aks.md", "NK2014", ("aks.md",)),
    Change("prompt-outside", "file:///./prompts/ask.md", "‸file:///etc/passwd", "NK2014"),
    Change("prompt-says-nothing", "      location: file:///./prompts/ask.md\n", "", "NK2002", ("template",)),
    Change("prompt-role", "role: user", "role: ‸system", "NK2004", ("user",)),
    Change("prompt-placeholder", "Greet {{ship}}.", "Greet {{shop}}.", "NK4003", ("ship",)),
)

SKILLS = (
    Change(
        "skill-tool-nowhere", FROM, "{sourceNamespace: quay-mcp, action: ‸find-moring}", "NK3017", ("find-mooring",)
    ),
    Change(
        "skill-adapter-nowhere", FROM, "{sourceNamespace: ‸quay-mpc, action: find-mooring}", "NK3017", ("quay-mcp",)
    ),
    Change("skill-tool-empty", "        instruction: steps.md\n", "", "NK3017", ("instruction",)),
    Change(
        "skill-tool-both",
        "        instruction: steps.md\n",
        "        instruction: steps.md\n        from: " + FROM + "\n",
        "NK3017",
    ),
)

FORWARDS = (
    Change("forward-nowhere", "targetNamespace: berths", "targetNamespace: ‸births", "NK3002", ("berths",)),
    Change("forward-no-target", "        targetNamespace: berths\n", "", "NK2002", ("targetNamespace",)),
    Change("forward-header-name", "[X-Tenant]", "[‸'X Tenant:']", "NK4010"),
)

CONTROLS = (
    Change("control-twice", CONTROL, CONTROL + "  - ‸type: control\n    port: 9596\n", "NK3022"),
    Change("control-sampling", CONTROL, CONTROL + "    observability: {traces: {sampling: ‸2}}\n", "NK2004", ("1",)),
    Change(
        "control-propagation",
        CONTROL,
        CONTROL + "    observability: {traces: {propagation: ‸jaeger}}\n",
        "NK2004",
        ("w3c",),
    ),
    Change("control-key", CONTROL, CONTROL + "    management: {‸loggs: true}\n", "NK2001", ("logs",)),
)

CHANGES = (
    *STEPS,
    *AGGREGATES,
    *IMPORTS,
    *SCRIPTS,
    *BINDS,
    *FORMATS,
    *BODIES,
    *AUTHENTICATION,
    *OFFERINGS,
    *SKILLS,
    *FORWARDS,
    *CONTROLS,
)

KEYS = "    QUAY_SECRET: quay-secret\n"
AT_START = (
    Change("scripts-forbidden", CONTROL, CONTROL + "    management: {scripting: {enabled: false}}\n", "NK2016"),
    Change("bind-no-file", "shared/keys.yaml", "shared/kyes.yaml", "NK6003", ("kyes.yaml",)),
    Change("bind-no-key", KEYS, KEYS.replace("quay-secret", "quay-secert"), "NK6004", ("quay-secert",)),
    Change("bind-file-broken", "quay-secret: canary", "quay-secret: [canary", "NK6003", (), "shared/keys.yaml"),
    Change("bind-vault-path", "file:///./shared/keys.yaml", "vault://quay", "NK6003", ("vault://MOUNT/PATH",)),
    Change("guard-without-value", "QUAY_KEY: QUAY_KEY", "‸QUAY_KEY: QUAY_KYE", "NK6001", ("QUAY_KYE",)),
    Change("control-without-port", CONTROL, "  - ‸type: control\n", "NK7008", ("port",)),
)
"""What only a start can see: who allows scripts, what values variables have, which port an adapter gets."""

SHIPS = """\
name: ships
      label: Again
      description: A ship again.
      uri: ‸quay://ships/{imo}
      call: ships.get-ship
    - """
WARNED = (
    Change("credentials-passed-on", "[X-Tenant]", "[‸Authorization]", "NK9004"),
    Change("header-of-our-own-passed-on", "[X-Tenant]", "[‸Host]", "NK4013"),
    Change("mapping-to-nowhere", "{targetName: berth,", "{targetName: birth,", "NK5009", ("birth",)),
    Change("resource-no-files", "file:///./manual", "file:///./manuel", "NK3041", ("manual",)),
    Change(
        "resource-twice",
        "name: manual",
        SHIPS + "name: manual",
        "NK3040",
    ),
    Change("prompt-twice", "name: greet", "name: ‸ask", "NK3040", ("ask",)),
    Change("skill-no-folder", "skills/berthing", "skills/birthing", "NK3016", ("berthing",)),
    Change("skill-no-page", "instruction: steps.md", "instruction: ‸stops.md", "NK3016", ("stops.md",)),
    Change("skill-twice", "    skills:\n", "    skills:\n    - {name: berthing, description: B.}\n", "NK3015"),
    Change("secret-written-out", "'{{env.QUAY_KEY}}'", "‸canary-written", "NK9002", ("token",)),
)
"""What is served all the same, with one warning."""
