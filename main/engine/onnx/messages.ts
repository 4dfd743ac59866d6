/** Pieces of error messages shared by the readers. */
import type { Node } from './graph.ts';
import { QUOTED_LENGTH } from './limits.ts';

/** A name in quotes, shortened, control characters made visible: it may come from a hostile file. */
export function quote(name: string): string {
  const short = name.length > QUOTED_LENGTH ? `${name.slice(0, QUOTED_LENGTH)}…` : name;
  return JSON.stringify(short);
}

/** How a node is called in messages. */
export function describeNode(node: Node): string {
  return `node ${quote(node.name)} (${node.domain === '' ? '' : `${node.domain}.`}${node.op})`;
}
