/** All operator cases, by family. */
import type { OperatorCase } from '../single-node.ts';
import { constantCases } from './constant.ts';
import { convolutionCases } from './convolution.ts';
import { elementwiseCases } from './elementwise.ts';
import { indexingCases } from './indexing.ts';
import { linearCases } from './linear.ts';
import { movementCases } from './movement.ts';
import { normalizationCases } from './normalization.ts';
import { poolingCases } from './pooling.ts';
import { reductionCases } from './reduction.ts';
import { resizeCases } from './resize.ts';

/** All cases by family. */
export function operatorCases(): Readonly<Record<string, readonly OperatorCase[]>> {
  return {
    elementwise: elementwiseCases(),
    linear: linearCases(),
    convolution: convolutionCases(),
    pooling: poolingCases(),
    normalization: normalizationCases(),
    reduction: reductionCases(),
    movement: movementCases(),
    indexing: indexingCases(),
    constants: constantCases(),
    resize: resizeCases(),
  };
}
