/** Whether the Node that runs the program can load its native parts. */

/** better-sqlite3 is built against this version of Node-API; an older Node crashes on it instead of complaining. */
const NODE_API_MINIMUM = 10;

/** Why this Node is not good enough, as a sentence for the user; undefined when it is. */
export function nodeProblem(versions: NodeJS.ProcessVersions): string | undefined {
  if (Number(versions['napi'] ?? 0) >= NODE_API_MINIMUM) return undefined;
  return (
    `Vislex needs Node 24 (at least 22.14), this is ${versions.node}. ` +
    'Start it as "npm run -s vislex -- ..." in the checkout, which uses the Node that "npm ci" installed.'
  );
}
