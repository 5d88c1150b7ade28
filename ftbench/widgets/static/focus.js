// Who has the focus, also inside a shadow tree, where the document only names the tree's host.

/** The element that has the focus, as the tree of `element` knows it. */
export function activeIn(element) {
  const root = element?.getRootNode?.();
  return root && "activeElement" in root ? root.activeElement : document.activeElement;
}
