/** Procedures of the guide. */
import type { ServiceContext } from '../context.ts';
import { readGuide } from '../guide.ts';
import type { HandlersOf } from './handler.ts';

/** @param context where the guide lies */
export function createGuideHandlers({ resourcesFolder }: Pick<ServiceContext, 'resourcesFolder'>): HandlersOf<'guide'> {
  return { 'guide.chapters': () => readGuide(resourcesFolder) };
}
