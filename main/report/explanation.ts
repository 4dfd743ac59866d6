/** The explanation of one image: where the model looks, what it answers, and which words its answer is made of. */
import type {
  AttentionSource,
  ClassProbability,
  CompactMap,
  ContributionRow,
  Explanation,
} from '../../preload/contract/index.ts';
import { EXPLANATION_STYLE } from './explanation-style.ts';
import { decimal, percent, plainWordName, wordName } from './format.ts';
import { html } from './html.ts';
import type { Markup } from './html.ts';
import { page } from './page.ts';
import { heat, picture } from './picture-figure.ts';
import { contributionMapKey, cropKey, EXPLAINED_IMAGE } from './pictures.ts';
import type { Pictures } from './pictures.ts';
import { BASE_STYLE } from './style.ts';
import { createBarPainter, HATCH, waterfallSteps } from './waterfall.ts';
import { warningLine } from './warning-line.ts';

/** Classes named per model. */
const SHOWN_CLASSES = 5;

/** Below this share of the logit the words are not the story. */
const EXPLAINED_ENOUGH = 0.5;

/** How the attention was found, as a sentence. */
const SOURCES = {
  closedForm:
    'Model attention is Grad-CAM, computed exactly from the model’s own weights after the cut point (closed form).',
  differentiated: 'Model attention is Grad-CAM, computed by differentiating the part of the model after the cut point.',
} as const satisfies Record<AttentionSource, string>;

/**
 * One self-contained HTML page without script; its pictures are looked up under the keys of `picturesOfExplanation`.
 * @param pictures key -> data URI; a missing one becomes a placeholder
 */
export function renderExplanation(explanation: Explanation, pictures: Pictures): string {
  const fileName = explanation.imagePath.split(/[\\/]/).at(-1)!;
  const body = html`${HATCH}${viewOnce(explanation, pictures)}${header(explanation, fileName)}
    <main>${maps(explanation, pictures)} ${answers(explanation)} ${waterfall(explanation, pictures)}</main>
    <footer>
      <p>${SOURCES[explanation.attentionSource]} Word attention is the maximum of the ten strongest words’ maps.</p>
      <p class="mono">${fileName} sha256 ${explanation.sha256}</p>
    </footer>`;
  return page(`${explanation.className} · ${fileName}`, BASE_STYLE + EXPLANATION_STYLE, body);
}

function header(explanation: Explanation, fileName: string): Markup {
  const { base, wordModel, label, split, className, explainedShare } = explanation;
  const top = base[0];
  const wordTop = wordModel[0];
  const isOther = top !== undefined && wordTop !== undefined && top.classIndex !== wordTop.classIndex;
  return html`<header>
    <div>
      <p class="overline">Explanation of <bdi>${fileName}</bdi></p>
      <h1>Why <bdi class="answer">${className}</bdi>?</h1>
    </div>
    ${
      isOther &&
      warningLine(
        html`<b>The word model answers differently</b> (<bdi>${wordTop.className}</bdi>, the base model
          <bdi>${top.className}</bdi>). Its words do not stand for this decision.`,
      )
    }
    ${
      !isOther &&
      explainedShare !== null &&
      explainedShare < EXPLAINED_ENOUGH &&
      warningLine(
        html`<b>The words explain only ${percent(explainedShare, 0)} of this decision.</b> The hatched residual is the
          larger part.`,
      )
    }
    <p class="quiet">
      ${
        top !== undefined && html`The base model answers <bdi>${top.className}</bdi> with ${percent(top.probability)}. `
      }${
        label === null
          ? 'The image has no label.'
          : html`Its label is <bdi>${label}</bdi>${split !== null && ` (${split} image)`}.`
      }
      ${explainedShare !== null && `The words explain ${percent(explainedShare, 0)} of the logit.`}
    </p>
  </header>`;
}

/** Size the view is drawn at, px: that of the features has its proportions. */
function viewSize(map: CompactMap): { readonly widthPx: number; readonly heightPx: number } {
  return { widthPx: 448, heightPx: Math.round((448 * map.height) / map.width) };
}

/** The view as a definition: it is shown many times, and a data URI is long. */
function viewOnce({ gradCam }: Explanation, pictures: Pictures): Markup | null {
  const address = pictures.get(EXPLAINED_IMAGE);
  if (address === undefined) return null;
  const { widthPx, heightPx } = viewSize(gradCam);
  return html`<svg class="seen-not" aria-hidden="true">
    <defs>
      <image id="view" href="${address}" width="${widthPx}" height="${heightPx}" preserveAspectRatio="xMidYMid slice" />
    </defs>
  </svg>`;
}

