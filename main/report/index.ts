/** Public entry of the reports: pure producers of self-contained HTML pages. */
export { picturesOfAttributions, renderAttributions } from './attributions.ts';
export { renderContactSheet } from './contact-sheet.ts';
export { renderExplanation } from './explanation.ts';
export { EXPLAINED_IMAGE, picturesOfExplanation, picturesOfSheet } from './pictures.ts';
export type { Pictures, WantedPictures } from './pictures.ts';
