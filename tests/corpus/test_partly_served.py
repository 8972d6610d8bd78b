from __future__ import annotations

import pytest

from tests.corpus.harness import examine
from tests.corpus.place import CORPUS

TRUE_SHARE = 0.995

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="no folder of public files lies beside the project")


@needs_corpus
def test_what_is_right_in_public_files_with_errors_reaches_the_true_upstream_operation():
    table = examine(CORPUS, partial=True)
    report = "\n".join(table.lines())
    assert table.share >= TRUE_SHARE, report
    assert table.left_out, report
    assert not table.answered_otherwise, report
