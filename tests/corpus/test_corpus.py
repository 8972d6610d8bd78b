from __future__ import annotations

import pytest

from tests.corpus.harness import examine
from tests.corpus.place import CORPUS

TRUE_SHARE = 0.995
LOADED = 521
SERVED = 5423

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="no folder of public files lies beside the project")


@needs_corpus
def test_served_operations_and_tools_of_public_files_reach_the_true_upstream_operation():
    table = examine(CORPUS)
    report = "\n".join(table.lines())
    assert table.share >= TRUE_SHARE, report
    assert table.loaded >= LOADED, report
    assert table.operations + table.tools >= SERVED, report
    assert not table.answered_otherwise, report
