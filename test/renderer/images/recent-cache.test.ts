/** Answers that are kept. */
import { expect, test, vi } from 'vitest';
import { RecentCache } from '../../../renderer/state/recent-cache.ts';

test('a question is asked once, also while its answer is on its way', async () => {
  const ask = vi.fn(() => Promise.resolve('answer'));
  const cache = new RecentCache<string, string>(2);
  expect(await Promise.all([cache.get('a', ask), cache.get('a', ask)])).toEqual(['answer', 'answer']);
  expect(ask).toHaveBeenCalledTimes(1);
});

test('a failure is not kept', async () => {
  const cache = new RecentCache<string, string>(2);
  await expect(cache.get('a', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  expect(await cache.get('a', () => Promise.resolve('back'))).toBe('back');
});

test('the least recently used answer goes first', async () => {
  const asked: string[] = [];
  const cache = new RecentCache<string, string>(2);
  const get = (key: string) => cache.get(key, () => Promise.resolve(asked.push(key)).then(() => key));
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await get(key);
  expect(asked).toEqual(['a', 'b', 'c', 'b']);
});

test('forgetting takes what fits', async () => {
  const asked: string[] = [];
  const cache = new RecentCache<string, string>(3);
  const get = (key: string) => cache.get(key, () => Promise.resolve(asked.push(key)).then(() => key));
  for (const key of ['p1 a', 'p2 a']) await get(key);
  cache.forget((key) => key.startsWith('p1'));
  for (const key of ['p1 a', 'p2 a']) await get(key);
  expect(asked).toEqual(['p1 a', 'p2 a', 'p1 a']);
});
