/** Addresses of places: read, written, and harmless when they are nonsense. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changeQuery, formatRoute, helpRoute, parseRoute, PROJECT_PAGES, projectRoute } from '../../renderer/route.ts';

describe('an address', () => {
  test('without text is the list of projects', () => {
    for (const hash of ['', '#', '#/', '#/projects']) expect(parseRoute(hash)).toEqual({ name: 'projects', query: {} });
  });

  test('of a project carries its path, page, word and query', () => {
    expect(parseRoute('#/project/%2Fdata%2Fm%C3%B6we%20%23%3F.vislex/words/12?sort=name&class=a+b')).toEqual({
      name: 'project',
      path: '/data/möwe #?.vislex',
      page: 'words',
      id: '12',
      query: { sort: 'name', class: 'a b' },
    });
  });

  test('of a project without a page leads to its words', () => {
    expect(parseRoute('#/project/x.vislex')).toMatchObject({ name: 'project', page: 'words', id: null });
  });

  test('of a chapter keeps the heading', () => {
    expect(parseRoute(helpRoute('words', 'what-n-means'))).toEqual({
      name: 'help',
      slug: 'words',
      query: { at: 'what-n-means' },
    });
  });

  test('that leads nowhere says so instead of guessing', () => {
    for (const hash of [
      '#/nowhere',
      '#/project/x/audit',
      '#/project/x/words/1/2',
      '#/new/more',
      '#/project/%E0%A4%A',
    ]) {
      expect(parseRoute(hash).name, hash).toBe('unknown');
    }
  });

  test('comes back as it was written, whatever the path is called', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: 'grapheme' }),
        fc.constantFrom(...PROJECT_PAGES),
        fc.option(fc.string({ minLength: 1 })),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ minLength: 1 })),
        (path, page, id, query) => {
          const route = parseRoute(projectRoute(path, page, id, query));
          expect(route).toEqual({ name: 'project', path, page, id, query: { ...query } });
          expect(parseRoute(formatRoute(route))).toEqual(route);
        },
      ),
    );
  });
});

test('a changed query keeps the rest and drops what is empty', () => {
  expect(changeQuery({ sort: 'name', view: 'map' }, { sort: null, view: '', status: 'mixed' })).toEqual({
    status: 'mixed',
  });
});
