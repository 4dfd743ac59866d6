/** Where Debian keeps Chromium, and how it is started for tests. */

/** The browser's file. */
export const CHROMIUM_PATH = '/usr/bin/chromium';

/** Nothing leaves the machine, and it starts as root in a container. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;
