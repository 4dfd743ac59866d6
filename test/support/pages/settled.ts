/** Waits until a page shows what it is about: no skeletons, pictures loaded, nothing moving. */
import type { Page } from 'playwright-core';

/** Longest wait for content, ms: the first explanation opens a session of the model. */
const LIMIT_MS = 30_000;

/** Waits for real content in view. @throws Error that names what is still missing */
export async function settled(page: Page): Promise<void> {
  const missing = () =>
    page.evaluate(() => {
      const isInView = (element: Element): boolean => {
        const box = element.getBoundingClientRect();
        const isOnScreen = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
        return isOnScreen && box.width > 0 && box.height > 0 && element.checkVisibility({ visibilityProperty: true });
      };
      const missing: string[] = [];
      if (document.querySelector('main') === null) missing.push('the page itself');
      if (document.fonts.status !== 'loaded') missing.push('fonts');
      for (const element of document.querySelectorAll('.skeleton, [aria-busy="true"]')) {
        if (isInView(element)) missing.push(`what stands behind .${element.className}`);
      }
      for (const image of document.images) {
        if (isInView(image) && !(image.complete && image.naturalWidth > 0)) missing.push(`picture ${image.src}`);
      }
      for (const animation of document.getAnimations()) {
        const isEndless = animation.effect?.getComputedTiming().iterations === Infinity;
        if (animation.playState === 'running' && !isEndless) missing.push('the end of a motion');
      }
      return missing;
    });
  const until = Date.now() + LIMIT_MS;
  // Twice in a row, two frames apart: what has loaded may ask for more.
  for (let quiet = 0; quiet < 2;) {
    const found = await missing();
    quiet = found.length === 0 ? quiet + 1 : 0;
    if (found.length > 0 && Date.now() > until) throw new Error(`still missing on the page: ${found.join(', ')}`);
    await page.evaluate(
      () => new Promise<void>((next) => requestAnimationFrame(() => requestAnimationFrame(() => next()))),
    );
    if (found.length > 0) await page.waitForTimeout(50);
  }
}
