/** Addresses: the page's own, and which others may leave the window. */

/** Scheme of everything that the window loads. */
export const SCHEME = 'app';

const HOST = 'bundle';

/** Address of the page. */
export const RENDERER_URL = `${SCHEME}://${HOST}/index.html`;

/** Address of a route of the page, such as 'projects' or 'project/<path>/words'. */
export function routeUrl(route: string): string {
  return `${RENDERER_URL}#/${route}`;
}

/** True for addresses under which this window serves its page and pictures. */
export function isOurs(address: string): boolean {
  if (!URL.canParse(address)) return false;
  // Node's `origin` of a scheme that it does not know is the text 'null', the same for all: compare the parts.
  const { protocol, host, username, password, port } = new URL(address);
  return protocol === `${SCHEME}:` && host === HOST && username === '' && password === '' && port === '';
}

/** Sites that the guide sends a reader to; they open in the system's browser. */
const READING: readonly string[] = ['onnx.ai', 'onnxruntime.ai'];

/** True for an address that may be handed to the system's browser. */
export function mayOpenOutside(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password, port } = new URL(address);
  return protocol === 'https:' && READING.includes(hostname) && username === '' && password === '' && port === '';
}
