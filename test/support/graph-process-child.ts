/** Entry of the child process of graph-process.ts: runs the graphs it is sent, one reply each, then ends. */
import type { Session } from '../../main/engine/runner.ts';
import { createRunner } from '../../main/engine/runtime/session.ts';
import type { GraphReply, GraphRequest } from './graph-process.ts';

/** @param opened receives the session: closing the last one would tear down the WebGPU device, 50 ms each time */
async function answer({ graph, feeds, options }: GraphRequest, opened: Session[]): Promise<GraphReply> {
  try {
    const session = await createRunner(options).open(graph);
    opened.push(session);
    return { outputs: await session.run(feeds) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

async function answerAll(requests: readonly GraphRequest[]): Promise<void> {
  const opened: Session[] = [];
  for (const request of requests) {
    const reply = await answer(request, opened);
    await new Promise((resolve) => process.send!(reply, resolve));
  }
  await Promise.all(opened.map((session) => session.dispose()));
  process.disconnect();
}

process.on('message', (requests) => void answerAll(requests as readonly GraphRequest[]));
