import type { Node } from '@pgsql/types';
import type { Engine } from '../flux/engine';
import { componentsOf } from '../schema/components';
import { exposedSchemas, modelFromStatements } from '../schema/from-statements';
import type { SourceFile, Span, Statement } from '../sql/source-file';
import type { Finding } from './finding';
import { judgeWith, runRules, type EngineRun, type Judgment, type LintOptions } from './linter';
import type { Rule } from './rule';

/** What was found in a component, and where its statements stood then. */
interface Known {
  readonly statements: readonly Statement[];
  readonly findings: readonly Finding[];
}

/**
 * Judges a push again and again while it is edited, and runs the rules only over what an edit can have changed. The
 * findings are those of {@link judge}, but for their fixes: a fix is made for the text as it is when it is asked for.
 */
export class IncrementalLinter {
  #known = new Map<string, Known>();
  /** What counts for every component, by engine: what was found under other settings is of no use. */
  readonly #around = new Map<Engine, string>();
  readonly #ids = new WeakMap<Node, number>();
  #lastId = 0;

  judge(files: readonly SourceFile[], options: LintOptions = {}): Judgment {
    const used = new Map<string, Known>();
    const judgment = judgeWith(files, options, (engine, rules) =>
      this.#run(engine, rules, files, options, used),
    );
    this.#known = used;
    return judgment;
  }

  #run(
    engine: Engine,
    rules: readonly Rule[],
    files: readonly SourceFile[],
    options: LintOptions,
    used: Map<string, Known>,
  ): EngineRun {
    const ofFiles = rules.filter(({ scope }) => scope === 'files');
    const ofObjects = rules.filter(({ scope }) => scope !== 'files');
    const run = runRules(ofFiles, modelFromStatements([], { engine }), files, options);
    const findings = run.findings.map(withoutFix);

    const statements = files.flatMap(file => file.statements);
    const exposed = exposedSchemas(statements, options.apiSchema);
    const { components, global } = componentsOf(statements);
    const severities = [...(options.severities ?? [])].flat();
    const around = [
      engine,
      options.apiSchema ?? '',
      ...exposed,
      ...severities,
      ...ofObjects.map(({ id }) => id),
      this.#keyOf(global),
    ].join();
    // What counts for every component is long, and is compared once.
    if (this.#around.get(engine) !== around) this.#forget(engine, around);
    const seen = new Set<string>();
    for (const component of components.length > 0 ? components : [[]]) {
      const key = `${engine} ${this.#keyOf(component)}`;
      const all = [...component, ...global];
      const known = this.#known.get(key);
      const inComponent = known
        ? moved(known, all)
        : this.#judgeAlone(engine, ofObjects, files, all, options, exposed);
      used.set(key, { statements: all, findings: inComponent });
      for (const finding of inComponent) {
        // A statement that bears on everything is judged with every component.
        if (global.length > 0) {
          const text = `${finding.rule} ${finding.at.file} ${finding.at.start} ${finding.message}`;
          if (seen.has(text)) continue;
          seen.add(text);
        }
        findings.push(finding);
      }
    }
    const judged = [...run.judged, ...ofObjects.map(({ id }) => id)];
    return { findings, judged, cannotTell: run.cannotTell };
  }

  #judgeAlone(
    engine: Engine,
    rules: readonly Rule[],
    files: readonly SourceFile[],
    statements: readonly Statement[],
    options: LintOptions,
    exposed: ReadonlySet<string>,
  ): Finding[] {
    const wanted = new Set(statements);
    const names = new Set(statements.map(({ file }) => file));
    const parts = files
      .filter(({ name }) => names.has(name))
      .map(file => ({ ...file, statements: file.statements.filter(each => wanted.has(each)), errors: [] }));
    const model = modelFromStatements(parts, { engine, apiSchema: options.apiSchema, exposed });
    return runRules(rules, model, parts, options).findings.map(withoutFix);
  }

  #forget(engine: Engine, around: string): void {
    this.#around.set(engine, around);
    for (const key of this.#known.keys()) if (key.startsWith(engine)) this.#known.delete(key);
  }

  /** The same statements of the same files have the same key, wherever they stand. */
  #keyOf(statements: readonly Statement[]): string {
    let key = '';
    let last = '';
    for (const { file, node } of statements) {
      if (file !== last) key += file;
      last = file;
      key += `#${this.#idOf(node)}`;
    }
    return key;
  }

  #idOf(node: Node): number {
    const known = this.#ids.get(node);
    if (known !== undefined) return known;
    this.#lastId += 1;
    this.#ids.set(node, this.#lastId);
    return this.#lastId;
  }
}

function withoutFix({ fix: _fix, ...finding }: Finding): Finding {
  return finding;
}

/** Findings of a component whose statements have come to stand elsewhere. */
function moved({ statements, findings }: Known, now: readonly Statement[]): readonly Finding[] {
  if (findings.length === 0 || statements.every((before, index) => before.at.start === now[index]?.at.start))
    return findings;
  const shift = (span: Span): Span => {
    const index = nearest(statements, span);
    const by = (now[index]?.at.start ?? 0) - (statements[index]?.at.start ?? 0);
    return { ...span, start: span.start + by, end: span.end + by };
  };
  return findings.map(finding => ({
    ...finding,
    at: shift(finding.at),
    related: finding.related.map(place => ({ ...place, at: shift(place.at) })),
  }));
}

/** The statement that a place lies in or behind. */
function nearest(statements: readonly Statement[], { file, start }: Span): number {
  let found = -1;
  statements.forEach((statement, index) => {
    if (statement.file !== file || statement.at.start > start) return;
    if (found === -1 || (statements[found]?.at.start ?? 0) <= statement.at.start) found = index;
  });
  return found;
}
