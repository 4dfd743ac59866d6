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

interface ApplicationPages {
  readonly projects: () => Promise<Component>;
  readonly new: () => Promise<Component>;
  readonly help: () => Promise<Component<{ slug: string | null }>>;
}

/** Pages of the application. */
export const APPLICATION_PAGES: ApplicationPages = {
  projects: async () => (await import('./Projects.svelte')).default,
  new: async () => (await import('./NewProject.svelte')).default,
  help: async () => (await import('./Help.svelte')).default,
};

/** Pages of a project. */
export const PROJECT_PAGE_FILES: Readonly<Record<ProjectPage, () => Promise<Component<ProjectPageProps>>>> = {
  images: async () => (await import('./Images.svelte')).default,
  learn: async () => (await import('./Learn.svelte')).default,
  words: async () => (await import('./Words.svelte')).default,
  explain: async () => (await import('./Explain.svelte')).default,
};
