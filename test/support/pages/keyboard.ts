/** A keyboard that counts: every press that a person would make. */
import type { Page } from 'playwright-core';

/** Counts presses; a letter is one press, and so is a chord. */
export interface CountedKeyboard {
  readonly count: () => number;
  readonly press: (...keys: readonly string[]) => Promise<void>;
  readonly type: (text: string) => Promise<void>;
  /** Presses Tab until the focus is on something whose role and name fit. @throws Error after `most` presses */
  readonly tabTo: (role: string, name: RegExp, most?: number) => Promise<void>;
}

/** Presses that nobody would make more of to get anywhere. */
const MOST_TABS = 40;

/** The keyboard of a window. */
export function countedKeyboard(page: Page): CountedKeyboard {
  let count = 0;
  const press = async (...keys: readonly string[]) => {
    for (const key of keys) {
      await page.keyboard.press(key);
      count += 1;
    }
  };
  return {
    count: () => count,
    press,
    type: async (text) => {
      await page.keyboard.type(text);
      count += [...text].length;
    },
    tabTo: async (role, name, most = MOST_TABS) => {
      const focused = page.locator('*:focus').and(page.getByRole(role as 'button', { name }));
      for (let presses = 0; presses <= most; presses++) {
        if ((await focused.count()) > 0) return;
        await press('Tab');
      }
      throw new Error(`${most} times Tab did not reach the ${role} ${name}`);
    },
  };
}
