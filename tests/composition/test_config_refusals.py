"""Errors about configs that would not name their file by themselves."""

import pytest

from src.composition.refusals import Refused, refusing


def test_a_binary_yaml_is_named(tmp_path):
    (tmp_path / "problem").mkdir()
    (tmp_path / "problem" / "sound.yaml").write_text("steps: 1\n")
    path = tmp_path / "problem" / "wrong.yaml"
    path.write_bytes(b"steps: 1\n\xff\x00\xfe")
    with (
        pytest.raises(Refused, match=r"problem/wrong\.yaml: must be yaml in UTF-8 text, not binary"),
        refusing(tmp_path),
    ):
        path.read_text(encoding="utf-8")
    with pytest.raises(Refused, match=r"a config: must be yaml in UTF-8 text"), refusing():
        path.read_text(encoding="utf-8")
