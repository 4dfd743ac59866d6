/** A line nobody should miss: sign, words, colour. */
import { html } from './html.ts';
import type { Markup } from './html.ts';

/** The line. */
export function warningLine(text: Markup): Markup {
  return html`<p class="warning" role="note">
    <svg viewBox="0 0 18 18" width="18" height="18" aria-hidden="true">
      <path d="M9 2L16.5 15.5h-15z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" />
      <path d="M9 7v4.2M9 12.9v.6" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" />
    </svg>
    <span>${text}</span>
  </p>`;
}
