"""Reads and drives the page of steps: what the tests of a browser say in one word each.

Numbers are read where the page keeps them whole, in the titles of its cells.
"""

import time

import numpy as np

OPERATIONS = (
    "zero_pad", "conv_forward", "conv_backward", "max_pool_forward", "max_pool_backward",
    "average_pool_forward", "average_pool_backward",
)  # fmt: skip

# All that can be seen, in one call.
_READ = """() => {
  const panels = {};
  for (const panel of document.querySelectorAll("[data-panel]"))
    panels[panel.dataset.panel] = [...panel.querySelectorAll("[role=grid]")].map((grid) =>
      [...grid.querySelectorAll("[role=row]")].map((row) =>
        [...row.querySelectorAll(".cell")].map((cell) => [cell.title, cell.className])));
  const now = document.querySelector(".line.now");
  const text = (selector) => document.querySelector(selector)?.textContent ?? "";
  return {
    panels,
    line: now ? Number(now.querySelector(".n").textContent) : null,
    code: now ? now.querySelector("code").textContent.trim() : "",
    values: Object.fromEntries([...document.querySelectorAll(".values > div")].map((one) =>
      [one.querySelector("dt").textContent, one.querySelector("dd").textContent])),
    sums: [...document.querySelectorAll(".sums p")].map((one) => one.textContent),
    sentence: text(".sentence"), message: text(".message"), position: text(".position"),
    formula: [...document.querySelectorAll(".formula p")].map((one) => one.textContent),
  };
}"""


class Seen:
    """What a page shows at one moment."""

    def __init__(self, found):
        self._panels = found.pop("panels")
        vars(self).update(found)

    def __contains__(self, panel):
        return panel in self._panels

    def numbers(self, panel):
        """The panel's numbers, shape (planes, rows, columns); NaN where there is none."""
        return np.array(
            [
                [[float(title or "nan") for title, _ in row] for row in plane]
                for plane in self._panels[panel]
            ]
        )

    def marked(self, panel, mark):
        """The cells with a mark, as (plane, row, column)."""
        return {
            (k, row, column)
            for k, plane in enumerate(self._panels[panel])
            for row, cells in enumerate(plane)
            for column, (_, names) in enumerate(cells)
            if mark in names.split()
        }


class StepPage:
    """A page of steps, open in a browser."""

    def __init__(self, page):
        self.page = page

    def see(self):
        return Seen(self.page.evaluate(_READ))

    def open(self, operation):
        """Choose a tab, and go on from there: on the tab itself, arrow keys lead to other tabs."""
        self.page.evaluate(
            """(id) => {
              document.getElementById(id).click();
              document.getElementById("steps").focus();
            }""",
            f"tab-{operation}",
        )

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    def each_line(self, on=True):
        self.page.get_by_label("each line").set_checked(on)

    def seek(self, position):
        self.page.get_by_role("slider", name="step", exact=True).fill(str(position))

    @property
    def steps(self):
        """Which position we are at, and how many there are."""
        slider = self.page.get_by_role("slider", name="step", exact=True)
        return int(slider.input_value()), int(slider.get_attribute("max"))

    def set(self, sizes):
        """Change sizes, by the words that stand above their fields."""
        for label, value in sizes.items():
            self.page.get_by_label(label, exact=True).fill(str(value))

    def choose(self, name, words):
        """Choose what has these words, or the first that begins with them."""
        box = self.page.get_by_role("combobox", name=name, exact=True)
        offered = box.locator("option").all_text_contents()
        box.select_option(next(one for one in offered if one.startswith(words)))

    def size(self, label, default):
        """The number in a field; the default where this tab has no such field."""
        field = self.page.get_by_label(label, exact=True)
        return int(field.input_value()) if field.count() else default

    def given(self):
        """What the function is given, as the page shows it: arrays and sizes by name."""
        seen, pad = self.see(), self.size("pad", 0)
        found = {
            "kernel": (self.size("f (height)", 1), self.size("f (width)", 1)),
            "stride": self.size("stride", 1), "pad": pad, "dilation": self.size("dilation", 1),
        }  # fmt: skip
        A_prev = np.moveaxis(seen.numbers("A_prev"), 0, -1)[np.newaxis]
        height, width = (self.size(name, 0) for name in ("height", "width"))
        if A_prev.shape[1] > height:  # shown with its padding
            assert A_prev.shape[1:3] == (height + 2 * pad, width + 2 * pad)
            A_prev = A_prev[:, pad : pad + height, pad : pad + width]
        found["A_prev"] = A_prev
        if "W" in seen:
            planes = seen.numbers("W").reshape(-1, A_prev.shape[3], *found["kernel"])
            found["W"] = planes.transpose(2, 3, 1, 0)
            found["b"] = seen.numbers("b").reshape(1, 1, 1, -1) if "b" in seen else None
        if "grad" in seen:
            found["grad"] = np.moveaxis(seen.numbers("grad"), 0, -1)[np.newaxis]
        return found

    def cell(self, panel, plane, row, column):
        return (
            self.page.locator(f"[data-panel={panel}] [role=grid]").nth(plane)
            .locator("[role=row]").nth(row).locator(".cell").nth(column)
        )  # fmt: skip

    def edit(self, panel, plane, row, column, value, key="Enter"):
        """Write into a cell, with the keyboard."""
        self.cell(panel, plane, row, column).focus()
        self.press("Enter")
        self.page.keyboard.insert_text(str(value))
        self.press(key)

    def click(self, *names):
        """Click buttons, and take the mouse away from what lies under it then."""
        for name in names:
            self.button(name).click()
        self.page.mouse.move(0, 0)

    def until(self, happened):
        """Wait for what happens by itself."""
        end = time.monotonic() + 5
        while not happened():
            assert time.monotonic() < end, "it did not happen in 5 seconds"
            self.page.wait_for_timeout(20)

    def link(self):
        """The address once it rests."""
        self.page.wait_for_timeout(400)
        return self.page.evaluate("location.hash")
