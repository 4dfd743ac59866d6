/** The state of words against an application that answers as the contract says, fails, or speaks of other windows. */
import { flushSync } from 'svelte';
import { expect, test } from 'vitest';
import { CallError } from '../../../preload/contract/index.ts';
import type { AnyEvent, Reply, WordCard, WordEdit } from '../../../preload/contract/index.ts';
import { GalleryState } from '../../../renderer/state/words/gallery.svelte.ts';
import { NamingState } from '../../../renderer/state/words/naming.svelte.ts';
import { WordsState } from '../../../renderer/state/words/words.svelte.ts';
import { createClient } from '../../../renderer/transport/index.ts';
import { wordOf } from './cards.ts';
import { effectRoot } from './effect-root.svelte.ts';

const RUN = {
  id: 1,
  preset: 'balanced',
  seed: 1,
  wordCount: 3,
  target: 'base',
  status: 'done',
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: null,
  seconds: null,
  validationAgreement: { value: null, n: 0, reason: 'not measured' },
  notes: [],
  error: null,
};

/** An application in memory that keeps names, behind the real client and its schemas. */
function application(first: readonly WordCard[]) {
  let words = [...first];
  let sequence = 0;
  let failure: string | null = null;
  let listener: ((event: AnyEvent) => void) | undefined;
  const calls: string[] = [];
  const line = (detail: string) => {
    sequence += 1;
    return { sequence, at: '2026-01-01T00:00:00Z', actor: 'ada', action: 'words.edit', detail };
  };
  const answer = (name: string, input: Record<string, unknown>): unknown => {
    if (name === 'words.list') return { run: RUN, viewWidthPx: 8, viewHeightPx: 8, classes: ['kite'], words };
    if (name !== 'words.edit') throw new Error(`nobody asked for ${name}`);
    const edits = new Map((input['edits'] as WordEdit[]).map((edit) => [edit.index, edit]));
    words = words.map((word) => ({ ...word, ...edits.get(word.index) }) as WordCard);
    return { line: line('Named'), words: words.filter((word) => edits.has(word.index)) };
  };
  const client = createClient({
    call: async (name, input): Promise<Reply> => {
      calls.push(name);
      await Promise.resolve();
      if (failure !== null) return { ok: false, error: { code: 'disk-full', message: failure, details: {} } };
      return { ok: true, value: answer(name, input as Record<string, unknown>) };
    },
    subscribe: (given) => {
      listener = given;
      return () => undefined;
    },
    pathOf: () => '',
  });
  return {
    client,
    calls,
    fail: (message: string | null) => (failure = message),
    /** Somebody else names every word. */
    nameElsewhere(name: string) {
      words = words.map((word) => ({ ...word, name }));
      listener?.({ name: 'journal', payload: { project: 'p1', line: line('Named'), runId: 1, words: null } });
    },
  };
}

/** Runs with the state inside a root, as a page has it. */
async function withState(
  first: readonly WordCard[],
  query: Readonly<Record<string, string>>,
  check: (parts: {
    app: ReturnType<typeof application>;
    words: WordsState;
    gallery: GalleryState;
    naming: NamingState;
  }) => Promise<void>,
): Promise<void> {
  const app = application(first);
  const words = new WordsState(app.client, 'p1');
  let gallery: GalleryState | undefined;
  const stop = effectRoot(() => (gallery = new GalleryState(words, { query, setQuery: () => undefined })));
  await words.load(null);
  flushSync();
  try {
    await check({ app, words, gallery: gallery!, naming: new NamingState(words, gallery!) });
  } finally {
    stop();
    words.dispose();
  }
}

const settle = async () => {
  for (let turn = 0; turn < 12; turn++) await Promise.resolve();
  flushSync();
};
const three = [wordOf(0, { importance: 3 }), wordOf(1, { importance: 2 }), wordOf(2, { importance: 1 })];

test('Enter keeps the name at once and opens the next word', async () => {
  await withState(three, {}, async ({ words, gallery, naming }) => {
    expect(gallery.cursor).toBe(0);
    naming.begin(0, { typed: 'w' });
    naming.text = 'wheel';
    naming.keepAndGo(1);
    expect(words.word(0)!.name).toBe('wheel');
    expect(naming.index).toBe(1);
    await settle();
    expect(words.save(0)!.kind).toBe('saved');
  });
});

test('with only unnamed words shown, a named card stays and Enter goes to the next unnamed', async () => {
  const some = [three[0]!, wordOf(1, { importance: 2 }), wordOf(2, { importance: 1 })];
  await withState(some, { unnamed: '1' }, async ({ gallery, naming }) => {
    naming.begin(0, { typed: 'eye' });
    naming.keepAndGo(1);
    await settle();
    expect(gallery.order).toEqual([0, 1, 2]);
    expect(gallery.isStale).toBe(true);
    expect(naming.index).toBe(1);
    gallery.refresh();
    expect(gallery.order).toEqual([1, 2]);
  });
});

test('a full disk loses no text: it stays, says why, and is kept at the next try', async () => {
  await withState(three, {}, async ({ app, words, naming }) => {
    app.fail('The disk is full. Make room and try again.');
    naming.begin(0, { typed: 'fur' });
    naming.keepAndGo(1);
    await settle();
    expect(words.save(0)).toMatchObject({ kind: 'failed', message: 'The disk is full. Make room and try again.' });
    expect(words.word(0)!.name).toBe('fur');
    naming.begin(0);
    expect(naming.text).toBe('fur');
    app.fail(null);
    naming.cancel();
    await words.retry(words.failed);
    expect(words.save(0)!.kind).toBe('saved');
    expect(words.failed).toEqual([]);
  });
});

test('names given in another window appear, and nothing moves', async () => {
  await withState(three, { sort: 'name' }, async ({ app, words, gallery }) => {
    app.nameElsewhere('rim');
    await settle();
    expect(words.word(2)!.name).toBe('rim');
    expect(gallery.order).toEqual([0, 1, 2]);
  });
});

test('words that cannot be read say why', async () => {
  const app = application(three);
  app.fail('The project is gone.');
  const words = new WordsState(app.client, 'p1');
  await words.load(null);
  expect(words.error).toBeInstanceOf(CallError);
  expect(words.error!.message).toBe('The project is gone.');
  words.dispose();
});
