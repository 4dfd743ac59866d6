/** Debian's Chromium for tests: found, or installed from Debian's own archive where that is possible. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from './chromium-facts.ts';

/** The browser, letters for every script a name may be written in, and nothing that is only recommended. */
const PACKAGES = ['chromium', 'fonts-dejavu-core', 'fonts-noto-core'] as const;

/** True where pages can be looked at. */
export const hasChromium = (): boolean => existsSync(CHROMIUM_PATH);

/** Why it cannot be installed here; undefined when it can. */
function whyNot(): string | undefined {
  const system = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID=debian$/m.test(system)) return 'this system is not Debian';
  if (process.getuid?.() !== 0) return `only root may install it ("apt-get install ${PACKAGES.join(' ')}")`;
  return undefined;
}

function aptGet(...given: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', ['-qq', ...given], { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}

/**
 * Sees to it that Chromium is there, and says in one line what it does.
 * @returns why there is none, in which case tests that draw pages are skipped; undefined when all is well
 */
export function prepareChromium(say: (line: string) => void): string | undefined {
  if (hasChromium()) return undefined;
  const reason = whyNot();
  if (reason !== undefined) return reason;
  say(`installing ${PACKAGES.join(', ')} from Debian, to draw pages in tests`);
  const isInstalled = aptGet('update') && aptGet('install', '-y', '--no-install-recommends', ...PACKAGES);
  return isInstalled && hasChromium() ? undefined : "Debian's archive did not give it; see above";
}

/** Starts Chromium without a window and with a profile of its own; close it afterwards. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM_PATH, args: [...CHROMIUM_FLAGS], headless: true });
}
