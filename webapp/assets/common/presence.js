// Who else has the sketch open, asked for every half minute while the page is seen.
import { ask, page, say } from './page.js';

const EVERY = 30_000;

export function watchOthers() {
  const place = document.getElementById('others');
  if (!place || !page.here) return;
  const look = async () => {
    if (document.hidden) return;
    const { others } = await ask(page.here, {}).catch(() => ({ others: [] }));
    place.textContent = others.map((one) => one.name ?? one.person ?? one.by).map((who) => say('{who} is here too', { who })).join(' ');
    place.hidden = !others.length;
  };
  look();
  setInterval(look, EVERY);
}
