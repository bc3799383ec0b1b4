"""What somebody without a mouse does."""

from playwright.async_api import Page


async def tab_to(page: Page, target: str, most: int = 40) -> None:
    """Tab until the element that fits the selector has the focus."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        if await page.evaluate(f"document.activeElement?.matches({target!r}) ?? false"):
            return
    raise AssertionError(f"{target} cannot be reached with the Tab key")


async def press(page: Page, target: str) -> None:
    """To it by Tab, then Enter."""
    await tab_to(page, target)
    await page.keyboard.press("Enter")
