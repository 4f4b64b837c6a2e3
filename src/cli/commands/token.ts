import { parseDuration } from '../../tokens/duration';
import { mintToken } from '../../tokens/mint';
import { parse } from '../arguments';
import { EXIT, UsageError, type Command } from '../io';
import { projectHere } from '../project';
import { requireSecret } from '../require';

export const tokenCommand: Command = {
  name: 'token',
  summary: 'print a project JWT for one subject',
  usage: `flux-rls token <sub> [--role R] [--ttl 5m] [--secret-env NAME]

Prints the token and nothing else. It is a live credential until it expires.
The secret comes from the variable NAME, else from FLUX_GATEWAY_JWT_SECRET or FLUX_JWT_SECRET,
in the environment or in the folder's .env files.`,

  async run(args, terminal) {
    const { values, positionals } = parse(args, {
      role: { type: 'string' },
      ttl: { type: 'string' },
      'secret-env': { type: 'string' },
    });
    const [subject, ...rest] = positionals;
    if (subject === undefined || rest.length > 0) {
      throw new UsageError('token takes one subject, the id that owns the rows: flux-rls token <sub>.');
    }
    const lifetime = parseDuration(values.ttl ?? '5m');
    if (lifetime === undefined)
      throw new UsageError(`--ttl is a time such as 90s, 5m or 1h, not "${values.ttl ?? ''}".`);
    const secret = requireSecret(await projectHere(terminal, {}, values['secret-env']), values['secret-env']);
    const { token } = await mintToken({
      subject,
      secret,
      lifetime,
      ...(values.role !== undefined && { role: values.role }),
    });
    terminal.out(token);
    return EXIT.clean;
  },
};
