/** One word with its evidence: the pushed patch, other patches, what it pushes, how faithful it is. */
import type {
  BaseModelSummary,
  ClassPush,
  PatchEvidence,
  WordStatus,
  WordSummary,
} from '../../preload/contract/index.ts';
import { decimal, percent, plainWordName, shareText, signed, wordName } from './format.ts';
import { html } from './html.ts';
import type { Markup } from './html.ts';
import { frame, heat, picture } from './picture-figure.ts';
import { cropKey, heroPatch, patchesOf, pushedMapKey, squareAround, viewKey } from './pictures.ts';
import type { Pictures } from './pictures.ts';

/** Status by shape and word: dot, half dot, diamond, ring. */
const STATUS = {
  meaningful: { label: 'meaningful', sign: html`<circle r="5" fill="currentColor" />` },
  mixed: {
    label: 'mixed',
    sign: html`<circle r="4.5" fill="none" stroke="currentColor" /><path
        d="M0-5A5 5 0 0 0 0 5z"
        fill="currentColor"
      />`,
  },
  artefact: { label: 'artefact', sign: html`<path d="M0-5.5L5.5 0 0 5.5-5.5 0z" fill="currentColor" />` },
  unknown: {
    label: 'not judged',
    sign: html`<circle r="4.5" fill="none" stroke="currentColor" stroke-width="1.3" />`,
  },
} as const satisfies Record<WordStatus, { label: string; sign: Markup }>;

/** Rows of evidence with the sentence that explains them. */
const ROWS = [
  { kind: 'top', label: 'Top', none: 'No patches' },
  { kind: 'random', label: 'Random', none: 'No patches at random' },
  { kind: 'counter', label: 'Counter', none: 'No counter-examples' },
] as const satisfies readonly { kind: PatchEvidence['kind']; label: string; none: string }[];

/** Classes named per direction; a word that pushes more is not told by a list. */
const SHOWN_PUSHES = 3;

/** Length of the longest bar, px. */
const BAR_PX = 72;

/** The card. */
export function wordCard(word: WordSummary, model: BaseModelSummary, pictures: Pictures): Markup {
  const status = STATUS[word.status];
  const title = `word-${word.index}`;
  return html`<article class="word" aria-labelledby="${title}">
    <div class="lead">
      ${hero(word, model, pictures)}
      <div class="about">
        <div class="title">
          <h2 id="${title}" dir="auto"><a href="#${title}">${wordName(word)}</a></h2>
          <span class="status"
            ><svg viewBox="-7 -7 14 14" width="12" height="12" aria-hidden="true">${status.sign}</svg>
            ${status.label}</span
          >
        </div>
        <p class="sub">
          ${plainWordName(word) !== `word ${word.index}` && `word ${word.index} · `}in the top ten of
          ${percent(word.frequency, 0)} of images${standing(word)}
        </p>
        <dl class="numbers">
          <div>
            <dt>Importance</dt>
            <dd><b>${decimal(word.importance)}</b> <span class="interval">logits</span></dd>
          </div>
          <div>
            <dt>Sharedness</dt>
            <dd><b>${decimal(word.sharedness)}</b></dd>
          </div>
          <div>
            <dt>Attention fidelity</dt>
            <dd>${shareText(word.attentionFidelity)}</dd>
          </div>
        </dl>
        ${pushes(word)}
      </div>
    </div>
    ${ROWS.map(({ kind, label, none }) => evidenceRow(word, model, pictures, kind, label, none))}
  </article>`;
}

/** How it stands for others, and whether it still counts. */
function standing({ members, splitFrom, isExcluded }: WordSummary): string {
  const remarks = [
    ...(members.length > 0 ? [`stands for ${wordNumbers(members)} too`] : []),
    ...(splitFrom === null ? [] : [`part of word ${splitFrom}`]),
    ...(isExcluded ? ['excluded from decisions'] : []),
  ];
  return remarks.map((remark) => ` · ${remark}`).join('');
}

function wordNumbers(members: readonly number[]): string {
  return `${members.length === 1 ? 'word' : 'words'} ${members.join(', ')}`;
}

