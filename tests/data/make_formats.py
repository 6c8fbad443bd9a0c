"""Writes one tiny file per cell of the table of formats, and formats.json with what is to be read from each.

Run in this folder with NumPy, Pillow, tifffile and cjpeg installed; the tests do not need it. Pixels are computed with NumPy from
the arrays that are written, or with Pillow from the file if its compression is lossy.
"""

import gzip
import io
import json
import pathlib
import struct
import subprocess
import tarfile
import tempfile
import zipfile
import zlib

import numpy as np
import tifffile
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
FILES = HERE / "formats"
GREY = (np.arange(12).reshape(3, 4) * 21 + 7).astype("u1")
RGB = np.stack([GREY, GREY[::-1], 255 - GREY], -1)
ALPHA = np.linspace(0, 255, 12).round().reshape(3, 4).astype("u1")
CELLS = []


def luma(rgb, white=255):
    """Rec. 709, in 0..1."""
    return rgb.astype("f8") @ [0.2126, 0.7152, 0.0722] / white


def over_white(grey, alpha, white=255):
    cover = alpha / white
    return grey * cover + 1 - cover


def in_bytes(grey):
    return np.floor(grey * 255 + 0.5) / 255


def cell(format, column, kind, name, content, grey=None, reason=None, result=None, tolerance=1e-6, shape=None):
    (FILES / name).write_bytes(content)
    entry = dict(format=format, column=column, kind=kind, file=name, result=result or ("named" if reason else "read"))
    if reason:
        entry["reason"] = reason
    else:
        grey = np.asarray(grey, "f8")
        height, width = shape or grey.shape[-2:]
        entry.update(width=width, height=height, tolerance=tolerance, pixels=[round(float(v), 7 if tolerance < 1e-3 else 3) for v in grey.ravel()])
    CELLS.append(entry)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(array, bits, colour, before=(), after=(), end=True):
    """A PNG of samples (height, width) or (height, width, channels) without filters."""
    rows = []
    for row in array.reshape(array.shape[0], -1):
        if bits == 16:
            data = row.astype(">u2").tobytes()
        else:
            digits = "".join(format(int(v), f"0{bits}b") for v in row)
            data = bytes(int(digits[i : i + 8].ljust(8, "0"), 2) for i in range(0, len(digits), 8))
        rows.append(b"\0" + data)
    height, width = array.shape[:2]
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)), *before]
    chunks += [(b"IDAT", zlib.compress(b"".join(rows))), *after] + ([(b"IEND", b"")] if end else [])
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*c) for c in chunks)


