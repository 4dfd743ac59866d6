/** Reads a token's colour for what is drawn on canvas. */

/** The token as 'rgb(...)' in the theme of `host`; read again when the theme changes. */
export function readColour(host: Element, token: `--${string}`): string {
  const probe = host.ownerDocument.createElement('span');
  probe.style.color = `var(${token})`;
  host.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
