/** Public entry of the ONNX side: reading, writing, canonical form, inspection, cutting. */
export * from './graph.ts';
export { canonicalize } from './canonical.ts';
export { cutModel } from './cut.ts';
export type { CutModel, CutOptions, CutPoint, Head } from './cut.ts';
export { decodeModel } from './decode.ts';
export type { DecodedModel, DecodeOptions, ModelInfo } from './decode.ts';
export { encodeModel, withExtraOutputs } from './encode.ts';
export type { EncodeOptions } from './encode.ts';
export { embedExternalData, listExternalData } from './external-data.ts';
export type { ExternalReference, ReadExternal } from './external-data.ts';
export { inspectModel } from './inspect.ts';
export type { ClassOutput, ImageInput, ModelInspection } from './inspect.ts';
