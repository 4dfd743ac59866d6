/** What a line chart draws. */

/** One line. */
export interface LineSeries {
  readonly label: string;
  /** One value per x; null where there is none. */
  readonly values: readonly (number | null)[];
  /** Categorical colour, 1..7; 0 is the quiet ink of references and controls. */
  readonly colour: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;
  /** Dashes tell lines apart without colour. */
  readonly isDashed?: boolean;
}

/** A thin horizontal line: chance, a control, a gate. */
export interface ReferenceLine {
  readonly label: string;
  readonly value: number;
}
