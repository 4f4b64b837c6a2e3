import { runSuites } from '../workbench/in-host';

export const run = (): Promise<void> => runSuites(__dirname);
