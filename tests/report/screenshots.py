"""Pictures of each view: python tests/report/screenshots.py results/demo/report/index.html docs/images"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser import headless_browser

WIDE, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
# name → what the address says, the look, the window
VIEWS = {
    "overview": ("view=overview&recipe=iou", "light", WIDE),
    "concepts": ("view=concepts&recipe=iou", "light", WIDE),
    "concept": ("view=concept&concept=tree&recipe=iou", "light", WIDE),
    "filters": ("view=filters", "light", WIDE),
    "filter": ("view=filter&filter=12", "light", WIDE),
    "space": ("view=space", "light", WIDE),
    "layers": ("view=layers&recipe=iou", "light", WIDE),
    "chance": ("view=chance&recipe=iou", "light", WIDE),
    "failures": ("view=failures", "light", WIDE),
    "dark": ("view=concept&concept=car&recipe=iou", "dark", WIDE),
    "phone": ("view=overview&recipe=iou", "light", PHONE),
}
SETTLED = "Promise.all([...document.images].map((image) => image.decode().catch(() => {})))"


def main(page: Path, folder: Path) -> None:
    with headless_browser() as browser:
        for name, (address, look, window) in VIEWS.items():
            tab = browser.new_page(viewport=window, color_scheme=look)
            tab.goto(f"{page.resolve().as_uri()}#{address}")
            tab.evaluate(SETTLED)
            tab.screenshot(path=folder / f"page-{name}.jpg", type="jpeg", quality=82)
            tab.close()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
