"""Spec → Plan: everything that can be decided before the first request."""
