/** The menu sends the page where its entries say, and knows what is open. */
import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { menuTemplate } from '../../main/app/menu.ts';
import type { MenuFacts } from '../../main/app/menu.ts';

/** Every entry of a menu, with what pressing it did. */
function menu(facts: Partial<MenuFacts> = {}) {
  const done: string[] = [];
  const note = (what: string) => (detail?: string) => void done.push(detail === undefined ? what : `${what} ${detail}`);
  const template = menuTemplate(
    {
      navigate: note('navigate'),
      openProject: note('openProject'),
      openRecent: note('openRecent'),
      undo: note('undo'),
      redo: note('redo'),
      zoom: note('zoom'),
      showLog: note('showLog'),
    },
    { platform: 'linux', isDevelopment: false, recentPaths: [], ...facts },
  );
  const all = (items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
    items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? all(item.submenu) : [])]);
  const entries = all(template);
  const press = (id: string) => (entries.find((entry) => entry.id === id)!.click as () => void)();
  return { entries, press, done };
}

describe('the menu', () => {
  it('sends the page where an entry says', () => {
    const { press, done } = menu();
    for (const id of ['file.new', 'go.words', 'go.projects', 'theme.dark', 'help.guide']) press(id);
    expect(done).toEqual([
      'navigate new',
      'navigate command:go.words',
      'navigate projects',
      'navigate command:theme.dark',
      'navigate help',
    ]);
  });

  it('opens recent projects by their path, the ampersand in a name shown', () => {
    const { entries, press, done } = menu({ recentPaths: ['/data/cats & dogs.vislex', '/data/birds.vislex'] });
    expect(entries.find(({ id }) => id === 'recent.0')?.label).toBe('cats && dogs.vislex');
    press('recent.1');
    expect(done).toEqual(['openRecent /data/birds.vislex']);
  });

  it('shows at most ten recent projects', () => {
    const recentPaths = Array.from({ length: 30 }, (_, place) => `/data/${place}.vislex`);
    const { entries } = menu({ recentPaths });
    expect(entries.filter(({ id }) => id?.startsWith('recent.'))).toHaveLength(10);
  });

  it.each(['linux', 'win32', 'darwin'] as const)('gives no shortcut twice on %s', (platform) => {
    const shortcuts = menu({ platform, isDevelopment: true }).entries.flatMap(({ accelerator }) => accelerator ?? []);
    expect(new Set(shortcuts).size).toBe(shortcuts.length);
  });

  it('leaves the keys of undo and redo to the page, which knows about text fields', () => {
    const { entries } = menu();
    for (const id of ['edit.undo', 'edit.redo']) {
      expect(entries.find((entry) => entry.id === id)).toMatchObject({ registerAccelerator: false });
    }
  });

  it('offers reloading and developer tools in development alone', () => {
    const roles = (isDevelopment: boolean) => menu({ isDevelopment }).entries.map(({ role }) => role);
    expect(roles(true)).toEqual(expect.arrayContaining(['reload', 'toggleDevTools']));
    expect(roles(false)).not.toContain('reload');
    expect(roles(false)).not.toContain('toggleDevTools');
  });

  it('has the application menu of macOS there, and quit and about elsewhere', () => {
    const roles = (platform: NodeJS.Platform) => menu({ platform }).entries.map(({ role }) => role);
    expect(roles('darwin')).toContain('appMenu');
    expect(roles('darwin')).not.toContain('quit');
    expect(roles('linux')).toEqual(expect.arrayContaining(['quit', 'about']));
  });
});
