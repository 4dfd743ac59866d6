/** What the command line hands to the services, and what it refuses. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { recordingServices } from '../support/recording-services.ts';
import type { Call } from '../support/recording-services.ts';
import { CLI_FOLDER, runInProcess } from '../support/run-cli.ts';

const at = (...parts: readonly string[]): string => join(CLI_FOLDER, ...parts);
const P = at('p.vislex');
const SHEET = {
  run: { id: 4 },
  words: [
    { index: 7, name: 'beak' },
    { index: 8, name: 'twin' },
    { index: 9, name: 'twin' },
  ],
};

const MAPPINGS: readonly (readonly [line: string, calls: readonly Call[]])[] = [
  [
    'new p.vislex --model m.onnx --labels l.txt --images photos --masks masks --preprocess imagenet --cut relu_5',
    [
      [
        'createProject',
        P,
        {
          modelPath: at('m.onnx'),
          labelsPath: at('l.txt'),
          imagesFolder: at('photos'),
          masksFolder: at('masks'),
          preprocess: 'imagenet',
          cut: 'relu_5',
        },
      ],
    ],
  ],
  [
    'new p.vislex --model m.onnx --images photos --preprocess own.json',
    [['createProject', P, { modelPath: at('m.onnx'), imagesFolder: at('photos'), preprocess: at('own.json') }]],
  ],
  ['info p.vislex', [['summarize', P]]],
  ['learn p.vislex', [['learn', P, {}]]],
  [
    'learn p.vislex --preset parts --words 120 --seed 0 --target top --device webgpu',
    [['learn', P, { preset: 'parts', wordCount: 120, seed: 0, target: 'top', device: 'webgpu' }]],
  ],
  ['evaluate p.vislex', [['evaluate', P, {}]]],
  [
    'evaluate p.vislex --split validation --run 3 --no-controls',
    [['evaluate', P, { split: 'validation', runId: 3, withoutControls: true }]],
  ],
  ['words p.vislex --run 2', [['words', P, { runId: 2 }]]],
  ['explain p.vislex a.jpg --class cat', [['explain', P, at('a.jpg'), { className: 'cat' }]]],
  ['attribute p.vislex a.jpg', [['attribute', P, at('a.jpg'), {}]]],
  [
    'attribute p.vislex a.jpg --methods lime,occlusion --class cat --samples 90 --seed 0 --run 2',
    [
      [
        'attribute',
        P,
        at('a.jpg'),
        { runId: 2, className: 'cat', methods: ['lime', 'occlusion'], samples: 90, seed: 0 },
      ],
    ],
  ],
  ['rename p.vislex 12 beak', [['rename', P, 12, 'beak', {}]]],
  [
    'rename p.vislex beak bill --run 4',
    [
      ['words', P, { runId: 4 }],
      ['rename', P, 7, 'bill', { runId: 4 }],
    ],
  ],
  ['edit p.vislex 12 --status artefact', [['editWords', P, [{ index: 12, status: 'artefact' }], {}]]],
  [
    'edit p.vislex 3 beak --name bill --note seen --tag b --tag a --exclude --run 4',
    [
      ['words', P, { runId: 4 }],
      [
        'editWords',
        P,
        [3, 7].map((index) => ({ index, name: 'bill', note: 'seen', tags: ['b', 'a'], isExcluded: true })),
        { runId: 4 },
      ],
    ],
  ],
  ['edit p.vislex 3 --no-tags --include', [['editWords', P, [{ index: 3, tags: [], isExcluded: false }], {}]]],
  ['merge p.vislex 3 5 8', [['mergeWords', P, 3, [5, 8], {}]]],
  [
    'merge p.vislex 3 beak',
    [
      ['words', P, {}],
      ['mergeWords', P, 3, [7], {}],
    ],
  ],
  ['separate p.vislex 3 --run 2', [['separateWords', P, 3, { runId: 2 }]]],
  ['split p.vislex 3', [['splitWord', P, 3, {}]]],
  ['rejoin p.vislex 3', [['rejoinWord', P, 3, {}]]],
  ['undo p.vislex', [['undo', P]]],
  ['redo p.vislex', [['redo', P]]],
  ['history p.vislex', [['history', P, 20]]],
  ['history p.vislex --limit 3', [['history', P, 3]]],
  ['export p.vislex --onnx out.onnx', [['exportOnnx', P, at('out.onnx'), {}]]],
  ['verify p.vislex', [['verify', P]]],
  ['doctor', [['doctor']]],
  ['demo', [['demo', undefined]]],
  ['demo folder', [['demo', at('folder')]]],
];

describe('arguments', () => {
  test.each(MAPPINGS)('"%s" calls the services so', async (line, expected) => {
    const { services, calls } = recordingServices({ words: SHEET, verify: { isOk: true } });
    const { code, stderr } = await runInProcess([...line.split(' '), '--json'], services);
    expect(stderr).toBe('');
    expect(calls).toEqual(expected);
    expect(code).toBe(0);
  });

  test('--html writes a contact sheet or an explanation and says where', async () => {
    const { services, calls } = recordingServices({ writeContactSheet: '/home/user/sheet/index.html' });
    const { stdout } = await runInProcess(['words', 'p.vislex', '--html', 'sheet'], services);
    expect(calls).toEqual([['writeContactSheet', P, at('sheet'), {}]]);
    expect(stdout).toBe('Contact sheet: /home/user/sheet/index.html\n');
  });

  test('a new name may hold spaces and quotes', async () => {
    const { services, calls } = recordingServices();
    await runInProcess(['rename', 'p.vislex', '3', 'a "red" wing', '--json'], services);
    expect(calls).toEqual([['rename', P, 3, 'a "red" wing', {}]]);
  });

  test.each([
    ['nobody', 'No word of run 4 is named "nobody"'],
    ['twin', '2 words of run 4 are named "twin": 8, 9. Give the index.'],
  ])('a word named "%s" cannot be told: exit code 1', async (word, sentence) => {
    const { services } = recordingServices({ words: SHEET });
    const { code, stderr } = await runInProcess(['rename', 'p.vislex', word, 'x'], services);
    expect(code).toBe(1);
    expect(stderr).toContain(sentence);
  });
});

describe('usage errors end with 2, name option and value, and call nothing', () => {
  test.each([
    ['learn p.vislex --words 0', ['--words', "'0'", 'at least 1']],
    ['learn p.vislex --words 1.5', ['--words', "'1.5'"]],
    ['learn p.vislex --words 1e3', ['--words', "'1e3'"]],
    ['learn p.vislex --seed -1', ['--seed', "'-1'"]],
    ['learn p.vislex --device quantum', ['--device', "'quantum'", 'webgpu']],
    ['learn p.vislex --target truth', ['--target', "'truth'"]],
    ['evaluate p.vislex --split exam', ['--split', "'exam'", 'validation']],
    ['history p.vislex --limit 99999999999999999999', ['--limit']],
    ['new p.vislex --model m.onnx', ['--images']],
    ['new --model m.onnx --images d', ['project']],
    ['export p.vislex', ['--onnx']],
    ['words p.vislex --json --html d', ['--html', '--json']],
    ['learn p.vislex --sed 3', ["'--sed'", '--seed']],
    ['lern p.vislex', ["'lern'", 'learn']],
    ['info p.vislex other', ['too many arguments']],
    ['edit p.vislex 3', ['--status', '--exclude']],
    ['edit p.vislex', ['words']],
    ['edit p.vislex 3 --status good', ['--status', "'good'", 'artefact']],
    ['edit p.vislex 3 --exclude --include', ['--exclude', '--include']],
    ['edit p.vislex 3 --tag a --no-tags', ['--tag', '--no-tags']],
    ['merge p.vislex 3', ['members']],
  ])('%s', async (line, fragments) => {
    const { services, calls } = recordingServices();
    const { code, stdout, stderr } = await runInProcess(line.split(' '), services);
    expect(code).toBe(2);
    expect(calls).toEqual([]);
    expect(stdout).toBe('');
    for (const fragment of fragments) expect(stderr).toContain(fragment);
  });

  test('no command at all shows the help and ends with 2', async () => {
    const { code, stdout, stderr } = await runInProcess([], recordingServices().services);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Usage: vislex');
  });

  test('--help and --version are answers: exit code 0, on stdout', async () => {
    const { services } = recordingServices();
    expect(await runInProcess(['--version'], services)).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' });
    const help = await runInProcess(['learn', '--help'], services);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('--preset');
  });
});
