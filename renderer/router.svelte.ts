/** The place the person is at, kept in the window's hash so that back, forward and links work. */
import { changeQuery, formatRoute, parseRoute, type Route, type RouteQuery } from './route.ts';

export { helpRoute, projectRoute, PROJECT_PAGES } from './route.ts';
export type { ProjectPage, Route, RouteQuery } from './route.ts';

/** Follows the hash; made once, found with getRouter(). */
export class Router {
  readonly #window: Window;
  #route: Route = $state.raw({ name: 'projects', query: {} });

  constructor(window: Window) {
    this.#window = window;
    this.#route = parseRoute(window.location.hash);
    window.addEventListener('hashchange', () => (this.#route = parseRoute(window.location.hash)));
  }

  /** Where the person is. */
  get route(): Route {
    return this.#route;
  }

  /** Query of the address. */
  get query(): RouteQuery {
    return this.#route.query;
  }

  /**
   * Goes to an address such as '#/new', '/new', or what projectRoute gives. `replace`: without a step for "back", for
   * places the person did not choose.
   */
  go(to: string, options: { readonly replace?: boolean } = {}): void {
    const hash = `#/${to.replace(/^#?\/?/, '')}`;
    if (options.replace) this.#window.history.replaceState(null, '', hash);
    else if (hash !== this.#window.location.hash) this.#window.history.pushState(null, '', hash);
    // pushState tells nobody.
    this.#route = parseRoute(hash);
  }

  /** Changes values of the query, null takes one away; no step for "back" unless `isStep`. */
  setQuery(changes: Readonly<Record<string, string | null>>, options: { readonly isStep?: boolean } = {}): void {
    const route = { ...this.#route, query: changeQuery(this.#route.query, changes) };
    this.go(formatRoute(route), { replace: !options.isStep });
  }

  /** Goes back as the browser's button does. */
  back(): void {
    this.#window.history.back();
  }
}
