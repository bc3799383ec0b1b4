"""axe-core on a page as it stands: phone and desk, light and dark, nothing to scroll sideways at 320 px."""

from functools import cache
from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).parents[1] / "web/node_modules/axe-core/axe.min.js"

VIOLATIONS = """async () => {
  const where = ({ target, any }) => `${target} ${any[0]?.message ?? ''}`;
  const { violations } = await axe.run(document, { resultTypes: ['violations'] });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(where).join('; ')}`);
}"""

WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@cache
def _axe() -> str:
    return AXE.read_text()


async def violations(page: Page) -> list[str]:
    """What is wrong, in words; empty where nothing is."""
    # Evaluated by the debugger, so that the page's own CSP stays as it is.
    await page.evaluate(_axe())
    found: list[str] = []
    for width in (360, 1280):
        await page.set_viewport_size({"width": width, "height": 740})
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += [f"{width} {scheme} {each}" for each in await page.evaluate(VIOLATIONS)]
    await page.set_viewport_size({"width": 320, "height": 640})
    if await page.evaluate(WIDE):
        found.append("scrolls sideways at 320")
    return found
