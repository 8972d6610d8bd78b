"""The frame of a page for people: one look, and nothing in it that a browser would fetch or run.

Pages show texts of capability files, so whoever fills the frame escapes them; the headers hold should one slip through.
"""

from __future__ import annotations

from html import escape

from naftiko_runtime.version import __version__

PAGE_TYPE = b"text/html; charset=utf-8"

PAGE_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'"),
)

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1d2733}"
    "code{font:14px ui-monospace,monospace;background:#eef2f6;padding:.1rem .3rem;border-radius:.2rem}"
    "li{margin:.3rem 0}h2{margin:2rem 0 .2rem;font-size:1.15rem}small{color:#5a6875}"
    "@media(prefers-color-scheme:dark){body{background:#12181f;color:#dde4ea}code{background:#222c36}small{color:#93a1ae}}"
)


def frame(title: str, body: str) -> bytes:
    """The page with this title above `body`, which is HTML."""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style>"
        f"<h1>{escape(title)}</h1>{body}"
        f"<p><small>naftiko-runtime {escape(__version__)}</small></p></html>"
    ).encode()
