/** Perceptually even, colour-blind-safe colour ramps as tables of 256 colours. */

/** inferno: word maps; viridis: Grad-CAM; cividis: word maps for those who prefer it. */
export type RampName = 'inferno' | 'viridis' | 'cividis';

/** Every fifth colour of the published tables (matplotlib, CC0), 0 to 255; between them straight lines are off by 4 of 255 at most. */
const ANCHORS: Readonly<Record<RampName, readonly string[]>> = {
  inferno: [
    '000004 02020c 050417 0a0722 10092d 160b39 1e0c45 260c51 2f0a5b 380962 400a67 490b6a 510e6c',
    '59106e 61136e 69166e 71196e 781c6d 801f6c 88226a 902568 982766 a02a63 a82e5f b0315b b73557',
    'bf3952 c63d4d cc4248 d34743 d94d3d df5337 e45a31 e9612b ed6925 f1711f f47918 f78212 f98b0b',
    'fa9407 fb9d07 fca60c fcb014 fbba1f fac42a f8cd37 f6d746 f4e156 f2ea69 f2f27d f5f992 fcffa4',
  ],
  viridis: [
    '440154 46085c 471063 481769 481d6f 482475 472a7a 46307e 453781 433d84 414287 3f4889 3d4e8a',
    '3a538b 38598c 355e8d 33638d 31688e 2e6d8e 2c718e 2a768e 297b8e 27808e 25848e 23898e 218e8d',
    '20928c 1f978b 1e9c89 1fa188 21a585 24aa83 28ae80 2eb37c 35b779 3dbc74 46c06f 50c46a 5ac864',
    '65cb5e 70cf57 7cd250 89d548 95d840 a2da37 b0dd2f bddf26 cae11f d8e219 e5e419 f1e51d fde725',
  ],
  cividis: [
    '00224e 002656 002a5f 002d68 003070 083370 163770 203a6f 273e6e 2e416d 34456c 3a486c 3f4c6c',
    '444f6c 49536c 4e566c 535a6d 575d6d 5c616e 60646f 656870 696b71 6d6f72 727274 767676 7a7a78',
    '7e7d78 838179 888578 8d8878 928c78 969077 9b9476 a09875 a59c74 aaa073 afa471 b5a86f baac6d',
    'bfb06b c4b468 c9b965 cfbd62 d4c15f dac65b dfca57 e5cf52 ead34c f0d846 f6dd3f fce236 fee838',
  ],
};
const COLOURS = 256;
const STEP = 5;

/** 256 colours, red, green, blue in turn, dark to light. */
export const RAMPS: Readonly<Record<RampName, Uint8Array>> = {
  inferno: tableOf('inferno'),
  viridis: tableOf('viridis'),
  cividis: tableOf('cividis'),
};

/** Colour of a share of the ramp as CSS: for legends. @param share 0..1 */
export function rampColour(name: RampName, share: number): string {
  const at = 3 * Math.round(255 * Math.min(1, Math.max(0, share)));
  const table = RAMPS[name];
  return `rgb(${table[at]!} ${table[at + 1]!} ${table[at + 2]!})`;
}

function tableOf(name: RampName): Uint8Array {
  const anchors = ANCHORS[name]
    .join(' ')
    .split(' ')
    .map((hex) => [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)));
  const table = new Uint8Array(3 * COLOURS);
  for (let colour = 0; colour < COLOURS; colour++) {
    const before = Math.min(Math.floor(colour / STEP), anchors.length - 2);
    const share = colour / STEP - before;
    for (let channel = 0; channel < 3; channel++) {
      const low = anchors[before]![channel]!;
      const high = anchors[before + 1]![channel]!;
      table[3 * colour + channel] = Math.round(low + share * (high - low));
    }
  }
  return table;
}
