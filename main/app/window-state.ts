/** Remembers where the window was, how big, and how far it was zoomed; forgets places that no display shows any more. */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { systemCode, writeFileAtomic } from '../platform/files.ts';
import type { Log } from '../platform/log.ts';

/** A rectangle on the desktop, in device-independent px. */
export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const windowState = z.object({
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int().min(1), height: z.int().min(1) }).nullable(),
  isMaximized: z.boolean(),
  /** Zoom factor of the page, 1 is actual size. */
  zoom: z.number().min(0.25).max(5),
});

/** What is remembered. */
export type WindowState = Readonly<z.infer<typeof windowState>>;

/** A window that was never opened before. */
export const FIRST_STATE: WindowState = { bounds: null, isMaximized: false, zoom: 1 };

/** Zoom factors that the menu steps through, as browsers do. */
const ZOOM_STEPS = [0.5, 0.67, 0.75, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3] as const;

/** The next zoom factor; the same at the end of the steps. */
export function zoomStep(zoom: number, direction: 'in' | 'out'): number {
  // Chromium gives factors back with rounding errors.
  const tolerance = 0.005;
  return direction === 'in'
    ? (ZOOM_STEPS.find((step) => step > zoom + tolerance) ?? ZOOM_STEPS.at(-1)!)
    : (ZOOM_STEPS.findLast((step) => step < zoom - tolerance) ?? ZOOM_STEPS[0]);
}

/** Strip at the top of the window by which it can be dragged, px: as much of it must be on a display. */
const TITLE_PX = { width: 120, height: 32 } as const;

/** True when enough of the top edge lies on one of the displays to take hold of the window. */
export function isReachable(bounds: Bounds, displays: readonly Bounds[]): boolean {
  return displays.some((display) => {
    const width = Math.min(bounds.x + bounds.width, display.x + display.width) - Math.max(bounds.x, display.x);
    const below = display.y + display.height - bounds.y;
    return width >= TITLE_PX.width && bounds.y >= display.y && below >= TITLE_PX.height;
  });
}

/**
 * Where to open the window: as remembered, or null for the system's choice when it would be out of sight; no larger
 * than the display that shows it.
 */
export function restoredBounds(remembered: Bounds | null, displays: readonly Bounds[]): Bounds | null {
  if (remembered === null) return null;
  const display = displays.find((each) => isReachable(remembered, [each]));
  if (display === undefined) return null;
  return {
    ...remembered,
    width: Math.min(remembered.width, display.width),
    height: Math.min(remembered.height, display.height),
  };
}

/** Reads what is remembered; a missing, damaged or foreign file means a first start. */
export function readWindowState(path: string, log: Log): WindowState {
  try {
    return windowState.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') log.warn('the window state could not be read', { reason: String(error) });
    return FIRST_STATE;
  }
}

/** Remembers; a place of the window is not worth a failure, so that is only logged. */
export function writeWindowState(path: string, state: WindowState, log: Log): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileAtomic(path, JSON.stringify(state));
  } catch (error) {
    log.warn('the window state could not be kept', { reason: String(error) });
  }
}
