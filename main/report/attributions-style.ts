/** Styles of the page of attributions. */

/** CSS, after the base style. */
export const ATTRIBUTION_STYLE = `
body { padding-block: 32px; }
main, header, footer { max-width: 1120px; }
header { display: grid; gap: 16px; margin-bottom: 32px; }
header p { max-width: 78ch; }
.answer { color: var(--accent); }
main { display: grid; gap: 40px; }
.maps { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 24px 16px; }
.maps figcaption { margin-top: 8px; font-size: 13px; }
.maps figcaption b { display: block; }
.maps .picture { border-radius: 10px; }
section { min-width: 0; overflow-x: auto; }
section > h2 { margin-bottom: 4px; }
section > h2 + p { color: var(--quiet); font-size: 13px; margin-bottom: 12px; max-width: 78ch; }
table { border-collapse: collapse; font-size: 13px; width: 100%; }
table.words { max-width: 420px; }
th, td { padding: 6px 12px 6px 0; border-top: 1px solid var(--line); text-align: end; vertical-align: top; font-weight: 450; }
th[scope="row"], thead > tr > :first-child { text-align: start; }
thead :is(th, td) { color: var(--quiet); border-top: 0; font-size: 12px; }
td small { display: block; font-size: 12px; color: var(--quiet); }
footer { margin-top: 40px; font-size: 12px; color: var(--quiet); }
@media (max-width: 720px) { .maps { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 12px 8px; } }
@media print { body { padding: 0; } main { gap: 20px; } }
`;
