/** The harness could not do its work, so nothing can be said about the extension. */
export class HarnessFailure extends Error {
  override readonly name = 'HarnessFailure';
}
