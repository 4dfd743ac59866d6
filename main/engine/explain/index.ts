/** Public entry of explanations. */
export { classDirectionsOf } from './class-directions.ts';
export type { ClassDirectionOptions } from './class-directions.ts';
export { explainDecision, waterfall } from './contribution.ts';
export type { Contribution, DecisionParts, WaterfallStep } from './contribution.ts';
export { createGradCam, gradCamOfLinearHead, normalizeMaps } from './grad-cam.ts';
export type { AttentionMaps, AttentionSource, GradCam } from './grad-cam.ts';
