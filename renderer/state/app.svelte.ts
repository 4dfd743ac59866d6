/** Facts about the application and the person's settings, the theme among them. */
import type { AppInfo, AppSettings } from '../../preload/contract/index.ts';
import type { Client } from '../transport/index.ts';

/** Facts, settings, connection; read once at the start, kept with every change. */
export class AppState {
  readonly #client: Client;
  #info: AppInfo = $state.raw()!;
  #settings: AppSettings = $state.raw()!;
  #isConnected = $state(true);

  private constructor(client: Client, info: AppInfo, settings: AppSettings) {
    this.#client = client;
    this.#info = info;
    this.#settings = settings;
    client.watchConnection((isConnected) => (this.#isConnected = isConnected));
  }

  /** Asks the application who it is and what the person chose. @throws CallError */
  static async load(client: Client): Promise<AppState> {
    const [info, settings] = await Promise.all([client.call('app.info', {}), client.call('app.settings', {})]);
    return new AppState(client, info, settings);
  }

  /** Version, role, platform. */
  get info(): AppInfo {
    return this.#info;
  }

  /** What the person chose. */
  get settings(): AppSettings {
    return this.#settings;
  }

  /** 'system' follows the machine. */
  get theme(): AppSettings['theme'] {
    return this.#settings.theme;
  }

  /** False from the first call that found nobody until the stream of events is back. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** True for roles that may change words and projects. */
  get canEdit(): boolean {
    return this.#info.role !== 'viewer';
  }

  /** Changes settings at once and keeps them; taken back when they cannot be kept. @throws CallError */
  async save(changes: Partial<AppSettings>): Promise<void> {
    const before = this.#settings;
    this.#settings = { ...before, ...changes };
    try {
      this.#settings = await this.#client.call('app.saveSettings', changes);
      // The name of the actor is part of the facts too.
      if ('actorName' in changes) this.#info = await this.#client.call('app.info', {});
    } catch (error) {
      this.#settings = before;
      throw error;
    }
  }

  /** Asks again after the connection was lost. */
  async reconnect(): Promise<void> {
    this.#info = await this.#client.call('app.info', {});
    this.#isConnected = true;
  }
}
