from __future__ import annotations

import pytest

from tests.plan.ships import capability, request, tool

EVIL = """\\x" ' > } # \n; DROP ALL"""
AS_STRING = """\\\\x\\" \\' > } # \\n; DROP ALL"""


def filled(query: str, value: object) -> str:
    """The query with a value in it."""
    lines = query.replace("\n", "\n        ")
    text = capability("body: {type: sparql, data: '%'}", method="POST").replace("'%'", f'"{_escaped(lines)}"')
    content = request(tool(text), x=value).content
    assert content is not None
    return content.decode()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


@pytest.mark.parametrize(
    ("query", "value", "sent"),
    [
        ('?s ?p "{{x}}"', "a", '?s ?p "a"'),
        ('?s ?p "{{x}}"', EVIL, f'?s ?p "{AS_STRING}"'),
        ("?s ?p '{{x}}'", EVIL, f"?s ?p '{AS_STRING}'"),
        ('?s ?p """a " {{x}}"""', EVIL, f'?s ?p """a " {AS_STRING}"""'),
        ("?s ?p '''a ' {{x}}'''", EVIL, f"?s ?p '''a ' {AS_STRING}'''"),
        ('?s "a\\"b" {{x}}', "c d", '?s "a\\"b" "c d"'),
        ("?s ?p <http://h/{{x}}>", "a b>", "?s ?p <http://h/a%20b%3E>"),
        ("?s ?p <http://h/a?b#c> {{x}}", 5, "?s ?p <http://h/a?b#c> 5"),
        ("<{{x}}> ?p ?o", "http://h/a?b=c#d", "<http://h/a?b=c#d> ?p ?o"),
        ("FILTER(?a < {{x}} && ?b > 2)", 5, "FILTER(?a < 5 && ?b > 2)"),
        ("?s # {{x}}\n?p ?o", "a\nDROP ALL", "?s # a DROP ALL\n        ?p ?o"),
        ("# c\n?s ?p {{x}}", True, "# c\n        ?s ?p true"),
        ("LIMIT {{x}}", 2.5, "LIMIT 2.5"),
        ("LIMIT {{x}}", "10", "LIMIT 10"),
        ("wd:{{x}} ?p ?o", "Q42", "wd:Q42 ?p ?o"),
        ("?s ?p {{x}}", EVIL, f'?s ?p "{AS_STRING}"'),
        ("?s ?p {{x}}", "", '?s ?p ""'),
    ],
)
def test_a_value_stays_one_value_wherever_it_stands(query: str, value: object, sent: str) -> None:
    assert filled(query, value) == sent
