/** The waterfall under the keyboard, in a real browser. */
import { createRawSnippet } from 'svelte';
import { expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import Waterfall from '../../../renderer/charts/Waterfall.svelte';
import { layOutWaterfall } from '../../../renderer/charts/waterfall.ts';

const layout = layOutWaterfall(
  [
    { key: 'bias', label: 'Bias', amount: 0.5, kind: 'start' },
    { key: 'a', label: 'spotted fur', amount: 2, kind: 'part' },
    { key: 'b', label: 'dark border', amount: -1, kind: 'part' },
  ],
  { key: 'total', label: 'Base logit', value: 1.5 },
);

test('Tab reaches one bar, arrows move through all, Enter presses the one in focus', async () => {
  const onactivate = vi.fn();
  const onpress = vi.fn();
  await render(Waterfall, {
    layout,
    name: 'What adds up',
    format: (amount: number) => amount.toFixed(1),
    head: createRawSnippet(() => ({ render: () => '<span></span>' })),
    onactivate,
    onpress,
  });
  await userEvent.tab();
  await expect.element(page.getByRole('button', { name: 'Bias: 0.5' })).toHaveFocus();
  await userEvent.keyboard('{ArrowDown}{ArrowDown}');
  await expect.element(page.getByRole('button', { name: 'dark border: -1.0' })).toHaveFocus();
  expect(onactivate).toHaveBeenLastCalledWith('b');
  await userEvent.keyboard('{Enter}');
  expect(onpress).toHaveBeenCalledWith('b');
  await userEvent.keyboard('{End}');
  await expect.element(page.getByRole('button', { name: 'Base logit: 1.5' })).toHaveFocus();
  await userEvent.tab();
  expect(document.activeElement?.getAttribute('aria-label')).toBe(null);
});