function hero(word: WordSummary, model: BaseModelSummary, pictures: Pictures): Markup {
  const patch = heroPatch(word);
  const size = { widthPx: model.inputWidthPx, heightPx: model.inputHeightPx };
  if (patch === undefined) return html`<p class="hero none">No patch was kept for this word.</p>`;
  const what = patch.kind === 'pushed' ? 'Pushed patch' : 'Strongest patch';
  return html`<figure class="hero">
    <span class="picture"
      >${picture(pictures, viewKey(patch.imageId), {
        ...size,
        alt: `${what} of ${plainWordName(word)}: an image of ${patch.label ?? patch.predicted}`,
      })}${heat(pictures, pushedMapKey(word))}${frame(patch.activationCrop, size.widthPx, size.heightPx)}</span
    >
    <figcaption>
      <bdi>${patch.label ?? patch.predicted}</bdi> <span class="interval">${decimal(patch.similarity)}</span>
    </figcaption>
  </figure>`;
}

function pushes(word: WordSummary): Markup {
  const up = word.pushesUp.slice(0, SHOWN_PUSHES);
  const down = word.pushesDown.slice(0, SHOWN_PUSHES);
  if (up.length + down.length === 0) return html`<p class="none">Pushes no class.</p>`;
  const longest = Math.max(...[...up, ...down].map(({ weight }) => Math.abs(weight)));
  const rest = word.pushesUp.length + word.pushesDown.length - up.length - down.length;
  return html`<div class="pushes">
    <h3 class="seen-not">Classes it pushes</h3>
    <ul>
      ${up.map((push) => pushLine(push, longest))}${down.map((push) => pushLine(push, longest))}
    </ul>
    ${rest > 0 && html`<p class="rest">and ${rest} more ${rest === 1 ? 'class' : 'classes'}</p>`}
  </div>`;
}

function pushLine({ className, weight, share }: ClassPush, longest: number): Markup {
  const length = longest === 0 ? 0 : Math.max(1.5, (Math.abs(weight) / longest) * BAR_PX);
  const isUp = weight >= 0;
  return html`<li>
    <span class="class" title="${className}"><bdi>${className}</bdi></span>
    <svg
      class="${isUp ? 'up' : 'down'}"
      viewBox="-0.5 -0.5 ${BAR_PX + 1} 11"
      width="${BAR_PX}"
      height="10"
      aria-hidden="true"
    >
      <rect
        width="${length.toFixed(1)}"
        height="10"
        rx="1.5"
        fill="currentColor"
        fill-opacity="${isUp ? 1 : 0.18}"
        stroke="${isUp ? 'none' : 'currentColor'}"
      />
    </svg>
    <span class="weight">${signed(weight)}</span>
    <span class="interval">${isUp && share > 0 && percent(share, 0)}</span>
  </li>`;
}

function evidenceRow(
  word: WordSummary,
  model: BaseModelSummary,
  pictures: Pictures,
  kind: PatchEvidence['kind'],
  label: string,
  none: string,
): Markup {
  const patches = patchesOf(word, kind);
  return html`<section class="row">
    <h3>${label}</h3>
    ${
      patches.length === 0
        ? html`<p class="none">${none}</p>`
        : html`<ul>
            ${patches.map((patch) => patchItem(patch, model, pictures, label))}
          </ul>`
    }
  </section>`;
}

function patchItem(patch: PatchEvidence, model: BaseModelSummary, pictures: Pictures, label: string): Markup {
  const name = patch.label ?? patch.predicted;
  const isError = patch.label !== null && patch.label !== patch.predicted;
  const title = isError ? `${name}, predicted ${patch.predicted}` : name;
  const key = cropKey(patch.imageId, squareAround(patch.activationCrop, model));
  const alt = `${label} patch: ${title}, similarity ${decimal(patch.similarity)}`;
  return html`<li title="${title}">
    <span class="picture">${picture(pictures, key, { alt, widthPx: 96, heightPx: 96 })}</span>
    <span class="class"><bdi>${name}</bdi></span>
    <span class="similarity">${decimal(patch.similarity)}${isError && html` <abbr title="${title}">≠</abbr>`}</span>
  </li>`;
}
