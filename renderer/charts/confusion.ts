/** Counts of a confusion matrix and what can be read off it. */

/** How often `row` met `column`; square, row-major. */
export interface Confusion {
  readonly classCount: number;
  readonly counts: Uint32Array;
  readonly rowTotals: Uint32Array;
  readonly columnTotals: Uint32Array;
  /** Images counted. */
  readonly total: number;
  /** Images on the diagonal. */
  readonly agreeing: number;
  /** Largest count off the diagonal: the top of its colour scale. */
  readonly largestError: number;
}

/** One cell. */
export interface ConfusionCell {
  readonly row: number;
  readonly column: number;
  readonly count: number;
  /** count / row total, 0..1; 0 for an empty row. */
  readonly share: number;
}

/**
 * Counts pairs of classes over some images; images where either class is unknown (-1) are left out.
 * @param images rows of the columns, in any order
 */
export function countConfusion(
  images: Int32Array,
  rowClasses: Int16Array,
  columnClasses: Int16Array,
  classCount: number,
): Confusion {
  const counts = new Uint32Array(classCount * classCount);
  const rowTotals = new Uint32Array(classCount);
  const columnTotals = new Uint32Array(classCount);
  let total = 0;
  for (const image of images) {
    const row = rowClasses[image]!;
    const column = columnClasses[image]!;
    if (row < 0 || column < 0 || row >= classCount || column >= classCount) continue;
    counts[row * classCount + column]!++;
    rowTotals[row]!++;
    columnTotals[column]!++;
    total++;
  }
  let agreeing = 0;
  let largestError = 0;
  for (let row = 0; row < classCount; row++) {
    for (let column = 0; column < classCount; column++) {
      const count = counts[row * classCount + column]!;
      if (row === column) agreeing += count;
      else largestError = Math.max(largestError, count);
    }
  }
  return { classCount, counts, rowTotals, columnTotals, total, agreeing, largestError };
}

/** One cell of the matrix. */
export function cellOf({ counts, classCount, rowTotals }: Confusion, row: number, column: number): ConfusionCell {
  const count = counts[row * classCount + column]!;
  const rowTotal = rowTotals[row]!;
  return { row, column, count, share: rowTotal === 0 ? 0 : count / rowTotal };
}

/** Every cell that holds an image and is off the diagonal, most frequent first, then by row and column. */
export function confusions(confusion: Confusion): readonly ConfusionCell[] {
  const found: ConfusionCell[] = [];
  for (let row = 0; row < confusion.classCount; row++) {
    for (let column = 0; column < confusion.classCount; column++) {
      if (row === column || confusion.counts[row * confusion.classCount + column] === 0) continue;
      found.push(cellOf(confusion, row, column));
    }
  }
  return found.sort((a, b) => b.count - a.count || a.row - b.row || a.column - b.column);
}

/** Classes that occur as a row or a column, ascending: what is worth drawing. */
export function occurringClasses({ classCount, rowTotals, columnTotals }: Confusion): readonly number[] {
  return Array.from({ length: classCount }, (_, index) => index).filter(
    (index) => rowTotals[index]! + columnTotals[index]! > 0,
  );
}

/** What a key does on a cell of a square matrix; null for a key that does nothing. */
export function moveInMatrix(
  cell: { readonly row: number; readonly column: number },
  key: string,
  size: number,
): { readonly row: number; readonly column: number } | null {
  const last = size - 1;
  const { row, column } = cell;
  switch (key) {
    case 'ArrowUp':
      return { row: Math.max(0, row - 1), column };
    case 'ArrowDown':
      return { row: Math.min(last, row + 1), column };
    case 'ArrowLeft':
      return { row, column: Math.max(0, column - 1) };
    case 'ArrowRight':
      return { row, column: Math.min(last, column + 1) };
    case 'Home':
      return { row, column: 0 };
    case 'End':
      return { row, column: last };
    case 'PageUp':
      return { row: 0, column };
    case 'PageDown':
      return { row: last, column };
    default:
      return null;
  }
}
