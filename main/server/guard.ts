/**
 * Whether a request comes from our own page. The cookie alone does not tell: browsers send it to this host from the
 * page of any port (cookies know no ports), and a foreign name may be made to lead here (DNS rebinding).
 */

/** The parts of a request's head that tell where it comes from. */
export interface RequestHead {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** Sec-Fetch-Site, which scripts cannot forge. */
  readonly fetchSite: string | undefined;
  readonly contentType: string | undefined;
}

/** Any port: through `ssh -L 9000:127.0.0.1:8847` the browser speaks of port 9000. The name is what rebinding changes. */
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost)(:\d{1,5})?$/;

/** Why a request is refused, as its HTTP status and a sentence. */
export interface Refusal {
  readonly status: 403 | 405 | 415;
  readonly sentence: string;
}

/** @returns why this request is not taken; undefined when it is */
export function refusalOf({ method, host, origin, fetchSite, contentType }: RequestHead): Refusal | undefined {
  if (method !== 'GET' && method !== 'POST') {
    return { status: 405, sentence: `The method ${method} is not used here.` };
  }
  if (host === undefined || !LOOPBACK_HOST.test(host)) {
    return { status: 403, sentence: 'Vislex answers under 127.0.0.1 and localhost only. Open the printed address.' };
  }
  const foreign: Refusal = { status: 403, sentence: 'This request comes from a page that is not Vislex.' };
  if (origin !== undefined && origin !== `http://${host}`) return foreign;
  if (method === 'GET') return undefined;
  // A browser sends at least one of the two with every POST; what sends neither must say where it belongs.
  if (origin === undefined && fetchSite !== 'same-origin') return foreign;
  if (contentType?.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    return { status: 415, sentence: 'Calls are sent as application/json.' };
  }
  return undefined;
}

/** True unless the browser says that another page, or another port's page, asks for this. */
export function isFromOwnPage(fetchSite: string | undefined): boolean {
  return fetchSite === undefined || fetchSite === 'same-origin' || fetchSite === 'none';
}
