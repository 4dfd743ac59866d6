/** Tensors stored beside the model file: where they are, and how to bring them into it. */

/**
 * Reads part of an external data file.
 * @param location path as the model states it: relative to the model's folder, '/' between folders
 * @param offset first byte
 * @param length bytes to read; undefined reads to the end
 * @throws EngineError 'external-data' when the location escapes, is missing or too short
 */
export type ReadExternal = (location: string, offset: number, length: number | undefined) => Uint8Array;

/** Where one tensor's bytes are. */
export interface ExternalReference {
  readonly tensor: string;
  readonly location: string;
  readonly offset: number;
  readonly length: number | undefined;
}

/** Lists the external data a model refers to, initialisers and tensor attributes alike; [] when it is self-contained. */
export function listExternalData(bytes: Uint8Array): ExternalReference[] {
  void bytes;
  throw new Error('not yet');
}

/**
 * The same model with its external data inside, so that it runs from memory. Returns `bytes` when there is none.
 * @throws EngineError 'external-data', 'model-too-large' beyond 2 GiB (the limit of protobuf)
 */
export function embedExternalData(bytes: Uint8Array, readExternal: ReadExternal): Uint8Array {
  void bytes;
  void readExternal;
  throw new Error('not yet');
}
