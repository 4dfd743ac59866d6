/** Schema 20: words can be merged under a leader and split into two children; score histograms are kept. */
import type { Migration } from './migration.ts';

/**
 * `merged_into` and `is_split` are what people say (reversible cells); `split_from` and word_splits are facts of a
 * division that was computed once. Children of a split are rows of `words` after the run's last learned word.
 */
export const wordGroups: Migration = {
  version: 20,
  summary: 'merged and split words, kept score histograms',
  script: /* sql */ `
ALTER TABLE words ADD COLUMN merged_into INTEGER CHECK (merged_into >= 0 AND merged_into <> word_index);
ALTER TABLE words ADD COLUMN is_split INTEGER NOT NULL DEFAULT 0 CHECK (is_split IN (0, 1));
ALTER TABLE words ADD COLUMN split_from INTEGER CHECK (split_from >= 0 AND split_from < word_index);

-- Which child every image belongs to: uint32 image_ids ascending, uint8 children (0: first_child, 1: second_child);
-- centres of the two kinds of patches, float32 [2, D]; all little-endian.
CREATE TABLE word_splits (
  run_id INTEGER NOT NULL,
  word_index INTEGER NOT NULL,
  first_child INTEGER NOT NULL CHECK (first_child > word_index),
  second_child INTEGER NOT NULL CHECK (second_child > first_child),
  image_ids BLOB NOT NULL CHECK (length(image_ids) % 4 = 0),
  children BLOB NOT NULL CHECK (4 * length(children) = length(image_ids)),
  centres BLOB NOT NULL CHECK (length(centres) % 8 = 0),
  checksum BLOB NOT NULL CHECK (length(checksum) = 32),
  PRIMARY KEY (run_id, word_index),
  FOREIGN KEY (run_id, word_index) REFERENCES words (run_id, word_index)
) STRICT;

-- Word scores over all images in equal bins: float32 ranges [words, 2] (low, high), uint32 counts [words, bins].
CREATE TABLE score_histograms (
  run_id INTEGER PRIMARY KEY REFERENCES runs (run_id),
  image_count INTEGER NOT NULL CHECK (image_count >= 0),
  ranges BLOB NOT NULL CHECK (length(ranges) % 8 = 0),
  counts BLOB NOT NULL CHECK (length(counts) % 4 = 0),
  checksum BLOB NOT NULL CHECK (length(checksum) = 32)
) STRICT;
`,
};
