/** Everything the application can do with a project's path, as functions over one context. */
import { resolve } from 'node:path';
import { attribute, writeAttributions } from './attributions.ts';
import { disposeContext } from './context.ts';
import type { ServiceContext } from './context.ts';
import { writeContactSheet } from './contact-sheet.ts';
import { runDemo } from './demo.ts';
import { examine } from './doctor.ts';
import { evaluateRun } from './evaluation.ts';
import { explain, writeExplanation } from './explaining.ts';
import { exportOnnx } from './exports.ts';
import { currentModel, modelReference, withReader } from './project-access.ts';
import { createNewProject, summarizeProject } from './projects.ts';
import type { Services } from './services.ts';
import { changeWords, divideWord, readHistory, redoChange, undoChange } from './steps.ts';
import { learn } from './training.ts';
import { verifyProject } from './verification.ts';
import { editWords, mergeWords, rejoinWord, separateWords } from './word-changes.ts';
import { buildWordSheet } from './words.ts';

/** Builds the services over a context; nothing is opened or started before it is asked for. */
export function servicesOver(context: ServiceContext): Services {
  const { actor } = context;
  const services: Services = {
    createProject: (path, options, hooks = {}) => createNewProject(context, path, options, hooks),
    summarize: (path) => summarizeProject(context, path),
    learn: (path, request, hooks = {}) => learn(context, path, request, hooks),
    evaluate: (path, options, hooks = {}) => evaluateRun(context, path, options, hooks),
    words: (path, options = {}) => withReader(context, path, ({ read }) => buildWordSheet(read, options.runId)),
    writeContactSheet: (path, folder, options = {}, hooks = {}) =>
      withReader(context, path, ({ read }) =>
        writeContactSheet(
          context,
          buildWordSheet(read, options.runId),
          modelReference(currentModel(read)).preprocessing,
          (imageId) => read.images.get(imageId).sha256 ?? '',
          resolve(folder),
          hooks,
        ),
      ),
    explain: (path, imagePath, options = {}, hooks = {}) => explain(context, path, imagePath, options, hooks),
    writeExplanation: (path, imagePath, htmlPath, options = {}, hooks = {}) =>
      writeExplanation(context, path, imagePath, htmlPath, options, hooks),
    attribute: (path, imagePath, options = {}, hooks = {}) => attribute(context, path, imagePath, options, hooks),
    writeAttributions: (path, imagePath, htmlPath, options = {}, hooks = {}) =>
      writeAttributions(context, path, imagePath, htmlPath, options, hooks),
    rename: (path, index, name, options = {}) =>
      changeWords(context, path, options, (project, run) => editWords(project, run, actor, [{ index, name }])),
    editWords: (path, edits, options = {}) =>
      changeWords(context, path, options, (project, run) => editWords(project, run, actor, edits)),
    mergeWords: (path, leader, members, options = {}) =>
      changeWords(context, path, options, (project, run) => mergeWords(project, run, actor, leader, members)),
    separateWords: (path, leader, options = {}) =>
      changeWords(context, path, options, (project, run) => separateWords(project, run, actor, leader)),
    splitWord: (path, word, options = {}, hooks = {}) => divideWord(context, path, word, options, hooks),
    rejoinWord: (path, word, options = {}) =>
      changeWords(context, path, options, (project, run) => rejoinWord(project, run, actor, word)),
    undo: (path) => undoChange(context, path),
    redo: (path) => redoChange(context, path),
    history: (path, limit) => readHistory(context, path, limit),
    exportOnnx: (path, outputPath, options = {}, hooks = {}) => exportOnnx(context, path, outputPath, options, hooks),
    verify: (path, hooks = {}) => verifyProject(context, path, hooks),
    doctor: (hooks = {}) => examine(context, hooks),
    demo: (folder, hooks = {}) => runDemo(context, services, folder, hooks),
    dispose: () => disposeContext(context),
  };
  return services;
}
