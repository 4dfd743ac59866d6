/** Public entry of the attributions: methods that say which part of an image spoke for a class, and their agreement. */
export * from './agreement.ts';
export * from './integrated-gradients.ts';
export * from './kernel-shap.ts';
export * from './lime.ts';
export * from './linear-shap.ts';
export * from './occlusion.ts';
export type { QuadratureRule } from './quadrature.ts';
export * from './segment-game.ts';
export * from './slic.ts';
export * from './value.ts';
