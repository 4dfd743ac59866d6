/** How positions of the feature map become pixels of a model's input. */
import { EngineError } from '../../engine/errors.ts';
import type { Preprocessing } from '../../engine/image/preprocess.ts';
import { cutModel } from '../../engine/onnx/index.ts';
import { receptiveFieldOf } from '../../engine/words/receptive-field.ts';
import type { PatchPixels } from '../../engine/words/word-patches.ts';
import { readModel } from './read-model.ts';
import type { ModelReference } from './read-model.ts';

/** A model with what limits the meaning of its positions. */
export interface ModelPixels {
  readonly pixels: PatchPixels;
  /** Facts a reader of patches should know, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Traces the receptive field of the features; a model whose positions are not tied to pixels has none.
 * @param cut name of the tensor at the cut point
 * @throws EngineError as `readModel` does
 */
export function pixelsOfModel(
  reference: ModelReference & { readonly preprocessing: Preprocessing },
  cut: string,
): ModelPixels {
  const { width: imageWidth, height: imageHeight } = reference.preprocessing;
  const model = readModel(reference);
  const options = { tensor: cut, width: imageWidth, height: imageHeight };
  const { featureGraph } = cutModel(model.graph, model.inspection, options);
  try {
    const field = receptiveFieldOf(featureGraph);
    const note = 'Each patch also depends on the whole image through a global branch of the base model.';
    return { pixels: { field, imageHeight, imageWidth }, notes: field.hasGlobalContext ? [note] : [] };
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'cut-point') throw error;
    return {
      pixels: { field: undefined, imageHeight, imageWidth },
      notes: [`Receptive fields are the whole image. ${error.message}`],
    };
  }
}
