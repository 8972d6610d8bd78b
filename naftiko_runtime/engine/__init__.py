"""Runs a Plan: builds requests, asks upstreams, shapes what they answer."""
