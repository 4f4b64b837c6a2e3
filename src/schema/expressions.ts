import type { SchemaModel } from './model';
import type { Expression, Policy, Table } from './objects';

/** An expression that PostgreSQL runs over a table's rows, and the request roles that make it run. */
export interface RunExpression extends Expression {
  readonly roles: readonly string[];
}

/** The predicates of a table's policies, and the defaults and checks of what they let requests insert. */
export function expressionsOver(table: Table, model: SchemaModel): RunExpression[] {
  const runBy = (policies: readonly Policy[]): string[] =>
    model.requestRoles.filter(role => policies.some(policy => model.appliesTo(policy, role)));
  const predicates = table.policies.flatMap(policy => {
    const roles = runBy([policy]);
    return [policy.using ?? [], policy.check ?? []]
      .flat()
      .map(({ node, statement }) => ({ node, statement, roles }));
  });
  const defaults = [...table.columns.values()].flatMap(column => column.default ?? []);
  const inserters = runBy(model.policiesFor(table, 'insert'));
  return [...predicates, ...[...defaults, ...table.checks].map(each => ({ ...each, roles: inserters }))];
}
