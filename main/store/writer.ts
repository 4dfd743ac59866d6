/** Puts together what a project can be told. */
import type { Clock } from '../platform/clock.ts';
import { createActivationsWriter } from './activations.ts';
import { backUp } from './backup.ts';
import type { Database } from './database.ts';
import { createImagesWriter } from './images-writer.ts';
import { createModelsWriter } from './models.ts';
import type { ProjectWriter } from './project.ts';
import { createRunsWriter } from './runs-writer.ts';
import { createSettingsWriter } from './settings.ts';
import { createJournalWriter } from './undo.ts';
import { createWordsWriter } from './words.ts';

/** The writing half of a project. */
export function createWriter(database: Database, clock: Clock): ProjectWriter {
  return {
    settings: createSettingsWriter(database, clock),
    models: createModelsWriter(database, clock),
    images: createImagesWriter(database, clock),
    runs: createRunsWriter(database, clock),
    words: createWordsWriter(database, clock),
    activations: createActivationsWriter(database),
    journal: createJournalWriter(database, clock),
    backup: (targetPath) => backUp(database, targetPath),
  };
}
