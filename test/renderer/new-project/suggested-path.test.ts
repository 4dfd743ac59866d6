/** Where a new project is proposed to be. */
import { expect, test } from 'vitest';
import { suggestedPath } from '../../../renderer/state/new-project/suggested-path.ts';

test('a project is proposed beside its images, under the model’s name', () => {
  expect(suggestedPath('/models/net.onnx', '/data/birds')).toBe('/data/net.vislex');
  expect(suggestedPath('/models/net.ONNX', '/data/birds/')).toBe('/data/net.vislex');
});

test('a path of Windows keeps its separator', () => {
  expect(suggestedPath('C:\\models\\net.onnx', 'C:\\data\\birds')).toBe('C:\\data\\net.vislex');
});

test('images at the root lie beside the project', () => {
  expect(suggestedPath('/net.onnx', '/birds')).toBe('/net.vislex');
});

test('nothing is proposed before both are chosen', () => {
  expect(suggestedPath(undefined, '/data')).toBe('');
  expect(suggestedPath('/net.onnx', undefined)).toBe('');
});
