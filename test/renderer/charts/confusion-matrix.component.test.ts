/** The confusion matrix under the keyboard, in a real browser. */
import { expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import ConfusionMatrix from '../../../renderer/charts/ConfusionMatrix.svelte';
import { countConfusion } from '../../../renderer/charts/confusion.ts';

// Class 1 never occurs: it is not drawn, and the cell beside the first is that of class 2.
const confusion = countConfusion(Int32Array.from([0, 1, 2]), Int16Array.from([0, 0, 2]), Int16Array.from([2, 2, 2]), 3);

test('arrow keys move through the drawn cells, the cell is said, Enter shows its images, a table holds the rest', async () => {
  const onselect = vi.fn();
  await render(ConfusionMatrix, {
    confusion,
    classes: ['cat', 'dog', 'ant'],
    name: 'Label by base model',
    rowTitle: 'Label',
    columnTitle: 'Base model',
    formatCount: String,
    formatShare: (share: number) => `${100 * share} %`,
    onselect,
  });
  await userEvent.tab();
  await userEvent.keyboard('{ArrowRight}');
  await expect.element(page.getByText('Label cat → Base model ant: 2 images (100 % of the row)')).toBeVisible();
  await userEvent.keyboard('{Enter}');
  expect(onselect).toHaveBeenCalledWith(0, 2);

  // For those who do not see the matrix its confusions stand in a table: a head and the one confusion.
  await expect.element(page.getByRole('table', { name: 'Label by base model' })).toBeInTheDocument();
  expect(page.getByRole('row').all()).toHaveLength(2);
});
