/** Which commands a typed text means, best first. Pure but for the scoring of bits-ui's Command. */
import { computeCommandScore } from 'bits-ui';

/** What is known of a command for finding it. */
export interface Findable {
  readonly title: string;
  readonly group?: string;
  readonly keywords?: readonly string[];
}

/** Commands under one heading. */
export interface FoundGroup<T> {
  readonly group: string;
  readonly members: readonly T[];
}

/**
 * Commands that fit, in groups; a group stands as high as its best member. Without a text all, in their order.
 * @param fallback heading of commands without a group
 */
export function findCommands<T extends Findable>(
  commands: readonly T[],
  text: string,
  fallback: string,
): readonly FoundGroup<T>[] {
  const wanted = text.trim();
  const scored = commands
    .map((command) => ({
      command,
      score: wanted === '' ? 1 : computeCommandScore(command.title, wanted, [...(command.keywords ?? [])]),
    }))
    .filter(({ score }) => score > 0)
    // Stable: equal ones keep their order.
    .sort((a, b) => b.score - a.score);
  const groups = Map.groupBy(scored, ({ command }) => command.group ?? fallback);
  return [...groups].map(([group, members]) => ({ group, members: members.map(({ command }) => command) }));
}
