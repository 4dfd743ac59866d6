/** Runs graphs in a child process, for providers that need their own environment or may abort the process. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Graph } from '../../main/engine/onnx/graph.ts';
import type { TensorMap } from '../../main/engine/runner.ts';
import type { RunnerOptions } from '../../main/engine/runtime/session.ts';

/** One graph to run once. */
export interface GraphRequest {
  readonly graph: Graph;
  readonly feeds: TensorMap;
  readonly options: RunnerOptions;
}

/** Its outputs, or the failure in words. */
export type GraphReply = { readonly outputs: TensorMap } | { readonly error: string };

const CHILD = fileURLToPath(new URL('graph-process-child.ts', import.meta.url));

/**
 * Runs the requests in order. When the process dies in one of them, that one gets the death as its error and a new
 * process takes the rest.
 * @param env variables added to this process's own
 */
export async function runInChild(
  requests: readonly GraphRequest[],
  env: Readonly<Record<string, string>> = {},
): Promise<GraphReply[]> {
  const replies: GraphReply[] = [];
  while (replies.length < requests.length) {
    const rest = requests.slice(replies.length);
    const before = replies.length;
    const death = await oneChild(rest, env, (reply) => replies.push(reply));
    if (replies.length < requests.length) replies.push({ error: death });
    if (replies.length === before) throw new Error(`the child process does nothing: ${death}`);
  }
  return replies;
}

/** Resolves with how the process ended. */
function oneChild(
  requests: readonly GraphRequest[],
  env: Readonly<Record<string, string>>,
  receive: (reply: GraphReply) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = fork(CHILD, {
      serialization: 'advanced',
      silent: true,
      env: { ...process.env, ...env },
      execArgv: [],
    });
    let log = '';
    child.stderr?.on('data', (text: Buffer) => (log += text.toString()));
    child.on('message', (reply) => receive(reply as GraphReply));
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(`process ended with ${signal ?? code}: ${log.slice(-500)}`));
    child.send(requests);
  });
}
