import { FairleadError } from '../../errors.js';
import type { SchemaCheck, ValueFault } from '../schema-check.js';
import { readYaml } from './document.js';
import { positionsIn } from './lines.js';
import { placesIn } from './place.js';

interface PlacedFault {
  readonly place: string;
  readonly message: string;
}

function refuse(faults: readonly PlacedFault[]): never {
  const [first] = faults;
  const more = faults.length > 1 ? `, and ${faults.length - 1} more` : '';
  throw new FairleadError('node.config', `${first?.place ?? ''}: ${first?.message ?? ''}${more}`, { details: faults });
}

function placed(text: string, file: string, faults: readonly ValueFault[]): readonly PlacedFault[] {
  const placeOf = placesIn(text);
  const positionOf = positionsIn(text);
  return faults.map(({ pointer, at, message }) => {
    const { line, column } = positionOf(placeOf(0, pointer, at).start);
    return { place: `${file}:${line}:${column}`, message };
  });
}

/**
 * Reads the configuration file of a program: one YAML document that passes a schema and then what only code can check.
 * @throws FairleadError `node.config` with a detail per fault, each placed as `file:line:column`.
 */
export function parseConfigText<T>(
  text: string,
  file: string,
  check: SchemaCheck<T>,
  furtherFaults: (value: T) => readonly ValueFault[] = () => [],
): T {
  const [document, second] = readYaml(text.replace(/^\ufeff/, ''));
  if (document === undefined) refuse([{ place: `${file}:1:1`, message: 'the file is empty' }]);
  const positionOf = positionsIn(text);
  const placeAt = (offset: number): string => `${file}:${positionOf(offset).line}:${positionOf(offset).column}`;
  if (document.faults.length > 0)
    refuse(document.faults.map(({ start, message }) => ({ place: placeAt(start), message })));
  if (second !== undefined) refuse([{ place: placeAt(second.start), message: 'the file holds a second document' }]);
  const checked = check(document.value);
  const faults = checked.ok ? furtherFaults(checked.value) : checked.faults;
  if (!checked.ok || faults.length > 0) refuse(placed(text, file, faults));
  return checked.value;
}
