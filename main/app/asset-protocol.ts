/** The window's own scheme: registers it, and hands its requests to what answers them. */
import { protocol } from 'electron';
import { SCHEME } from './addresses.ts';
import { createBundleAnswer } from './bundle-answer.ts';
import type { BundleSources } from './bundle-answer.ts';

/** Makes the scheme standard and secure; must run before Electron is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Answers the window's requests from now on. */
export function serveBundle(sources: BundleSources): void {
  protocol.handle(SCHEME, createBundleAnswer(sources));
}
