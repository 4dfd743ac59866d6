/** Classes for people. */
import type { ModelRecord } from '../store/index.ts';

/** A class for people: its label, or its number. */
export function nameOf({ classLabels }: Pick<ModelRecord, 'classLabels'>, classIndex: number): string {
  return classLabels[classIndex] ?? `class ${classIndex}`;
}
