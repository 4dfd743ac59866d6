/** Entry of the child process of graph-process.ts: runs the graphs it is sent, one reply each, then ends. */
import { createRunner } from '../../main/engine/runtime/session.ts';
import type { GraphReply, GraphRequest } from './graph-process.ts';

async function answer({ graph, feeds, options }: GraphRequest): Promise<GraphReply> {
  try {
    const session = await createRunner(options).open(graph);
    const outputs = await session.run(feeds);
    await session.dispose();
    return { outputs };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

process.on('message', (requests) => {
  void (async () => {
    for (const request of requests as readonly GraphRequest[]) {
      const reply = await answer(request);
      await new Promise((resolve) => process.send!(reply, resolve));
    }
    process.disconnect();
  })();
});
