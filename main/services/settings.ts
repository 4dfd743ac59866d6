/** The user's settings. */
import { join } from 'node:path';
import { z } from 'zod';
import type { AppSettings } from '../../preload/contract/index.ts';
import type { ServiceContext } from './context.ts';
import { keepJson } from './kept-json.ts';
import type { KeptJson } from './kept-json.ts';

/** Before anybody chose anything. */
export const STANDARD_SETTINGS: AppSettings = {
  theme: 'system',
  wordRamp: 'inferno',
  mapOpacity: 0.6,
  mapThreshold: 0.35,
  isTourDone: false,
  actorName: null,
};

/** A field that is missing or out of range is taken from the standard; the others are kept. */
const kept: z.ZodType<AppSettings> = z.object({
  theme: z.enum(['system', 'light', 'dark']).catch(STANDARD_SETTINGS.theme),
  wordRamp: z.enum(['inferno', 'cividis']).catch(STANDARD_SETTINGS.wordRamp),
  mapOpacity: z.number().min(0).max(1).catch(STANDARD_SETTINGS.mapOpacity),
  mapThreshold: z.number().min(0).max(1).catch(STANDARD_SETTINGS.mapThreshold),
  isTourDone: z.boolean().catch(STANDARD_SETTINGS.isTourDone),
  actorName: z.string().max(100).nullable().catch(STANDARD_SETTINGS.actorName),
});

/** The settings with their file behind them. */
export type Settings = KeptJson<AppSettings>;

/** Settings in the data folder. */
export function createSettings({ dataFolder, log }: ServiceContext): Settings {
  return keepJson({ path: join(dataFolder, 'settings.json'), schema: kept, standard: STANDARD_SETTINGS, log });
}
