/** Styles of the contact sheet. */

/** CSS, after the base style. */
export const CONTACT_SHEET_STYLE = `
.top { display: grid; gap: 24px; padding-block: 32px 24px; }
.top .split { display: grid; grid-template-columns: minmax(300px, 0.7fr) minmax(0, 1.3fr); gap: 24px 48px; align-items: start; }
.top h1 + p { margin-top: 4px; }
.top .facts { margin-top: 16px; display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 12px 24px; }
.top .facts > :first-child { grid-column: 1 / -1; }
.fidelity > table { width: 100%; border-collapse: collapse; }
.fidelity > table :is(th, td) { text-align: start; vertical-align: middle; padding: 6px 24px 6px 0; border-top: 1px solid var(--line); font-weight: 450; }
.fidelity > table tbody tr:first-child > * { border-top: 0; }
.fidelity > table th { font-size: 13px; font-weight: 600; white-space: nowrap; width: 1%; }
.fidelity small { display: block; font-size: 12px; font-weight: 450; color: var(--quiet); }
.fidelity .value { white-space: nowrap; width: 1%; font-size: 13px; }
.fidelity .value b { font-size: 15px; }
.fidelity > table .axis { padding-right: 0; }
.fidelity .axis svg { display: block; width: 100%; max-width: 560px; }
.fidelity details { font-size: 12px; color: var(--quiet); margin-top: 8px; }
.fidelity summary { cursor: pointer; width: fit-content; }
.fidelity .scroll { overflow-x: auto; }
.controls { border-collapse: collapse; margin-top: 8px; color: var(--ink); }
.controls :is(th, td) { text-align: end; padding: 4px 0 4px 16px; vertical-align: top; white-space: nowrap; font-weight: 450; }
.controls thead th { color: var(--quiet); } .controls tbody th { text-align: start; padding-left: 0; }
.controls tbody tr > * { border-top: 1px solid var(--line); }
.controls small { font-size: 11px; }
.sign { vertical-align: -3px; }
.key { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 12px; color: var(--quiet); padding-top: 8px; border-top: 1px solid var(--line); }
.bar {
  position: sticky; top: 0; z-index: 1; background: color-mix(in srgb, var(--paper) 92%, transparent);
  backdrop-filter: blur(8px); border-block: 1px solid var(--line);
}
.bar > div { max-width: 1800px; margin-inline: auto; padding: 8px clamp(16px, 2.5vw, 40px); display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: center; font-size: 13px; }
.bar label { display: inline-flex; gap: 6px; align-items: center; cursor: pointer; }
.bar input { accent-color: var(--accent); margin: 0; }
.bar .hint { color: var(--quiet); margin-inline-start: auto; }
.bar .ramp { display: inline-flex; gap: 6px; align-items: center; color: var(--quiet); font-size: 12px; }
body:has(#heatmaps:not(:checked)) .heat, body:has(#boxes:not(:checked)) .frame { display: none; }
.words { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 520px), 1fr)); gap: 16px; padding-block: 24px 32px; }
.word {
  background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px; min-width: 0;
  display: flex; flex-direction: column; gap: 12px; content-visibility: auto; contain-intrinsic-size: auto 620px;
}
.word:target, .word:has(h2:target) { border-color: var(--accent); }
.word h2 { scroll-margin-top: 64px; min-width: 0; display: -webkit-box; -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden; }
.lead { display: grid; grid-template-columns: minmax(140px, 216px) minmax(0, 1fr); gap: 16px; }
.hero figcaption { font-size: 12px; margin-top: 4px; }
.hero .heat { transition: opacity 120ms ease-out; }
.hero:hover .heat { opacity: 0; }
.about { display: flex; flex-direction: column; gap: 12px; min-width: 0; }
.title { display: flex; gap: 12px; justify-content: space-between; align-items: baseline; }
.status { flex: none; font-size: 12px; color: var(--quiet); white-space: nowrap; }
.status svg { vertical-align: -1.5px; margin-inline-end: 2px; }
.sub { font-size: 12px; color: var(--quiet); margin-top: -10px; }
.numbers { display: flex; flex-wrap: wrap; gap: 8px 20px; }
.numbers dt { font-size: 12px; color: var(--quiet); }
.numbers dd { font-size: 13px; }
.pushes { border-top: 1px solid var(--line); padding-top: 10px; }
.pushes li { display: grid; grid-template-columns: minmax(0, 1fr) 72px 44px 36px; gap: 8px; align-items: center; font-size: 13px; line-height: 20px; }
.pushes svg { width: 100%; }
.pushes .weight, .pushes .interval { text-align: end; }
.pushes .interval { font-size: 12px; }
.class { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.rest { font-size: 12px; color: var(--quiet); }
.row { display: grid; grid-template-columns: 56px minmax(0, 1fr); gap: 8px; align-items: start; }
.row h3 { padding-top: 2px; }
.row ul { display: grid; grid-template-columns: repeat(8, minmax(0, 1fr)); gap: 6px; }
.row li { min-width: 0; font-size: 11px; line-height: 1.35; }
.row .picture { aspect-ratio: 1; border-radius: 4px; margin-bottom: 3px; }
.row .picture > img { object-fit: cover; }
.row .class { display: block; }
.row .similarity { color: var(--quiet); display: block; }
.row abbr { color: var(--down); font-weight: 600; text-decoration: none; }
.row .none { font-size: 12px; padding-top: 2px; }
.empty { text-align: center; padding: 48px 16px; color: var(--quiet); grid-column: 1 / -1; }
.empty h2 { color: var(--ink); }
footer { border-top: 1px solid var(--line); padding-block: 16px 32px; font-size: 12px; color: var(--quiet); display: grid; gap: 4px; }
footer p { max-width: 100ch; }
@media (max-width: 900px) {
  .top .split { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 620px) {
  .fidelity > table, .fidelity > table :is(tbody, tr, th, td) { display: block; width: auto; }
  .fidelity > table :is(th, td) { border-top: 0; padding: 2px 0; }
  .fidelity > table tr + tr { border-top: 1px solid var(--line); padding-top: 8px; margin-top: 8px; }
  .lead { grid-template-columns: minmax(0, 1fr); }
  .row { grid-template-columns: minmax(0, 1fr); gap: 2px; }
  .row ul { grid-template-columns: repeat(4, minmax(0, 1fr)); }
  .bar { position: static; }
}
@media (prefers-reduced-motion: reduce) { .hero .heat { transition: none; } }
@media print {
  .words { grid-template-columns: 1fr 1fr; gap: 6mm; }
  .word { break-inside: avoid; content-visibility: visible; padding: 3mm; }
  .lead { grid-template-columns: 30mm minmax(0, 1fr); }
  .word h2 { font-size: 13px; }
  h3, .sub, .status, .rest, .hero figcaption, .numbers dt, .pushes .interval { font-size: 9px; }
  .numbers dd, .pushes li, .facts dd { font-size: 10px; line-height: 1.5; }
  .pushes li { grid-template-columns: minmax(0, 1fr) 40px 34px 26px; gap: 4px; }
  .row { grid-template-columns: 13mm minmax(0, 1fr); gap: 1mm; }
  .row ul { gap: 3px; }
  .row li { font-size: 7.5px; }
  .top { padding-block: 0 12px; }
  .top .split { grid-template-columns: minmax(0, 1fr); }
  .fidelity > table th, .fidelity .value, .fidelity small, .key { font-size: 10px; }
  .fidelity .axis svg { max-width: 80mm; }
}
`;
