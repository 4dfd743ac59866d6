/** Vitest: everything runs in Node 24; components are drawn in Chromium. Files mirror the tree under test/. */
import { existsSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import type { TestProjectConfiguration } from 'vitest/config';
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from './test/support/chromium-facts.ts';

/** Tests that mount a component into a page. */
const COMPONENTS = 'test/renderer/**/*.component.test.ts';

/** Drawn in Chromium; without it they are left out, and the run says so. */
const components: readonly TestProjectConfiguration[] = existsSync(CHROMIUM_PATH)
  ? [
      {
        extends: true,
        test: {
          name: 'components',
          include: [COMPONENTS],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath: CHROMIUM_PATH, args: [...CHROMIUM_FLAGS] } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ]
  : [];

if (components.length === 0) console.warn(`Tests of components are skipped: there is no Chromium at ${CHROMIUM_PATH}.`);

export default defineConfig({
  // State classes with runes are compiled in both projects.
  plugins: [svelte({ configFile: false })],
  test: {
    // Two cores: native inference inside a test already uses both.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 240_000,
    reporters: process.env['VITEST_REPORT']
      ? ['default', ['json', { outputFile: process.env['VITEST_REPORT'] }]]
      : ['default'],
    projects: [
      {
        extends: true,
        resolve: { conditions: ['browser'] },
        test: { name: 'node', environment: 'node', include: ['test/**/*.test.ts'], exclude: [COMPONENTS] },
      },
      ...components,
    ],
  },
});
