"""Spec → Plan: everything that can be decided before the first request.

`compile` is the whole of it. A folder knows those named before it: `text` and `jsonpath`; `model`, the values of a
plan; `scope`; `inputs`, `outputs` and `authentication`; `calls`; `wiring`; `requests`; `steps`; `functions`; `faces`.
"""
