/** Where the cells of a virtual grid lie. Pure; lengths in px. */

/** Columns and their width. */
export interface GridLayout {
  readonly columns: number;
  /** Width of one cell. */
  readonly cellWidth: number;
  readonly rows: number;
}

/** As many columns of at least `minimumWidth` as fit, sharing the width evenly. At least one column. */
export function layOutGrid(width: number, minimumWidth: number, gap: number, count: number): GridLayout {
  const columns = Math.max(1, Math.floor((width + gap) / (minimumWidth + gap)));
  return {
    columns,
    cellWidth: Math.max(0, (width - gap * (columns - 1)) / columns),
    rows: Math.ceil(count / columns),
  };
}

/** Index after a press of an arrow, Home or End; the same index when there is nowhere to go or the key is another. */
export function moveInGrid(index: number, key: string, columns: number, count: number): number {
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: index - 1,
    ArrowRight: index + 1,
    ArrowUp: index - columns,
    ArrowDown: index + columns,
    Home: 0,
    End: count - 1,
  };
  const target = moves[key] ?? index;
  return target < 0 || target >= count ? index : target;
}
