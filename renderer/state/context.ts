/** What every component may ask for, handed down through Svelte's context by App.svelte. */
import { createContext } from 'svelte';
import type { Router } from '../router.svelte.ts';
import type { Client } from '../transport/index.ts';
import type { AppState } from './app.svelte.ts';
import type { Commands } from './commands.svelte.ts';
import type { CurrentProject } from './current-project.svelte.ts';
import type { ChooseFile } from './file-chooser.svelte.ts';
import type { FrameState } from './frame.svelte.ts';
import type { JobsState } from './jobs.svelte.ts';
import type { ProjectsState } from './projects.svelte.ts';

/** The way to the application. */
export const [getClient, provideClient] = createContext<Client>();
/** Facts and settings. */
export const [getApp, provideApp] = createContext<AppState>();
/** The address of the page. */
export const [getRouter, provideRouter] = createContext<Router>();
/** Commands of the page in view: palette and keyboard. */
export const [getCommands, provideCommands] = createContext<Commands>();
/** Long work. */
export const [getJobs, provideJobs] = createContext<JobsState>();
/** Open and recent projects. */
export const [getProjects, provideProjects] = createContext<ProjectsState>();
/** What of the frame is open. */
export const [getFrame, provideFrame] = createContext<FrameState>();
/** The project in view. */
export const [getCurrent, provideCurrent] = createContext<CurrentProject>();
/** Asks for a file or folder; resolves with null when nothing was chosen. */
export const [getFileChooser, provideFileChooser] = createContext<ChooseFile>();
