/** The guide's Markdown as plain data: headings, sections to search, and where links may lead. Pure. */
import { Lexer, lexer, type Token } from 'marked';
import type { GuideChapter } from '../../../preload/contract/index.ts';
import { helpRoute } from '../../route.ts';

/** A heading of a chapter. */
export interface Heading {
  readonly depth: number;
  readonly text: string;
  /** Good for an id within the chapter. */
  readonly anchor: string;
}

/** A part of a chapter that the search finds. */
export interface Section {
  readonly id: string;
  readonly slug: string;
  readonly chapter: string;
  readonly title: string;
  /** null: the beginning of the chapter. */
  readonly anchor: string | null;
  readonly text: string;
}

/** Blocks of a chapter. */
export function parseMarkdown(markdown: string): readonly Token[] {
  return lexer(markdown);
}

/** 'What n means' -> 'what-n-means', as in other readers of Markdown, so that links between chapters hold. */
export function anchorOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

/** Headings below the title. */
export function headingsOf(tokens: readonly Token[]): readonly Heading[] {
  return tokens.flatMap((token) => {
    if (token.type !== 'heading' || (token['depth'] as number) < 2) return [];
    const text = plainText([token]);
    return [{ depth: token['depth'] as number, text, anchor: anchorOf(text) }];
  });
}

/** A chapter in pieces from heading to heading. */
export function sectionsOf({ slug, title, markdown }: GuideChapter): readonly Section[] {
  const sections: { title: string; anchor: string | null; text: string[] }[] = [
    { title: titleText(title), anchor: null, text: [] },
  ];
  for (const token of parseMarkdown(markdown)) {
    if (token.type === 'heading') {
      const text = plainText([token]);
      if ((token['depth'] as number) > 1) sections.push({ title: text, anchor: anchorOf(text), text: [] });
    } else sections.at(-1)!.text.push(plainText([token]));
  }
  return sections.map((section) => ({
    ...section,
    id: `${slug}#${section.anchor ?? ''}`,
    slug,
    chapter: titleText(title),
    text: section.text.join(' ').replace(/\s+/g, ' ').trim(),
  }));
}

/** A title without its marks: 'The JSON of `vislex evaluate`' has backticks. */
export function titleText(title: string): string {
  return plainText(Lexer.lexInline(title));
}

/** The words of tokens without their marks. */
export function plainText(tokens: readonly Token[]): string {
  return tokens.map(textOf).join('');
}

function textOf(token: Token): string {
  const parts = token as {
    readonly tokens?: readonly Token[];
    readonly items?: readonly Token[];
    readonly text?: string;
  };
  if (token.type === 'table') {
    const { header, rows } = token as unknown as { header: readonly Cell[]; rows: readonly (readonly Cell[])[] };
    return [header, ...rows].map((row) => row.map((cell) => plainText(cell.tokens)).join(' ')).join(' ');
  }
  if (parts.items) return parts.items.map(textOf).join(' ');
  if (parts.tokens && parts.tokens.length > 0) return plainText(parts.tokens) + (token.type === 'paragraph' ? ' ' : '');
  return decodeEntities(parts.text ?? '');
}

interface Cell {
  readonly tokens: readonly Token[];
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0' };

/** The few entities Markdown writers use, as characters; others stay as written. */
export function decodeEntities(text: string): string {
  return text
    .replace(/&(amp|lt|gt|quot|nbsp);/g, (_, name: string) => ENTITIES[name]!)
    .replace(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

/** Where a link of the guide leads. */
export type LinkTarget =
  | { readonly kind: 'inside'; readonly href: string }
  | { readonly kind: 'outside'; readonly href: string }
  /** Nowhere we go: shown as text. */
  | { readonly kind: 'none' };

/** Chapters become addresses of the application, web pages stay, everything else is refused. */
export function linkTarget(href: string, slug: string, slugs: ReadonlySet<string>): LinkTarget {
  const chapter = /^(?:\.\/)?([a-z0-9-]+)\.md(?:#(.+))?$/.exec(href);
  if (chapter && slugs.has(chapter[1]!)) return { kind: 'inside', href: helpRoute(chapter[1]!, chapter[2] ?? null) };
  if (href.startsWith('#') && href.length > 1) return { kind: 'inside', href: helpRoute(slug, href.slice(1)) };
  return /^https:\/\/[^\s]+$/.test(href) ? { kind: 'outside', href } : { kind: 'none' };
}

/** Pictures of the guide itself only. */
export function isGuidePicture(href: string): boolean {
  return /^assets\/guide\/[A-Za-z0-9%._-]+$/.test(href);
}
