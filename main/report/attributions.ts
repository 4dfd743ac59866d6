/** The attributions of one image side by side: a map per method, their measures, and how far they agree. */
import type { Attribution, AttributionMethod, AttributionReport, CompactMap } from '../../preload/contract/index.ts';
import { ATTRIBUTION_STYLE } from './attributions-style.ts';
import { count, decimal, plainWordName, signed } from './format.ts';
import { html } from './html.ts';
import type { Markup } from './html.ts';
import { page } from './page.ts';
import { heat, picture } from './picture-figure.ts';
import { EXPLAINED_IMAGE } from './pictures.ts';
import type { Pictures, WantedPictures } from './pictures.ts';
import { BASE_STYLE } from './style.ts';
import { warningLine } from './warning-line.ts';

/** Words shown one by one; the rest is one row. */
const SHOWN_WORDS = 12;

/** Names for people, and what is read off each map. */
const METHODS = {
  'grad-cam': ['Grad-CAM', 'the features at the cut point, weighted by what they add'],
  lime: ['LIME', 'a linear model of superpixels, fitted near the image'],
  'kernel-shap': ['KernelSHAP', 'each superpixel’s fair share of the logit'],
  'linear-shap': ['SHAP over words', 'each word’s share of the word model’s logit, where the word is found'],
  'integrated-gradients': ['Integrated gradients', 'the gradient summed on the way from the mean colour'],
  occlusion: ['Occlusion', 'how far the logit falls while a patch covers the place'],
} as const satisfies Record<AttributionMethod, readonly [name: string, what: string]>;

/** Pictures of the page: the view, and each map as far as it speaks for the class. */
export function picturesOfAttributions({ attributions }: AttributionReport): WantedPictures {
  return {
    views: [{ key: EXPLAINED_IMAGE, imageKey: EXPLAINED_IMAGE, scale: 2 }],
    crops: [],
    maps: attributions.map(({ method, map }) => ({ key: method, map: evidenceFor(map), ramp: 'viridis' })),
    imageIds: new Map(),
  };
}

/** Share of the cells that are drawn at full strength: single pixels of a gradient would leave all others dark. */
const FULL_SHARE = 0.01;

/** The part of a map above zero, 0 to full strength: what speaks against the class is not drawn. */
function evidenceFor({ width, height, low, high, values }: CompactMap): CompactMap {
  const evidence = Float64Array.from(values, (level) => Math.max(0, low + (level / 255) * (high - low)));
  const full = evidence.toSorted().at(-Math.ceil(FULL_SHARE * evidence.length))! || high;
  const levels = Uint8Array.from(evidence, (value) => (full > 0 ? Math.min(255, Math.round((255 * value) / full)) : 0));
  return { width, height, low: 0, high: Math.max(0, full), values: levels };
}

/**
 * One self-contained HTML page without script; its pictures are looked up under the keys of `picturesOfAttributions`.
 * @param pictures key -> data URI; a missing one becomes a placeholder
 */
export function renderAttributions(report: AttributionReport, pictures: Pictures): string {
  const fileName = report.imagePath.split(/[\\/]/).at(-1)!;
  const body = html`<header>
      <div>
        <p class="overline">Attributions of <bdi>${fileName}</bdi></p>
        <h1>What speaks for <bdi class="answer">${report.className}</bdi>?</h1>
      </div>
      <p class="quiet">
        The base model answers <bdi>${report.baseClassName}</bdi>; its logit of <bdi>${report.className}</bdi> is
        ${decimal(report.baseLogit)}. Shown is the evidence for the class; what is missing is filled with the image’s
        mean colour in every method.
      </p>
      ${report.refused.map(({ method, reason }) =>
        warningLine(html`<b>${METHODS[method][0]} is left out.</b> ${reason}`),
      )}
    </header>
    <main>${maps(report, pictures)} ${measures(report)} ${agreement(report)} ${words(report)}</main>
    <footer><p class="mono">${fileName} sha256 ${report.sha256}, seed ${report.seed}</p></footer>`;
  return page(`${report.className} · ${fileName} · attributions`, BASE_STYLE + ATTRIBUTION_STYLE, body);
}

