/** Puts the application together: services, handlers, jobs and events behind one door. */
import type { Application, Host } from './application.ts';
import { createContext, disposeContext } from './context.ts';
import type { Surroundings } from './context.ts';
import { createDispatcher } from './dispatch.ts';
import { toWireError } from './failures.ts';
import { createJobBoard } from './job-board.ts';
import { createHandlers } from './procedures/index.ts';
import { createSettings } from './settings.ts';

/** Builds the application; nothing is opened or started before it is asked for. */
export function createApplication(surroundings: Surroundings, host: Host = {}): Application {
  const context = createContext(surroundings);
  const { clock, events, log } = context;
  const settings = createSettings(context);
  const board = createJobBoard({ clock, events, toError: (error, name) => toWireError(error, name, log) });
  const { handlers, asset, dispose } = createHandlers({ context, host, board, settings });
  const dispatcher = createDispatcher({ handlers, board, log });
  return {
    call: (name, input, caller) =>
      dispatcher.call(name, input, { ...caller, actor: settings.read().actorName ?? caller.actor }),
    subscribe: events.subscribe,
    asset: async (address) => {
      try {
        return await asset(address);
      } catch (error) {
        toWireError(error, `picture ${address.slice(0, 100)}`, log);
        return undefined;
      }
    },
    navigate: (to) => events.emit({ name: 'navigate', payload: { to } }),
    dispose: async () => {
      await board.dispose();
      dispose();
      await disposeContext(context);
    },
  };
}
