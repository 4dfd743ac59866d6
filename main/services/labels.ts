/** Class names: reads the label file and matches folder names with it. */
import { existsSync, readFileSync } from 'node:fs';
import { EngineError } from '../engine/errors.ts';
import { fileError } from '../platform/files.ts';

/** The label file that belongs to a model by its name, if it is there. */
export function labelsBeside(modelPath: string): string | undefined {
  const beside = modelPath.replace(/\.onnx$/i, '.labels.txt');
  return existsSync(beside) ? beside : undefined;
}

/**
 * Reads class names, one a line, in the order of the model's output.
 * @param given the user's file; default `<model>.labels.txt`; without either, "class 0", "class 1", ...
 * @throws EngineError 'labels-mismatch' when the number of lines differs from the classes; FileError when unreadable
 */
export function readLabels(given: string | undefined, modelPath: string, classCount: number): string[] {
  const path = given ?? labelsBeside(modelPath);
  if (path === undefined) return Array.from({ length: classCount }, (_, index) => `class ${index}`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw fileError(error, path);
  }
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  while (lines.length > 0 && lines.at(-1)!.trim() === '') lines.pop();
  const labels = lines.map((line) => line.trim());
  const blank = labels.indexOf('');
  if (labels.length !== classCount) {
    throw new EngineError(
      'labels-mismatch',
      `${JSON.stringify(path)} holds ${labels.length} class names, the model has ${classCount} classes. Give one name a line, in the order of the model's output.`,
      { file: path, expected: String(classCount), found: String(labels.length) },
    );
  }
  if (blank >= 0) {
    throw new EngineError(
      'labels-mismatch',
      `Line ${blank + 1} of ${JSON.stringify(path)} is empty. Give every class a name.`,
      {
        file: path,
      },
    );
  }
  return labels;
}

/**
 * Finds the class a folder stands for: its whole name, or one of the synonyms a label lists with commas; case,
 * underscores and hyphens do not matter.
 */
export function labelMatcher(labels: readonly string[]): (folder: string) => number | null {
  const indices = new Map<string, number>();
  labels.forEach((label, index) => {
    for (const name of label.split(',')) {
      const key = plain(name);
      if (key !== '' && !indices.has(key)) indices.set(key, index);
    }
  });
  // A whole label wins over another label's synonym.
  labels.forEach((label, index) => indices.set(plain(label), index));
  return (folder) => indices.get(plain(folder)) ?? null;
}

function plain(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ')
    .trim();
}
