import { byId } from "./elements.js";

/**
 * Takes pictures from where they come: chosen with the button, pasted into the field, dropped anywhere on the page.
 *
 * @param {HTMLElement} form
 * @param {{ took: (files: readonly File[]) => void, chose: () => void }} composer `chose`: it was by the button
 */
export function pictureSources(form, { took, chose }) {
  const files = byId("files", HTMLInputElement);
  byId("attach", HTMLButtonElement).addEventListener("click", () => files.click());
  files.addEventListener("change", () => {
    took([...files.files ?? []]);
    files.value = "";
    chose();
  });
  byId("input", HTMLTextAreaElement).addEventListener("paste", (event) => {
    const pasted = [...event.clipboardData?.files ?? []];
    if (pasted.length === 0) return;
    event.preventDefault();
    took(pasted);
  });
  const field = form.querySelector(".field");
  // A file that is dropped beside the field must not replace the page.
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    field?.toggleAttribute("data-over", true);
  });
  for (const type of ["dragleave", "dragend"]) addEventListener(type, () => field?.removeAttribute("data-over"));
  addEventListener("drop", (event) => {
    field?.removeAttribute("data-over");
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    took([...event.dataTransfer.files]);
  });
}
