/** What a compute process keeps between jobs: made once, let go of in the order of use, never kept when it failed. */
import { expect, it } from 'vitest';
import { createMemo } from '../../main/jobs/memo.ts';

function makers() {
  const made: string[] = [];
  const disposed: string[] = [];
  const make = (name: string) => () => {
    made.push(name);
    return Promise.resolve({ name, dispose: () => Promise.resolve(void disposed.push(name)) });
  };
  return { made, disposed, make };
}

it('makes a thing once and disposes of the one not used for longest', async () => {
  const { made, disposed, make } = makers();
  const memo = createMemo(2);
  const first = await memo('a', make('a'));
  await memo('b', make('b'));
  expect(await memo('a', make('a'))).toBe(first);
  await memo('c', make('c'));
  expect(made).toEqual(['a', 'b', 'c']);
  expect(disposed).toEqual(['b']);
});

it('makes a thing again after it failed', async () => {
  const { made, make } = makers();
  const memo = createMemo(2);
  await expect(memo('a', () => Promise.reject(new Error('not now')))).rejects.toThrow('not now');
  expect(await memo('a', make('a'))).toMatchObject({ name: 'a' });
  expect(made).toEqual(['a']);
});
