/**
 * Puts drawing off while a button is held down: a click whose button was replaced in between would be lost.
 * @returns draws now, or as soon as nothing is held down
 */
export function whenReleased(draw: () => void): () => void {
  let held = false;
  let waits = false;
  const hold = (): void => {
    held = true;
  };
  const release = (): void => {
    held = false;
    // The click comes after the release, in the same task.
    window.setTimeout(() => {
      if (held || !waits) return;
      waits = false;
      draw();
    });
  };
  const isSpace = (event: KeyboardEvent): boolean => event.key === ' ';
  window.addEventListener('pointerdown', hold, true);
  window.addEventListener('pointerup', release, true);
  window.addEventListener('pointercancel', release, true);
  window.addEventListener('blur', release);
  window.addEventListener('keydown', event => {
    if (isSpace(event)) hold();
  });
  window.addEventListener('keyup', event => {
    if (isSpace(event)) release();
  });
  return () => {
    if (held) waits = true;
    else draw();
  };
}
