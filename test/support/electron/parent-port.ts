/** Loaded first in a utility process of the stand-in: gives it Electron's `process.parentPort` instead of node's channel. */
import { EventEmitter } from 'node:events';
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.send !== undefined) {
  const send = process.send.bind(process);
  const port = Object.assign(new EventEmitter(), { postMessage: (message: unknown) => void send(message as object) });
  process.on('message', (data) => port.emit('message', { data, ports: [] }));
  // Chromium ends its utility processes when the browser process is gone.
  process.on('disconnect', () => process.exit());
  Object.defineProperties(process, { parentPort: { value: port }, send: { value: undefined } });
}