function maps({ attributions }: AttributionReport, pictures: Pictures): Markup {
  return html`<section class="maps" aria-label="Maps">
    ${attributions.map(({ method, map }) => {
      const size = { widthPx: 448, heightPx: Math.round((448 * map.height) / map.width) };
      const [name, what] = METHODS[method];
      return html`<figure>
        <span class="picture"
          >${picture(pictures, EXPLAINED_IMAGE, { ...size, alt: `The image under ${name}` })}${heat(pictures, method)}</span
        >
        <figcaption><b>${name}</b> <span class="quiet">${what}</span></figcaption>
      </figure>`;
    })}
  </section>`;
}

function measures({ attributions, random }: AttributionReport): Markup {
  return html`<section>
    <h2>Does the model agree?</h2>
    <p>
      Insertion and deletion ask the base model itself: insertion high and deletion low is good, and a map must beat the
      random order. Fit is the R² of the additive model of superpixels; the gap is what the attributions miss of the
      logit’s distance to their baseline.
    </p>
    <table>
      <thead>
        <tr>
          <th scope="col">Method</th>
          <th scope="col">Insertion</th>
          <th scope="col">Deletion</th>
          <th scope="col">Fit</th>
          <th scope="col">Gap</th>
          <th scope="col">Images</th>
          <th scope="col">Seconds</th>
        </tr>
      </thead>
      <tbody>
        ${attributions.map(measureRow)}
        <tr class="quiet">
          <th scope="row">Random order</th>
          <td>${decimal(random.insertion, 3)}</td>
          <td>${decimal(random.deletion, 3)}</td>
          <td colspan="4"></td>
        </tr>
      </tbody>
    </table>
  </section>`;
}

function measureRow({ method, insertion, deletion, fit, gap, evaluationCount, seconds }: Attribution): Markup {
  return html`<tr>
    <th scope="row">${METHODS[method][0]}</th>
    <td>${decimal(insertion, 3)}</td>
    <td>${decimal(deletion, 3)}</td>
    <td>${decimal(fit, 3)}</td>
    <td>${decimal(gap, 3)}</td>
    <td>${count(evaluationCount)}</td>
    <td>${decimal(seconds, 1)}</td>
  </tr>`;
}

function agreement({ attributions, agreement: table }: AttributionReport): Markup | null {
  if (attributions.length < 2) return null;
  const names = attributions.map(({ method }) => METHODS[method][0]);
  const { chance } = table;
  return html`<section>
    <h2>Do the methods agree?</h2>
    <p>
      Above: rank correlation (chance ${decimal(chance.rankCorrelation, 0)}). Below it: overlap (IoU) of the strongest
      halves (chance ${decimal(chance.halfIou)}). Agreement is no proof: two methods can share one mistake.
    </p>
    <table>
      <thead>
        <tr>
          <td></td>
          ${names.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${names.map(
          (name, row) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${names.map((_, column) =>
                row === column
                  ? html`<td class="quiet">·</td>`
                  : html`<td>
                      ${decimal(table.rankCorrelation[row]![column]!)}
                      <small>${decimal(table.halfIou[row]![column]!)}</small>
                    </td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function words({ words: all }: AttributionReport): Markup | null {
  if (all.length === 0) return null;
  const rest = all.slice(SHOWN_WORDS);
  return html`<section>
    <h2>SHAP over words</h2>
    <p>
      What each word adds to the word model’s logit, compared with the mean training image. Exact: the last layer is
      linear.
    </p>
    <table class="words">
      <tbody>
        ${all.slice(0, SHOWN_WORDS).map(
          ({ wordIndex, name, contribution }) =>
            html`<tr>
              <th scope="row"><bdi>${plainWordName({ index: wordIndex, name })}</bdi></th>
              <td class="${contribution < 0 ? 'down' : 'up'}">${signed(contribution, 3)}</td>
            </tr>`,
        )}
        ${
          rest.length > 0 &&
          html`<tr class="quiet">
            <th scope="row">${rest.length} more words</th>
            <td>
              ${signed(
                rest.reduce((sum, { contribution }) => sum + contribution, 0),
                3,
              )}
            </td>
          </tr>`
        }
      </tbody>
    </table>
  </section>`;
}
