/** Which addresses belong to the page itself, and which go to the system's browser. */
import { describe, expect, it } from 'vitest';
import { isOurs, mayOpenOutside, RENDERER_URL, routeUrl } from '../../main/app/addresses.ts';

describe('the page’s own addresses', () => {
  it.each([RENDERER_URL, routeUrl('projects'), 'app://bundle/assets/p1/view/3?scale=2'])('takes %s', (address) => {
    expect(isOurs(address)).toBe(true);
  });

  it.each([
    'app://other/index.html',
    'app://bundle.evil/index.html',
    'app://user@bundle/index.html',
    'app://bundle:81/index.html',
    'https://bundle/index.html',
    'file:///index.html',
    'data:text/html,app://bundle',
    'about:blank',
    '',
  ])('refuses %s', (address) => {
    expect(isOurs(address)).toBe(false);
  });
});

describe('addresses for the system’s browser', () => {
  it('takes the reading of the guide', () => {
    expect(mayOpenOutside('https://onnx.ai/supported-tools.html')).toBe(true);
  });

  it.each([
    'http://onnx.ai/',
    'https://onnx.ai.evil.example/',
    'https://onnx.ai@evil.example/',
    'https://onnx.ai:8443/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://onnx.ai/share',
    'onnx.ai',
  ])('refuses %s', (address) => {
    expect(mayOpenOutside(address)).toBe(false);
  });
});
