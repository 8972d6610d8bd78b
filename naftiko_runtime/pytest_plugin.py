"""The pytest plugin: the fixture `capability`.

pytest imports this in every project that has the package installed, so it imports nothing until a test asks for it.
"""

from __future__ import annotations

from collections.abc import Generator
from importlib import import_module
from typing import TYPE_CHECKING, cast

import pytest

if TYPE_CHECKING:
    from naftiko_runtime.testing.factory import CapabilityFactory

_FACTORY: pytest.StashKey[CapabilityFactory] = pytest.StashKey()


@pytest.fixture
def capability(request: pytest.FixtureRequest) -> CapabilityFactory:
    """`capability("spec.yaml", env={...})` is a `Runtime` over the stub `capability.upstream`.

    A relative path is looked for beside the test, then in pytest's root folder. A request that nothing is scripted for
    fails the test.
    """
    module = import_module("naftiko_runtime.testing.factory")
    factory = cast("CapabilityFactory", module.CapabilityFactory((request.path.parent, request.config.rootpath)))
    request.node.stash[_FACTORY] = factory
    return factory


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test whose code swallowed the failure of an unscripted request."""
    __tracebackhide__ = True
    result = yield
    factory = item.stash.get(_FACTORY, None)
    if factory is not None:
        factory.upstream.fail_for_unscripted()
    return result
