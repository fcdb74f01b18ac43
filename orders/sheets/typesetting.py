"""A long PDF is set in parts, as many at a time as there are cores, for typst sets one on one core, and then joined."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TypeVar

from pypdf import PdfWriter

Data = TypeVar("Data")
Thing = TypeVar("Thing")


def joined(make: Callable[[Data], bytes], parts: Iterable[Data]) -> bytes:
    """What `make` sets of at least one part, as one PDF; the next part is got ready while threads set those before.

    It has the title, the language and, if it is the only one, the tags of the first.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        files = pool.map(make, parts)
        whole = next(files)
        writer = None
        for file in files:
            writer = writer or PdfWriter(clone_from=BytesIO(whole))
            writer.append(BytesIO(file), import_outline=False)
    return _written(writer) if writer else whole


def batches(things: Sequence[Thing], size: int) -> Iterator[Sequence[Thing]]:
    """So many at a time; none of them is one batch of none."""
    return (things[start:start + size] for start in range(0, max(len(things), 1), size))


def _written(writer: PdfWriter) -> bytes:
    file = BytesIO()
    writer.write(file)
    return file.getvalue()
