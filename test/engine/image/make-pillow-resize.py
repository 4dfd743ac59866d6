"""Makes pillow-resize.json: small images and what Pillow makes of them. Run: python3 make-pillow-resize.py (Pillow 9.4)."""
import json
import os
from PIL import Image, __version__

SIZES = [(13, 9), (26, 18), (5, 4), (1, 1), (20, 3), (7, 17)]


def source(width, height, channels):
    """A linear congruential pattern: sharp edges everywhere."""
    state, values = 1, bytearray()
    for _ in range(width * height * channels):
        state = (state * 1664525 + 1013904223) % 2**32
        values.append(state >> 24)
    return bytes(values)


cases = []
for channels, mode in ((3, "RGB"), (1, "L")):
    pixels = source(13, 9, channels)
    image = Image.frombytes(mode, (13, 9), pixels)
    for name, method in (("bilinear", Image.Resampling.BILINEAR), ("bicubic", Image.Resampling.BICUBIC)):
        for size in SIZES:
            cases.append({
                "channels": channels,
                "interpolation": name,
                "width": size[0],
                "height": size[1],
                "expected": image.resize(size, method).tobytes().hex(),
            })
out = {
    "origin": "Pillow " + __version__ + ", make-pillow-resize.py",
    "width": 13,
    "height": 9,
    "pixels": {"3": source(13, 9, 3).hex(), "1": source(13, 9, 1).hex()},
    "grey": Image.frombytes("RGB", (13, 9), source(13, 9, 3)).convert("L").tobytes().hex(),
    "cases": cases,
}
with open(os.path.join(os.path.dirname(__file__), "pillow-resize.json"), "w") as file:
    json.dump(out, file, indent=1)
    file.write("\n")
