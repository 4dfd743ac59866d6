/** The frame of every page: no script, no foreign content, its own strict policy, styles named by their hash. */
import { createHash } from 'node:crypto';
import { html, Markup } from './html.ts';

/**
 * A whole HTML document.
 * @param title plain text
 * @param style CSS that is part of the program, never of the data
 */
export function page(title: string, style: string, body: Markup): string {
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; img-src 'self' data:; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  // The hash is of every character between the tags.
  const styleElement = new Markup(`<style>${style}</style>`);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        ${styleElement}
      </head>
      <body>
        ${body}
      </body>
    </html> `.text;
}
