/** A server in a process of its own, to be killed, and calls to it. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { CallError, fromWire, toWire } from '../../preload/contract/index.ts';
import type { CallName, Input, Output, Reply } from '../../preload/contract/index.ts';
import type { TinyWorld } from '../support/tiny-project.ts';

const CHILD = new URL('serve-child.ts', import.meta.url).pathname;

/** A server under test. */
export interface ServerProcess {
  readonly process: ChildProcess;
  /** @throws CallError a refusal; TypeError when the server is gone */
  call<Name extends CallName>(name: Name, input: Input<Name>, signal?: AbortSignal): Promise<Output<Name>>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** Starts it and signs in. @param data folder of its user's data, inside the world */
export async function startServerProcess(world: TinyWorld, data: string): Promise<ServerProcess> {
  const child = spawn(process.execPath, [CHILD, world.at(data), world.at('resources')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const [first] = (await once(child.stdout, 'data')) as [Buffer];
  const address = String(first).trim();
  const { origin } = new URL(address);
  const welcome = await fetch(address, { redirect: 'manual' });
  const cookie = welcome.headers.getSetCookie()[0]!.split(';')[0]!;
  return {
    process: child,
    call: async (name, input, signal) => {
      const response = await fetch(`${origin}/call/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin, cookie },
        body: toWire(input),
        ...(signal && { signal }),
      });
      const reply = fromWire(await response.text()) as Reply;
      if (reply.ok) return reply.value as never;
      throw new CallError(reply.error);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
