import { stopLocalFluxes } from './local-flux';

/** Whatever a test started is stopped when the last one is done. */
export const mochaHooks = {
  async afterAll(): Promise<void> {
    await stopLocalFluxes();
  },
};
