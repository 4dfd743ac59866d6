/** Curves of runs as the charts draw them. */
import type { CurvePoint, PushedWord } from '../../../preload/contract/index.ts';

/** Prefix of values that were measured on validation images. */
const VALIDATION = 'validation.';

/** One loss of one run. */
export interface Curve {
  readonly name: string;
  readonly isValidation: boolean;
  /** Epochs, ascending over all phases. */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/**
 * Points by name. Epochs of the phases follow each other in the order of the points, so that x grows.
 * @param points in the order they were learned
 */
export function curvesFrom(points: readonly CurvePoint[]): readonly Curve[] {
  const places = placesOf(points);
  const byName = new Map<string, { x: number[]; y: number[] }>();
  for (const point of points) {
    const curve = byName.get(point.name) ?? { x: [], y: [] };
    byName.set(point.name, curve);
    curve.x.push(places.get(placeKey(point))!);
    curve.y.push(point.value);
  }
  return [...byName].map(([name, { x, y }]) => ({
    name: name.startsWith(VALIDATION) ? name.slice(VALIDATION.length) : name,
    isValidation: name.startsWith(VALIDATION),
    x,
    y,
  }));
}

const placeKey = ({ phase, epoch }: CurvePoint): string => `${phase} ${epoch}`;

/** Each (phase, epoch) in order of appearance, from 1. */
function placesOf(points: readonly CurvePoint[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const point of points) {
    const key = placeKey(point);
    if (!places.has(key)) places.set(key, places.size + 1);
  }
  return places;
}

/** The curve with this name; undefined when the run has none. */
export function curveNamed(curves: readonly Curve[], name: string, isValidation: boolean): Curve | undefined {
  return curves.find((curve) => curve.name === name && curve.isValidation === isValidation);
}

/** Names of all losses, the total first. */
export function lossNames(curves: readonly Curve[]): readonly string[] {
  const names = [...new Set(curves.map(({ name }) => name))];
  return names.toSorted((a, b) => Number(b === 'total') - Number(a === 'total'));
}

/** The pushed words so far with newer ones in their places, by index. */
export function withPushed(known: readonly PushedWord[], newer: readonly PushedWord[]): readonly PushedWord[] {
  const byIndex = new Map([...known, ...newer].map((word) => [word.index, word]));
  return [...byIndex.values()].toSorted((a, b) => a.index - b.index);
}

/** A curve with the way it is drawn. */
export interface DrawnCurve<Colour extends number> {
  readonly label: string;
  readonly curve: Curve;
  readonly colour: Colour;
  readonly isDashed: boolean;
}

/** Several curves over one axis: all epochs that any has, null where a curve has none. */
export function alignedSeries<Colour extends number>(
  drawn: readonly DrawnCurve<Colour>[],
): {
  readonly x: readonly number[];
  readonly series: readonly {
    readonly label: string;
    readonly values: readonly (number | null)[];
    readonly colour: Colour;
    readonly isDashed: boolean;
  }[];
} {
  const x = [...new Set(drawn.flatMap(({ curve }) => curve.x))].toSorted((a, b) => a - b);
  return {
    x,
    series: drawn.map(({ label, curve, colour, isDashed }) => {
      const byPlace = new Map(curve.x.map((place, index) => [place, curve.y[index]!]));
      return { label, colour, isDashed, values: x.map((place) => byPlace.get(place) ?? null) };
    }),
  };
}
