/** What a classifier takes and gives: image input, layout, size, classes, where its logits are. */
import type { DType } from '../tensor/tensor.ts';
import type { Graph } from './graph.ts';

/** The image input. */
export interface ImageInput {
  readonly name: string;
  readonly dtype: DType;
  /** Order of axes: NCHW is [batch, channels, height, width], NHWC is [batch, height, width, channels]. */
  readonly layout: 'NCHW' | 'NHWC';
  /** 1 (grey) or 3 (RGB). */
  readonly channels: number;
  /** px; undefined when the model takes any size. */
  readonly height: number | undefined;
  readonly width: number | undefined;
  /** Number of images per run when it is fixed; undefined when any number may be given. */
  readonly batch: number | undefined;
}

/** The class output. */
export interface ClassOutput {
  readonly name: string;
  /** What the output holds. 'softmax' also covers its logarithm. */
  readonly kind: 'logits' | 'softmax' | 'sigmoid';
  /** The value that holds the logits: the output itself, or what the last Softmax or Sigmoid reads. */
  readonly logits: string;
  readonly classCount: number;
}

/** A model that Vislex can explain, in two facts. */
export interface ModelInspection {
  readonly input: ImageInput;
  readonly output: ClassOutput;
}

/**
 * Finds the image input and the class output.
 * @param graph canonical
 * @throws EngineError 'model-unsupported' saying what the model is instead: detector, segmentation, text model,
 *   no image input, several inputs, one score only
 */
export function inspectModel(graph: Graph): ModelInspection {
  void graph;
  throw new Error('not yet');
}
