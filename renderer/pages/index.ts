/** Which file draws which page; each is loaded when it is first asked for. */
import type { Component } from 'svelte';
import type { OpenProject } from '../../preload/contract/index.ts';
import type { ProjectPage } from '../route.ts';

/** What a page of a project gets. */
export interface ProjectPageProps {
  readonly project: OpenProject;
  /** Last part of the address: which word, which image; null: none. */
  readonly id: string | null;
}

interface PageFile<Props extends Record<string, unknown>> {
  readonly default: Component<Props>;
}
type NoProps = Record<string, never>;

const files = import.meta.glob<PageFile<never>>('./*.svelte');

const load =
  <Props extends Record<string, unknown>>(file: string) =>
  async (): Promise<Component<Props>> => {
    const page = files[`./${file}.svelte`];
    if (!page) throw new Error(`internal: there is no page ${file}`);
    return (await page()).default as unknown as Component<Props>;
  };

/** Pages of the application. */
export const APPLICATION_PAGES = {
  projects: load<NoProps>('Projects'),
  new: load<NoProps>('NewProject'),
  help: load<{ slug: string | null }>('Help'),
} as const;

/** Pages of a project. */
export const PROJECT_PAGE_FILES: Readonly<
  Record<ProjectPage, () => Promise<Component<ProjectPageProps & Record<string, unknown>>>>
> = {
  images: load('Images'),
  learn: load('Learn'),
  words: load('Words'),
  explain: load('Explain'),
};
