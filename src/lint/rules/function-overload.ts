import { defineRule, type Routine } from '../rule';

export default defineRule({
  id: 'function-overload',
  title: 'Functions that one call can mean',
  severity: 'info',
  fixable: false,
  sources: [],
  docs: {
    what: 'Two functions of the API schema have one name, and arguments that one request can mean for both.',
    why:
      'PostgREST tells overloads apart by the names of their arguments, not by their types. Where a request fits two of ' +
      'them it answers 300 with code PGRST203 "Could not choose the best candidate function".',
    how: 'Give one of them another name, or arguments of other names.',
    falseAlarm: 'Functions that are only called from SQL, where the types decide.',
    bad: `create function greeting(name text) returns text language sql immutable as $$ select 'Hello ' || name $$;
create function greeting(name text, loud boolean default false) returns text language sql immutable
  as $$ select case when loud then upper(name) else name end $$;`,
    good: `create function greeting(name text) returns text language sql immutable as $$ select 'Hello ' || name $$;
create function greeting_with(name text, loud boolean default false) returns text language sql immutable
  as $$ select case when loud then upper(name) else name end $$;`,
  },

  check(model, report) {
    for (const overloads of model.routines.values()) {
      if (overloads.length < 2 || !model.isExposed(overloads[0]?.schema ?? '')) continue;
      overloads.forEach((routine, index) => {
        const earlier = overloads.slice(0, index).find(other => areAmbiguous(routine, other));
        if (!earlier) return;
        const names = inputsOf(routine).flatMap(({ name, hasDefault }) => (hasDefault ? [] : (name ?? [])));
        report({
          at: routine.at,
          message: `A call of ${routine.name} with ${names.join(', ') || 'no arguments'} fits two functions: PostgREST answers 300, PGRST203.`,
          related: [{ at: earlier.at, message: `${earlier.name} is made here, too` }],
        });
      });
    }
  },
});

/** Whether a set of argument names exists that both take. */
function areAmbiguous(one: Routine, other: Routine): boolean {
  const [first, second] = [inputsOf(one), inputsOf(other)];
  // PostgREST passes a single argument without a name the whole body, which is another matter.
  if ([...first, ...second].some(({ name }) => name === undefined)) return false;
  return takesAll(first, second) && takesAll(second, first);
}

/** Whether every argument that `needed` cannot do without has a name that `taken` knows. */
function takesAll(needed: Routine['arguments'], taken: Routine['arguments']): boolean {
  return needed.every(({ name, hasDefault }) => hasDefault || taken.some(argument => argument.name === name));
}

function inputsOf(routine: Routine): Routine['arguments'] {
  return routine.arguments.filter(({ isInput }) => isInput);
}
