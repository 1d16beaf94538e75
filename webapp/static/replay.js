/* The replay of a case: steps without a reload, playing, keys. Without this script every control is a link.
   What a step changed in the picture comes as data, in pages, and is put on at once; the rest of the page follows. */
'use strict';
{
  const main = document.querySelector('main.replay');
  const by = id => document.getElementById(id);
  const PAGE = 50;          // frames that are fetched together
  const TICK = 1200;        // milliseconds between two steps of a playing replay
  const SETTLE = 120;       // milliseconds without another step after which the rest of the page is fetched
  const WORDS = ['active', 'done', 'cancelled', 'travelled', 'idle'];
  const PARTS = ['replay-opened', 'replay-tables', 'replay-step', 'replay-data', 'replay-words', 'replay-picture'];
  const range = main.querySelector('[type=range]');
  const play = by('replay-play');
  const last = Number(main.dataset.last);
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  let step = Number(main.dataset.step);
  let fetching, settling, ticking;

  const said = n => main.dataset.of.replace('{n}', n.toLocaleString('en'));
  const address = n => {
    const url = new URL(main.dataset.replay, location.href);
    url.searchParams.set('step', n);
    if (main.dataset.show) url.searchParams.set('show', main.dataset.show);
    return url;
  };

  /* -- frames */
  const pages = new Map();
  function page(n) {
    const from = Math.floor((n - 1) / PAGE) * PAGE + 1;
    if (!pages.has(from)) {
      const url = `${main.dataset.frames}?from=${from}&to=${Math.min(from + PAGE - 1, last)}`;
      pages.set(from, fetch(url, {headers: {Accept: 'application/json'}}).then(answer => answer.ok ? answer.json() : null)
        .catch(() => { pages.delete(from); return null; }));
    }
    return pages.get(from);
  }

  function marksAt(found, n, path) {
    const marks = {...found.base[path]};
    for (const frame of found.frames) if (frame.seq <= n) Object.assign(marks, frame.changed[path]);
    return marks;
  }

  function paint(marks) {
    for (const group of by('replay-picture').querySelectorAll('[data-id]')) {
      const old = WORDS.find(word => group.classList.contains(word));
      if (!old) continue;
      const [word, count] = marks[group.dataset.id] ?? ['', 0];
      group.classList.replace(old, word || 'idle');
      const badge = group.querySelector(':scope > .count');
      badge?.classList.toggle('none', count < 2);
      if (badge && count > 1) badge.querySelector('tspan').textContent = count.toLocaleString('en').replaceAll(',', '\u2009');
    }
  }

  async function show(n) {
    const found = await page(n);
    const frame = found?.frames.find(one => one.seq === n);
    if (!frame || n !== step) return;
    by('replay-standing').textContent = frame.standing;
    by('replay-live').textContent = `${said(n)}: ${frame.says}. ${frame.standing}`;
    if (by('replay-picture').dataset.path === frame.path) paint(marksAt(found, n, frame.path));
  }

  /* -- the rest of the page */
  async function settle(n, list) {
    fetching?.abort();
    fetching = new AbortController();
    const url = address(n);
    history.replaceState(null, '', url);
    url.searchParams.set('part', '1');
    try {
      const answer = await fetch(url, {signal: fetching.signal});
      if (!answer.ok || answer.redirected) { location.assign(address(n)); return; }
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
      if (n === step) take(fresh, list);
    } catch (error) {
      if (error.name !== 'AbortError') throw error;
    }
  }

  function take(fresh, list) {
    const was = by('replay-list').dataset.first;
    const inside = by('replay-list').contains(document.activeElement);
    for (const id of PARTS) {
      const from = fresh.getElementById(id);
      by(id).replaceChildren(...from.childNodes);
      if (from.dataset.path !== undefined) by(id).dataset.path = from.dataset.path;
    }
    if (!main.querySelector('.seal[data-tone]')) by('replay-proof').replaceChildren(...fresh.getElementById('replay-proof').childNodes);
    const shown = fresh.getElementById('replay-list');
    if (shown.dataset.first !== was || list) {
      by('replay-list').dataset.first = shown.dataset.first;
      by('replay-list').replaceChildren(...shown.childNodes);
    }
    for (const id of ['replay-first', 'replay-back', 'replay-on', 'replay-last']) follow(by(id), fresh.getElementById(id));
    for (const link of fresh.querySelectorAll('.segments [data-keep]')) {
      const own = [...main.querySelectorAll('.pane-head .segments [data-keep]')].find(one => one.textContent === link.textContent);
      if (own) own.href = link.href;
    }
    by('replay-standing').textContent = fresh.getElementById('replay-standing').textContent;
    point(inside);
    centre();
    again();
  }

  function follow(link, fresh) {
    for (const name of ['href', 'aria-disabled', 'role']) {
      if (fresh.hasAttribute(name)) link.setAttribute(name, fresh.getAttribute(name)); else link.removeAttribute(name);
    }
  }

  /* -- where one is */
  function point(focus, behavior = calm.matches ? 'auto' : 'smooth') {
    for (const link of by('replay-list').querySelectorAll('[data-seq]')) {
      const here = Number(link.dataset.seq) === step;
      if (here) link.setAttribute('aria-current', 'step'); else link.removeAttribute('aria-current');
      link.classList.toggle('later', Number(link.dataset.seq) > step);
      if (!here) continue;
      const pane = link.closest('.pane');
      if (pane.scrollHeight > pane.clientHeight && getComputedStyle(pane).overflowY !== 'visible') {
        const [box, frame] = [link.getBoundingClientRect(), pane.getBoundingClientRect()];
        if (box.bottom > frame.bottom || box.top < frame.top + 100) pane.scrollBy({top: box.top - frame.top - frame.height / 2, behavior});
      }
      if (focus) link.focus({preventScroll: true});
    }
  }

  function centre(behavior = calm.matches ? 'auto' : 'smooth') {
    const diagram = by('replay-picture');
    const shown = diagram.querySelector('.node.active:not(.subProcess)')?.getBoundingClientRect();
    const frame = diagram.getBoundingClientRect();
    if (!shown || (shown.left >= frame.left && shown.right <= frame.right && shown.top >= frame.top && shown.bottom <= frame.bottom)) return;
    diagram.scrollBy({left: shown.left - frame.left - (frame.width - shown.width) / 2, top: shown.top - frame.top - (frame.height - shown.height) / 2,
      behavior});
  }

  /* a long case is replayed in portions: ask until the data of this step are there */
  function again() {
    if (main.querySelector('[data-again]')) settling = setTimeout(() => settle(step), SETTLE);
  }

  function go(n, list = false) {
    const next = Math.min(Math.max(n, 1), last);
    clearTimeout(settling);
    step = next;
    main.dataset.step = step;
    range.value = step;
    range.setAttribute('aria-valuetext', said(step));
    main.querySelector('output').textContent = said(step);
    point(false);
    show(step);
    if (step + 10 <= last) page(step + 10);
    settling = setTimeout(() => settle(step, list), SETTLE);
  }

  /* -- playing */
  function playing(on) {
    clearInterval(ticking);
    ticking = on ? setInterval(() => { if (step < last) go(step + 1); if (step >= last) playing(false); }, TICK) : undefined;
    play.setAttribute('aria-label', on ? play.dataset.pause : play.dataset.play);
    play.toggleAttribute('data-on', on);
  }

  function toggle() {
    if (ticking) return playing(false);
    if (step >= last) go(1);
    playing(true);
  }

  /* -- hands */
  main.addEventListener('click', event => {
    const link = event.target.closest('a[data-go]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!link.href) return;
    playing(false);
    go(Number(new URL(link.href).searchParams.get('step')), 'list' in link.dataset);
  });
  range.addEventListener('input', () => { playing(false); go(Number(range.value)); });
  play.addEventListener('click', toggle);

  const keys = {
    ArrowRight: () => go(step + 1), ArrowDown: () => go(step + 1), j: () => go(step + 1),
    ArrowLeft: () => go(step - 1), ArrowUp: () => go(step - 1), k: () => go(step - 1),
    Home: () => go(1), End: () => go(last), ' ': toggle,
  };
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input:not([type=range], .whole), select, textarea')) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!keys[key] || (event.target.type === 'range' && key !== ' ' && key.length > 1)) return;
    if (key === ' ' && event.target.closest('button, summary, .whole')) return;
    if (key.startsWith('Arrow') && event.target.closest('.scroll-x')) return;
    event.preventDefault();
    if (key !== ' ') playing(false);
    keys[key]();
  });

  play.hidden = false;
  by('replay-go').hidden = true;
  document.addEventListener('DOMContentLoaded', () => { point(false, 'auto'); centre('auto'); again(); });
}
