/** Styles all pages share: tokens, type, pictures, numbers; light, dark and paper. */

/** CSS. Colours, sizes and spaces are chosen here and nowhere else in the reports. */
export const BASE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fafaf8; --card: #fff; --ink: #1d2026; --quiet: #5a616e; --line: #dfe0e4; --faint: #eeeef0;
  --accent: #4b49c8; --up: #0a6ba8; --down: #b34a00; --warn: #7a4a00; --warn-paper: #fdf3df;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181c; --card: #1c1f24; --ink: #e9eaee; --quiet: #a2a8b4; --line: #32363e; --faint: #262a31;
    --accent: #a3a1ff; --up: #5cb3e6; --down: #f0945a; --warn: #f2c877; --warn-paper: #332a18;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 450 15px/1.45 Inter, "Inter Variable", system-ui, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
h1, h2, h3, p, figure, ol, ul, dl, dd { margin: 0; padding: 0; }
ol, ul { list-style: none; }
h1 { font-size: 24px; line-height: 1.25; font-weight: 600; letter-spacing: -0.01em; }
h2 { font-size: 18px; line-height: 1.3; font-weight: 600; letter-spacing: -0.005em; }
h3 { font-size: 12px; line-height: 1.45; font-weight: 600; color: var(--quiet); }
b { font-weight: 600; }
a { color: inherit; text-decoration: none; }
a:hover { text-decoration: underline; text-decoration-color: var(--line); text-underline-offset: 3px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
.quiet, .interval { color: var(--quiet); font-weight: 450; }
.interval { font-size: 0.867em; white-space: nowrap; }
.none { color: var(--quiet); font-style: italic; }
.overline { font-size: 12px; font-weight: 600; color: var(--quiet); }
.mono { font: 12px/1.45 ui-monospace, "SFMono-Regular", "DejaVu Sans Mono", monospace; }
.skip { position: absolute; left: -10000px; }
.skip:focus { left: 16px; top: 8px; background: var(--card); padding: 4px 12px; z-index: 2; }
.seen-not { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
main, header, footer { max-width: 1800px; margin-inline: auto; padding-inline: clamp(16px, 2.5vw, 40px); }
.facts { display: flex; flex-wrap: wrap; gap: 8px 32px; }
.facts dt { font-size: 12px; color: var(--quiet); }
.facts dd { font-size: 13px; }
.warning {
  display: grid; grid-template-columns: 18px 1fr; gap: 12px; padding: 12px 16px; border-radius: 10px;
  background: var(--warn-paper); color: var(--warn); border: 1px solid color-mix(in srgb, var(--warn) 35%, transparent);
}
.warning svg { margin-top: 2px; }
.picture { position: relative; display: block; overflow: hidden; border-radius: 6px; background: var(--faint); }
.picture > img, .picture > svg { display: block; width: 100%; height: 100%; }
.picture > .heat, .picture > .frame { position: absolute; inset: 0; width: 100%; height: 100%; }
.picture::after { content: ""; position: absolute; inset: 0; border-radius: inherit; border: 1px solid rgb(128 128 128 / 0.22); pointer-events: none; }
.gone { color: var(--quiet); }
svg text { font-family: inherit; fill: currentColor; }
.up { color: var(--up); } .down { color: var(--down); }
@media print {
  :root {
    color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --quiet: #444; --line: #bbb; --faint: #eee;
    --up: #0a6ba8; --down: #b34a00; --warn: #000; --warn-paper: #fff; --accent: #000;
  }
  @page { size: A4; margin: 14mm 12mm; }
  body { font-size: 11px; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  main, header, footer { max-width: none; padding-inline: 0; }
  .on-screen, .skip { display: none !important; }
}
`;
