/** Stages of a model grouped by the size of their grid, as the small picture of the graph shows them. */
import type { ModelInspection } from '../../../preload/contract/index.ts';

type Stage = ModelInspection['stages'][number];

/** Neighbouring stages of one grid. */
export interface StageGroup {
  /** Place of the first stage, 0-based. */
  readonly start: number;
  /** [height, width]; null after the grid is gone (pooled, flattened) or unknown. */
  readonly grid: readonly [number, number] | null;
  readonly stages: readonly Stage[];
}

/** Neighbours of equal grid together, in the order of the graph. */
export function groupStages(stages: readonly Stage[]): readonly StageGroup[] {
  const groups: { start: number; grid: readonly [number, number] | null; stages: Stage[] }[] = [];
  stages.forEach((stage, place) => {
    const grid = gridOf(stage);
    const last = groups.at(-1);
    if (last && last.grid?.[0] === grid?.[0] && last.grid?.[1] === grid?.[1]) last.stages.push(stage);
    else groups.push({ start: place, grid, stages: [stage] });
  });
  return groups;
}

function gridOf({ shape }: Stage): readonly [number, number] | null {
  return shape?.length === 3 ? [shape[1]!, shape[2]!] : null;
}

/** Height of a stage's block, px: finer grids are taller, as in the drawings of the field. */
export function blockHeight(grid: StageGroup['grid']): number {
  return grid === null ? 16 : Math.round(20 + 9 * Math.log2(Math.max(1, grid[0])));
}
