/** The modules a built script names, read from its syntax: a sentence about `require` in a guide is none. */
import { parseAst } from 'vite';

/** Stands for a name that only running the script would tell. */
export const COMPUTED = '(computed)';

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** The text of a literal or of a template without holes; undefined for anything that is computed. */
function textOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Literal' && typeof node['value'] === 'string') return node['value'];
  if (node.type !== 'TemplateLiteral') return undefined;
  const [only, more] = node['quasis'] as readonly { readonly value: { readonly cooked: string } }[];
  return more === undefined ? only!.value.cooked : undefined;
}

/** True for `createRequire(...)`, however a bundler writes the call. */
function makesRequire(node: unknown): boolean {
  if (!isNode(node) || node.type !== 'CallExpression') return false;
  const { callee } = node;
  if (!isNode(callee)) return false;
  const named = callee.type === 'SequenceExpression' ? (callee['expressions'] as readonly unknown[]).at(-1) : callee;
  if (!isNode(named)) return false;
  return (named.type === 'MemberExpression' ? (named['property'] as Node) : named)['name'] === 'createRequire';
}

/** The name that a node loads; null for a node that loads nothing. */
function loadedBy(node: Node, requires: ReadonlySet<unknown>): string | null {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      return textOf(node['source']) ?? null;
    case 'ImportExpression':
      return textOf(node['source']) ?? COMPUTED;
    case 'CallExpression': {
      const callee = node['callee'] as Node;
      if (callee.type !== 'Identifier' || !requires.has(callee['name'])) return null;
      return textOf((node['arguments'] as readonly unknown[])[0]) ?? COMPUTED;
    }
    default:
      return null;
  }
}

/**
 * Every module that a script names, in the order of the text: imports, exports from, dynamic imports, `require` and what
 * `createRequire` made.
 * @throws SyntaxError-like of the parser for text that is no script
 */
export function moduleNamesIn(text: string): string[] {
  const names: string[] = [];
  const requires = new Set<unknown>(['require']);
  const waiting: unknown[] = [parseAst(text)];
  const nodes: Node[] = [];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (Array.isArray(value)) waiting.push(...(value as unknown[]).toReversed());
    else if (isNode(value)) {
      nodes.push(value);
      if (value.type === 'VariableDeclarator' && makesRequire(value['init'])) {
        requires.add((value['id'] as Node)['name']);
      }
      waiting.push(...Object.values(value).toReversed());
    }
  }
  for (const node of nodes) {
    const name = loadedBy(node, requires);
    if (name !== null) names.push(name);
  }
  return names;
}
