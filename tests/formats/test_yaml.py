from __future__ import annotations

import pytest

from naftiko_runtime.formats.model import MAX_LEVELS, UndecodableError
from naftiko_runtime.formats.yaml import decode_yaml

LAUGHS = "a: &a [x, x]\n" + "".join(
    f"b{n}: &b{n} [{', '.join(['*' + ('a' if n == 0 else f'b{n - 1}')] * 9)}]\n" for n in range(9)
)
CHAIN = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, MAX_LEVELS + 1))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("# nothing\n", None),
        ("x", "x"),
        ("- 1\n- 2.5\n- true\n- ~\n- '1'\n- !!str 1\n", [1, 2.5, True, None, "1", "1"]),
        (
            "on: yes\nwhen: 2026-05-19\nat: 12:30\n1: 0o17\n",
            {"on": "yes", "when": "2026-05-19", "at": "12:30", "1": 15},
        ),
        ("a: !Ref b\nc: !!python/object/apply:os.system [ls]\n", {"a": "b", "c": ["ls"]}),
        ("a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}\n", {"a": {"b": 1}, "c": {"b": 1}, "d": {"e": 2, "b": 1}}),
        ("a: {<<: [{b: 1}, {b: 2, c: 3}], c: 4}", {"a": {"c": 4, "b": 1}}),
        ("{'<<': {a: 1}, b: {<<: c}}", {"<<": {"a": 1}, "b": {"<<": "c"}}),
        ("a: 1\n---\nb: 2\n", {"a": 1}),
        ("--- [a]\n...\n", ["a"]),
        ("a: .inf\nb: .nan\n", {"a": ".inf", "b": ".nan"}),
    ],
)
def test_a_document_means_what_yaml_1_2_says(text: str, value: object) -> None:
    assert decode_yaml(text.encode(), "application/yaml") == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [secret\nb: 2", "not YAML: did not find expected ',' or ']' at line 2"),
        ("a: \x01", "not YAML: it holds characters that YAML does not allow"),
        ("a: *secret", "YAML with an alias of nothing that stands before it"),
        ("a: &a [*a]", "YAML with an alias of nothing that stands before it"),
        ("[secret]: 1", "YAML with a key that is no text"),
        ("[" * (MAX_LEVELS + 1), f"nested deeper than {MAX_LEVELS} levels"),
        (CHAIN, f"nested deeper than {MAX_LEVELS} levels"),
        (LAUGHS, "larger than 1,000,000 values"),
        ("a: &a " + "x" * 100_000 + "\nb: [" + "*a," * 1_000 + "]", "larger than 1,000,000 values"),
        ("a: &a {" + "".join(f"k{n}: 1," for n in range(1_000)) + "}\nb:\n" + "- {<<: *a}\n" * 1_000, "larger than"),
    ],
)
def test_what_is_no_yaml_to_be_read_is_refused(text: str, reason: str) -> None:
    with pytest.raises(UndecodableError) as caught:
        decode_yaml(text.encode(), "application/yaml")
    assert str(caught.value).startswith(reason)
    assert "secret" not in str(caught.value)
