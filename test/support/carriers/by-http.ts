/** Hands over HTTP: the page's own carrier against the real server; only the browser around it is Node's fetch. */
import { connectHttp } from '../../../renderer/transport/http.ts';
import { openServed } from '../served.ts';
import { handsByCall } from './by-call.ts';
import type { OpenHands } from './carrier.ts';

/** Serves the world and signs in. */
export const byHttp: OpenHands = async (world, path) => {
  const served = await openServed({ resourcesFolder: world.at('resources') });
  const cookie = await served.signIn();
  const carrier = connectHttp({
    // What a browser adds by itself: where the page is, who asks, the cookie.
    fetch: (address, { headers, ...init }) =>
      fetch(new URL(address, served.origin), {
        ...init,
        headers: { ...(headers as Record<string, string>), cookie, origin: served.origin },
      }),
    openEvents: () => {
      throw new Error('nobody listens in these tests');
    },
    page: { visibilityState: 'visible', addEventListener: () => undefined, removeEventListener: () => undefined },
    wait: () => () => undefined,
  });
  return handsByCall(carrier, path, () => served.close());
};
