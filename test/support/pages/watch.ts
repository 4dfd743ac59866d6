/** Listens to a window for everything that must not happen: errors in the console, requests that fail. */
import type { ConsoleMessage, Page, Request, Response } from 'playwright-core';

/** What went wrong in a window so far. */
export interface Watch {
  /** Gives the problems since it was asked last, as sentences; none is good. */
  readonly take: () => readonly string[];
}

/** The event stream ends, and a picture that is not wanted any more is dropped, when a page goes away. */
const LEFT_BEHIND = 'net::ERR_ABORTED';

/** Begins to listen; before the first `goto`. */
export function watchPage(page: Page): Watch {
  let problems: string[] = [];
  page.on('console', (message: ConsoleMessage) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error: Error) => problems.push(`uncaught: ${error.message}`));
  page.on('requestfailed', (request: Request) => {
    const reason = request.failure()?.errorText ?? 'no reason';
    if (reason !== LEFT_BEHIND) problems.push(`${request.method()} ${request.url()}: ${reason}`);
  });
  page.on('response', (response: Response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  return {
    take: () => {
      const taken = problems;
      problems = [];
      return taken;
    },
  };
}
