/** The window comes back where it was, and never where nobody can see it. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  FIRST_STATE,
  readWindowState,
  restoredBounds,
  writeWindowState,
  zoomStep,
} from '../../main/app/window-state.ts';
import { silentLog } from '../../main/platform/log.ts';
import { inTempFolder } from '../support/temp-project.ts';

const LAPTOP = { x: 0, y: 25, width: 1440, height: 875 };
const SECOND = { x: 1440, y: 0, width: 1920, height: 1080 };

describe('the place of the window', () => {
  it('is remembered on the display it was on', () => {
    const bounds = { x: 1500, y: 100, width: 1200, height: 800 };
    expect(restoredBounds(bounds, [LAPTOP, SECOND])).toEqual(bounds);
  });

  it('is forgotten when that display is gone', () => {
    expect(restoredBounds({ x: 1500, y: 100, width: 1200, height: 800 }, [LAPTOP])).toBeNull();
  });

  it.each([
    ['its title is above the display', { x: 100, y: -200, width: 800, height: 600 }],
    ['its title is below the display', { x: 100, y: 890, width: 800, height: 600 }],
    ['only a sliver is left to take hold of', { x: 1400, y: 100, width: 800, height: 600 }],
  ])('is forgotten when %s', (_, bounds) => {
    expect(restoredBounds(bounds, [LAPTOP])).toBeNull();
  });

  it('never exceeds the display', () => {
    expect(restoredBounds({ x: 0, y: 25, width: 4000, height: 3000 }, [LAPTOP])).toEqual(LAPTOP);
  });

  it('is the system’s choice at the first start', () => {
    expect(restoredBounds(null, [LAPTOP])).toBeNull();
  });

  it('survives a restart and leaves no temporary file', () =>
    inTempFolder((folder) => {
      const path = join(folder, 'data', 'window.json');
      const state = { bounds: { x: 10, y: 30, width: 900, height: 700 }, isMaximized: true, zoom: 1.25 };
      writeWindowState(path, state, silentLog);
      expect(readWindowState(path, silentLog)).toEqual(state);
      expect(readdirSync(join(folder, 'data'))).toEqual(['window.json']);
    }));

  it.each([
    ['half a file', '{"bounds":'],
    ['another shape', '[]'],
    ['a zoom that hides everything', '{"bounds":null,"isMaximized":false,"zoom":0}'],
    ['a size that is none', '{"bounds":{"x":0,"y":0,"width":-5,"height":1e99},"isMaximized":false,"zoom":1}'],
  ])('starts afresh from %s', (_, content) =>
    inTempFolder((folder) => {
      writeFileSync(join(folder, 'window.json'), content);
      expect(readWindowState(join(folder, 'window.json'), silentLog)).toEqual(FIRST_STATE);
    }),
  );

  it('is not worth a failure when it cannot be kept', () =>
    inTempFolder((folder) => {
      writeFileSync(join(folder, 'data'), 'a file where a folder should be');
      expect(() => writeWindowState(join(folder, 'data', 'window.json'), FIRST_STATE, silentLog)).not.toThrow();
    }));
});

describe('zoom', () => {
  it('steps to the next factor and back', () => {
    expect(zoomStep(1, 'in')).toBe(1.1);
    expect(zoomStep(1.1, 'out')).toBe(1);
    expect(zoomStep(1.0999999046325684, 'in')).toBe(1.25);
  });

  it('reaches 200 % and stops at the ends', () => {
    let zoom = 1;
    const seen = [];
    for (let step = 0; step < 12; step++) seen.push((zoom = zoomStep(zoom, 'in')));
    expect(seen).toContain(2);
    expect(zoom).toBe(3);
    expect(zoomStep(0.5, 'out')).toBe(0.5);
  });
});
