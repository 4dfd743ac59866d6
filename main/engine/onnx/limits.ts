/** Caps on what a model file may ask of this process; each with its unit and reason. */

/** Bytes of a model file, and of one with its external data embedded: protobuf ends at 2 GiB (signed 32-bit lengths). */
export const MODEL_SIZE_BYTES = 2 ** 31 - 1;

/** Nodes of a graph, sub-graphs included. The largest published classifiers have about 10,000. */
export const NODE_COUNT = 100_000;

/** Initialisers of a graph, sub-graphs included; a hostile file of empty ones costs 100 times its size in memory. */
export const INITIALIZER_COUNT = 100_000;

/** Elements of one tensor: 2 GiB of float32. Checked before anything is allocated. */
export const ELEMENT_COUNT = 2 ** 29;

/** Axes of one tensor. onnxruntime's kernels support 8 in practice; room is left for exporters' odd reshapes. */
export const RANK = 16;

/** Sub-graphs inside sub-graphs. */
export const NESTING = 8;

/** Characters of a name that is quoted in a message; longer ones are shortened. */
export const QUOTED_LENGTH = 120;

/** Oldest and newest standard operator set that is read; the canonical one lies between. */
export const OPSET_RANGE = { oldest: 9, newest: 21 } as const;
