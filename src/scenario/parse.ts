/** A scenario file, from its text to a checked Scenario: YAML, then its shape, then what its names refer to. */
import { lbmethods } from '../core/lbmethods/index.ts';
import { LabError, type Problem, problemsMax } from '../problems/errors.ts';
import type { Context } from './context.ts';
import { type Path, readDocument, type ScenarioDocument } from './document.ts';
import { decodeScenario, readScenarioBytes, referredFiles } from './files.ts';
import { type Override, overrideBytes } from './override.ts';
import { bothPlaces, httpdPlaces, type Places, yamlPlaces } from './places.ts';
import { resolveScenario } from './resolve.ts';
import type { Scenario } from './scenario.ts';
import { scenario as schema } from './schema.ts';
import { shapeOf } from './shape.ts';

/**
 * Checks the text of a scenario. `file` is its path: messages name it, and files it refers to (samples,
 * access logs, an lbmethod of the user's own) are looked up beside it.
 * @throws LabError with every problem found (the first hundred, should there be more).
 */
export function parseScenario(
  text: string,
  file: string,
  overrides: readonly Override[] = [],
): Scenario {
  return parseBytes(Buffer.from(text), file, overrides).scenario;
}

/**
 * Reads and checks the scenario at `path` with `overrides` put in. `balancer`: which one of several, one that is there.
 * @throws LabError with every problem found.
 */
export function loadScenario(
  path: string,
  overrides: readonly Override[] = [],
  balancer?: string,
): Scenario {
  return parseBytes(readScenarioBytes(path), path, overrides, balancer).scenario;
}

/** A checked scenario and where everything in it stands. */
export interface PlacedScenario {
  readonly scenario: Scenario;
  readonly document: ScenarioDocument;
  readonly places: Places;
  /** Where its balancer stands: `balancer`, or `balancers.NAME`. */
  readonly root: Path;
  /** Absolute paths of the files that it names and that these include or import. */
  readonly files: readonly string[];
  /** Of the httpd.conf that the scenario has its balancer from. */
  readonly warnings: readonly Problem[];
}

/** Like parseScenario, with places for whoever finds more to say about the file. */
export function parsePlaced(text: string, file: string): PlacedScenario {
  return parseBytes(Buffer.from(text), file);
}

/** Like loadScenario, with places. */
export function loadPlaced(path: string, overrides: readonly Override[] = []): PlacedScenario {
  return parseBytes(readScenarioBytes(path), path, overrides);
}

function parseBytes(
  bytes: Buffer,
  file: string,
  overrides: readonly Override[] = [],
  balancer?: string,
): PlacedScenario {
  const document = readDocument(decodeScenario(bytes, file), file, overrides);
  const shape = shapeOf(document, schema);
  const problems: Problem[] = [...shape.problems];
  const context: Context = {
    document,
    files: referredFiles(file, [bytes, ...overrideBytes(overrides)]),
    lbmethods: lbmethods.map(({ name }) => name),
    balancer,
    report: (code, path: Path, message, at) => {
      if (problems.length >= problemsMax || shape.touched(path)) return;
      problems.push(document.problem(code, path, message, at));
    },
    add: (found) => problems.push(...found),
  };
  const { scenario, root, httpd } = resolveScenario(shape.raw, file, context);
  if (problems.length > 0) throw new LabError(problems);
  const yaml = yamlPlaces(document, root);
  const places = httpd === null ? yaml : bothPlaces(yaml, httpdPlaces(httpd.conf));
  const { warnings = [] } = httpd?.config ?? {};
  return { scenario, document, places, root, files: context.files.paths(), warnings };
}
