/** Public entry of the jobs: a queue over one compute process, the tasks it can run, and the image folder walk. */
export { createJobQueue } from './queue.ts';
export type { JobQueue, JobOptions, JobQueueOptions } from './queue.ts';
export type { ComputeProcess, SpawnCompute } from './process.ts';
export { JobError } from './errors.ts';
export type { JobErrorCode, JobErrorDetails } from './errors.ts';
export type { Progress } from './messages.ts';
export type { DeviceChoice } from './task.ts';
export type { TaskName, TaskInput, TaskOutput, TaskEvent } from './tasks/index.ts';
export type { ImageInspection, InspectImagesInput, InspectImagesOutput } from './tasks/inspect-images.ts';
export type { ImageReference, SkippedImage } from './images/image-reference.ts';
export type { ExtractInput, ExtractOutput, ExtractEvent } from './tasks/extract.ts';
export { cacheKey as featureCacheKey } from './cache/layout.ts';
export { effectImageLimit } from './effect-limit.ts';
export type { MeasureSensitivityOutput } from './tasks/measure-sensitivity.ts';
export { readFeatureCache } from './cache/feature-cache.ts';
export type { FeatureCache } from './cache/feature-cache.ts';
export { decideDevice, probeInQueue } from './devices.ts';
export type { InspectModelInput, InspectModelOutput } from './tasks/inspect-model.ts';
export type {
  CheckPreprocessingInput,
  CheckPreprocessingOutput,
  PreprocessingTrial,
  SamplePrediction,
  SampleImage,
} from './tasks/check-preprocessing.ts';
export type { ModelReference } from './model/read-model.ts';
export type { LearnEvent, LearnInput } from './tasks/learn.ts';
export type { DescribeWordsEvent, DescribeWordsInput, DescribeWordsOutput } from './tasks/describe-words.ts';
export type { EvaluateInput } from './tasks/evaluate.ts';
export type { AttributeImageInput, AttributeImageOutput } from './tasks/attribute-image.ts';
export type { AttributionMethod, MethodSettings } from './attribution/methods.ts';
export type { ExplainImageInput, ExplainImageOutput } from './tasks/explain-image.ts';
export type { ExportModelInput, ExportModelOutput } from './tasks/export-model.ts';
export type { RenderedPicture, RenderViewsInput, RenderViewsOutput } from './tasks/render-views.ts';
export type { MakeDemoDataInput, MakeDemoDataOutput } from './tasks/make-demo-data.ts';
export type { Counted, ShortcutReliance, TrainDemoModelInput, TrainDemoModelOutput } from './tasks/train-demo-model.ts';
export type { MaskEnergy, MaskedMap } from './tasks/measure-mask-energy.ts';
