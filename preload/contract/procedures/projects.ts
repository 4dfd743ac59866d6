/** Procedures of projects: open and close, look after, make new ones. */
import { z } from 'zod';
import { command, job, query } from '../procedure.ts';
import { nothing, path, projectKey } from '../schemas/common.ts';
import {
  folderInspection,
  modelInspection,
  openProject,
  preprocessingProof,
  projectHealth,
  projectSummary,
  recentProject,
  verifyResult,
} from '../schemas/projects.ts';

const ofProject = z.strictObject({ project: projectKey });

export const projectProcedures = {
  'projects.recent': query('viewer', nothing, z.array(recentProject)),
  /** Takes a project off the list; the file stays. */
  'projects.forget': command('annotator', z.strictObject({ path }), z.array(recentProject)),
  /** Opens a project, or answers with the handle it has; one that others write to is opened for reading, and says so. */
  'projects.open': command('viewer', z.strictObject({ path }), openProject),
  'projects.close': command('viewer', ofProject, nothing),
  'projects.opened': query('viewer', nothing, z.array(openProject)),
  'projects.summary': query('viewer', ofProject, projectSummary),
  'projects.health': query('viewer', ofProject, projectHealth),
  /** Recomputes every hash and the whole journal. */
  'projects.verify': job('viewer', ofProject, verifyResult),
  'projects.backUp': job('annotator', ofProject, z.object({ path: z.string(), sizeBytes: z.number() })),
  'projects.inspectModel': job(
    'annotator',
    z.strictObject({ modelPath: path, labelsPath: path.optional() }),
    modelInspection,
  ),
  'projects.inspectFolder': job(
    'annotator',
    z.strictObject({ imagesFolder: path, modelPath: path, labelsPath: path.optional() }),
    folderInspection,
  ),
  'projects.provePreprocessing': job(
    'annotator',
    z.strictObject({
      modelPath: path,
      imagesFolder: path,
      labelsPath: path.optional(),
      /** Name of a preset; absent: all are tried and the best is taken. */
      preprocess: z.string().max(100).optional(),
    }),
    preprocessingProof,
  ),
  /** Makes a project and imports the images; open it afterwards. */
  'projects.create': job(
    'annotator',
    z.strictObject({
      path,
      modelPath: path,
      imagesFolder: path,
      labelsPath: path.optional(),
      masksFolder: path.optional(),
      preprocess: z.string().max(100).optional(),
      cut: z.string().max(500).optional(),
    }),
    projectSummary,
  ),
  /** Makes the sample project (generated images, a trained model with a planted shortcut, learned words). */
  'projects.sample': job('annotator', nothing, z.object({ path: z.string() })),
} as const;
