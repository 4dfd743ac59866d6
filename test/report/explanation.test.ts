/** The explanation page: the sum is right, the pictures are there, and one copy of the image serves all. */
import { describe, expect, it } from 'vitest';
import { picturesOfExplanation, renderExplanation } from '../../main/report/index.ts';
import { waterfallSteps } from '../../main/report/waterfall.ts';
import { addressesOf, sampleExplanation } from './sample-sheet.ts';

const amounts = [2.2, -1.1, 0.7, ...Array.from({ length: 20 }, (_, index) => 0.5 / (index + 1))];

describe('waterfall', () => {
  it('begins each step where the one before ended and ends in the logit of the base model', () => {
    const explanation = sampleExplanation(amounts);
    const steps = waterfallSteps(explanation);
    const last = steps.at(-1)!;
    const parts = steps.slice(0, -1);
    parts.forEach((step, index) => expect(step.from).toBe(parts[index - 1]?.to ?? 0));
    expect(parts.at(-1)!.to).toBeCloseTo(explanation.baseLogit, 12);
    expect(last).toMatchObject({ kind: 'logit', from: 0, to: explanation.baseLogit });
  });

  it('shows twelve words one by one and the rest as one bar', () => {
    const kinds = waterfallSteps(sampleExplanation(amounts)).map(({ kind }) => kind);
    expect(kinds).toEqual(['bias', ...Array.from({ length: 12 }, () => 'word'), 'rest', 'residual', 'logit']);
    expect(waterfallSteps(sampleExplanation([1])).map(({ kind }) => kind)).toEqual([
      'bias',
      'word',
      'residual',
      'logit',
    ]);
  });
});

describe('explanation page', () => {
  const explanation = sampleExplanation(amounts);
  const addresses = addressesOf(picturesOfExplanation(explanation));
  const text = renderExplanation(explanation, addresses);

  it('contains every picture it wanted, each view once', () => {
    for (const address of addresses.values()) expect(text).toContain(`="${address}"`);
    expect(text.split(addresses.get('explained')!)).toHaveLength(2);
  });

  it('shows names and paths as text', () => {
    expect(text).not.toContain('<script');
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).toContain('a &lt;b&gt;.jpg');
  });

  it('says how the attention was computed and what the models answer', () => {
    expect(text).toContain('(closed form)');
    expect(text).toContain('93.0\u00a0%');
  });

  it('warns when the two models answer differently', () => {
    const other = { ...explanation, wordModel: explanation.wordModel.toReversed() };
    expect(renderExplanation(other, addresses)).toContain('The word model answers differently');
    expect(text).not.toContain('answers differently');
  });
});
