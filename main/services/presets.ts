/** Reads training presets, which are data. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PresetSummary } from '../../preload/contract/index.ts';
import { EngineError } from '../engine/errors.ts';
import { defaultWordCount } from '../engine/training/preset.ts';
import type { Preset } from '../engine/training/preset.ts';
import { parsePreset } from '../engine/training/preset-check.ts';
import type { ServiceContext } from './context.ts';

/** The preset taken when none is named: the one whose words are most faithful in both ways (resources/guide/words.md). */
export const DEFAULT_PRESET = 'evidence';

/**
 * Reads a preset by name.
 * @throws EngineError 'configuration' listing the names there are
 */
export function readPreset({ resourcesFolder }: ServiceContext, name: string): Preset {
  const folder = join(resourcesFolder, 'presets');
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length));
  if (!names.includes(name)) {
    throw new EngineError('configuration', `There is no preset "${name}". Presets: ${names.sort().join(', ')}.`, {
      found: name,
    });
  }
  return parsePreset(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));
}

/** Presets a person chooses from, in this order; the others are controls and comparisons for the command line. */
const OFFERED = ['balanced', 'evidence', 'parts'] as const;

/** The preset recommended to people: words that are shared and still faithful. */
const RECOMMENDED = 'balanced';

/** The offered presets for a model. */
export function offeredPresets(context: ServiceContext, classCount: number): PresetSummary[] {
  return OFFERED.map((name) => {
    const preset = readPreset(context, name);
    return {
      name,
      title: preset.title,
      description: preset.description,
      defaultWordCount: defaultWordCount(preset, classCount),
      isRecommended: name === RECOMMENDED,
    };
  });
}
