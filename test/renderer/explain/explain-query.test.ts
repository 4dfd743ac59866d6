/** The Explain page's address. */
import { expect, test } from 'vitest';
import {
  explainFromQuery,
  explainToQuery,
  idOfImage,
  imageFromId,
} from '../../../renderer/state/explain/explain-query.ts';

test('everything comes back from the address', () => {
  const query = {
    walk: 'view',
    view: 'outcome=wrong&sort=-confidence',
    class: '2',
    versus: '5',
    layer: 'gradCam',
    pin: '12',
  };
  expect(explainToQuery(explainFromQuery(query))).toEqual(query);
});

test('nonsense is as if it were absent', () => {
  expect(explainFromQuery({ walk: 'away', class: 'dog', layer: 'glitter', pin: '-3' })).toEqual(explainFromQuery({}));
});

test('images of the project are numbers, dropped ones have a u', () => {
  expect(imageFromId('42')).toEqual({ imageId: 42 });
  expect(imageFromId('u3')).toEqual({ uploadId: 'u3' });
  for (const nonsense of [null, '', '4.2', 'x', '../3']) expect(imageFromId(nonsense)).toBeNull();
  expect(idOfImage({ uploadId: 'u3' })).toBe('u3');
});
