/** Commands that exist on every page. */
import CircleQuestionMark from '@lucide/svelte/icons/circle-question-mark';
import Compass from '@lucide/svelte/icons/compass';
import History from '@lucide/svelte/icons/history';
import Keyboard from '@lucide/svelte/icons/keyboard';
import Library from '@lucide/svelte/icons/library';
import Plus from '@lucide/svelte/icons/plus';
import Redo2 from '@lucide/svelte/icons/redo-2';
import Search from '@lucide/svelte/icons/search';
import Settings2 from '@lucide/svelte/icons/settings-2';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import Undo2 from '@lucide/svelte/icons/undo-2';
import X from '@lucide/svelte/icons/x';
import { PROJECT_PAGES, projectRoute, type ProjectPage, type Router } from '../../router.svelte.ts';
import type { AppState } from '../../state/app.svelte.ts';
import type { Command } from '../../state/commands.svelte.ts';
import type { CurrentProject } from '../../state/current-project.svelte.ts';
import type { FrameState } from '../../state/frame.svelte.ts';
import type { ProjectsState } from '../../state/projects.svelte.ts';
import { frame as text } from '../../text/en/frame.ts';
import type { Client } from '../../transport/index.ts';
import { toast } from '../../ui/toast.ts';
import { PAGE_ICONS } from './page-icons.ts';

/** What the commands act on. */
export interface FrameParts {
  readonly client: Client;
  readonly app: AppState;
  readonly frame: FrameState;
  readonly router: Router;
  readonly projects: ProjectsState;
  readonly current: CurrentProject;
}

/** Second key after G. */
const GO_KEYS: Readonly<Record<ProjectPage, string>> = { images: 'I', learn: 'L', words: 'W', explain: 'E' };

/** The frame's commands; native menus use the same ids. */
export function frameCommands(parts: FrameParts): readonly Command[] {
  const { app, frame, router, projects, current } = parts;
  const { groups, commands } = text;
  const go = PROJECT_PAGES.map((page, place): Command => {
    const open = () => current.project;
    return {
      id: `go.${page}`,
      title: commands.goTo(text.pages[page]),
      group: groups.go,
      icon: PAGE_ICONS[page],
      shortcut: [`G ${GO_KEYS[page]}`, `Mod+${place + 1}`],
      isEnabled: () => open() !== null,
      run: () => router.go(projectRoute(open()!.path, page)),
    };
  });
  const themes = (['system', 'light', 'dark'] as const).map((theme): Command => ({
    id: `theme.${theme}`,
    title: commands.theme[theme],
    group: groups.view,
    icon: SunMoon,
    isEnabled: () => app.theme !== theme,
    run: () => void app.save({ theme }).catch(toast.failed),
  }));
  const takeBack = (verb: 'undo' | 'redo', shortcut: readonly string[]): Command => ({
    id: `words.${verb}`,
    title: commands[verb],
    group: groups.project,
    icon: verb === 'undo' ? Undo2 : Redo2,
    shortcut,
    isEnabled: () => current.project !== null && !current.project.isReadOnly && app.canEdit,
    run: () => void takeBackStep(parts, verb).catch(toast.failed),
  });
  return [
    ...go,
    {
      id: 'go.projects',
      title: text.allProjects,
      group: groups.go,
      icon: Library,
      shortcut: 'G P',
      run: () => router.go('projects'),
    },
    {
      id: 'go.help',
      title: text.help,
      group: groups.go,
      icon: CircleQuestionMark,
      shortcut: ['G H', 'F1'],
      run: () => router.go('help'),
    },
    {
      id: 'projects.new',
      title: text.newProject,
      group: groups.go,
      icon: Plus,
      shortcut: 'G N',
      run: () => router.go('new'),
    },
    takeBack('undo', ['Z', 'Mod+Z']),
    takeBack('redo', ['Shift+Z', 'Mod+Shift+Z', 'Mod+Y']),
    {
      id: 'history.toggle',
      title: commands.history,
      group: groups.project,
      icon: History,
      shortcut: 'H',
      isEnabled: () => current.project !== null,
      run: () => (frame.isHistoryOpen = !frame.isHistoryOpen),
    },
    {
      id: 'project.close',
      title: text.closeProject,
      group: groups.project,
      icon: X,
      isEnabled: () => current.project !== null,
      run: () => void closeProject(parts).catch(toast.failed),
    },
    {
      id: 'palette',
      title: commands.palette,
      group: groups.view,
      icon: Search,
      shortcut: 'Mod+K',
      worksWhileTyping: true,
      isHidden: true,
      run: () => frame.toggle('palette'),
    },
    {
      id: 'settings',
      title: commands.settings,
      group: groups.view,
      icon: Settings2,
      shortcut: 'Mod+,',
      worksWhileTyping: true,
      run: () => frame.toggle('settings'),
    },
    ...themes,
    {
      id: 'shortcuts',
      title: commands.shortcuts,
      group: groups.help,
      icon: Keyboard,
      shortcut: '?',
      run: () => frame.toggle('shortcuts'),
    },
    { id: 'tour', title: commands.tour, group: groups.help, icon: Compass, run: () => (frame.overlay = 'tour') },
  ];

  async function closeProject({ router: address }: FrameParts): Promise<void> {
    const project = current.project;
    if (!project) return;
    address.go('projects');
    await projects.close(project);
  }
}

/** Takes the last change back, or does it again, and says what that was. @throws CallError */
export async function takeBackStep(
  { client, current }: Pick<FrameParts, 'client' | 'current'>,
  verb: 'undo' | 'redo',
): Promise<void> {
  const project = current.project?.project;
  if (project === undefined) return;
  const { undoable, redoable } = await client.call('history.list', { project, limit: 1 });
  const line = verb === 'undo' ? undoable : redoable;
  const { history } = text;
  if (line === null) {
    toast.note(verb === 'undo' ? history.nothingToUndo : history.nothingToRedo);
    return;
  }
  await client.call(`history.${verb}`, { project });
  toast.done(verb === 'undo' ? history.undone(line.detail) : history.redone(line.detail));
}