/** The view once more. */
function again(pictures: Pictures, size: ReturnType<typeof viewSize>, alt: string): Markup {
  if (!pictures.has(EXPLAINED_IMAGE)) return picture(pictures, EXPLAINED_IMAGE, { ...size, alt });
  return html`<svg viewBox="0 0 ${size.widthPx} ${size.heightPx}" role="img" aria-label="${alt}">
    <use href="#view" />
  </svg>`;
}

function maps({ gradCam, attentionIou, className }: Explanation, pictures: Pictures): Markup {
  const size = viewSize(gradCam);
  const view = (alt: string): Markup => again(pictures, size, alt);
  return html`<section class="maps" aria-label="Attention">
    <figure>
      <span class="picture">${view('The image as the model sees it')}</span>
      <figcaption><b>What the model sees</b></figcaption>
    </figure>
    <figure>
      <span class="picture">${view('The image under its Grad-CAM')}${heat(pictures, 'grad-cam')}</span>
      <figcaption>
        <b>Model attention</b> <span class="quiet">Grad-CAM for <bdi>${className}</bdi></span>
      </figcaption>
    </figure>
    <figure>
      <span class="picture">${view('The image under its word attention')}${heat(pictures, 'word-attention')}</span>
      <figcaption>
        <b>Word attention</b>
        <span class="quiet"
          >overlap (IoU) ${decimal(attentionIou['50'])} half · ${decimal(attentionIou['75'])} quarter ·
          ${decimal(attentionIou['90'])} tenth</span
        >
      </figcaption>
    </figure>
  </section>`;
}

function answers({ base, wordModel, classIndex }: Explanation): Markup {
  return html`<div class="answers">
    ${classList('Base model', base, classIndex)} ${classList('Word model', wordModel, classIndex)}
  </div>`;
}

function classList(title: string, classes: readonly ClassProbability[], explained: number): Markup {
  return html`<section>
    <h2>${title}</h2>
    <ol class="classes">
      ${classes.slice(0, SHOWN_CLASSES).map(
        ({ classIndex, className, probability }) =>
          html`<li class="${classIndex === explained ? 'explained' : ''}">
            <span class="name" title="${className}"><bdi>${className}</bdi></span>
            <svg viewBox="0 0 140 10" aria-hidden="true">
              <rect width="140" height="10" rx="2" fill="var(--faint)" />
              <rect width="${(140 * probability).toFixed(1)}" height="10" rx="2" fill="currentColor" />
            </svg>
            <span class="value">${percent(probability)}</span>
          </li>`,
      )}
    </ol>
  </section>`;
}

function waterfall(explanation: Explanation, pictures: Pictures): Markup {
  const steps = waterfallSteps(explanation);
  const paint = createBarPainter(steps);
  return html`<section>
    <h2>The decision as a sum</h2>
    <p>
      Each bar is what a word adds to the logit of <bdi>${explanation.className}</bdi>: how strongly it is found times
      its weight. Beside it: the patch the word was pushed to, and where it is found here. Hatched: what no word
      explains.
    </p>
    <ol class="waterfall">
      ${steps.map((step) => {
        const row = step.contribution === null ? undefined : explanation.contributions[step.contribution];
        return html`<li class="${step.kind}">
          ${row === undefined ? html`<span class="name">${step.label}</span>` : wordCells(row, explanation, pictures)}${paint(step)}
        </li>`;
      })}
    </ol>
  </section>`;
}

function wordCells(row: ContributionRow, { gradCam }: Explanation, pictures: Pictures): Markup {
  const word = { index: row.wordIndex, name: row.name };
  const name = plainWordName(word);
  const size = { widthPx: 48, heightPx: 48 };
  const patch = picture(pictures, cropKey(row.pushedImageId, row.pushedCrop), { ...size, alt: `Patch of ${name}` });
  const view = again(pictures, viewSize(gradCam), `Where ${name} is found`);
  return html`<span class="picture">${patch}</span>
    <span class="picture">${view}${heat(pictures, contributionMapKey(row.wordIndex))}</span>
    <span class="name" title="${name}"
      >${wordName(word)}<small>${decimal(row.score)} × ${decimal(row.weight)}</small></span
    >`;
}
