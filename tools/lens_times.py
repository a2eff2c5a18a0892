"""Times the lens: how long its page takes for a step, in milliseconds.

``python tools/lens_times.py``; needs the extra "browser", and Chromium. A step is a click on "one
step forward", all that it changes, and the layout of the page; drawing comes on top.
"""

import os
import shutil
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from convstep.lens.page import page

TABS = (
    "zero_pad", "conv_forward", "conv_backward", "max_pool_forward", "max_pool_backward",
    "average_pool_forward", "average_pool_backward",
)  # fmt: skip
LARGE = {
    "height": 64, "width": 64, "channels": 8, "filters": 8, "f (height)": 11, "f (width)": 11,
}  # fmt: skip
MOST_STEPS = 200

STEPS = """(most) => {
  const button = document.querySelector("[aria-label='one step forward']");
  const slider = document.querySelector("[aria-label=step]");
  const times = [];
  while (slider.value !== slider.max && times.length < most) {
    const before = performance.now();
    button.click();
    document.body.offsetHeight; // lays it out
    times.push(performance.now() - before);
  }
  return times;
}"""


def main() -> None:
    """Go through each tab as it opens, and with the largest sizes that it takes."""
    chromium = os.environ.get("CONVSTEP_CHROMIUM") or shutil.which("chromium")
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "lens.html"
        file.write_text(page({"view": "steps"}), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1400, "height": 900})
        print("milliseconds a step     default: median, longest     large: median, longest")
        for name in TABS:
            tab.goto("about:blank")
            tab.goto(f"{file.as_uri()}")
            tab.click(f"#tab-{name}")
            seek(tab, "0")
            default = tab.evaluate(STEPS, MOST_STEPS)
            for label, value in LARGE.items():
                field = tab.get_by_label(label, exact=True)
                if field.count():
                    field.fill(str(value))
            slider = tab.get_by_role("slider", name="step", exact=True)
            seek(tab, str(int(slider.get_attribute("max") or 0) // 2))
            large = tab.evaluate(STEPS, MOST_STEPS)
            print(
                f"{name:24}{median(default):14.1f} {max(default):9.1f}"
                f"{median(large):19.1f} {max(large):9.1f}"
            )
        browser.close()


def seek(tab: Page, position: str) -> None:
    """Move the slider of steps."""
    tab.get_by_role("slider", name="step", exact=True).fill(position)


if __name__ == "__main__":
    main()
