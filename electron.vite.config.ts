/** Builds the three environments: main (Electron, command line and compute process), preload and renderer. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';

export default defineConfig({
  main: {
    build: {
      rollupOptions: {
        input: {
          index: 'main/index.ts',
          cli: 'main/cli/index.ts',
          worker: 'main/jobs/worker.ts',
          'store-thread': 'main/store/thread/entry.ts',
        },
      },
    },
  },
  preload: {
    build: {
      rollupOptions: {
        input: { index: 'preload/index.ts' },
        // A sandboxed preload must be CommonJS.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    // Unminified by default here, since Electron reads from the disk; serve mode and start-up profit.
    // The time Svelte's compiler takes is no news at every start.
    build: { minify: true, rollupOptions: { input: 'renderer/index.html', checks: { pluginTimings: false } } },
    plugins: [svelte({ configFile: false })],
  },
});
