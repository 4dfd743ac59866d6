/** Schema 10: the first one. Project, model, images, runs, words, scores, activation maps, evaluations, journal. */
import type { Migration } from './migration.ts';

/** Conventions: STRICT tables; times ISO 8601 UTC; `sha256` lower-case hexadecimal; `checksum` 32 bytes; JSON checked. */
export const initial: Migration = {
  version: 10,
  summary: 'project, model, images, runs, words, scores, activation maps, evaluations, journal',
  script: /* sql */ `
CREATE TABLE project (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  project_id TEXT NOT NULL CHECK (length(project_id) = 36),
  name TEXT NOT NULL,
  created_at TEXT NOT NULL,
  app_version TEXT NOT NULL
) STRICT;

-- Who writes, or who wrote last: 'open' without a held lock means that the last writer ended without closing.
CREATE TABLE writer_session (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  process_id INTEGER NOT NULL,
  host TEXT NOT NULL,
  since TEXT NOT NULL
) STRICT;

CREATE TABLE settings (
  key TEXT PRIMARY KEY CHECK (key <> ''),
  value TEXT NOT NULL CHECK (json_valid(value))
) STRICT;

CREATE TABLE models (
  model_id INTEGER PRIMARY KEY AUTOINCREMENT,
  added_at TEXT NOT NULL,
  path TEXT NOT NULL CHECK (path <> ''),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
  opset INTEGER NOT NULL CHECK (opset > 0),
  input_name TEXT NOT NULL,
  input_layout TEXT NOT NULL CHECK (input_layout IN ('nchw', 'nhwc')),
  input_height INTEGER NOT NULL CHECK (input_height > 0),
  input_width INTEGER NOT NULL CHECK (input_width > 0),
  output_name TEXT NOT NULL,
  output_kind TEXT NOT NULL,
  preprocessing TEXT NOT NULL CHECK (json_valid(preprocessing)),
  class_labels TEXT NOT NULL CHECK (json_type(class_labels) = 'array'),
  cut_point TEXT NOT NULL,
  head_kind TEXT NOT NULL,
  attention_source TEXT NOT NULL,
  external_data TEXT NOT NULL CHECK (json_type(external_data) = 'array'),
  details TEXT NOT NULL CHECK (json_valid(details))
) STRICT;

CREATE TABLE images (
  image_id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL UNIQUE CHECK (path <> ''),
  sha256 TEXT CHECK (length(sha256) = 64),
  size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
  width INTEGER CHECK (width > 0),
  height INTEGER CHECK (height > 0),
  split TEXT CHECK (split IN ('train', 'validation', 'test')),
  label_index INTEGER CHECK (label_index >= 0),
  class_folder TEXT,
  status TEXT NOT NULL CHECK (status IN ('ok', 'unreadable', 'duplicate')),
  reason TEXT,
  duplicate_of INTEGER REFERENCES images (image_id),
  mask_path TEXT,
  CHECK (status = 'unreadable' OR (sha256 IS NOT NULL AND width IS NOT NULL AND height IS NOT NULL)),
  CHECK ((status = 'duplicate') = (duplicate_of IS NOT NULL)),
  CHECK ((status = 'ok') = (reason IS NULL))
) STRICT;
CREATE INDEX images_by_content ON images (sha256);
CREATE INDEX images_by_split ON images (split, label_index, status);
CREATE INDEX images_by_original ON images (duplicate_of) WHERE duplicate_of IS NOT NULL;

-- What was imported is a fact; only the split may change.
CREATE TRIGGER images_are_facts BEFORE UPDATE OF
  image_id, path, sha256, size_bytes, width, height, label_index, class_folder, status, reason, duplicate_of, mask_path
ON images BEGIN SELECT RAISE(ABORT, 'an imported image cannot be changed'); END;

CREATE TABLE thumbnails (
  image_id INTEGER PRIMARY KEY REFERENCES images (image_id),
  width INTEGER NOT NULL CHECK (width > 0),
  height INTEGER NOT NULL CHECK (height > 0),
  jpeg BLOB NOT NULL,
  checksum BLOB NOT NULL CHECK (length(checksum) = 32)
) STRICT;

-- Logits of the base model, float32 little-endian [classes].
CREATE TABLE base_outputs (
  model_id INTEGER NOT NULL REFERENCES models (model_id),
  image_id INTEGER NOT NULL REFERENCES images (image_id),
  logits BLOB NOT NULL CHECK (length(logits) % 4 = 0),
  checksum BLOB NOT NULL CHECK (length(checksum) = 32),
  PRIMARY KEY (model_id, image_id)
) STRICT;
CREATE INDEX base_outputs_by_image ON base_outputs (image_id);

CREATE TABLE runs (
  run_id INTEGER PRIMARY KEY AUTOINCREMENT,
  model_id INTEGER NOT NULL REFERENCES models (model_id),
  preset TEXT NOT NULL,
  config TEXT NOT NULL CHECK (json_valid(config)),
  seed INTEGER NOT NULL,
  target TEXT NOT NULL CHECK (target IN ('base', 'top', 'labels')),
  device TEXT NOT NULL,
  word_count INTEGER NOT NULL CHECK (word_count > 0),
  status TEXT NOT NULL CHECK (status IN ('planned', 'running', 'done', 'failed', 'cancelled')),
  created_at TEXT NOT NULL,
  started_at TEXT,
  finished_at TEXT,
  notes TEXT NOT NULL,
  error TEXT,
  parameter_hash TEXT,
  CHECK ((status = 'failed') = (error IS NOT NULL)),
  CHECK ((status = 'done') = (parameter_hash IS NOT NULL))
) STRICT;
CREATE INDEX runs_by_model ON runs (model_id);

CREATE TABLE run_losses (
  run_id INTEGER NOT NULL REFERENCES runs (run_id),
  step INTEGER NOT NULL CHECK (step >= 0),
  phase TEXT NOT NULL,
  name TEXT NOT NULL,
  epoch INTEGER NOT NULL CHECK (epoch >= 0),
  value REAL NOT NULL,
  PRIMARY KEY (run_id, step, phase, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
  run_id INTEGER PRIMARY KEY REFERENCES runs (run_id),
  step INTEGER NOT NULL CHECK (step >= 0),
  created_at TEXT NOT NULL,
  bytes BLOB NOT NULL,
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64)
) STRICT;

CREATE TABLE word_models (
  run_id INTEGER PRIMARY KEY REFERENCES runs (run_id),
  bytes BLOB NOT NULL,
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64)
) STRICT;

-- Facts of the run (class_weights float32 [classes], summary) beside what people said (name to is_excluded).
CREATE TABLE words (
  run_id INTEGER NOT NULL REFERENCES runs (run_id),
  word_index INTEGER NOT NULL CHECK (word_index >= 0),
  class_weights BLOB NOT NULL CHECK (length(class_weights) % 4 = 0),
  summary TEXT NOT NULL CHECK (json_valid(summary)),
  name TEXT CHECK (name <> ''),
  status TEXT NOT NULL DEFAULT 'unknown' CHECK (status IN ('meaningful', 'mixed', 'artefact', 'unknown')),
  note TEXT NOT NULL DEFAULT '',
  tags TEXT NOT NULL DEFAULT '[]' CHECK (json_type(tags) = 'array'),
  is_excluded INTEGER NOT NULL DEFAULT 0 CHECK (is_excluded IN (0, 1)),
  PRIMARY KEY (run_id, word_index)
) STRICT;

CREATE TABLE patches (
  run_id INTEGER NOT NULL,
  word_index INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('pushed', 'top', 'random', 'counter')),
  rank INTEGER NOT NULL CHECK (rank >= 0),
  image_id INTEGER NOT NULL REFERENCES images (image_id),
  map_row INTEGER NOT NULL CHECK (map_row >= 0),
  map_column INTEGER NOT NULL CHECK (map_column >= 0),
  score REAL NOT NULL,
  distance REAL CHECK (distance >= 0),
  receptive_left REAL NOT NULL,
  receptive_top REAL NOT NULL,
  receptive_width REAL NOT NULL,
  receptive_height REAL NOT NULL,
  crop_left REAL NOT NULL,
  crop_top REAL NOT NULL,
  crop_width REAL NOT NULL,
  crop_height REAL NOT NULL,
  PRIMARY KEY (run_id, word_index, kind, rank),
  FOREIGN KEY (run_id, word_index) REFERENCES words (run_id, word_index)
) STRICT, WITHOUT ROWID;
CREATE INDEX patches_by_image ON patches (image_id);

-- Word scores [words] and logits of the word model [classes], float32 little-endian.
CREATE TABLE scores (
  run_id INTEGER NOT NULL REFERENCES runs (run_id),
  image_id INTEGER NOT NULL REFERENCES images (image_id),
  word_scores BLOB NOT NULL CHECK (length(word_scores) % 4 = 0),
  logits BLOB NOT NULL CHECK (length(logits) % 4 = 0),
  checksum BLOB NOT NULL CHECK (length(checksum) = 32),
  PRIMARY KEY (run_id, image_id)
) STRICT;
CREATE INDEX scores_by_image ON scores (image_id);

-- The strongest activation maps: uint16 word indices [kept], float32 minimum and maximum [kept], uint8 maps [kept, height, width].
CREATE TABLE activation_maps (
  run_id INTEGER NOT NULL REFERENCES runs (run_id),
  image_id INTEGER NOT NULL REFERENCES images (image_id),
  height INTEGER NOT NULL CHECK (height > 0),
  width INTEGER NOT NULL CHECK (width > 0),
  word_indices BLOB NOT NULL,
  minima BLOB NOT NULL,
  maxima BLOB NOT NULL,
  maps BLOB NOT NULL,
  checksum BLOB NOT NULL CHECK (length(checksum) = 32),
  PRIMARY KEY (run_id, image_id),
  CHECK (length(minima) = 2 * length(word_indices) AND length(maxima) = length(minima)),
  CHECK (2 * length(maps) = length(word_indices) * height * width)
) STRICT;
CREATE INDEX activation_maps_by_image ON activation_maps (image_id);

CREATE TABLE evaluations (
  evaluation_id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER NOT NULL REFERENCES runs (run_id),
  split TEXT NOT NULL CHECK (split IN ('train', 'validation', 'test')),
  image_count INTEGER NOT NULL CHECK (image_count >= 0),
  measures TEXT NOT NULL CHECK (json_valid(measures)),
  created_at TEXT NOT NULL,
  parameter_hash_before TEXT NOT NULL,
  parameter_hash_after TEXT NOT NULL,
  CHECK (parameter_hash_before = parameter_hash_after)
) STRICT;
CREATE INDEX evaluations_by_run ON evaluations (run_id, split);

-- Append-only, hash-chained: hash = SHA-256(previous_hash + canonical JSON of the other columns).
CREATE TABLE journal (
  seq INTEGER PRIMARY KEY,
  time TEXT NOT NULL,
  actor TEXT NOT NULL CHECK (actor <> ''),
  action TEXT NOT NULL CHECK (action <> ''),
  kind TEXT NOT NULL CHECK (kind IN ('record', 'change', 'undo', 'redo')),
  target INTEGER REFERENCES journal (seq),
  payload TEXT NOT NULL CHECK (json_valid(payload)),
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL CHECK (length(hash) = 64),
  CHECK ((kind IN ('undo', 'redo')) = (target IS NOT NULL))
) STRICT;
CREATE INDEX journal_changes ON journal (seq, kind, target) WHERE kind <> 'record';
CREATE INDEX journal_targets ON journal (target) WHERE target IS NOT NULL;

-- The newest entry, apart: entries cut off at the end are noticed.
CREATE TABLE journal_head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;
INSERT INTO journal_head (id, seq, hash) VALUES (1, 0, '');

CREATE TRIGGER journal_is_a_chain BEFORE INSERT ON journal
WHEN NEW.seq IS NOT (SELECT seq + 1 FROM journal_head) OR NEW.previous_hash IS NOT (SELECT hash FROM journal_head)
BEGIN SELECT RAISE(ABORT, 'a journal entry must follow the newest one'); END;
CREATE TRIGGER journal_moves_its_head AFTER INSERT ON journal
BEGIN UPDATE journal_head SET seq = NEW.seq, hash = NEW.hash; END;
CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal cannot be changed'); END;
CREATE TRIGGER journal_is_never_shortened BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal cannot be shortened'); END;
`,
};
