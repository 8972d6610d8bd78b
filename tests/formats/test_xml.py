from __future__ import annotations

import pytest

from naftiko_runtime.formats.model import MAX_LEVELS, UndecodableError
from naftiko_runtime.formats.xml import decode_xml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<a/>", {"a": ""}),
        ("<a>x</a>", {"a": "x"}),
        ("<a> x </a>", {"a": " x "}),
        ("<a><b>1</b></a>", {"a": {"b": "1"}}),
        ("<a><b>1</b><b>2</b><b/></a>", {"a": {"b": ["1", "2", ""]}}),
        ("<a><b>1</b><c/><b>2</b></a>", {"a": {"b": ["1", "2"], "c": ""}}),
        ("<a id='1'/>", {"a": {"id": "1"}}),
        ("<a id='1'>x</a>", {"a": {"id": "1", "": "x"}}),
        ("<a id='1'>\n  <b/>\n</a>", {"a": {"id": "1", "b": ""}}),
        ("<a id='1'><id>2</id></a>", {"a": {"id": ["1", "2"]}}),
        ("<a>one <b>two</b> three</a>", {"a": {"b": "two", "": "one  three"}}),
        ("<a><![CDATA[<b>&]]>c</a>", {"a": "<b>&c"}),
        ("<a>&lt;&amp;&#233;</a>", {"a": "<&é"}),
        ("<?xml version='1.0'?><!-- c --><a><?p i?>x</a>", {"a": "x"}),
        ("<n:a xmlns:n='urn:n' xmlns='urn:d'><n:b c:d='1' xmlns:c='urn:c'/></n:a>", {"a": {"b": {"d": "1"}}}),
        ("<a xmlns:i='urn:i' i:nil='true'/>", {"a": None}),
        ("<a><b xmlns:i='urn:i' i:nil=' 1 '></b></a>", {"a": {"b": None}}),
        ("<a xmlns:i='urn:i' i:nil='false'/>", {"a": {"nil": "false"}}),
        ("<a xmlns:i='urn:i' i:nil='true'>x</a>", {"a": "x"}),
        ("<!DOCTYPE a><a>x</a>", {"a": "x"}),
    ],
)
def test_an_element_is_its_attributes_and_children(text: str, value: object) -> None:
    assert decode_xml(text.encode(), "application/xml") == value


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>".encode("latin-1"), "text/xml"),
        ("<?xml version='1.0' encoding='windows-1251'?><a>é</a>".encode(), "text/xml; charset=utf-8"),
        ("<?xml version='1.0' encoding='Shift_JIS'?><a>日</a>".encode("shift_jis"), "text/xml"),
        ("<?xml version='1.0' encoding='UTF-16'?><a>é</a>".encode("utf-16"), "text/xml"),
        ("<?xml version='1.0'?><a>é</a>".encode("utf-16-le"), "text/xml"),
        ("<?xml version='1.0'?><a>é</a>".encode("utf-16-be"), "text/xml"),
        ("<a>é</a>".encode("utf-8-sig"), "text/xml"),
    ],
)
def test_the_character_set_is_found(body: bytes, content_type: str) -> None:
    assert decode_xml(body, content_type) in ({"a": "é"}, {"a": "日"})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not XML: no element found at line 1, column 1"),
        ("<a>secret", "not XML: no element found at line 1, column 10"),
        ("<a>secret</b>", "not XML: mismatched tag at line 1, column 12"),
        ('{"secret": 1}', "not XML: not well-formed (invalid token) at line 1, column 1"),
        ("<a>&secret;</a>", "not XML: undefined entity at line 1, column 4"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "XML with entities of its own, which are not followed"),
        ("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "XML with entities of its own"),
        ("<!DOCTYPE a [<!ENTITY % b SYSTEM 'http://c'>%b;]><a/>", "XML with entities of its own"),
        ("<!DOCTYPE a SYSTEM 'http://c'><a>&b;</a>", "XML with entities of its own"),
        ("<a>" * (MAX_LEVELS + 1), f"nested deeper than {MAX_LEVELS} levels"),
        ("<a>" + "<b/>" * 1_000_000 + "</a>", "larger than 1,000,000 values"),
    ],
)
def test_what_is_no_xml_to_be_read_is_refused_with_a_reason_that_quotes_nothing(text: str, reason: str) -> None:
    with pytest.raises(UndecodableError) as caught:
        decode_xml(text.encode(), "text/xml")
    assert str(caught.value).startswith(reason)
    assert "secret" not in str(caught.value)
