/** Which argument of a command line is the project to open. */
import { describe, expect, it } from 'vitest';
import { personsArguments, projectArgument, projectRoute } from '../../main/app/project-argument.ts';

describe('a project on the command line', () => {
  it('is the first argument that looks like one, from the folder it was given in', () => {
    expect(projectArgument(['--flag', 'notes.txt', 'birds.vislex', 'cats.vislex'], '/data')).toBe('/data/birds.vislex');
    expect(projectArgument(['/else/Birds.VISLEX'], '/data')).toBe('/else/Birds.VISLEX');
  });

  it.each([[[]], [['--vislex=x.vislex']], [['notes.txt']], [[`${'x'.repeat(5000)}.vislex`]]])(
    'is not in %s',
    (argv) => {
      expect(projectArgument(argv, '/data')).toBeUndefined();
    },
  );

  it('follows the program when packaged, and the folder in development', () => {
    expect(personsArguments(['vislex', 'a.vislex'], true)).toEqual(['a.vislex']);
    expect(personsArguments(['electron', '.', 'a.vislex'], false)).toEqual(['a.vislex']);
  });

  it.each(['/data/birds.vislex', 'C:\\Daten\\Vögel & Katzen #1?.vislex', '/data/100%/a b.vislex'])(
    'becomes a route of three parts, the path one of them: %s',
    (path) => {
      expect(projectRoute(path).split('/').map(decodeURIComponent)).toEqual(['project', path, 'words']);
    },
  );
});
