/** The contact sheet: every word of a run on one static page, the most important first. */
import type { EvaluationReport, WordSheet } from '../../preload/contract/index.ts';
import { CONTACT_SHEET_STYLE } from './contact-sheet-style.ts';
import { fidelityPanel } from './fidelity-panel.ts';
import { count, duration, isMeasured, moment, percent, shareText } from './format.ts';
import { html } from './html.ts';
import type { Markup } from './html.ts';
import { page } from './page.ts';
import type { Pictures } from './pictures.ts';
import { BASE_STYLE } from './style.ts';
import { warningLine } from './warning-line.ts';
import { wordCard } from './word-card.ts';

/** Below this agreement with the base model the words are a story about another model: the page says so first. */
const FAITHFUL_ENOUGH = 0.9;

/**
 * One HTML page without script; its pictures are looked up under the keys of `picturesOfSheet`.
 * @param pictures key -> relative address or data URI; a missing one becomes a placeholder
 */
export function renderContactSheet(sheet: WordSheet, pictures: Pictures): string {
  const { words, model } = sheet;
  const body = html`<a class="skip" href="#words">Skip to the words</a>
    ${header(sheet)} ${words.length > 0 && toolbar(words.length)}
    <main class="words" id="words">
      ${
        words.length === 0
          ? html`<div class="empty">
              <h2>No words</h2>
              <p>This run kept no word. Learn again with more words or another preset.</p>
            </div>`
          : words.map((word) => wordCard(word, model, pictures))
      }
    </main>
    ${footer(sheet)}`;
  return page(`${sheet.projectName} · visual words`, BASE_STYLE + CONTACT_SHEET_STYLE, body);
}

function header({ projectName, model, run, words, evaluation }: WordSheet): Markup {
  const facts: readonly (readonly [string, Markup | string])[] = [
    ['Base model', html`<bdi>${model.fileName}</bdi>`],
    ['Classes', count(model.classes.length)],
    ['Cut point', `${model.featureShape.join(' × ')}`],
    ['Run', `${run.id} · ${run.preset} · seed ${run.seed}`],
    ['Learned', `${moment(run.startedAt)}${run.seconds === null ? '' : ` · ${duration(run.seconds)}`}`],
    ['Grad-CAM', model.attentionSource === 'closedForm' ? 'exact, closed form' : 'differentiated'],
    ...(evaluation === null ? [] : ([['Accuracy of the base model', shareText(evaluation.baseAccuracy)]] as const)),
    ...(evaluation === null ? [] : ([['Accuracy with words', shareText(evaluation.accuracy)]] as const)),
  ];
  return html`<header class="top">
    ${warning(evaluation)}
    <div class="split">
      <div>
        <p class="overline">Contact sheet</p>
        <h1 dir="auto">${projectName}</h1>
        <p class="quiet">
          ${count(words.length)} visual ${words.length === 1 ? 'word' : 'words'}, most important first
        </p>
        <dl class="facts">
          ${facts.map(
            ([name, value]) =>
              html`<div>
                <dt>${name}</dt>
                <dd>${value}</dd>
              </div>`,
          )}
        </dl>
      </div>
      <section aria-label="Fidelity">${fidelityPanel(evaluation)}</section>
    </div>
  </header>`;
}

function warning(evaluation: EvaluationReport | null): Markup | null {
  if (evaluation === null || !isMeasured(evaluation.predictionFidelity)) return null;
  const { value } = evaluation.predictionFidelity;
  if (value >= FAITHFUL_ENOUGH) return null;
  return warningLine(
    html`<b>These words do not represent this model well.</b> They decide like it in only ${percent(value)} of the
      ${evaluation.split} images (faithful enough: ${percent(FAITHFUL_ENOUGH, 0)}). Do not read them as the model’s
      reasons.`,
  );
}

function toolbar(wordCount: number): Markup {
  return html`<div class="bar on-screen">
    <div>
      <b>${count(wordCount)} ${wordCount === 1 ? 'word' : 'words'}</b>
      <label><input type="checkbox" id="heatmaps" checked /> Heatmaps</label>
      <label><input type="checkbox" id="boxes" checked /> Boxes</label>
      <span class="hint">Point at a large picture to see it without its heatmap</span>
    </div>
  </div>`;
}

function footer({ model, run, evaluation }: WordSheet): Markup {
  const notes = [...new Set([...run.notes, ...(evaluation?.notes ?? [])])];
  return html`<footer>
    ${notes.map((note) => html`<p>${note}</p>`)}
    <p>
      Large picture: the image the word was pushed to as the model sees it, with the word’s map and the box of its
      patch. Top: the most similar patches, one per image. Random: images drawn at random, similar ones more often.
      Counter: the most similar patches of other classes. ≠: the model’s prediction differs from the label. Under each
      patch: class and similarity. Bars: weight of the word for a class; filled pushes up, outlined pushes down;
      percent: share of what the word contributes.
    </p>
    <p>
      Importance: mean size of what the word contributes to the predicted class. Attention fidelity: overlap (IoU) of
      the word’s map with Grad-CAM, strongest half, over images in which it is among the ten strongest words. Intervals:
      95 %.
    </p>
    <p class="mono">
      model sha256 ${model.sha256}${evaluation !== null && html`<br />words sha256 ${evaluation.parameterHash}`}
    </p>
  </footer>`;
}
