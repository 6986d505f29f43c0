"""Figures inside the page: the same pixels in fewer bytes."""

import base64
import io
from pathlib import Path

from PIL import Image

LARGEST = 16383  # pixels of a side that WebP can hold


def embedded(path: Path) -> tuple[str, int, int]:
    """The picture as an address that holds it, with width and height; lossless WebP where that is smaller."""
    original = path.read_bytes()
    with Image.open(io.BytesIO(original)) as picture:
        width, height = picture.size
        kind, best = "png", original
        if max(width, height) <= LARGEST:
            packed = io.BytesIO()
            picture.save(packed, "WEBP", lossless=True, exact=True)
            if len(packed.getvalue()) < len(original):
                kind, best = "webp", packed.getvalue()
    return f"data:image/{kind};base64,{base64.b64encode(best).decode('ascii')}", width, height
