/** The small picture of a model. */
import { expect, test } from 'vitest';
import { blockHeight, groupStages } from '../../../renderer/panels/new-project/stage-groups.ts';

const stage = (name: string, shape: number[] | null) => ({ name, shape, operators: [], cutTensor: null });

test('neighbours of one grid stand together, whatever their number of channels', () => {
  const groups = groupStages([
    stage('a', [3, 224, 224]),
    stage('b', [32, 112, 112]),
    stage('c', [16, 112, 112]),
    stage('d', [1280]),
    stage('e', null),
  ]);
  expect(groups.map(({ start, grid, stages }) => [start, grid, stages.length])).toEqual([
    [0, [224, 224], 1],
    [1, [112, 112], 2],
    [3, null, 2],
  ]);
});

test('a grid that comes back is a group of its own', () => {
  const shapes = [
    [8, 4, 4],
    [8, 2, 2],
    [8, 4, 4],
  ];
  expect(groupStages(shapes.map((shape) => stage('s', shape)))).toHaveLength(3);
});

test('finer grids are drawn taller, what has no grid lowest', () => {
  const heights = [null, [1, 1], [7, 7], [112, 112]].map((grid) => blockHeight(grid as [number, number] | null));
  expect(heights).toEqual([...heights].sort((a, b) => a - b));
  expect(new Set(heights).size).toBe(4);
});
