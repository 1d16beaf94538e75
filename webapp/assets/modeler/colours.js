// Shapes that bring a colour of their own are marked: it was chosen on white, so they keep dark words in the dark theme, too.
export function keepColours(modeler) {
  modeler.on(['shape.added', 'shape.changed'], ({ element, gfx }) => {
    const colour = element.di?.get('color:background-color') ?? element.di?.get('bioc:fill') ?? '';
    gfx.classList.toggle('coloured', Boolean(colour) && !element.labelTarget);
  });
}
