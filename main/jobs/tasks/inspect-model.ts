/** Task: reads a model, says what it is and where it can be divided. */
import { cutModel } from '../../engine/onnx/index.ts';
import type { CutPoint, ModelInfo, ModelInspection } from '../../engine/onnx/index.ts';
import type { ModelPart } from '../../engine/runtime/model-file.ts';
import { describeGraph } from '../model/describe-graph.ts';
import type { GraphDescription } from '../model/describe-graph.ts';
import { readModel } from '../model/read-model.ts';
import type { ModelReference } from '../model/read-model.ts';
import type { Task } from '../task.ts';

/** Which model. */
export interface InspectModelInput extends ModelReference {
  /** Name of the tensor at the cut point. Default: the last spatial map. */
  readonly cut?: string;
  /** True to tell the graph to people as well: some 100 ms for a deep model. Default false. */
  readonly isDescribed?: boolean;
}

/** What the model is. */
export interface InspectModelOutput {
  /** One hash over the model file and its external data. */
  readonly sha256: string;
  readonly parts: readonly ModelPart[];
  readonly info: ModelInfo;
  readonly inspection: ModelInspection;
  readonly cutPoint: CutPoint;
  /** Every cut point, the default first. */
  readonly alternatives: readonly CutPoint[];
  /** 'gap-linear': Grad-CAM has a closed form; 'general': the head is differentiated. */
  readonly headKind: 'gap-linear' | 'general';
  /** Only when asked for. */
  readonly description?: GraphDescription;
}

/**
 * Reads and divides a model; no image is needed.
 * @throws EngineError as `readModel` and `cutModel` do
 */
export const inspectModel: Task<InspectModelInput, InspectModelOutput> = (input) => {
  const model = readModel(input);
  const cut = cutModel(model.graph, model.inspection, {
    ...(input.cut === undefined ? {} : { tensor: input.cut }),
    ...input.imageSize,
  });
  return Promise.resolve({
    sha256: model.sha256,
    parts: model.parts,
    info: model.info,
    inspection: model.inspection,
    cutPoint: cut.cutPoint,
    alternatives: cut.alternatives,
    headKind: cut.head.kind,
    ...(input.isDescribed === true ? { description: describeGraph(model, cut, input.imageSize) } : {}),
  });
};
