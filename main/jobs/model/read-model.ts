/** A model file, read, vetted and understood: what every task about the base model begins with. */
import { EngineError } from '../../engine/errors.ts';
import type { InputFacts } from '../../engine/image/preprocessing-settings.ts';
import { canonicalize, decodeModel, inspectModel } from '../../engine/onnx/index.ts';
import type { Graph, ModelInfo, ModelInspection } from '../../engine/onnx/index.ts';
import { readModelFile } from '../../engine/runtime/model-file.ts';
import type { ModelPart } from '../../engine/runtime/model-file.ts';
import { sha256 } from '../../platform/hash.ts';

/** Which file, and what is known of it. */
export interface ModelReference {
  readonly modelPath: string;
  /** The model as it was imported: another content is refused. Default: not checked. */
  readonly modelSha256?: string;
  /** The user's consent to read weights from files beside the model. Default false. */
  readonly allowExternalData?: boolean;
  /** Size in px of the images for a model that takes any size. */
  readonly imageSize?: { readonly width: number; readonly height: number };
}

/** A base model before it is opened on a device. */
export interface ReadModel {
  /** External data embedded. */
  readonly bytes: Uint8Array;
  readonly parts: readonly ModelPart[];
  /** One hash over the model file and its external data. */
  readonly sha256: string;
  readonly info: ModelInfo;
  /** Canonical. */
  readonly graph: Graph;
  readonly inspection: ModelInspection;
}

/**
 * Reads a model.
 * @throws EngineError 'model-unreadable', 'model-invalid' (also: changed since import), 'model-unsupported',
 *   'model-too-large', 'external-data'
 */
export function readModel(reference: ModelReference): ReadModel {
  try {
    return read(reference);
  } catch (error) {
    throw error instanceof EngineError ? namingModel(error, reference.modelPath) : error;
  }
}

/** The same failure, naming the model's file: what reads bytes or graphs knows nodes and tensors, but no files. */
function namingModel(error: EngineError, modelPath: string): EngineError {
  const { code, message, details } = error;
  if (message.includes(modelPath)) return error;
  return new EngineError(
    code,
    `${JSON.stringify(modelPath)}: ${message}`,
    { file: modelPath, ...details },
    { cause: error },
  );
}

function read(reference: ModelReference): ReadModel {
  const { modelPath, modelSha256 } = reference;
  const { bytes, parts } = readModelFile(modelPath, { allowExternalData: reference.allowExternalData ?? false });
  const hash = hashOfParts(parts);
  if (modelSha256 !== undefined && modelSha256 !== hash) {
    throw new EngineError(
      'model-invalid',
      `The model ${JSON.stringify(modelPath)} has changed since it was imported. Put the original back, or start a new project with the new one.`,
      { file: modelPath, expected: modelSha256, found: hash },
    );
  }
  const { info, graph: original } = decodeModel(bytes, { file: modelPath });
  const graph = canonicalize(original);
  return { bytes, parts, sha256: hash, info, graph, inspection: inspectModel(graph, original) };
}

/** The file's own hash when it stands alone; with external data a hash over all names and hashes. */
function hashOfParts(parts: readonly ModelPart[]): string {
  if (parts.length === 1) return parts[0]!.sha256;
  return sha256(parts.map((part, index) => `${index === 0 ? '' : part.name} ${part.sha256}\n`).join(''));
}

/**
 * What the model's input fixes about preprocessing.
 * @throws EngineError 'configuration' when the model takes any size and none is given
 */
export function inputFacts(reference: ModelReference, inspection: ModelInspection): InputFacts {
  const { input } = inspection;
  const width = input.width ?? reference.imageSize?.width;
  const height = input.height ?? reference.imageSize?.height;
  if (width === undefined || height === undefined) {
    throw new EngineError(
      'configuration',
      `The model ${JSON.stringify(reference.modelPath)} takes images of any size. State the size in px that it was trained with.`,
      { file: reference.modelPath, tensor: input.name },
    );
  }
  return { width, height, channels: input.channels, layout: input.layout };
}
