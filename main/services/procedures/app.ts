/** Procedures of the application itself: facts and settings. */
import type { Host } from '../application.ts';
import type { ServiceContext } from '../context.ts';
import type { Settings } from '../settings.ts';
import type { HandlersOf } from './handler.ts';

/** @param parts.homeFolder folder that the file browser opens first */
export function createAppHandlers(parts: {
  readonly context: Pick<ServiceContext, 'appVersion'>;
  readonly host: Host;
  readonly settings: Settings;
  readonly homeFolder: string;
}): HandlersOf<'app'> {
  const { context, host, settings, homeFolder } = parts;
  return {
    'app.info': (_input, { actor, role }) => ({
      version: context.appVersion,
      actor,
      role,
      platform: process.platform,
      hasNativeDialogs: host.pick !== undefined,
      homeFolder,
    }),
    'app.settings': () => settings.read(),
    'app.saveSettings': (changes) => {
      const given = Object.entries(changes).filter(([, value]) => value !== undefined);
      settings.write({ ...settings.read(), ...Object.fromEntries(given) });
      return settings.read();
    },
  };
}
