/** Where words lie on the map: camera, brush, and the way from one to the next. Pure. */

/** A place on the map or on the screen. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A word on the map. */
export interface MapPoint extends Point {
  readonly index: number;
}

/** Screen = map x scale + offset, px. */
export interface Camera {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** Size in px. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

const LEAST_ZOOM = 0.5;
const MOST_ZOOM = 40;

/** The camera that shows all points with a margin in px. One point, or none, lies in the middle. */
export function fitCamera(points: readonly Point[], size: Size, marginPx: number): Camera {
  if (points.length === 0) return { scale: 1, x: size.width / 2, y: size.height / 2 };
  const [left, right] = ends(points.map(({ x }) => x));
  const [top, bottom] = ends(points.map(({ y }) => y));
  const across = (size.width - 2 * marginPx) / Math.max(right - left, 1e-6);
  const down = (size.height - 2 * marginPx) / Math.max(bottom - top, 1e-6);
  const isDot = right - left < 1e-6 && bottom - top < 1e-6;
  const scale = isDot ? 1 : Math.max(1e-3, Math.min(across, down));
  return {
    scale,
    x: size.width / 2 - (scale * (left + right)) / 2,
    y: size.height / 2 - (scale * (top + bottom)) / 2,
  };
}

/** Where a point of the map is on the screen. */
export function toScreen(point: Point, camera: Camera): Point {
  return { x: point.x * camera.scale + camera.x, y: point.y * camera.scale + camera.y };
}

/** Zooms so that what lies under `at` stays there. `whole` is the camera that shows all: the zoom is held around it. */
export function zoomAt(camera: Camera, at: Point, factor: number, whole: Camera): Camera {
  const scale = Math.min(whole.scale * MOST_ZOOM, Math.max(whole.scale * LEAST_ZOOM, camera.scale * factor));
  const real = scale / camera.scale;
  return { scale, x: at.x - (at.x - camera.x) * real, y: at.y - (at.y - camera.y) * real };
}

/** Words inside a rectangle of the screen, given by two corners. */
export function insideRectangle(points: readonly MapPoint[], from: Point, to: Point): readonly number[] {
  const [left, right] = ends([from.x, to.x]);
  const [top, bottom] = ends([from.y, to.y]);
  return points.filter(({ x, y }) => x >= left && x <= right && y >= top && y <= bottom).map(({ index }) => index);
}

/** Words inside a loop, by the even-odd rule. */
export function insideLoop(points: readonly MapPoint[], loop: readonly Point[]): readonly number[] {
  return points.filter((point) => isInside(point, loop)).map(({ index }) => index);
}

/** The word under the pointer: the nearest within a distance in px; null: none. */
export function nearest(points: readonly MapPoint[], at: Point, withinPx: number): number | null {
  let best: MapPoint | null = null;
  let distance = withinPx;
  for (const point of points) {
    const away = Math.hypot(point.x - at.x, point.y - at.y);
    if (away <= distance) [best, distance] = [point, away];
  }
  return best?.index ?? null;
}

const DIRECTIONS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/**
 * The word an arrow key leads to: the nearest within 45 degrees of its direction, where what lies aside counts double.
 * null: there is none, or the key is no arrow.
 */
export function nearestThatWay(points: readonly MapPoint[], from: number | null, key: string): number | null {
  const direction = DIRECTIONS[key];
  const start = points.find((point) => point.index === from);
  if (direction === undefined) return null;
  if (start === undefined) return points[0]?.index ?? null;
  let best: number | null = null;
  let cost = Infinity;
  for (const point of points) {
    const ahead = (point.x - start.x) * direction.x + (point.y - start.y) * direction.y;
    const aside = Math.abs((point.x - start.x) * direction.y) + Math.abs((point.y - start.y) * direction.x);
    if (point.index === from || ahead <= 0 || aside > ahead) continue;
    if (ahead + 2 * aside < cost) [best, cost] = [point.index, ahead + 2 * aside];
  }
  return best;
}

function isInside({ x, y }: Point, loop: readonly Point[]): boolean {
  let isIn = false;
  for (let at = 0, before = loop.length - 1; at < loop.length; before = at++) {
    const [one, other] = [loop[at]!, loop[before]!];
    if (one.y > y !== other.y > y && x < ((other.x - one.x) * (y - one.y)) / (other.y - one.y) + one.x) isIn = !isIn;
  }
  return isIn;
}

function ends(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}
