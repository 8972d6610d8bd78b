"""`python -m naftiko_runtime` is the command `naftiko`."""

from naftiko_runtime.cli.main import entry

entry()
