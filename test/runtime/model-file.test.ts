/** Model files on disk: external data is embedded, and nothing outside of the model's folder is read. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeModel } from '../../main/engine/onnx/decode.ts';
import { encodeModel } from '../../main/engine/onnx/encode.ts';
import {
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
} from '../../main/engine/onnx/proto/onnx_pb.js';
import { readModelFile } from '../../main/engine/runtime/model-file.ts';
import { createRunner } from '../../main/engine/runtime/session.ts';
import { expectAllclose } from '../support/allclose.ts';
import { noise, smallGraph, TRUNK } from '../support/onnx-graphs.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'model-file-'));
  mkdirSync(join(folder, 'model'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const WEIGHTS = noise([4, 3, 3, 3], 2, 0.3);
const STORED = new Uint8Array(WEIGHTS.data.buffer);

/** The small trunk with its first weights at `location`. */
function writeModel(location: string): string {
  const model = fromBinary(ModelProtoSchema, encodeModel(smallGraph(TRUNK)));
  const weights = model.graph!.initializer.find((item) => item.name === 'w1')!;
  weights.rawData = new Uint8Array();
  weights.dataLocation = TensorProto_DataLocation.EXTERNAL;
  weights.externalData = [
    create(StringStringEntryProtoSchema, { key: 'location', value: location }),
    create(StringStringEntryProtoSchema, { key: 'length', value: String(STORED.length) }),
  ];
  const path = join(folder, 'model', 'm.onnx');
  writeFileSync(path, toBinary(ModelProtoSchema, model));
  return path;
}

const ALLOWED = { allowExternalData: true };

describe('external data', () => {
  it('is embedded, so that the model runs from memory, and is listed with its hash', async () => {
    const path = writeModel('parts/w.bin');
    mkdirSync(join(folder, 'model', 'parts'));
    writeFileSync(join(folder, 'model', 'parts', 'w.bin'), STORED);
    const { bytes, parts } = readModelFile(path, ALLOWED);
    expect(parts.map((part) => part.name)).toEqual(['m.onnx', 'parts/w.bin']);
    expect(parts[1]!.sha256).toBe(createHash('sha256').update(STORED).digest('hex'));
    expect(decodeModel(bytes).graph.initializers.get('w1')!.data).toEqual(WEIGHTS.data);
    const runner = createRunner({ provider: 'cpu', threads: 1 });
    const [found, wanted] = await Promise.all(
      [bytes, encodeModel(smallGraph(TRUNK))].map(async (model) => {
        const session = await runner.openModel(model);
        const result = await session.run({ x: noise([2, 3, 8, 8]) });
        await session.dispose();
        return result['map']!;
      }),
    );
    expectAllclose(found!, wanted!);
  });

  it('is read after consent only', () => {
    const path = writeModel('w.bin');
    expect(() => readModelFile(path)).toThrow(expect.objectContaining({ code: 'external-data' }));
  });

  const outside = (): string => {
    const path = join(folder, 'secret.bin');
    writeFileSync(path, STORED);
    return path;
  };
  const cases: readonly (readonly [string, string, (inside: string) => void, RegExp])[] = [
    ['a missing file', 'w.bin', () => undefined, /"w.bin" is missing/],
    ['a path upwards', '../secret.bin', outside, /outside/],
    ['a path upwards with backslashes', '..\\secret.bin', outside, /outside/],
    ['an absolute path', '/etc/hostname', () => undefined, /outside/],
    ['a drive letter', 'C:/w.bin', () => undefined, /outside/],
    [
      'a symbolic link outwards',
      'w.bin',
      (inside) => {
        symlinkSync(outside(), inside);
      },
      /link to a place outside/,
    ],
    [
      'a hard link',
      'w.bin',
      (inside) => {
        linkSync(outside(), inside);
      },
      /several hard links/,
    ],
    [
      'a folder',
      'w.bin',
      (inside) => {
        mkdirSync(inside);
      },
      /it is a folder/,
    ],
    [
      'a named pipe',
      'w.bin',
      (inside) => {
        execFileSync('mkfifo', [inside]);
      },
      /not a regular file/,
    ],
    [
      'a short file',
      'w.bin',
      (inside) => {
        writeFileSync(inside, STORED.subarray(4));
      },
      /too short: 432 bytes/,
    ],
  ];
  it.each(cases)('refuses %s', (_name, location, prepare, message) => {
    const path = writeModel(location);
    prepare(join(folder, 'model', 'w.bin'));
    expect(() => readModelFile(path, ALLOWED)).toThrow(
      expect.objectContaining({ code: 'external-data', message: expect.stringMatching(message) }),
    );
  });
});

it('a model file that is missing is named with the reason', () => {
  expect(() => readModelFile(join(folder, 'none.onnx'))).toThrow(
    expect.objectContaining({ code: 'model-unreadable', message: expect.stringMatching(/none\.onnx.*ENOENT/) }),
  );
});
