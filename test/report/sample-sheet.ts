/** A made-up sheet: one class of every hazard a page must stand. */
import type {
  CompactMap,
  Explanation,
  MapControl,
  Measure,
  PatchEvidence,
  PatchKind,
  WordSheet,
  WordSummary,
} from '../../preload/contract/index.ts';

/** Marks measures that do not matter to the pages. */
const none = { value: null, n: 0, reason: 'not part of this test' } as const;

export function measure(value: number, chance?: number): Measure {
  return { value, low: value - 0.02, high: value + 0.01, n: 436, ...(chance === undefined ? {} : { chance }) };
}

const map: CompactMap = { width: 2, height: 2, low: 0, high: 1, values: Uint8Array.of(0, 64, 128, 255) };

function patch(kind: PatchKind, imageId: number): PatchEvidence {
  const box = { left: 10, top: 20, width: 40, height: 30 };
  return {
    kind,
    imageId,
    imagePath: `/images/${imageId}.jpg`,
    label: 'cat',
    predicted: imageId % 2 === 0 ? 'cat' : 'dog',
    row: 0,
    column: 0,
    similarity: 0.815,
    receptiveBox: box,
    activationCrop: box,
    map,
  };
}

export function sampleWord(index: number, name: string | null): WordSummary {
  return {
    id: index + 1,
    index,
    name,
    status: 'unknown',
    note: '',
    tags: [],
    isExcluded: false,
    members: [],
    splitFrom: null,
    frequency: 0.25,
    importance: 1.5,
    sharedness: 2,
    attentionFidelity: measure(0.45),
    pushesUp: [{ classIndex: 0, className: 'cat', weight: 1.2, share: 0.6 }],
    pushesDown: [{ classIndex: 1, className: 'dog', weight: -0.3, share: 0 }],
    patches: [patch('pushed', 1), patch('top', 2), patch('random', 3), patch('counter', 4)],
  };
}

function perPercentile(value: number) {
  return { '50': measure(value, 1 / 3), '75': measure(value, 1 / 7), '90': measure(value, 1 / 19) };
}

function control(value: number): MapControl {
  return { attentionFidelity: perPercentile(value) };
}

export function sampleSheet(words: readonly WordSummary[], predictionFidelity = 0.979): WordSheet {
  const figure = { predictionFidelity: none, accuracy: none, softFidelity: none, sharedness: none };
  const model = { ...figure, useSharedness: none, classes80: none, partness: none };
  return {
    projectName: 'Pets & <friends>',
    model: {
      fileName: 'pets.onnx',
      path: '/pets.onnx',
      sha256: 'ab'.repeat(32),
      opset: 18,
      classes: ['cat', 'dog'],
      inputHeightPx: 224,
      inputWidthPx: 224,
      inputLayout: 'NCHW',
      output: 'logits',
      cutPoint: 'features',
      featureShape: [8, 7, 7],
      cutAlternatives: [],
      attentionSource: 'closedForm',
      preprocessing: 'imagenet',
    },
    run: {
      id: 3,
      preset: 'evidence',
      seed: 1,
      wordCount: words.length,
      target: 'base',
      status: 'done',
      startedAt: '2026-03-01T14:02:11Z',
      finishedAt: null,
      seconds: 42,
      validationAgreement: none,
      notes: [],
      error: null,
    },
    words,
    evaluation: {
      ...model,
      schemaVersion: 1,
      runId: 3,
      preset: 'evidence',
      seed: 1,
      split: 'test',
      imageCount: 436,
      baseAccuracy: measure(0.963),
      accuracyGap: none,
      accuracyGapPValue: null,
      predictionFidelity: measure(predictionFidelity, 0.5),
      predictionFidelityOnBaseErrors: none,
      kappa: none,
      logitCorrelation: none,
      attentionFidelity: perPercentile(0.62),
      attentionMargin: perPercentile(0.2),
      contributionAttention: { attentionFidelity: perPercentile(0.6), margin: perPercentile(0.2) },
      insertion: none,
      deletion: none,
      wordCount: none,
      wordsPerDecision: none,
      wordsPerClass: none,
      sparsity: none,
      wordCosine: none,
      patchJaccard: none,
      explainedShare: none,
      energyInMask: none,
      pointing: none,
      controls: {
        random: { ...model, ...control(0.35), predictionFidelity: measure(0.41) },
        shuffled: control(0.34),
        otherImage: control(0.4),
        centre: control(0.45),
        featureNorm: control(0.5),
        classEvidence: control(0.9),
      },
      attentionSource: 'closedForm',
      parameterHash: 'cd'.repeat(32),
      notes: ['Labels come from folder names.'],
    },
  };
}

export function sampleExplanation(contributions: readonly number[]): Explanation {
  const bias = -0.4;
  const residual = 0.9;
  const classes = [
    { classIndex: 0, className: 'cat', logit: 4, probability: 0.93 },
    { classIndex: 1, className: 'dog', logit: 1, probability: 0.07 },
  ];
  return {
    imagePath: '/images/a <b>.jpg',
    sha256: 'ef'.repeat(32),
    label: 'cat',
    split: 'test',
    base: classes,
    wordModel: classes,
    classIndex: 0,
    className: 'cat',
    baseLogit: contributions.reduce((sum, value) => sum + value, bias + residual),
    contributions: contributions.map((contribution, index) => ({
      wordIndex: index,
      name: index === 0 ? '<script>alert(1)</script>' : null,
      score: 1,
      weight: contribution,
      contribution,
      map,
      pushedImageId: index,
      pushedCrop: { left: 0, top: 0, width: 32, height: 32 },
    })),
    bias,
    residual,
    explainedShare: 0.88,
    gradCam: map,
    attentionSource: 'closedForm',
    wordAttention: map,
    attentionIou: { '50': 0.62, '75': 0.5, '90': 0.4 },
  };
}

/** An address for every wanted picture. */
export function addressesOf(wanted: {
  readonly views: readonly { readonly key: string }[];
  readonly crops: readonly { readonly key: string }[];
  readonly maps: readonly { readonly key: string }[];
}): Map<string, string> {
  const keys = [...wanted.views, ...wanted.crops, ...wanted.maps].map(({ key }) => key);
  return new Map(keys.map((key) => [key, `pictures/${key}.jpg`]));
}
