import { afterPush, asAnnBesideBob, type Observations } from './observation';

export const OBSERVATIONS: Observations = {
  'rls-not-enabled': {
    observe: afterPush(asAnnBesideBob),
    bad: { v1_dedicated: 'refused 42501 Refusing push: unrestricted write', v2_shared: '200 bob' },
    good: '200 0 rows',
  },
  'rls-policy-without-rls': {
    observe: afterPush(asAnnBesideBob),
    bad: { v1_dedicated: 'refused 42501 Refusing push: unrestricted write', v2_shared: '200 bob' },
    good: '200 0 rows',
  },
};
