/** Sentences of the shared charts. */
export const chartText = {
  showTable: 'Show as a table',
  chart: 'Chart',
  step: {
    up: 'adds',
    down: 'takes away',
  },
  waterfallKeys: 'Up and down move through the bars, Enter keeps one lit.',
  confusionKeys: 'Arrow keys move through the cells, Enter shows the images of a cell.',
  confusionCell: (row: string, column: string, count: string, share: string) =>
    `${row} → ${column}: ${count} (${share} of the row)`,
  confusionEmpty: 'Point at a cell, or move with the arrow keys.',
  imageCount: (count: string, isOne: boolean) => (isOne ? '1 image' : `${count} images`),
  shareOfRow: 'Share of the row',
  images: 'Images',
  agreement: 'on the diagonal',
  disagreement: 'off the diagonal',
} as const;
