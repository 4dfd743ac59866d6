/** What every command shares: its options, its way to the services, its result in two forms. */
import type { Command } from 'commander';
import type { Log } from '../platform/log.ts';
import type { Application, Hooks, Services } from '../services/index.ts';
import type { Output } from './output.ts';
import { showProgress } from './progress.ts';

/** The world as the command line sees it. */
export interface CommandWorld {
  readonly output: Output;
  readonly appVersion: string;
  /** Absolute folder from which relative paths count. */
  readonly folder: string;
  /** Aborts when the user wants to stop. */
  readonly signal: AbortSignal;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Called once, when a command that was understood begins: help and usage errors load nothing heavy. */
  readonly openServices: (options: { readonly isVerbose: boolean }) => Promise<Services>;
  /** The same for what a browser is served; whoever called it disposes of the application. */
  readonly openApplication: (options: { readonly isVerbose: boolean }) => Promise<Served>;
}

/** What `serve` hands to the server. */
export interface Served {
  readonly application: Application;
  readonly log: Log;
  /** Name for the journal. */
  readonly actor: string;
  /** Folder of the built pages. */
  readonly pagesFolder: string;
}

/** Options every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** What a command has done. */
export interface Outcome {
  /** The value for programs. */
  readonly json: unknown;
  /** The text for people; made only when it is shown. */
  readonly text: () => string;
  /** False when the command ran but its answer is "no" (verify): exit code 1. Default true. */
  readonly isOk?: boolean;
}

/** Registers one command. */
export type AddCommand = (program: Command, session: CommandSession) => void;

/** Runs commands against the services and shows their outcome. */
export class CommandSession {
  readonly world: CommandWorld;
  /** Whether the last command's answer was "yes". */
  isOk = true;

  constructor(world: CommandWorld) {
    this.world = world;
  }

  /** Adds the options all commands share. */
  addCommonOptions(command: Command): Command {
    return command
      .option('--json', 'write the result to stdout as JSON, and errors to stderr as JSON')
      .option('--quiet', 'show no progress')
      .option('--verbose', 'show details of errors and diagnostic lines');
  }

  /** Runs the work of a command and shows what came of it. */
  async run(options: CommonOptions, work: (services: Services, hooks: Hooks) => Promise<Outcome>): Promise<void> {
    const { output, signal, now, openServices } = this.world;
    const services = await openServices({ isVerbose: options.verbose === true });
    const hooks: Hooks = options.quiet ? { signal } : { signal, onProgress: showProgress(output, now) };
    const { json, text, isOk = true } = await work(services, hooks);
    this.isOk = isOk;
    if (options.json) output.json(json);
    else output.print(text());
  }
}

/** The entries of an object that have a value: an option that was not given must not reach the services as undefined. */
export function given<Fields extends Record<string, unknown>>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]?: Exclude<Fields[Key], undefined>;
  };
}
