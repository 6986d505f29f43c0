"""Values come back as they were put down, block after block."""

import torch

from src.engine import series_buffer
from src.engine.series_buffer import SeriesBuffer


def test_values_come_back_in_order_across_blocks(monkeypatch):
    monkeypatch.setattr(series_buffer, "BLOCK_VALUES", 7)  # two steps of three rows a block
    kept = SeriesBuffer()
    value = torch.zeros(3)
    for step in range(5):
        value += 1  # a record is a copy
        kept.append(value)
        assert (len(kept), kept.last.tolist()) == (step + 1, [step + 1.0] * 3)
    assert kept.stacked().tolist() == [[step + 1.0] * 3 for step in range(5)]


def test_more_rows_than_a_block_and_other_types(monkeypatch):
    monkeypatch.setattr(series_buffer, "BLOCK_VALUES", 2)
    kept = SeriesBuffer()
    for step in range(3):
        kept.append(torch.full((4,), step))
    assert kept.stacked().equal(torch.tensor([[0] * 4, [1] * 4, [2] * 4]))