def saved(image, format, **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def by_pillow(content):
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    return luma(np.asarray(image.convert("RGB")))


def exif(orientation):
    return b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0" + bytes([orientation, 0, 0, 0]) + bytes(4)


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
TURNED = {1: GREY, 2: GREY[:, ::-1], 3: GREY[::-1, ::-1], 4: GREY[::-1], 5: GREY.T, 6: np.rot90(GREY, -1),
          7: np.rot90(GREY, 2).T, 8: np.rot90(GREY)}  # fmt: skip


def make_png():
    for bits in (1, 2, 4, 8, 16):
        white = 2**bits - 1
        values = np.arange(12).reshape(3, 4) * (5461 if bits == 16 else 1) % (white + 1)
        cell("PNG", "bits", str(bits), f"png-{bits}-bit.png", png(values, bits, 0), values / white)
    cell("PNG", "colour", "grey", "png-grey.png", png(GREY, 8, 0), GREY / 255)
    cell("PNG", "colour", "RGB", "png-rgb.png", png(RGB, 8, 2), in_bytes(luma(RGB)))
    palette = [(b"PLTE", RGB.reshape(-1, 3).tobytes())]
    places = np.arange(12)[::-1].reshape(3, 4)
    looked_up = in_bytes(luma(RGB.reshape(-1, 3)[places]))
    cell("PNG", "colour", "palette", "png-palette.png", png(places, 4, 3, palette), looked_up)
    fine = RGB.astype("u2") * 257
    fine[0, 0] = 300, 5, 77
    cell("PNG", "colour", "RGB of 16 bits", "png-rgb16.png", png(fine, 16, 2), luma(fine, 65535))
    with_alpha = np.dstack([GREY, ALPHA])
    cell("PNG", "alpha", "channel", "png-grey-alpha.png", png(with_alpha, 8, 4), in_bytes(over_white(GREY / 255, ALPHA)))
    with_alpha = np.dstack([RGB, ALPHA])
    cell("PNG", "alpha", "channel", "png-rgba.png", png(with_alpha, 8, 6), in_bytes(over_white(luma(RGB), ALPHA)))
    clear = np.where(places == 3, 1, looked_up)
    content = png(places, 4, 3, palette + [(b"tRNS", bytes([255, 255, 255, 0]))])
    cell("PNG", "alpha", "transparent colour", "png-palette-trns.png", content, clear)
    low = np.arange(12).reshape(3, 4) % 4
    content = png(low, 2, 0, [(b"tRNS", b"\0\1")])
    cell("PNG", "alpha", "transparent colour", "png-grey-trns.png", content, np.where(low == 1, 1, low / 3))
    for orientation, turned in TURNED.items():
        content = png(GREY, 8, 0, [(b"eXIf", exif(orientation))])
        cell("PNG", "orientation", "Exif", f"png-exif-{orientation}.png", content, turned / 255)
    text = b"XML:com.adobe.xmp\0\0\0\0\0" + XMP
    cell("PNG", "orientation", "XMP", "png-xmp.png", png(GREY, 8, 0, [(b"iTXt", text)]), TURNED[6] / 255)
    frames = [Image.fromarray(GREY), Image.fromarray(255 - GREY)]
    content = saved(frames[0], "PNG", save_all=True, append_images=frames[1:])
    cell("PNG", "frames", "first frame", "png-animated.png", content, GREY / 255)
    adam7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    passes = [GREY[y::down, x::across] for y, x, down, across in adam7]
    rows = b"".join(b"\0" + row.tobytes() for part in passes if part.size for row in part)
    content = png(GREY, 8, 0)
    head = struct.pack(">IIBBBBB", 4, 3, 8, 0, 0, 0, 1)
    content = content[:8] + b"".join(chunk(*c) for c in [(b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")])
    cell("PNG", "storage", "interlaced", "png-interlaced.png", content, GREY / 255)
    whole = png(GREY, 8, 0)
    cell("PNG", "storage", "cut", "png-cut.png", whole[:50], reason="truncated")


def gradient():
    y, x = np.mgrid[:16, :24]
    return np.stack([x * 8 + y * 3, 200 - x * 5, y * 9 + 40], -1).astype("u1")


def by_cjpeg(rgb, *options):
    """A JPEG file of libjpeg-turbo's command, which has more options than Pillow; scans are given as a text."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "source.ppm"
        source.write_bytes(saved(Image.fromarray(rgb), "PPM"))
        scans = source.with_suffix(".txt")
        if "-scans" in options:
            scans.write_text(options[-1].replace(";", ";\n"))
            options = (*options[:-1], str(scans))
        return subprocess.run(["cjpeg", "-quality", "90", "-optimize", *options, str(source)], stdout=subprocess.PIPE, check=True).stdout


def make_jpeg():
    colour = Image.fromarray(gradient())
    grey = colour.convert("L")
    small = dict(quality=90, optimize=True)

    def read(column, kind, name, content):
        cell("JPEG", column, kind, f"jpeg-{name}.jpg", content, by_pillow(content), tolerance=2.5 / 255)

    plain = saved(grey, "JPEG", **small)
    read("bits", "8", "8-bit", plain)
    read("colour", "grey", "grey", plain)
    read("colour", "YCbCr", "ycbcr", saved(colour, "JPEG", subsampling=0, **small))
    read("colour", "RGB", "rgb", saved(colour, "JPEG", keep_rgb=True, **small))
    cmyk = Image.fromarray(255 - np.dstack([gradient(), np.full((16, 24), 250, "u1")]), "CMYK")
    content = saved(cmyk, "JPEG", **small)
    channels = np.asarray(Image.open(io.BytesIO(content))).astype("f8")
    ink = (255 - channels[..., :3]) * (255 - channels[..., 3:]) / 255
    cell("JPEG", "colour", "CMYK of Adobe", "jpeg-cmyk.jpg", content, luma(ink), tolerance=3 / 255)
    at = content.index(b"\xff\xee")
    bare = content[:at] + content[at + 16 :]
    cell("JPEG", "colour", "4-channel without an Adobe marker", "jpeg-4.jpg", bare, reason="4-channel JPEG without an Adobe marker")
    lead = b"Exif\0\0"
    for orientation in range(1, 9):
        read("orientation", "Exif", f"exif-{orientation}", saved(grey, "JPEG", exif=lead + exif(orientation), **small))
    read("orientation", "XMP", "xmp", saved(grey, "JPEG", xmp=XMP, **small))
    read("frames", "first image of several", "several", plain + saved(ImageOps.invert(grey), "JPEG", **small))
    for kind, sampling in (("4:2:2", 1), ("4:2:0", 2)):
        read("storage", kind, kind.replace(":", ""), saved(colour, "JPEG", subsampling=sampling, **small))
    for kind, sampling in (("4:4:0", "1x2"), ("4:1:1", "4x1")):
        content = by_cjpeg(gradient(), "-sample", f"{sampling},1x1,1x1")
        read("storage", kind, kind.replace(":", ""), content)
    progressive = saved(colour, "JPEG", progressive=True, **small)
    read("storage", "progressive", "progressive", progressive)
    restarts = saved(colour, "JPEG", restart_marker_blocks=1, **small)
    read("storage", "restart markers", "restarts", restarts)
    cell("JPEG", "storage", "no end marker", "jpeg-no-end.jpg", plain[:-2], by_pillow(plain), tolerance=2.5 / 255)
    cell("JPEG", "storage", "cut", "jpeg-cut.jpg", progressive[:-40], reason="truncated")
    for kind, name, expected, options in (
        ("channels in separate scans", "separate", None, ("-sample", "1x1,1x1,1x1", "-scans", "0;1;2;")),
        ("subsampled channels in separate scans", "separate-420", "separate scans", ("-sample", "2x2,1x1,1x1", "-scans", "0;1;2;")),
        ("subsampled channels in separate scans", "separate-422", "separate scans", ("-sample", "2x1,1x1,1x1", "-scans", "0 1;2;")),
        ("more samples of colour than of luminance", "colour-2x2", "more samples of colour", ("-sample", "1x1,2x2,2x2")),
        ("three samples per block", "3x1", "three samples", ("-sample", "3x1,1x1,1x1")),
    ):
        content = by_cjpeg(gradient(), *options)
        if expected:
            cell("JPEG", "storage", kind, f"jpeg-{name}.jpg", content, reason=expected)
        else:
            read("storage", kind, name, content)
    at = plain.index(b"\xff\xc0")
    twelve = plain[: at + 4] + b"\x0c" + plain[at + 5 :]
    cell("JPEG", "bits", "12", "jpeg-12-bit.jpg", twelve, reason="12-bit JPEG: not supported; save it as 16-bit PNG")
    for marker, kind in ((0xC3, "lossless"), (0xC9, "arithmetic coding"), (0xC5, "hierarchical"), (0xF7, "JPEG-LS")):
        content = plain[: at + 1] + bytes([marker]) + plain[at + 2 :]
        cell("JPEG", "storage", kind, f"jpeg-{kind.split()[0].lower()}.jpg", content, reason=kind)


def make_pnm():
    def text(magic, values, maxval):
        head = f"{magic}\n{values.shape[1]} {values.shape[0]}\n{maxval}\n"
        return (head + " ".join(str(v) for v in values.ravel()) + "\n").encode()

    def binary(magic, values, maxval):
        head = f"{magic}\n{values.shape[1]} {values.shape[0]}\n{maxval}\n".encode()
        return head + values.astype(">u2" if maxval > 255 else "u1").tobytes()

    for bits in (4, 8, 12, 16):
        white = 2**bits - 1
        values = np.arange(12).reshape(3, 4) * (white // 11)
        tolerance = 1e-6 if bits in (4, 8, 16) else 1 / 65535
        cell("PNM", "bits", str(bits), f"pnm-{bits}-bit.pgm", binary("P5", values, white), values / white, tolerance=tolerance)
    cell("PNM", "bits", "1", "pnm-1-bit.pbm", b"P4\n4 3\n\x50\xa0\x50", np.indices((3, 4)).sum(0) % 2 == 0)
    cell("PNM", "bits", "1", "pnm-1-bit-text.pbm", b"P1\n4 3\n0101 1010 0101\n", np.indices((3, 4)).sum(0) % 2 == 0)
    cell("PNM", "colour", "grey", "pnm-grey.pgm", binary("P5", GREY, 255), GREY / 255)
    cell("PNM", "colour", "RGB", "pnm-rgb.ppm", binary("P6", RGB, 255), in_bytes(luma(RGB)))
    fine = RGB.astype("u2") * 257
    cell("PNM", "colour", "RGB of 16 bits", "pnm-rgb16.ppm", binary("P6", fine, 65535), luma(fine, 65535))
    head = b"P7\nWIDTH 4\nHEIGHT 3\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
    content = head + np.dstack([RGB, ALPHA]).tobytes()
    cell("PNM", "alpha", "channel of PAM", "pnm-rgba.pam", content, in_bytes(over_white(luma(RGB), ALPHA)))
    content = head.replace(b"RGB_ALPHA", b"CMYK") + bytes(48)
    cell("PNM", "colour", "other tuple types", "pnm-cmyk.pam", content, reason="PAM with the tuple type `CMYK`: not supported")
    several = binary("P5", GREY, 255) + binary("P5", 255 - GREY, 255)
    cell("PNM", "frames", "first image of several", "pnm-several.pgm", several, GREY / 255)
    cell("PNM", "storage", "binary", "pnm-binary.pgm", binary("P5", GREY, 255), GREY / 255)
    cell("PNM", "storage", "text", "pnm-text.ppm", text("P3", RGB, 255), in_bytes(luma(RGB)))
    crlf = b"P5\r\n4 3\r\n255\r\n" + GREY.tobytes()
    cell("PNM", "storage", "CR LF", "pnm-crlf.pgm", crlf, GREY / 255)
    cell("PNM", "storage", "cut", "pnm-cut.pgm", binary("P5", GREY, 255)[:-1], reason="truncated")
    cell("PNM", "storage", "value above the maxval", "pnm-above.pgm", b"P2 2 1 15 3 16", reason="above the maxval")
    cell("PNM", "bits", "floats of PFM", "pnm-float.pfm", b"Pf\n1 1\n-1.0\n" + bytes(4), reason="PFM: not supported")


def bmp(rows, width, height, bits, compression=0, palette=b"", masks=b"", header=40):
    fields = struct.pack("<IiiHHIIiiII", header, width, height, 1, bits, compression, len(rows), 0, 0, len(palette) // 4, 0)
    start = 14 + len(fields) + len(masks) + len(palette)
    head = struct.pack("<2sIHHI", b"BM", start + len(rows), 0, 0, start)
    return head + fields + masks + palette + rows


def padded(rows):
    return b"".join(bytes(row) + bytes(-len(row) % 4) for row in rows)


def make_bmp():
    palette = np.dstack([GREY, GREY, GREY, 0 * GREY]).reshape(-1, 4)
    places = np.arange(12).reshape(3, 4)
    upward = places[::-1]
    looked_up = GREY / 255
    two = np.array([[0, 0, 0, 0], [255, 255, 255, 0]], "u1").tobytes()
    bits = padded([[0x50], [0xA0], [0x50]])
    cell("BMP", "bits", "1", "bmp-1-bit.bmp", bmp(bits, 4, 3, 1, palette=two), np.indices((3, 4)).sum(0) % 2)
    nibbles = padded([(row[::2] * 16 + row[1::2]).tolist() for row in upward])
    cell("BMP", "bits", "4", "bmp-4-bit.bmp", bmp(nibbles, 4, 3, 4, palette=palette.tobytes()), looked_up)
    octets = padded(upward.tolist())
    cell("BMP", "bits", "8", "bmp-8-bit.bmp", bmp(octets, 4, 3, 8, palette=palette.tobytes()), looked_up)
    fives = GREY.astype("u2") >> 3
    words = padded([(row << 10 | row << 5 | row).astype("<u2").tobytes() for row in fives[::-1]])
    cell("BMP", "bits", "16", "bmp-16-bit.bmp", bmp(words, 4, 3, 16), fives / 31, tolerance=1 / 255)
    triples = padded([row[:, ::-1].tobytes() for row in RGB[::-1]])
    cell("BMP", "bits", "24", "bmp-24-bit.bmp", bmp(triples, 4, 3, 24), in_bytes(luma(RGB)))
    quads = padded([np.concatenate([row[:, ::-1], 0 * row[:, :1]], 1).tobytes() for row in RGB[::-1]])
    cell("BMP", "bits", "32", "bmp-32-bit.bmp", bmp(quads, 4, 3, 32), in_bytes(luma(RGB)))
    cell("BMP", "colour", "palette", "bmp-palette.bmp", bmp(octets, 4, 3, 8, palette=palette.tobytes()), looked_up)
    cell("BMP", "colour", "RGB", "bmp-rgb.bmp", bmp(triples, 4, 3, 24), in_bytes(luma(RGB)))
    masks = struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000) + bytes(52)
    with_alpha = padded([np.concatenate([rgb[:, ::-1], a[:, None]], 1).tobytes() for rgb, a in zip(RGB[::-1], ALPHA[::-1])])
    content = bmp(with_alpha, 4, 3, 32, 3, masks=masks, header=108)
    cell("BMP", "alpha", "bit mask", "bmp-alpha.bmp", content, in_bytes(over_white(luma(RGB), ALPHA)))
    downward = padded([row[:, ::-1].tobytes() for row in RGB])
    cell("BMP", "orientation", "from the bottom", "bmp-up.bmp", bmp(triples, 4, 3, 24), in_bytes(luma(RGB)))
    cell("BMP", "orientation", "from the top", "bmp-down.bmp", bmp(downward, 4, -3, 24), in_bytes(luma(RGB)))
    codes = b"".join(b"\0\4" + bytes(row.tolist()) + b"\0\0" for row in upward) + b"\0\1"
    cell("BMP", "storage", "RLE8", "bmp-rle8.bmp", bmp(codes, 4, 3, 8, 1, palette.tobytes()), looked_up)
    codes = b"".join(b"\0\4" + bytes((row[::2] * 16 + row[1::2]).tolist()) + b"\0\0" for row in upward) + b"\0\1"
    cell("BMP", "storage", "RLE4", "bmp-rle4.bmp", bmp(codes, 4, 3, 4, 2, palette.tobytes()), looked_up)
    cut = bmp(b"\4\1\0\0\0\1", 4, 3, 8, 1, palette.tobytes())
    cell("BMP", "storage", "incomplete RLE", "bmp-rle-cut.bmp", cut, reason="the run lengths set 4 of 12 pixels")
    for compression, kind in ((4, "JPEG inside"), (5, "PNG inside")):
        content = bmp(triples, 4, 3, 0, compression)
        cell("BMP", "storage", kind, f"bmp-{kind.split()[0].lower()}.bmp", content, reason=kind)
    cell("BMP", "storage", "OS/2 2.x", "bmp-os2.bmp", bmp(octets, 4, 3, 8, masks=bytes(24), palette=palette.tobytes(), header=64), reason="OS/2 2.x bitmap")
    cell("BMP", "storage", "cut", "bmp-cut.bmp", bmp(triples, 4, 3, 24)[:-3], reason="truncated")


def make_gif():
    image = Image.fromarray(GREY)
    for colours in (2, 16, 256):
        values = (np.arange(12).reshape(3, 4) % colours).astype("u1")
        picture = Image.fromarray(values, "P")
        greys = [v * 255 // (colours - 1) for v in range(colours) for _ in range(3)]
        picture.putpalette(greys)
        kind = f"{colours} colours"
        expected = np.array(greys[::3])[values] / 255
        cell("GIF", "bits", kind, f"gif-{colours}.gif", saved(picture, "GIF"), expected)
    picture = Image.fromarray(np.arange(12).reshape(3, 4).astype("u1"), "P")
    picture.putpalette(RGB.reshape(-1).tolist())
    cell("GIF", "colour", "palette", "gif-palette.gif", saved(picture, "GIF"), in_bytes(luma(RGB)))
    clear = np.where(np.arange(12).reshape(3, 4) == 5, 1, in_bytes(luma(RGB)))
    cell("GIF", "alpha", "transparent colour", "gif-transparent.gif", saved(picture, "GIF", transparency=5), clear)
    content = saved(image, "GIF", save_all=True, append_images=[ImageOps.invert(image)])
    cell("GIF", "frames", "first frame", "gif-animated.gif", content, GREY / 255)
    # Pillow does not interlace smaller ones.
    tall = np.arange(256, dtype="u1").reshape(16, 16)
    content = saved(Image.fromarray(tall), "GIF", interlace=1)
    assert b"\x2c" + struct.pack("<4HB", 0, 0, 16, 16, 0x40) in content
    cell("GIF", "storage", "interlaced", "gif-interlaced.gif", content, tall / 255)
    content = saved(image, "GIF", interlace=0)
    cell("GIF", "storage", "cut", "gif-cut.gif", content[:-6], reason="truncated")


def make_webp():
    colour = Image.fromarray(RGB)
    lossless = saved(colour, "WEBP", lossless=True)
    cell("WebP", "bits", "8", "webp-8-bit.webp", lossless, in_bytes(luma(RGB)))
    cell("WebP", "colour", "RGB", "webp-rgb.webp", lossless, in_bytes(luma(RGB)))
    clear = Image.fromarray(np.dstack([RGB, ALPHA]))
    content = saved(clear, "WEBP", lossless=True, exact=True)
    cell("WebP", "alpha", "channel", "webp-alpha.webp", content, in_bytes(over_white(luma(RGB), ALPHA)))
    for orientation, turned in TURNED.items():
        content = saved(Image.fromarray(GREY), "WEBP", lossless=True, exif=exif(orientation))
        cell("WebP", "orientation", "Exif", f"webp-exif-{orientation}.webp", content, turned / 255)
    # The prefix that Exif has in JPEG files, as some writers keep it.
    at = content.index(b"EXIF")
    data = b"Exif\0\0" + exif(8)
    content = content[:at] + b"EXIF" + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)
    content = content[:4] + struct.pack("<I", len(content) - 8) + content[8:]
    cell("WebP", "orientation", "Exif", "webp-exif-prefix.webp", content, TURNED[8] / 255)
    content = saved(colour, "WEBP", save_all=True, append_images=[ImageOps.invert(colour)], lossless=True)
    cell("WebP", "frames", "first frame", "webp-animated.webp", content, in_bytes(luma(RGB)))
    cell("WebP", "storage", "lossless", "webp-lossless.webp", lossless, in_bytes(luma(RGB)))
    lossy = saved(Image.fromarray(gradient()), "WEBP", quality=90)
    cell("WebP", "storage", "lossy", "webp-lossy.webp", lossy, by_pillow(lossy), tolerance=4 / 255)
    cell("WebP", "storage", "cut", "webp-cut.webp", lossy[:-20], reason="truncated")


def tiff(data, width=4, height=3, bits=8, order="<", big=False, pages=(), **tags):
    """A TIFF file of one strip; further pages are dictionaries of the same arguments."""
    mark = b"II" if order == "<" else b"MM"
    entry, count, offset = ("HHQ", "Q", "Q") if big else ("HHI", "H", "I")
    word = 8 if big else 4
    file = mark + (struct.pack(order + "HHHQ", 43, 8, 0, 16) if big else struct.pack(order + "HI", 42, 8))
    pages = [dict(data=data, width=width, height=height, bits=bits, **tags), *pages]
    for number, page in enumerate(pages):
        page = dict(width=4, height=3, bits=8) | page
        bits_of = page.pop("bits")
        data = page.pop("data")
        fields = {256: page.pop("width"), 257: page.pop("height"), 258: bits_of, 259: 1, 262: 1, 277: np.size(bits_of), 279: len(data)}
        fields |= {int(tag[1:]): value for tag, value in page.items()}
        fields.setdefault(273, 0)
        size = struct.calcsize(order + entry) + word
        after = len(file) + struct.calcsize(order + count) + len(fields) * size + word
        blocks = b""
        listed = b""
        for tag, value in sorted(fields.items()):
            if isinstance(value, bytes):
                kind, packed, length = 2, value, len(value)
            else:
                values = np.ravel(value).tolist()
                kind = 3 if max(values) < 65536 and tag not in (273, 279) else 4
                packed = struct.pack(f"{order}{len(values)}{'H' if kind == 3 else 'I'}", *values)
                length = len(values)
            if tag == 273:
                packed = b"STRP"
            if len(packed) > word:
                place = after + len(blocks)
                blocks += packed + bytes(len(packed) % 2)
                packed = struct.pack(order + offset, place)
            listed += struct.pack(order + entry, tag, kind, length) + packed.ljust(word, b"\0")
        strip = after + len(blocks)
        listed = listed.replace(b"STRP", struct.pack(order + "I", strip))
        end = strip + len(data) + len(data) % 2
        following = end if number + 1 < len(pages) else 0
        file += struct.pack(order + count, len(fields)) + listed + struct.pack(order + offset, following)
        file += blocks + data + bytes(len(data) % 2)
    return file


def packed_bits(values, bits):
    rows = []
    for row in values:
        digits = "".join(format(int(v), f"0{bits}b") for v in row)
        rows.append(bytes(int(digits[i : i + 8].ljust(8, "0"), 2) for i in range(0, len(digits), 8)))
    return b"".join(rows)


def make_tiff():
    grey = GREY / 255
    plain = GREY.tobytes()

    def read(column, kind, name, content, expected, **more):
        cell("TIFF", column, kind, f"tiff-{name}.tif", content, expected, **more)

    def named(column, kind, name, content, reason):
        cell("TIFF", column, kind, f"tiff-{name}.tif", content, reason=reason)

    for bits in (1, 2, 4, 8, 12):
        values = np.arange(12).reshape(3, 4) * (1 if bits < 8 else 20) % 2**bits
        read("bits", str(bits), f"{bits}-bit", tiff(packed_bits(values, bits), bits=bits), values / (2**bits - 1), tolerance=1 / 510 + 1e-6 if bits < 8 else 1e-6)
    for bits in (16, 32, 64):
        values = np.arange(12, dtype="u8").reshape(3, 4) * np.uint64(2**bits // 13)
        read("bits", str(bits), f"{bits}-bit", tiff(values.astype(f"<u{bits // 8}").tobytes(), bits=bits), values / float(2**bits - 1))
    for bits in (16, 32, 64):
        values = np.arange(12).reshape(3, 4) / 16
        content = tiff(values.astype(f"<f{bits // 8}").tobytes(), bits=bits, t339=3)
        read("bits", f"float of {bits}", f"float-{bits}", content, values)
    signed = np.arange(12).reshape(3, 4) * 100
    content = tiff(signed.astype("<i2").tobytes(), bits=16, t339=2)
    read("bits", "signed and not negative", "signed", content, signed / 65535)
    content = tiff((signed - 1000).astype("<i2").tobytes(), bits=16, t339=2)
    named("bits", "negative values", "negative", content, "signed 16-bit values, from -1000 to 100")
    named("bits", "complex", "complex", tiff(bytes(96), bits=64, t339=6), "complex values")
    read("colour", "grey", "grey", tiff(plain), grey)
    read("colour", "white is zero", "white-is-zero", tiff(plain, t262=0), 1 - grey)
    inks = RGB.reshape(-1, 3).astype("u2") * 257
    table = np.vstack([inks, np.zeros((244, 3), "u2")]).T.ravel()
    places = np.arange(12, dtype="u1")[::-1].reshape(3, 4)
    looked_up = in_bytes(luma(RGB.reshape(-1, 3)[places]))
    read("colour", "palette", "palette", tiff(packed_bits(places, 4), bits=4, t262=3, t320=table.reshape(3, 256)[:, :16].ravel()), looked_up)
    colour = in_bytes(luma(RGB))
    read("colour", "RGB", "rgb", tiff(RGB.tobytes(), bits=[8, 8, 8], t262=2), colour)
    planes = np.moveaxis(RGB, -1, 0)
    file = io.BytesIO()
    tifffile.imwrite(file, planes, photometric="rgb", planarconfig="separate", metadata=None)
    read("colour", "planar RGB", "planar", file.getvalue(), colour)
    ink = 255 - RGB
    content = tiff(np.dstack([ink, 0 * GREY]).tobytes(), bits=[8] * 4, t262=5)
    read("colour", "CMYK", "cmyk", content, colour)
    file = io.BytesIO()
    smooth = Image.fromarray(gradient())
    smooth.save(file, "TIFF", compression="jpeg", quality=90)
    read("colour", "YCbCr", "ycbcr", file.getvalue(), by_pillow(file.getvalue()), tolerance=2.6 / 255)
    read("storage", "JPEG", "jpeg", file.getvalue(), by_pillow(file.getvalue()), tolerance=2.6 / 255)
    for code, kind in ((8, "CIELab"), (9, "ICCLab")):
        named("colour", kind, kind.lower(), tiff(RGB.tobytes(), bits=[8] * 3, t262=code), kind)
    cover = ALPHA / 255
    light = luma(RGB)
    over = in_bytes(light * cover + 1 - cover)
    content = tiff(np.dstack([RGB, ALPHA]).tobytes(), bits=[8] * 4, t262=2, t338=2)
    read("alpha", "unassociated", "alpha", content, over)
    multiplied = np.minimum(RGB // 2, ALPHA[..., None])
    content = tiff(np.dstack([multiplied, ALPHA]).tobytes(), bits=[8] * 4, t262=2, t338=1)
    read("alpha", "associated", "associated", content, in_bytes(luma(multiplied) + 1 - cover))
    content = tiff(np.dstack([RGB, ALPHA]).tobytes(), bits=[8] * 4, t262=2, t338=0)
    read("alpha", "extra sample without a meaning", "extra", content, colour)
    for orientation, turned in TURNED.items():
        read("orientation", "tag", f"turned-{orientation}", tiff(plain, t274=orientation), turned / 255)
    pages = tiff(plain, pages=[dict(data=(255 - GREY).tobytes())])
    read("frames", "every page", "pages", pages, np.stack([grey, 1 - grey]))
    stack = tiff(plain + (255 - GREY).tobytes(), t270=b"ImageJ=1.53t\nimages=2\nframes=2\n\0", t279=12)
    read("frames", "ImageJ stack", "imagej", stack, np.stack([grey, 1 - grey]))
    read("storage", "none", "none", tiff(plain), grey)
    read("storage", "big-endian", "big-endian", tiff(GREY.astype(">u2").tobytes(), bits=16, order=">"), GREY / 65535)
    read("storage", "BigTIFF", "bigtiff", tiff(plain, big=True), grey)
    file = io.BytesIO()
    tifffile.imwrite(file, np.tile(GREY, (6, 5))[:16, :16], tile=(16, 16), metadata=None)
    read("storage", "tiles", "tiles", file.getvalue(), np.tile(GREY, (6, 5))[:16, :16] / 255)
    for kind, name in (("LZW", "tiff_lzw"), ("PackBits", "packbits"), ("Deflate", "tiff_adobe_deflate")):
        read("storage", kind, kind.lower(), saved(Image.fromarray(GREY), "TIFF", compression=name), grey)
    checks = np.indices((6, 20)).sum(0) % 3 == 0
    for kind, name in (("CCITT RLE", "tiff_ccitt"), ("CCITT Group 3", "group3"), ("CCITT Group 4", "group4")):
        read("storage", kind, name, saved(Image.fromarray(checks), "TIFF", compression=name), checks)
    reverse = lambda data: bytes(int(f"{byte:08b}"[::-1], 2) for byte in data)
    content = tiff(reverse(packed_bits(checks, 1)), width=20, height=6, bits=1, t266=2)
    read("storage", "FillOrder 2", "fill-order", content, checks)
    content = tiff(reverse(plain), t266=2)
    read("storage", "FillOrder 2", "fill-order-8", content, grey)
    steps = np.diff(GREY.astype("i2"), axis=1, prepend=0).astype("u1")
    content = tiff(zlib.compress(steps.tobytes()), t259=8, t317=2)
    read("storage", "predictor 2", "predictor", content, grey)
    for code, kind in ((6, "old-style JPEG"), (34712, "JPEG 2000"), (34887, "LERC"), (34925, "LZMA"), (50000, "Zstandard"),
                       (50001, "WebP"), (34661, "JBIG")):  # fmt: skip
        named("storage", kind, f"named-{code}", tiff(plain, t259=code), kind)
    named("storage", "cut", "cut", tiff(plain)[:-4], "truncated")


def make_foreign():
    zeros = bytes(120)
    kinds = [
        ("HEIC/HEIF", "a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
        ("AVIF", "a.avif", b"\0\0\0\x18ftypavif\0\0\0\0mif1avif"),
        ("JPEG 2000", "a.jp2", b"\0\0\0\x0cjP  \r\n\x87\n"),
        ("JPEG XL", "a.jxl", b"\xff\x0a"),
        ("raw camera file", "a.nef", b"MM\0*\0\0\0\x08\0\0"),
        ("raw camera file", "a.dng", b"II*\0\x08\0\0\0\0\0"),
        ("raw camera file", "a.cr2", b"II*\0\x10\0\0\0CR\x02\0"),
        ("raw camera file", "a.cr3", b"\0\0\0\x18ftypcrx \0\0\0\1crx isom"),
        ("Photoshop file", "a.psd", b"8BPS\0\1"),
        ("EXR", "a.exr", b"\x76\x2f\x31\x01\x02\0\0\0"),
        ("FITS", "a.fits", b"SIMPLE  =                    T"),
        ("DICOM", "a.dcm", bytes(128) + b"DICM"),
        ("SVG drawing", "a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' width='4' height='3'/>"),
        ("PDF", "a.png", b"%PDF-1.7"),
        ("TGA", "a.tga", b"\0\0\2\0"),
        ("Windows icon", "a.ico", b"\0\0\1\0\1\0"),
    ]
    for kind, name, start in kinds:
        name = f"other-{kind.split()[0].split('/')[0].lower()}-{name}"
        content = start if kind == "SVG drawing" else start + zeros
        cell("other", "storage", kind, name, content, reason=f"{kind}: not supported; save it as ")


def npy(array):
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def make_arrays():
    stack = np.stack([GREY, 255 - GREY])
    grey = stack / 255
    large = stack.astype("i8") * 1000
    for kind, values, expected in (
        ("bool", stack > 100, stack > 100),
        ("u8", stack, grey),
        ("u16", stack.astype("u2") * 257, grey),
        ("u32", stack.astype("u4"), grey),
        ("u64", large.astype("u8"), large),
        ("i8", (stack // 2).astype("i1"), stack // 2 / 255),
        ("i16", stack.astype("i2"), grey),
        ("i32", large.astype("i4"), large),
        ("i64", large, large),
        ("f16", (stack / 256).astype("f2"), stack / 256),
        ("f32", stack.astype("f4") / 256, stack / 256),
        ("f64", stack / 256, stack / 256),
    ):
        cell("npy", "bits", kind, f"npy-{kind}.npy", npy(values), expected)
    record = np.zeros((2, 3, 4), [("x", "f4"), ("y", "f4")])
    for kind, values, reason in (
        ("complex", stack.astype("c8"), "complex numbers"),
        ("text", stack.astype("U1"), "text"),
        ("dates", stack.astype("M8[D]"), "dates or times"),
        ("times", stack.astype("m8[s]"), "dates or times"),
        ("records", record, "records"),
        ("objects", stack.astype(object), "Python objects"),
        ("extended precision", stack.astype(np.longdouble), "floats of extended precision"),
    ):
        cell("npy", "bits", kind, f"npy-{kind.split()[0]}.npy", npy(values), reason=reason, result="refused")
    cell("npy", "colour", "n×height×width", "npy-3.npy", npy(stack), grey)
    cell("npy", "colour", "n×height×width×1", "npy-4.npy", npy(stack[..., None]), grey)
    # Two columns: the last side cannot be channels.
    narrow = stack[..., :2]
    cell("npy", "colour", "n×1×height×width", "npy-1-second.npy", npy(narrow[:, None]), narrow / 255)
    rgb = RGB.transpose(1, 0, 2)[:, :2]
    rgb = np.stack([rgb, rgb[::-1]])
    cell("npy", "colour", "n×height×width×3", "npy-rgb.npy", npy(rgb), in_bytes(luma(rgb)))
    cell("npy", "colour", "n×3×height×width", "npy-rgb-second.npy", npy(np.ascontiguousarray(np.moveaxis(rgb, -1, 1))), in_bytes(luma(rgb)))
    floats = rgb.astype("f4") / 256
    cell("npy", "colour", "n×height×width×3", "npy-rgb-f32.npy", npy(floats), luma(floats, 1))
    alpha = np.broadcast_to(ALPHA[:2].T, rgb.shape[:3])
    rgba = np.concatenate([rgb, alpha[..., None]], -1)
    cell("npy", "colour", "n×height×width×4", "npy-rgba.npy", npy(rgba), in_bytes(over_white(luma(rgb), alpha)))
    cell("npy", "colour", "n×pixels", "npy-rows.npy", npy(stack.reshape(2, 12)), grey, shape=(1, 12))
    cell("npy", "colour", "n×5×height×width", "npy-5.npy", npy(np.zeros((2, 5, 3, 2), "u1")), reason="choose one channel", result="refused")
    for kind, values in (("n", stack[:, 0, 0]), ("n×1", stack[:, 0, :1])):
        cell("npy", "colour", kind, f"npy-labels-{values.ndim}.npy", npy(values), reason="labels", result="refused")
    cell("npy", "storage", "C order", "npy-c.npy", npy(stack), grey)
    cell("npy", "storage", "Fortran order", "npy-fortran.npy", npy(np.asfortranarray(stack)), grey)
    cell("npy", "storage", "big-endian", "npy-big.npy", npy((stack / 256).astype(">f4")), stack / 256)
    cell("npy", "storage", "cut", "npy-cut.npy", npy(stack)[:-1], reason="truncated", result="refused")
    for kind, save in (("stored", np.savez), ("deflated", np.savez_compressed)):
        file = io.BytesIO()
        save(file, X=stack)
        cell("npz", "storage", kind, f"npz-{kind}.npz", file.getvalue(), grey)
    head = lambda kind, sides=3: bytes([0, 0, kind, sides]) + struct.pack(">3I", 2, 3, 4)
    plain = head(8) + stack.tobytes()
    cell("IDX", "bits", "u8", "idx-u8", plain, grey)
    for kind, code in (("i8", 9), ("i16", 11), ("i32", 12), ("f32", 13), ("f64", 14)):
        cell("IDX", "bits", kind, f"idx-{kind}", head(code) + bytes(192), reason=f"this IDX file holds {kind}", result="refused")
    cell("IDX", "storage", "plain", "idx-plain", plain, grey)
    cell("IDX", "storage", "gzip", "idx-gzip.gz", gzip.compress(plain, mtime=0), grey)
    cell("IDX", "storage", "cut", "idx-cut", plain[:-1], reason="truncated", result="refused")


def make_tables():
    rows = np.stack([GREY.ravel(), 255 - GREY.ravel()])

    def lines(sign):
        return "\n".join(sign.join(str(v / 256) for v in row) for row in rows) + "\n"

    for kind, sign, ending in (("commas", ",", "csv"), ("semicolons", ";", "csv"), ("tabs", "\t", "tsv"), ("spaces", " ", "txt")):
        cell("csv", "storage", kind, f"csv-{kind}.{ending}", lines(sign).encode(), rows / 256, shape=(1, 12))
    cell("csv", "storage", "gzip", "csv-gzip.csv.gz", gzip.compress(lines(",").encode(), mtime=0), rows / 256, shape=(1, 12))
    cell("csv", "storage", "comments", "csv-comments.csv", ("# width\n" + lines(",")).encode(), rows / 256, shape=(1, 12))
    commas = lines(";").replace(".", ",")
    cell("csv", "bits", "decimal commas", "csv-decimal-commas.csv", commas.encode(), rows / 256, shape=(1, 12))
    fields = "\n".join(f"{i},{' '.join(map(str, row))}" for i, row in enumerate(rows))
    text = f"emotion,pixels\n{fields}\n"
    cell("csv", "storage", "all pixels in one field", "csv-one-field.csv", text.encode(), rows, shape=(1, 12))
    text = "a,b\n0.5,0.25\n1,0\n"
    cell("csv", "storage", "header", "csv-header.csv", text.encode(), np.array([[0.5, 0.25], [1, 0]]), shape=(1, 2))
    cell("csv", "bits", "decimals", "csv-decimals.csv", b"0.5,0.25\n1,0\n", np.array([[0.5, 0.25], [1, 0]]), shape=(1, 2))
    cell("csv", "bits", "text", "csv-text.csv", b"1,2\n3,x\n", reason="`x`", result="refused")
    cell("csv", "bits", "gaps", "csv-gaps.csv", b"1,2,3\n4,,6\n", reason="line 2", result="refused")


def sparse_picture():
    """A BMP file whose pixels follow a hole of 512 zeros, and the runs of data: offset and length."""
    content = padded([row[:, ::-1].tobytes() for row in RGB[::-1]])
    head = bytearray(bmp(content, 4, 3, 24)[:54])
    head[2:6] = struct.pack("<I", 1024 + len(content))
    head[10:14] = struct.pack("<I", 1024)
    return bytes(head) + bytes(1024 - 54) + content, [(0, 512), (1024, len(content))]


def sparse_tar(format):
    """A .tar.gz archive of one sparse picture, twice, as GNU tar writes it with --sparse."""
    content, runs = sparse_picture()
    data = b"".join(content[at : at + length] for at, length in runs)
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in ("A/1.bmp", "A/2.bmp"):
            member = tarfile.TarInfo(name)
            if format == "pax":
                numbers = [len(runs), *(number for run in runs for number in run)]
                map = "".join(f"{number}\n" for number in numbers).encode()
                packed = map + bytes(-len(map) % 512) + data
                member.name = "A/GNUSparseFile.0/" + name[2:]
                member.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": name,
                                      "GNU.sparse.realsize": str(len(content))}  # fmt: skip
                member.size = len(packed)
                archive.addfile(member, io.BytesIO(packed))
                continue
            member.size = len(data)
            header = bytearray(member.tobuf(tarfile.GNU_FORMAT))
            header[156:157] = b"S"
            header[257:265] = b"ustar  \0"
            for place, number in enumerate([number for run in runs for number in run]):
                header[386 + 12 * place : 398 + 12 * place] = b"%011o\0" % number
            header[483:495] = b"%011o\0" % len(content)
            header[148:156] = b" " * 8
            header[148:156] = b"%06o\0 " % sum(header)
            file.write(header + data + bytes(-len(data) % 512))
    file.seek(0)
    with tarfile.open(fileobj=file) as archive:
        assert [archive.extractfile(member).read() for member in archive] == [content] * 2
    return gzip.compress(file.getvalue(), mtime=0)


def zipped(pictures, method, flags=0):
    """A .zip archive, of which the last member has these flags."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in pictures:
            archive.writestr(zipfile.ZipInfo(name), content, method if name == pictures[-1][0] else zipfile.ZIP_STORED)
    content = bytearray(file.getvalue())
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.rindex(mark) + place] |= flags
    return bytes(content)


def make_archives():
    pictures = [("A/1.png", png(GREY, 8, 0)), ("A/2.png", png(255 - GREY, 8, 0))]
    grey = np.stack([GREY, 255 - GREY]) / 255
    for kind, method in (("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED)):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", method) as archive:
            for name, content in pictures:
                archive.writestr(zipfile.ZipInfo(name), content, method)
        cell("zip", "storage", kind, f"zip-{kind}.zip", file.getvalue(), grey)
    three = [*pictures, ("A/3.png", png(GREY.T, 8, 0))]
    for kind, method, flags, reason in (
        ("encrypted", zipfile.ZIP_STORED, 1, "encrypted: unpack the archive first"),
        ("bzip2", zipfile.ZIP_BZIP2, 0, "compressed by bzip2"),
        ("LZMA", zipfile.ZIP_LZMA, 0, "compressed by LZMA"),
    ):
        cell("zip", "storage", kind, f"zip-{kind.lower()}.zip", zipped(three, method, flags), reason=reason)
    for format in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w", format=format) as archive:
            for name, content in pictures:
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        packed = gzip.compress(file.getvalue(), mtime=0)
        cell("tar", "storage", "gzip", f"tar-{format}.tar.gz", packed, grey)
    for format in ("gnu", "pax"):
        cell("tar", "storage", "sparse", f"tar-sparse-{format}.tar.gz", sparse_tar(format), np.stack([in_bytes(luma(RGB))] * 2))
    # A plain archive is 10 kB, nearly all of it zeros: two blocks of zeros end it as well.
    plain = file.getvalue()
    end = len(plain.rstrip(b"\0")) // 512 * 512 + 512
    cell("tar", "storage", "plain", "tar-plain.tar", plain[:end] + bytes(1024), grey)


def main():
    FILES.mkdir(exist_ok=True)
    for file in FILES.iterdir():
        file.unlink()
    for make in (make_png, make_jpeg, make_pnm, make_bmp, make_gif, make_webp, make_tiff, make_foreign, make_arrays, make_tables, make_archives):
        make()
    lines = ",\n".join(json.dumps(entry) for entry in CELLS)
    (HERE / "formats.json").write_text(f"[\n{lines}\n]\n")


main()
