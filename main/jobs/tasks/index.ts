/** The table of tasks: name -> loader, so that a process loads only the native code its job needs. */

/** Every task by name. The parent uses its types only; nothing here is loaded before a job asks for it. */
export const TASKS = {
  inspectImages: async () => (await import('./inspect-images.ts')).inspectImages,
  inspectModel: async () => (await import('./inspect-model.ts')).inspectModel,
  checkPreprocessing: async () => (await import('./check-preprocessing.ts')).checkPreprocessing,
  inspectUpload: async () => (await import('./inspect-upload.ts')).inspectUpload,
  explainImage: async () => (await import('./explain-image.ts')).explainImage,
  explainCurves: async () => (await import('./explain-curves.ts')).explainCurves,
  attributeImage: async () => (await import('./attribute-image.ts')).attributeImage,
  renderViews: async () => (await import('./render-views.ts')).renderViews,
  measureEffect: async () => (await import('./measure-effect.ts')).measureEffect,
  findPatches: async () => (await import('./find-patches.ts')).findPatches,
  splitWord: async () => (await import('./split-word.ts')).splitWord,
  mapWords: async () => (await import('./map-words.ts')).mapWords,
  measureSensitivity: async () => (await import('./measure-sensitivity.ts')).measureSensitivity,
  exportModel: async () => (await import('./export-model.ts')).exportModel,
  probeDevice: async () => (await import('./probe-device.ts')).probeDevice,
  extract: async () => (await import('./extract.ts')).extract,
  learn: async () => (await import('./learn.ts')).learn,
  describeWords: async () => (await import('./describe-words.ts')).describeWords,
  evaluate: async () => (await import('./evaluate.ts')).evaluate,
  makeDemoData: async () => (await import('./make-demo-data.ts')).makeDemoData,
  trainDemoModel: async () => (await import('./train-demo-model.ts')).trainDemoModel,
  measureMaskEnergy: async () => (await import('./measure-mask-energy.ts')).measureMaskEnergy,
} as const;

/** Names of the tasks. */
export type TaskName = keyof typeof TASKS;

type TaskOf<Name extends TaskName> = Awaited<ReturnType<(typeof TASKS)[Name]>>;

/** What a task takes. */
export type TaskInput<Name extends TaskName> = Parameters<TaskOf<Name>>[0];

/** What a task returns. */
export type TaskOutput<Name extends TaskName> = Awaited<ReturnType<TaskOf<Name>>>;

/** What a task emits on its way. */
export type TaskEvent<Name extends TaskName> = Parameters<Parameters<TaskOf<Name>>[1]['emit']>[0];
