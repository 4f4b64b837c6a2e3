import { readFileSync } from 'node:fs';
import type { ValidateFunction } from 'ajv';
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';

/** The parts of a SARIF log that tests read. */
export interface SarifLog {
  readonly runs: readonly [
    {
      readonly tool: {
        readonly driver: {
          readonly name: string;
          readonly semanticVersion: string;
          readonly rules: readonly {
            readonly id: string;
            readonly help: { readonly text: string; readonly markdown: string };
            readonly defaultConfiguration: { readonly level: string };
          }[];
        };
      };
      readonly columnKind: string;
      readonly invocations: readonly { readonly executionSuccessful: boolean }[];
      readonly originalUriBaseIds: { readonly '%SRCROOT%': { readonly uri: string } };
      readonly artifacts: readonly { readonly location: Artifact }[];
      readonly results: readonly SarifResult[];
    },
  ];
}

export interface Artifact {
  readonly uri: string;
  readonly uriBaseId?: string;
}

export interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

interface Location {
  readonly physicalLocation: { readonly artifactLocation: Artifact; readonly region: Region };
}

export interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly [Location];
  readonly relatedLocations?: readonly (Location & { readonly message: { readonly text: string } })[];
  readonly suppressions: readonly { readonly kind: string; readonly justification?: string }[];
  readonly fixes?: readonly [
    {
      readonly description: { readonly text: string };
      readonly artifactChanges: readonly {
        readonly artifactLocation: Artifact;
        readonly replacements: readonly {
          readonly deletedRegion: Region;
          readonly insertedContent: { readonly text: string };
        }[];
      }[];
    },
  ];
}

const SCHEMA = require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');

let validator: ValidateFunction | undefined;

/** What the schema of SARIF 2.1.0 objects to; empty for a valid log. */
export function sarifObjections(log: unknown): string[] {
  const validate = (validator ??= compile());
  validate(log);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

function compile(): ValidateFunction {
  // One of the schema's patterns is none with the `u` flag.
  const ajv = new Ajv({ allErrors: true, unicodeRegExp: false });
  addFormats(ajv);
  return ajv.compile(JSON.parse(readFileSync(SCHEMA, 'utf8')) as object);
}
