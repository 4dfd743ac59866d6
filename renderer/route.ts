/** Addresses of places in the application: hash text to route and back. Pure. */

/** Pages of an open project, in the order of the tabs. */
export const PROJECT_PAGES = ['images', 'learn', 'words', 'explain'] as const;
export type ProjectPage = (typeof PROJECT_PAGES)[number];

/** Query of an address; one value per name. */
export type RouteQuery = Readonly<Record<string, string>>;

/** Where the person is. */
export type Route = { readonly query: RouteQuery } & (
  | { readonly name: 'projects' }
  | { readonly name: 'new' }
  | { readonly name: 'help'; readonly slug: string | null }
  | { readonly name: 'project'; readonly path: string; readonly page: ProjectPage; readonly id: string | null }
  | { readonly name: 'unknown'; readonly text: string }
);

/** Reads an address such as '#/project/%2Fdata%2Fbirds.vislex/words/12?sort=name'; '' is the list of projects. */
export function parseRoute(hash: string): Route {
  const text = hash.replace(/^#?\/?/, '');
  const [pathText = '', queryText = ''] = splitOnce(text, '?');
  const query = Object.fromEntries(new URLSearchParams(queryText));
  const parts = pathText
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
  if (parts.includes(null)) return { name: 'unknown', text, query };
  const [first, second, third, fourth, ...rest] = parts as string[];
  if (rest.length === 0) {
    if (first === undefined || (first === 'projects' && second === undefined)) return { name: 'projects', query };
    if (first === 'new' && second === undefined) return { name: 'new', query };
    if (first === 'help' && third === undefined) return { name: 'help', slug: second ?? null, query };
    if (first === 'project' && second !== undefined) {
      const page = PROJECT_PAGES.find((known) => known === (third ?? 'words'));
      if (page) return { name: 'project', path: second, page, id: fourth ?? null, query };
    }
  }
  return { name: 'unknown', text, query };
}

/** Address of a page of a project. */
export function projectRoute(
  path: string,
  page: ProjectPage,
  id: string | null = null,
  query: RouteQuery = {},
): string {
  const address = `#/project/${encodeURIComponent(path)}/${page}${id === null ? '' : `/${encodeURIComponent(id)}`}`;
  return withQuery(address, query);
}

/** Address of a chapter of the guide; null: its beginning. A heading's anchor goes into the query. */
export function helpRoute(slug: string | null, anchor: string | null = null): string {
  const address = slug === null ? '#/help' : `#/help/${encodeURIComponent(slug)}`;
  return withQuery(address, anchor === null ? {} : { at: anchor });
}

/** The address of a route: the inverse of parseRoute. */
export function formatRoute(route: Route): string {
  switch (route.name) {
    case 'projects':
      return withQuery('#/projects', route.query);
    case 'new':
      return withQuery('#/new', route.query);
    case 'help':
      return withQuery(helpRoute(route.slug), route.query);
    case 'project':
      return projectRoute(route.path, route.page, route.id, route.query);
    case 'unknown':
      return `#/${route.text}`;
  }
}

/** The query with some values changed; null or '' takes a name away. */
export function changeQuery(query: RouteQuery, changes: Readonly<Record<string, string | null>>): RouteQuery {
  const entries = Object.entries({ ...query, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== null && entry[1] !== '',
  );
  return Object.fromEntries(entries);
}

function withQuery(address: string, query: RouteQuery): string {
  const text = new URLSearchParams(query).toString();
  return text === '' ? address : `${address}?${text}`;
}

function splitOnce(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + mark.length)];
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    // Not something we ever wrote: the address as a whole is unknown.
    return null;
  }
}
