/** Atomic writes, hashes, and system errors in the user's words. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileError, fileError, sha256OfFile, writeFileAtomic } from '../../main/platform/files.ts';
import { runningSha256, sha256 } from '../../main/platform/hash.ts';
import { inTempFolder } from '../support/temp-project.ts';

describe('writeFileAtomic', () => {
  it('replaces the old content and leaves nothing beside it', () =>
    inTempFolder((folder) => {
      const path = join(folder, 'a.txt');
      writeFileAtomic(path, 'old');
      writeFileAtomic(path, 'new é');
      expect(readFileSync(path, 'utf8')).toBe('new é');
      expect(readdirSync(folder)).toEqual(['a.txt']);
    }));

  it('keeps the old content when the new cannot be put in its place', () =>
    inTempFolder((folder) => {
      writeFileSync(join(folder, 'keep'), 'old');
      expect(() => writeFileAtomic(join(folder, 'keep', 'below'), 'new')).toThrow(FileError);
      expect(() => writeFileAtomic(folder, 'new')).toThrow(FileError);
      expect(readdirSync(folder)).toEqual(['keep']);
      expect(readFileSync(join(folder, 'keep'), 'utf8')).toBe('old');
    }));
});

describe('sha256', () => {
  // FIPS 180-2, appendix B.1 and B.2.
  const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  const LONG = '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1';

  it('is the published one for text, for parts and for files', () =>
    inTempFolder(async (folder) => {
      expect(sha256('abc')).toBe(ABC);
      const running = runningSha256();
      running.update('abcdbcdecdefdefgefghfghighij');
      running.update(Buffer.from('hijkijkljklmklmnlmnomnopnopq'));
      expect(running.digest()).toBe(LONG);
      writeFileSync(join(folder, 'abc'), 'abc');
      await expect(sha256OfFile(join(folder, 'abc'))).resolves.toBe(ABC);
      await expect(sha256OfFile(join(folder, 'none'))).rejects.toMatchObject({ code: 'missing' });
    }));
});

describe('fileError', () => {
  it('says what a full disk means and quotes the file', () => {
    const found = fileError(Object.assign(new Error('no space'), { code: 'ENOSPC' }), '/data/a "b"$&.txt');
    expect(found).toMatchObject({ code: 'disk-full', file: '/data/a "b"$&.txt' });
    expect(String(found)).toContain('holds "/data/a \\"b\\"$&.txt" is full: nothing was changed. Free some space');
  });

  it('leaves what is no system error as it is', () => {
    const bug = new TypeError('x is not a function');
    expect(fileError(bug, 'a')).toBe(bug);
  });
});
