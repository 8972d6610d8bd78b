from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naftiko_runtime.engine.authentication.challenges import Challenge, read_challenges, read_parameters

WORD = st.text("abcXYZ019!#$%&'*+.^_`|~-", min_size=1, max_size=8)
TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
CHALLENGE = st.tuples(WORD, st.dictionaries(WORD.map(str.lower), TEXT, max_size=4))


def read(*values: str) -> list[Challenge]:
    return read_challenges([("www-authenticate", value) for value in values])


@pytest.mark.parametrize(
    ("values", "challenges"),
    [
        ([], []),
        ([""], []),
        (["Basic"], [("basic", {})]),
        (["Negotiate", "NTLM TlRM=="], [("negotiate", {}), ("ntlm", {})]),
        (['Digest realm="a, b", nonce=n'], [("digest", {"realm": "a, b", "nonce": "n"})]),
        (['DIGEST Realm = "a\\"b\\\\" ,\tnonce= "n"'], [("digest", {"realm": 'a"b\\', "nonce": "n"})]),
        (
            ['Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"'],
            [("newauth", {"realm": "apps", "type": "1", "title": 'Login to "apps"'}), ("basic", {"realm": "simple"})],
        ),
        ([', Negotiate ,, Basic realm="x",'], [("negotiate", {}), ("basic", {"realm": "x"})]),
        (["Digest nonce=one, nonce=two"], [("digest", {"nonce": "one"})]),
        (['Digest nonce="open'], [("digest", {})]),
        (["realm=x, Digest"], []),
        (['Digest nonce=n; Basic realm="x"'], [("digest", {})]),
    ],
)
def test_challenges_are_told_from_their_parameters(values: list[str], challenges: list[object]) -> None:
    assert read(*values) == challenges


def test_other_headers_are_no_challenges() -> None:
    assert read_challenges([("proxy-authenticate", "Basic"), ("www-authenticate", "Digest")]) == [("digest", {})]


@pytest.mark.parametrize(
    ("text", "parameters"),
    [("", {}), ('nextnonce="a=="', {"nextnonce": "a=="}), ("qop=auth, nc=1", {"qop": "auth", "nc": "1"})],
)
def test_a_header_without_a_scheme_has_parameters(text: str, parameters: dict[str, str]) -> None:
    assert read_parameters(text) == parameters


@given(st.lists(CHALLENGE, max_size=3))
def test_what_is_written_is_read(challenges: list[tuple[str, dict[str, str]]]) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    written = ", ".join(
        f"{scheme} {', '.join(f'{name}={quoted(value)}' for name, value in parameters.items())}".strip()
        for scheme, parameters in challenges
    )
    assert read(written) == [(scheme.lower(), parameters) for scheme, parameters in challenges]


@given(st.text(st.characters(min_codepoint=0, max_codepoint=255)))
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    assert all(item.scheme for item in read(text))
    read_parameters(text)
