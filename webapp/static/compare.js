/* Two versions beside each other: a difference leads to its element in both pictures, and both scroll together.
   Without it, the link asks the server for the same pictures with the element marked. */
'use strict';

(() => {
  const page = document.querySelector('[data-compare]');
  if (!page) return;
  const every = (selector, from = page) => [...from.querySelectorAll(selector)];

  function centre(drawn) {
    const pane = drawn.closest('.diagram'), frame = pane.getBoundingClientRect(), box = drawn.getBoundingClientRect();
    pane.scrollLeft += box.left + box.width / 2 - frame.left - frame.width / 2;
    pane.scrollTop += box.top + box.height / 2 - frame.top - frame.height / 2;
  }

  function seek(id) {
    every('.sought').forEach(drawn => drawn.classList.remove('sought'));
    const found = every(`.bpmn g[data-id="${CSS.escape(id)}"]`);
    found.forEach(drawn => drawn.classList.add('sought'));
    found[0]?.closest('figure').scrollIntoView({block: 'start'});
    found.forEach(centre);
    return found.length > 0;
  }

  page.addEventListener('click', event => {
    const link = event.target.closest('a[data-element]');
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && seek(link.dataset.element)) {
      event.preventDefault();
      history.replaceState(null, '', link.href);
    }
  });

  let leading = null;
  page.addEventListener('scroll', event => {
    const pane = event.target;
    if (!pane.matches?.('.beside .diagram') || (leading && leading !== pane)) return;
    leading = pane;
    for (const other of every('.diagram', pane.closest('.beside'))) {
      if (other !== pane) { other.scrollLeft = pane.scrollLeft; other.scrollTop = pane.scrollTop; }
    }
    requestAnimationFrame(() => requestAnimationFrame(() => { leading = null; }));
  }, true);

  const sought = new URLSearchParams(location.search).get('at');
  if (!sought || !seek(sought)) {
    for (const figure of every('figure')) {
      const first = figure.querySelector('.bpmn :is(.added, .changed, .removed)');
      if (first) centre(first);
    }
  }
})();
