"""JPEG and PNG: decoded, turned upright and drawn anew, so that only the picture is kept.

Place of the photograph (GPS), camera, thumbnails, comments and whatever hangs behind the picture are gone.
"""

from __future__ import annotations

import io
import struct
import zlib

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

from cases.files.checked import FileRefused

# Whatever Pillow raises on a broken picture.
BROKEN = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    OverflowError,
    struct.error,
    zlib.error,
)


def redraw(content: bytes, name: str, picture_format: str) -> tuple[bytes, int, int]:
    """The picture as bytes of the same format, its width and its height. Raises FileRefused."""
    try:
        if picture_format == "JPEG" and not _has_end(content):
            raise EOFError
        with Image.open(io.BytesIO(content), formats=(picture_format,)) as header:
            width, height = header.size
            if width * height > settings.UPLOAD_MAX_PIXELS:
                raise FileRefused(
                    f"「{name}」は大きすぎる画像です({width}×{height}画素)。"
                    "読み取りの解像度を300dpiくらいに下げて、もう一度保存してから添付してください。"
                )
            header.verify()
        with Image.open(io.BytesIO(content), formats=(picture_format,)) as picture:
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            modes = ("L", "RGB") if picture_format == "JPEG" else ("1", "L", "LA", "P", "RGB", "RGBA")
            plain = upright if upright.mode in modes else upright.convert("RGB")
            clean = Image.new(plain.mode, plain.size)
            if plain.mode == "P":
                clean = plain.convert("RGBA")
            else:
                clean.paste(plain)
            clean.info.clear()
            buffer = io.BytesIO()
            clean.save(buffer, picture_format, **({"quality": 92} if picture_format == "JPEG" else {}))
    except Image.DecompressionBombError as error:
        raise FileRefused(
            f"「{name}」は大きすぎる画像です。解像度を下げて、もう一度保存してから添付してください。"
        ) from error
    except BROKEN as error:
        raise FileRefused(
            f"「{name}」は画像として開けません。途中で切れているか、壊れています。もう一度読み取って添付してください。"
        ) from error
    return buffer.getvalue(), clean.width, clean.height


def _has_end(content: bytes) -> bool:
    """Whether the end marker comes after the picture's data; Pillow lets some cut pictures pass."""
    position = 2
    while position + 4 <= len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if marker == 0xDA:
            return content.find(b"\xff\xd9", position) != -1
        # A segment says its length; a fill byte stands alone.
        position += 1 if marker == 0xFF else 2 + int.from_bytes(content[position + 2 : position + 4], "big")
    return False
