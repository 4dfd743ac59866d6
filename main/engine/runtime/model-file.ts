/** Reads a model file and its external data from disk, vetted: nothing outside the model's own folder is opened. */
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import { EngineError } from '../errors.ts';
import { embedExternalData, listExternalData } from '../onnx/external-data.ts';
import type { ReadExternal } from '../onnx/external-data.ts';
import { MODEL_SIZE_BYTES } from '../onnx/limits.ts';

/** A file that belongs to a model. */
export interface ModelPart {
  /** Name relative to the model's folder, '/' between folders. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Hex SHA-256 of the whole file. */
  readonly sha256: string;
}

/** A model ready to decode and to run from memory. */
export interface ModelFile {
  /** The model with its external data embedded; the file's own bytes when it has none. */
  readonly bytes: Uint8Array;
  /** The model file first, then its external data files in order of first use. */
  readonly parts: readonly ModelPart[];
}

/** How to read. */
export interface ModelFileOptions {
  /** The user's consent to read the files the model names beside it. Default false: such a model is refused. */
  readonly allowExternalData?: boolean;
}

/**
 * Reads a model file.
 *
 * External data files must be relative, without "..", really inside the model's folder once links are followed,
 * regular, and of one hard link (CVE-2022-25882, CVE-2024-27318, CVE-2026-27489, CVE-2026-34446). They are embedded, so
 * that no one opens them a second time: onnxruntime gets bytes only.
 * @throws EngineError 'model-unreadable' when the file cannot be opened or is no ONNX model, 'model-too-large',
 *   'external-data' when a file it names is missing, too short, or not allowed
 */
export function readModelFile(path: string, options: ModelFileOptions = {}): ModelFile {
  const own = readWhole(path, (reason) => {
    throw new EngineError(
      'model-unreadable',
      `The model "${path}" cannot be opened: ${reason}. Check the path and the permissions.`,
      { file: path },
    );
  });
  const parts = [partOf(basename(path), own)];
  const references = listExternalData(own);
  const [first] = references;
  if (!first) return { bytes: own, parts };
  if (options.allowExternalData !== true) {
    throw new EngineError(
      'external-data',
      `The model "${path}" keeps weights in other files ("${first.location}"). Allow external data to read them from the model's folder.`,
      { file: path, tensor: first.tensor },
    );
  }
  const folder = realpathSync(dirname(path));
  const files = new Map<string, Uint8Array>();
  const readExternal: ReadExternal = (location, offset, length) => {
    let file = files.get(location);
    if (!file) {
      file = readPart(folder, location);
      files.set(location, file);
      parts.push(partOf(location, file));
    }
    const end = length === undefined ? file.length : offset + length;
    if (offset > file.length || end > file.length) {
      throw refusal(
        location,
        `is too short: ${end} bytes are needed, it has ${file.length}. Copy it again from where the model came`,
      );
    }
    return file.subarray(offset, end);
  };
  return { bytes: embedExternalData(own, readExternal), parts };
}

/** An external data file, after every check. */
function readPart(folder: string, location: string): Uint8Array {
  const steps = location.split(/[\\/]/);
  if (isAbsolute(location) || /^[a-z]:/i.test(location) || location.includes('\0') || steps.includes('..')) {
    throw refusal(location, 'is outside of the model’s folder. A model may only name files beside it');
  }
  const path = join(folder, ...steps);
  let real: string;
  try {
    real = realpathSync(path);
  } catch (error) {
    throw refusal(location, `is missing (${reasonOf(error)}). Put it beside the model file`);
  }
  if (!real.startsWith(folder.endsWith(sep) ? folder : folder + sep)) {
    throw refusal(location, 'is a link to a place outside of the model’s folder. Replace it by the file itself');
  }
  const fail = (reason: string): never => {
    throw refusal(location, `cannot be read: ${reason}`);
  };
  return readWhole(real, fail, { isForeign: true });
}

/**
 * Reads a regular file through one descriptor, so that what was checked is what is read.
 * @param isForeign the model named the file, not the user: no link may lead to it
 */
function readWhole(path: string, fail: (reason: string) => never, { isForeign = false } = {}): Uint8Array {
  let descriptor: number;
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
    const noLink = isForeign ? (constants.O_NOFOLLOW ?? 0) : 0;
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | noLink);
  } catch (error) {
    return fail(reasonOf(error));
  }
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) return fail(status.isDirectory() ? 'it is a folder' : 'it is not a regular file');
    if (isForeign && status.nlink > 1) {
      return fail('it has several hard links, so that it may be a file from elsewhere; replace it by a copy');
    }
    if (status.size > MODEL_SIZE_BYTES) {
      throw new EngineError('model-too-large', `"${path}" is larger than 2 GiB, the limit of the ONNX file format.`, {
        file: path,
      });
    }
    const bytes = new Uint8Array(status.size);
    let length = 0;
    while (length < bytes.length) {
      const count = readSync(descriptor, bytes, length, bytes.length - length, length);
      if (count === 0) return fail('it became shorter while it was read');
      length += count;
    }
    return bytes;
  } catch (error) {
    if (error instanceof EngineError) throw error;
    return fail(reasonOf(error));
  } finally {
    closeSync(descriptor);
  }
}

function partOf(name: string, bytes: Uint8Array): ModelPart {
  return { name, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function refusal(location: string, what: string): EngineError {
  return new EngineError('external-data', `The external data file "${location}" ${what}.`, { file: location });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
