/** The icon of each page, the same in tabs, palette and tour. */
import GraduationCap from '@lucide/svelte/icons/graduation-cap';
import Images from '@lucide/svelte/icons/images';
import ScanSearch from '@lucide/svelte/icons/scan-search';
import WholeWord from '@lucide/svelte/icons/whole-word';
import type { Component } from 'svelte';
import type { ProjectPage } from '../../route.ts';

/** By page. */
export const PAGE_ICONS: Readonly<Record<ProjectPage, Component>> = {
  images: Images,
  learn: GraduationCap,
  words: WholeWord,
  explain: ScanSearch,
};
