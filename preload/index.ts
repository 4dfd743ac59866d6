/** The bridge: exposes one frozen object to the sandboxed page. The procedures join it with the first page. */
import { contextBridge } from 'electron';

contextBridge.exposeInMainWorld('vislex', Object.freeze({ carrier: 'electron' }));
