/** What every page must be, whatever it shows: accessible, within its window, calm. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Every rule that WCAG 2.2 AA takes in. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe finds against WCAG 2.2 AA, as sentences with the elements meant. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  // One frame, one page: the legacy mode saves the blank page that other frames would need.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).withTags(RULES).analyze();
  return violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes
        .slice(0, 4)
        .map((node) => `  ${node.html.slice(0, 200)}\n    ${(node.failureSummary ?? '').replaceAll('\n', ' ')}`)
        .join('\n')}`,
  );
}

/** What leaves the window to the side and cannot be scrolled into it, as sentences. */
export function cutOff(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const root = document.documentElement;
    if (root.scrollWidth > innerWidth) found.push(`the document is ${root.scrollWidth} px wide in ${innerWidth}`);
    const canScroll = (element: Element | null): boolean => {
      for (let at = element; at !== null && at !== document.body; at = at.parentElement) {
        const { overflowX } = getComputedStyle(at);
        if ((overflowX === 'auto' || overflowX === 'scroll') && at.scrollWidth > at.clientWidth) return true;
      }
      return false;
    };
    for (const element of document.querySelectorAll('button, a[href], input, select, textarea, [role="option"]')) {
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      const box = element.getBoundingClientRect();
      // Hidden from sight on purpose, for screen readers.
      if (box.width <= 1 || box.height <= 1 || getComputedStyle(element).clipPath !== 'none') continue;
      const isOut = box.left < -1 || box.right > innerWidth + 1;
      if (isOut && box.bottom > 0 && !canScroll(element.parentElement)) {
        const name = element.getAttribute('aria-label') ?? element.textContent.trim();
        found.push(`"${name.slice(0, 60)}" lies at ${Math.round(box.left)}..${Math.round(box.right)} px`);
      }
    }
    return found;
  });
}

/** The longest motion that any element in the page would make, ms; endless waiting marks do not count. */
export function longestMotion(page: Page): Promise<number> {
  return page.evaluate(() => {
    const milliseconds = (text: string): number =>
      Math.max(...text.split(',').map((part) => parseFloat(part) * (part.trim().endsWith('ms') ? 1 : 1000)));
    let longest = 0;
    for (const element of document.querySelectorAll('*')) {
      const style = getComputedStyle(element);
      longest = Math.max(longest, milliseconds(style.transitionDuration));
      if (style.animationName !== 'none' && style.animationIterationCount !== 'infinite') {
        longest = Math.max(longest, milliseconds(style.animationDuration));
      }
    }
    return longest;
  });
}

/** Animations that run now, endless ones too. */
export function runningAnimations(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      document.getAnimations().filter((animation) => {
        const timing = animation.effect?.getComputedTiming();
        // A style for reduced motion may leave a motion of one step.
        return animation.playState === 'running' && Number(timing?.duration ?? 0) * (timing?.iterations ?? 1) > 20;
      }).length,
  );
}

/** Whether the page is drawn dark on light or light on dark. */
export function paperOf(page: Page): Promise<'light' | 'dark'> {
  return page.evaluate(() => {
    const pixel = document.createElement('canvas').getContext('2d')!;
    pixel.fillStyle = getComputedStyle(document.body).backgroundColor;
    pixel.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = pixel.getImageData(0, 0, 1, 1).data;
    return (red + green + blue) / 3 > 128 ? 'light' : 'dark';
  });
}
