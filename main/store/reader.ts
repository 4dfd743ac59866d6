/** Puts together what a project can be asked. */
import { createActivationsReader } from './activations.ts';
import type { Database } from './database.ts';
import { createImagesReader } from './images.ts';
import { createJournalReader } from './journal.ts';
import { createModelsReader } from './models.ts';
import type { ProjectReader } from './project.ts';
import { createRunsReader } from './runs.ts';
import { createSettingsReader, readProject } from './settings.ts';
import { verifyProject } from './verify.ts';
import { createWordsReader } from './words.ts';

/** The reading half of a project, on a connection that cannot write. */
export function createReader(database: Database): ProjectReader {
  return {
    project: () => readProject(database),
    schemaVersion: () => Number(database.pragma('user_version')),
    settings: createSettingsReader(database),
    models: createModelsReader(database),
    images: createImagesReader(database),
    runs: createRunsReader(database),
    words: createWordsReader(database),
    activations: createActivationsReader(database),
    journal: createJournalReader(database),
    verify: (options) => verifyProject(database, options),
  };
}
