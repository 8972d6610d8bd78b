"""A shop whose tool runs a script over its orders."""

from __future__ import annotations

from pathlib import Path

STEP = "{name: total, type: script, language: javascript, location: 'file:///./scripts', file: total.js}"


def capability(
    step: str = STEP, control: str = "", mappings: str = "mappings: [{targetName: sum, value: $.total}]"
) -> str:
    return f"""\
naftiko: 1.0.0-alpha2
info: {{label: Shop, description: Orders.}}
capability:
  consumes:
  - type: http
    namespace: shop
    baseUri: https://shop.invalid
    resources:
    - name: orders
      path: /orders
      operations: [{{name: list, method: GET}}]
  exposes:
  - type: mcp
    namespace: desk
    port: 8080
    tools:
    - name: total
      description: The sum of all orders.
      inputParameters: [{{name: rate, type: number, description: How much one is.}}]
      steps:
      - {{name: orders, type: call, call: shop.list}}
      - {step}
      {mappings}
{control}
"""


def control(scripting: str) -> str:
    return f"  - {{type: control, port: 9090, management: {{scripting: {scripting}}}}}"


def fill(tmp_path: Path) -> Path:
    """A folder with all scripts of these tests."""
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    (scripts / "total.js").write_text(
        "result = context.orders.reduce((sum, order) => sum + order.total, 0) * context.rate"
    )
    (scripts / "total.py").write_text("result = sum([order['total'] for order in context['orders']]) * context['rate']")
    (scripts / "wrong.js").write_text("let x = 1\nresult = (\n")
    (scripts / "wrong.py").write_text("x = 1\nresult = (\n")
    (scripts / "throws.js").write_text("\nthrow new Error('no rate for ' + context.orders[0].id)")
    (scripts / "nothing.py").write_text("1")
    (scripts / "twice.js").write_text("function twice(x) { return 2 * x }")
    (scripts / "given.js").write_text("result = [twice(context.more), context.fixed, context.orders.length]")
    (scripts / "slow.js").write_text("while (true) {}")
    return tmp_path


def written(folder: Path, text: str) -> Path:
    path = folder / "shop.yaml"
    path.write_text(text)
    return path
