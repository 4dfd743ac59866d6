/** Checkpoints come back to the bit; damaged ones are refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../main/engine/errors.ts';
import { float32 } from '../../../main/engine/tensor/tensor.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../../main/engine/training/checkpoint.ts';
import type { Checkpoint } from '../../../main/engine/training/checkpoint.ts';

const EXAMPLE: Checkpoint = {
  fingerprint: 'run-1',
  data: { epoch: 3, note: 'Wörter 言葉 😀', loss: 0.1, nothing: null },
  tensors: { words: float32([1.5, -0, NaN, Infinity, 1e-42, 3], [2, 3]), empty: float32([], [0, 4]) },
};

describe('checkpoints', () => {
  it('read the same from a node Buffer, whose slice shares memory', () => {
    const checkpoint: Checkpoint = {
      fingerprint: 'run',
      data: {},
      tensors: { words: float32(Float32Array.of(1, 2), [2]) },
    };
    expect(decodeCheckpoint(Buffer.from(encodeCheckpoint(checkpoint)), 'run')).toEqual(checkpoint);
  });

  it('bring back every bit, whatever the text and wherever the bytes lie', () => {
    const bytes = encodeCheckpoint(EXAMPLE);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const found = decodeCheckpoint(shifted.subarray(3), 'run-1');
    expect(found.data).toEqual(EXAMPLE.data);
    expect(found.tensors['empty']!.shape).toEqual([0, 4]);
    const words = found.tensors['words']!;
    expect(new Uint8Array(words.data.buffer)).toEqual(new Uint8Array(EXAMPLE.tensors['words']!.data.buffer));
  });

  it('begin with VXCK and version 1, little endian: the format on disk does not drift', () => {
    const bytes = encodeCheckpoint({ fingerprint: 'f', data: 1, tensors: { a: float32([1]) } });
    const header = '{"fingerprint":"f","data":1,"tensors":[{"name":"a","shape":[1]}]}';
    const padded = header.padEnd(Math.ceil(header.length / 4) * 4, '\0');
    const text = String.fromCharCode(...bytes);
    expect(text.slice(0, 12)).toBe(`VXCK\u0001\0\0\0${String.fromCharCode(header.length)}\0\0\0`);
    expect(text.slice(16)).toBe(`${padded}\0\0\u0080?`);
  });

  it('of another run or a newer version are refused with the reason', () => {
    const bytes = encodeCheckpoint(EXAMPLE);
    expect(() => decodeCheckpoint(bytes, 'run-2')).toThrow('belongs to a run with other settings');
    bytes[4] = 9;
    expect(() => decodeCheckpoint(bytes, 'run-1')).toThrow('has version 9, this program reads 1');
    expect(() => decodeCheckpoint(new Uint8Array(5), 'run-1')).toThrow('does not begin with "VXCK"');
  });

  it('truncated anywhere are refused, never half read', () => {
    const bytes = encodeCheckpoint(EXAMPLE);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeCheckpoint(bytes.subarray(0, length), 'run-1')).toThrow(EngineError);
    }
  });

  it('with any byte changed are refused', () => {
    const bytes = encodeCheckpoint(EXAMPLE);
    const anywhere = fc.tuple(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(anywhere, ([at, change]) => {
        const broken = bytes.slice();
        broken[at]! ^= change;
        expect(() => decodeCheckpoint(broken, 'run-1')).toThrow(EngineError);
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
