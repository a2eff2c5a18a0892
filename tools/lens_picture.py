"""Takes the README's picture of the lens: ``python tools/lens_picture.py``.

Needs the extras "browser" and "images", and Chromium.
"""

import io
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import sync_playwright

from convstep.lens.page import page

OUT = Path(__file__).parents[1] / "docs" / "figures" / "lens.png"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
]


def main() -> None:
    """Open convolution backward, in the middle of the run, and take the picture."""
    chromium = os.environ.get("CONVSTEP_CHROMIUM") or shutil.which("chromium")
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "lens.html"
        file.write_text(page({"view": "steps", "tab": "conv_backward"}), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        tab = browser.new_page(viewport={"width": 1240, "height": 1500})
        tab.goto(file.as_uri())
        tab.get_by_role("slider", name="step").fill("11")
        tab.add_style_tag(content=".transport, .help { display: none }")
        picture = Image.open(io.BytesIO(tab.locator(".workbench").screenshot()))
        picture.convert("RGB").quantize(96).save(OUT, optimize=True)
        browser.close()
    print(f"Written to {OUT}")


if __name__ == "__main__":
    main()
