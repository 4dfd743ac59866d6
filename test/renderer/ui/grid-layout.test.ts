/** Cells of a grid: how many beside each other, and where arrows lead. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeNote } from '../../../renderer/panels/frame/place-note.ts';
import { layOutGrid, moveInGrid } from '../../../renderer/ui/grid-layout.ts';

test('as many columns as fit share the width', () => {
  expect(layOutGrid(1_000, 200, 10, 9)).toEqual({ columns: 4, cellWidth: 242.5, rows: 3 });
});

test('cells and gaps fill the width exactly and are never too narrow unless there is one', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4_000 }),
      fc.integer({ min: 40, max: 600 }),
      fc.integer({ min: 0, max: 40 }),
      (width, minimum, gap) => {
        const { columns, cellWidth } = layOutGrid(width, minimum, gap, 100);
        expect(columns * cellWidth + (columns - 1) * gap).toBeCloseTo(width);
        if (columns > 1) expect(cellWidth).toBeGreaterThanOrEqual(minimum);
        expect(cellWidth).toBeLessThan(2 * minimum + gap + (columns === 1 ? width : 0));
      },
    ),
  );
});

test('arrows move by cells and rows and stop at the ends', () => {
  const move = (index: number, key: string) => moveInGrid(index, key, 4, 10);
  expect([move(5, 'ArrowUp'), move(5, 'ArrowDown'), move(5, 'ArrowLeft'), move(5, 'Home'), move(5, 'End')]).toEqual([
    1, 9, 4, 0, 9,
  ]);
  expect([move(0, 'ArrowLeft'), move(7, 'ArrowDown'), move(2, 'ArrowUp'), move(3, 'x')]).toEqual([0, 7, 2, 3]);
});

test('a note lies beside its thing and always inside the window', () => {
  const side = fc.integer({ min: 0, max: 2_000 });
  fc.assert(
    fc.property(
      fc.record({
        left: side,
        top: side,
        width: fc.integer({ min: 1, max: 600 }),
        height: fc.integer({ min: 1, max: 600 }),
      }),
      (thing) => {
        const place = placeNote(thing, { width: 380, height: 200 }, { width: 1_280, height: 800 });
        expect(place.left).toBeGreaterThanOrEqual(0);
        expect(place.left + 380).toBeLessThanOrEqual(1_280);
        expect(place.top).toBeGreaterThanOrEqual(0);
      },
    ),
  );
  expect(
    placeNote({ left: 0, top: 770, width: 100, height: 28 }, { width: 380, height: 200 }, { width: 1_280, height: 800 })
      .top,
  ).toBe(556);
});
