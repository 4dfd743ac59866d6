/** Styles of the explanation page. */

/** CSS, after the base style. */
export const EXPLANATION_STYLE = `
body { padding-block: 32px; }
main, header, footer { max-width: 1120px; }
header { display: grid; gap: 16px; margin-bottom: 32px; }
header p { max-width: 78ch; }
.answer { color: var(--accent); }
main { display: grid; gap: 40px; }
.maps { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 16px; }
.maps figcaption { margin-top: 8px; font-size: 13px; }
.maps figcaption b { display: block; }
.maps .picture { border-radius: 10px; }
.answers { display: grid; grid-template-columns: 1fr 1fr; gap: 16px 48px; }
section > h2 { margin-bottom: 4px; }
section > h2 + p { color: var(--quiet); font-size: 13px; margin-bottom: 12px; max-width: 78ch; }
.classes li { display: grid; grid-template-columns: minmax(0, 1fr) 140px 60px; gap: 12px; align-items: center; font-size: 13px; line-height: 26px; border-top: 1px solid var(--line); }
.classes li:first-child { border-top: 0; }
.classes .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.classes li.explained .name { font-weight: 600; }
.classes .value { text-align: end; }
.classes svg { color: var(--accent); display: block; width: 100%; }
.waterfall li { display: grid; grid-template-columns: 48px 48px minmax(0, 1fr) minmax(0, 2.4fr); gap: 0 12px; align-items: center; min-height: 56px; break-inside: avoid; }
.waterfall li.word { border-top: 1px solid var(--faint); }
.waterfall li:not(.word) { min-height: 40px; }
.waterfall li:not(.word) .name { grid-column: 1 / 4; }
.waterfall li.logit { border-top: 1px solid var(--line); font-weight: 600; }
.waterfall .picture { width: 48px; height: 48px; }
.waterfall .picture > img { object-fit: cover; }
.waterfall .name { min-width: 0; font-size: 13px; line-height: 1.35; }
.waterfall .name > bdi { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; text-align: left; }
.waterfall .name small { display: block; font-size: 12px; color: var(--quiet); font-weight: 450; }
.step { display: block; width: 100%; align-self: stretch; }
.step text { font-size: 12.5px; fill: var(--ink); }
.step.neutral { color: var(--quiet); } .step.total { color: var(--accent); }
footer > :first-child { border-top: 1px solid var(--line); padding-top: 16px; }
footer { margin-top: 40px; font-size: 12px; color: var(--quiet); display: grid; gap: 4px; }
@media (max-width: 720px) {
  .answers { grid-template-columns: minmax(0, 1fr); }
  .maps { gap: 8px; }
  .maps .picture { border-radius: 6px; }
  .waterfall li { grid-template-columns: 48px 48px minmax(0, 1fr); padding-block: 8px; }
  .waterfall .step { grid-column: 1 / 4; }
}
@media print { body { padding: 0; } main { gap: 20px; } }
`;
