import type { SourceFile } from '../sql/source-file';
import { applyEdits, compatibleFixes } from './apply-fix';
import type { Finding, Fix } from './finding';

/** A fix can make room for the next one; more rounds than this are two fixes that undo each other. */
const MAX_ROUNDS = 10;

/** How the files of a push are judged and read again while they are fixed. */
export interface FixTools {
  /** Findings that are to be fixed. */
  readonly judge: (files: readonly SourceFile[]) => readonly Finding[];
  readonly parse: (name: string, text: string) => SourceFile;
  readonly mayChange: (file: string) => boolean;
}

export interface FixedPush {
  readonly files: readonly SourceFile[];
  /** How many fixes were applied. */
  readonly applied: number;
  /** Files that a fix would have to change and that must not be changed. */
  readonly offLimits: readonly string[];
}

/** Applies every fix that can be, and those that show after it. A fix that would break the SQL is left out. */
export function fixPush(files: readonly SourceFile[], tools: FixTools): FixedPush {
  const states = new Set([stateOf(files)]);
  let current = files;
  let applied = 0;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const fixes = fixesFor(current, tools).filter(fix => outside(fix, tools).length === 0);
    const together = compatibleFixes(fixes);
    const chosen = breaks(current, together, tools) ? harmless(current, fixes, tools) : together;
    const next = withFixes(current, chosen, tools);
    if (states.has(stateOf(next))) break;
    states.add(stateOf(next));
    applied += chosen.length;
    current = next;
  }
  const offLimits = fixesFor(current, tools).flatMap(fix => outside(fix, tools));
  return { files: current, applied, offLimits: [...new Set(offLimits)] };
}

function fixesFor(files: readonly SourceFile[], { judge }: FixTools): Fix[] {
  return judge(files).flatMap(({ fix }) => fix ?? []);
}

function outside({ edits }: Fix, { mayChange }: FixTools): string[] {
  return edits.map(({ at }) => at.file).filter(file => !mayChange(file));
}

function withFixes(
  files: readonly SourceFile[],
  fixes: readonly Fix[],
  { parse }: FixTools,
): readonly SourceFile[] {
  const edits = fixes.flatMap(fix => fix.edits);
  return files.map(file => {
    const own = edits.filter(({ at }) => at.file === file.name);
    return own.length === 0 ? file : parse(file.name, applyEdits(file.text, own));
  });
}

/** Two fixes that are good by themselves can be wrong together, as two clauses at one place of a statement. */
function breaks(files: readonly SourceFile[], fixes: readonly Fix[], tools: FixTools): boolean {
  return errorsOf(withFixes(files, fixes, tools)) > errorsOf(files);
}

/** The fixes that break nothing, tried one after the other. */
function harmless(files: readonly SourceFile[], fixes: readonly Fix[], tools: FixTools): Fix[] {
  return fixes.reduce<Fix[]>((kept, fix) => {
    const more = compatibleFixes([...kept, fix]);
    return more.length > kept.length && !breaks(files, more, tools) ? more : kept;
  }, []);
}

function errorsOf(files: readonly SourceFile[]): number {
  return files.reduce((sum, { errors }) => sum + errors.length, 0);
}

function stateOf(files: readonly SourceFile[]): string {
  return files.map(({ text }) => text).join('\0');
}
