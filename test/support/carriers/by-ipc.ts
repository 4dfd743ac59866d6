/**
 * Hands over Electron's IPC: the page's carrier, the main process's carrier, and between them a line that copies every
 * message as Electron does. What a stand-in cannot show: Electron's own channel between processes.
 */
import type { Bridge, Reply } from '../../../preload/contract/index.ts';
import { RENDERER_URL } from '../../../main/app/addresses.ts';
import { carryOverIpc } from '../../../main/app/ipc.ts';
import { silentLog } from '../../../main/platform/log.ts';
import { connectElectron } from '../../../renderer/transport/electron.ts';
import { openTinyApplication, TESTER } from '../tiny-application.ts';
import { handsByCall } from './by-call.ts';
import type { OpenHands } from './carrier.ts';
import type { Line } from './line.ts';

/** Hands over a line; `electron` must be mocked with it. */
export function byIpc(line: Line): OpenHands {
  return (world, path) => {
    const { application } = openTinyApplication(world);
    const page = { isDestroyed: () => false, send: () => undefined };
    const event = { sender: page, senderFrame: { url: RENDERER_URL, parent: null } };
    const hangUp = carryOverIpc({
      application,
      caller: TESTER,
      pages: () => [page] as unknown as ReturnType<Parameters<typeof carryOverIpc>[0]['pages']>,
      log: silentLog,
    });
    const bridge: Bridge = {
      carrier: 'electron',
      call: (name, input) => line.invoke('vislex:call', event, name, input) as Promise<Reply>,
      subscribe: () => () => undefined,
      pathOf: () => '',
    };
    return handsByCall(connectElectron(bridge), path, async () => {
      hangUp();
      await application.dispose();
    });
  };
}
