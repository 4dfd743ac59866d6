/** Procedures of the application itself. */
import { z } from 'zod';
import { command, query } from '../procedure.ts';
import { appInfo, appSettings, fileKind, folderListing, guideChapter, jobSnapshot } from '../schemas/application.ts';
import { index, nothing, path } from '../schemas/common.ts';

export const applicationProcedures = {
  'app.info': query('viewer', nothing, appInfo),
  'app.settings': query('viewer', nothing, appSettings),
  /** Changes some settings; answers with all of them. */
  'app.saveSettings': command('viewer', appSettings.partial().strict(), appSettings),
  /** Lists a folder of the machine that computes; null: the home folder. */
  'files.list': query('annotator', z.strictObject({ folder: path.nullable(), kind: fileKind }), folderListing),
  /** Asks with the system's own dialog; null: the person chose nothing. Refused with 'not-here' without native dialogs. */
  'files.pick': command(
    'annotator',
    z.strictObject({ kind: fileKind, suggestedName: z.string().max(200).optional() }),
    z.object({ path: path.nullable() }),
  ),
  /** Running, waiting and lately ended jobs, newest first. */
  'jobs.list': query('viewer', nothing, z.array(jobSnapshot)),
  'jobs.cancel': command('annotator', z.strictObject({ jobId: index }), jobSnapshot),
  /** Stops at the next safe point and keeps what was done; only for jobs that can pause. */
  'jobs.pause': command('annotator', z.strictObject({ jobId: index }), jobSnapshot),
  /** Goes on with a paused job, under the same jobId. */
  'jobs.resume': command('annotator', z.strictObject({ jobId: index }), jobSnapshot),
  /** Result of a job that is done, as its procedure's output; kept for the lately ended ones. */
  'jobs.result': query('viewer', z.strictObject({ jobId: index }), z.unknown()),
  'guide.chapters': query('viewer', nothing, z.array(guideChapter)),
} as const;
