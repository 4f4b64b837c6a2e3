import { element } from './element';
import type { PanelSubject } from './messages';
import { lifeInWords } from './words';

const SVG = 'http://www.w3.org/2000/svg';
/** Circumference of the ring, in its own units. */
const AROUND = 31.4;

/** What is left of the life of the token copied last, in words and as a ring; empty when none was copied. */
export function lifeSign({ expiresAt, lifetime }: PanelSubject): HTMLElement {
  if (expiresAt === null) return element('span', { class: 'life' });
  const life = element('span', {
    class: 'life',
    'data-expires': String(expiresAt),
    'data-lifetime': String(lifetime),
  });
  refresh(life);
  return life;
}

/**
 * Counts lives down in place, so that nothing else has to be drawn again, while the page can be seen and a token lives.
 * @returns starts or stops it, as the page has to be now
 */
export function lifeClock(onExpired: () => void): () => void {
  let timer: number | undefined;
  const stop = (): void => {
    window.clearInterval(timer);
    timer = undefined;
  };
  const tick = (): void => {
    const lives = [...document.querySelectorAll<HTMLElement>('[data-expires]')];
    const ended = lives.map(refresh).includes(true);
    if (ended) onExpired();
    if (lives.every(life => secondsLeft(life) <= 0)) stop();
  };
  const update = (): void => {
    if (document.hidden) {
      stop();
      return;
    }
    tick();
    const runs = [...document.querySelectorAll<HTMLElement>('[data-expires]')].some(
      life => secondsLeft(life) > 0,
    );
    if (runs) timer ??= window.setInterval(tick, 1000);
  };
  document.addEventListener('visibilitychange', update);
  return update;
}

/** Shows what is left; true when the token expired since it was shown last. */
function refresh(life: HTMLElement): boolean {
  const left = secondsLeft(life);
  const before = life.dataset.expired;
  life.dataset.expired = String(left <= 0);
  life.replaceChildren(
    lifeInWords(left),
    ...(left > 0 ? [ring(Math.min(1, left / Number(life.dataset.lifetime)))] : []),
  );
  return left <= 0 && before === 'false';
}

function secondsLeft({ dataset }: HTMLElement): number {
  return Math.floor(Number(dataset.expires) - Date.now() / 1000);
}

/** A ring of which the part is drawn that is left. */
function ring(part: number): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [name, value] of Object.entries({ class: 'ring', viewBox: '0 0 14 14', 'aria-hidden': 'true' }))
    svg.setAttribute(name, value);
  for (const [kind, dashes] of [
    ['track', String(AROUND)],
    ['left', `${(AROUND * part).toFixed(1)} ${AROUND}`],
  ] as const) {
    const circle = document.createElementNS(SVG, 'circle');
    const shape = { class: kind, cx: '7', cy: '7', r: '5', 'stroke-dasharray': dashes };
    for (const [name, value] of Object.entries(shape)) circle.setAttribute(name, value);
    svg.append(circle);
  }
  return svg;
}
