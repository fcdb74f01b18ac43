"""Photos as they are kept: small JPEGs that hold nothing but the picture."""

from __future__ import annotations

import io
import struct

from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST = 12 * 1024 * 1024
"""Bytes of a photo that is read: phones send up to ten million."""
MOST = 60_000_000
"""Pixels of a photo that is read; it is asked before any of them is unpacked."""
SIDE = 1600
"""Pixels that the longer side keeps: enough to see a crack, some 200 kB."""
FORMATS = ("JPEG", "PNG", "WEBP")


class NoPhoto(ValueError):
    """The content is no photo that could be kept."""


def kept(content: bytes) -> bytes:
    """The picture alone, upright, as a JPEG of at most SIDE pixels a side.

    It is told by its content, not its name; the place, the time and the phone that a camera writes along are gone, for
    the pixels are written anew. Raises NoPhoto for anything but a picture of FORMATS, one of more than LARGEST bytes
    or MOST pixels, and a broken one.
    """
    if len(content) > LARGEST:
        raise NoPhoto(f"it has {len(content)} bytes; at most {LARGEST} are read")
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MOST:
                raise NoPhoto(f"it has {image.width} x {image.height} pixels; at most {MOST} are read")
            image.thumbnail((SIDE, SIDE))  # first: what follows copies it; a large JPEG is unpacked smaller
            upright = ImageOps.exif_transpose(image).convert("RGB")
            plain = Image.new("RGB", upright.size)
            plain.paste(upright)  # nothing of what came along with it
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError,
            struct.error) as error:  # the last one of what a camera wrote along
        raise error if isinstance(error, NoPhoto) else NoPhoto("it is no picture that can be read") from error
    written = io.BytesIO()
    plain.save(written, "JPEG", quality=80)
    return written.getvalue()
