/** The two fidelities of a run, each on one axis with its interval, chance and controls. */
import type { Assessment, EvaluationReport } from '../../preload/contract/index.ts';
import { isMeasured, percent, shareText } from './format.ts';
import { html } from './html.ts';
import type { Markup } from './html.ts';

/** One line of the panel. */
interface Row {
  readonly name: string;
  readonly note: string;
  readonly measure: Assessment;
  readonly controls: readonly Control[];
}

/** A control with the sign that stands for it. */
interface Control {
  readonly name: string;
  readonly sign: keyof typeof SIGNS;
  readonly measure: Assessment;
}

/** Outlines around the origin, told apart by shape, not by colour. */
const SIGNS = {
  circle: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z',
  square: 'M-3.5-3.5h7v7h-7z',
  triangle: 'M0-4.4L4.4 3.4H-4.4z',
  diamond: 'M0-4.8L4.8 0 0 4.8-4.8 0z',
  cross: 'M-3.6-3.6L3.6 3.6M-3.6 3.6L3.6-3.6',
  plus: 'M-4.6 0h9.2M0-4.6v9.2',
  bar: 'M0-5.5v11',
} as const;

/** Length of the axis and the margin left and right of it, px. */
const AXIS_PX = 320;
const MARGIN_PX = 8;

/** The panel; says what to do when nothing was measured. */
export function fidelityPanel(evaluation: EvaluationReport | null): Markup {
  if (evaluation === null) {
    return html`<p class="none">
      Not evaluated yet: how faithful these words are to the model is unknown. Evaluate the run and write the sheet
      again.
    </p>`;
  }
  const rows = rowsOf(evaluation);
  // The attention rows have every control; the first row only those that answer.
  const controls = rows.at(-1)!.controls;
  return html`<div class="fidelity">
    <table>
      <caption class="seen-not">
        Fidelity on the ${evaluation.split} images
      </caption>
      <thead class="seen-not">
        <tr>
          <th scope="col">Measure</th>
          <th scope="col">Value with 95 % interval</th>
          <th scope="col">Drawn from 0 to 100 %</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(rowMarkup)}
      </tbody>
    </table>
    <p class="key">
      <span>${sample(dot())} words with 95 % interval</span>
      <span>${sample(sign('bar'))} chance</span>
      ${controls.map(({ name, sign: shape }) => html`<span>${sample(sign(shape))} ${name}</span> `)}
    </p>
    ${controls.length > 0 && controlTable(rows, controls)}
  </div>`;
}

function controlTable(rows: readonly Row[], columns: readonly Control[]): Markup {
  return html`<details>
    <summary>Controls in numbers</summary>
    <div class="scroll">
      <table class="controls">
        <thead>
          <tr>
            <td></td>
            <th scope="col">words</th>
            <th scope="col">chance</th>
            ${columns.map(({ name }) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ name, measure, controls }) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td>${cell(measure)}</td>
                <td>${isMeasured(measure) && measure.chance !== undefined ? percent(measure.chance) : '–'}</td>
                ${columns.map((column) => {
                  const control = controls.find((other) => other.name === column.name);
                  return html`<td>${control === undefined ? '–' : cell(control.measure)}</td>`;
                })}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

/** Value over its interval, for narrow columns. */
function cell(measure: Assessment): Markup {
  if (!isMeasured(measure)) return shareText(measure);
  const { value, low, high } = measure;
  return html`${percent(value)}<small>${percent(low)} to ${percent(high)}</small>`;
}

function rowsOf(evaluation: EvaluationReport): Row[] {
  const { controls } = evaluation;
  const models = [
    { name: 'random words', sign: 'circle', control: controls.random },
    { name: 'k-means words', sign: 'square', control: controls.kmeans },
  ] as const;
  const maps = [
    { name: 'another image', sign: 'diamond', control: controls.otherImage },
    { name: 'image centre', sign: 'plus', control: controls.centre },
    { name: 'feature norm', sign: 'triangle', control: controls.featureNorm },
    { name: 'shuffled maps', sign: 'cross', control: controls.shuffled },
  ] as const;
  const attention = (part: '50' | '75' | '90', name: string, note: string): Row => ({
    name,
    note,
    measure: evaluation.attentionFidelity[part],
    controls: [...models, ...maps].flatMap(({ name, sign, control }) =>
      control === undefined ? [] : [{ name, sign, measure: control.attentionFidelity[part] }],
    ),
  });
  return [
    {
      name: 'Prediction fidelity',
      note: 'same top class as the model',
      measure: evaluation.predictionFidelity,
      controls: models.flatMap(({ name, sign, control }) =>
        control === undefined ? [] : [{ name, sign, measure: control.predictionFidelity }],
      ),
    },
    attention('50', 'Attention fidelity', 'IoU with Grad-CAM, strongest half'),
    attention('75', 'Attention, quarter', 'IoU, strongest quarter'),
    attention('90', 'Attention, tenth', 'IoU, strongest tenth'),
  ];
}

function rowMarkup(row: Row): Markup {
  return html`<tr>
    <th scope="row">${row.name}<small>${row.note}</small></th>
    <td class="value">${shareText(row.measure)}</td>
    <td class="axis">${axis(row)}</td>
  </tr>`;
}

function axis({ measure, controls }: Row): Markup {
  const x = (share: number): number => Number((MARGIN_PX + Math.min(1, Math.max(0, share)) * AXIS_PX).toFixed(1));
  const y = 13;
  return html`<svg viewBox="0 0 ${AXIS_PX + 2 * MARGIN_PX} 26" aria-hidden="true">
    <path d="M${x(0)} ${y}H${x(1)}" stroke="var(--line)" />
    ${[0, 0.25, 0.5, 0.75, 1].map((tick) => html`<path d="M${x(tick)} ${y - 3}v6" stroke="var(--line)" />`)}
    ${controls.map(
      ({ sign: shape, measure: control }) =>
        isMeasured(control) && html`<g transform="translate(${x(control.value)} ${y})">${sign(shape)}</g>`,
    )}
    ${
      isMeasured(measure) && [
        measure.chance !== undefined && html`<g transform="translate(${x(measure.chance)} ${y})">${sign('bar')}</g>`,
        html`<path
            d="M${x(measure.low)} ${y - 4}v8m0-4H${x(measure.high)}m0-4v8"
            fill="none"
            stroke="var(--accent)"
            stroke-width="1.6"
          />
          <g transform="translate(${x(measure.value)} ${y})">${dot()}</g>`,
      ]
    }
  </svg>`;
}

function dot(): Markup {
  return html`<circle r="3.6" fill="var(--accent)" />`;
}

function sign(shape: keyof typeof SIGNS): Markup {
  return html`<path d="${SIGNS[shape]}" fill="none" stroke="var(--quiet)" stroke-width="1.4" />`;
}

function sample(content: Markup): Markup {
  return html`<svg class="sign" viewBox="-7 -7 14 14" width="14" height="14" aria-hidden="true">${content}</svg>`;
}
