// What a page and the frame in which its diagrams are drawn say to each other.

export interface Colors { dark: boolean; font: string; paper: string; surface: string; ink: string; line: string; accent: string }
export interface Wish { kind: "draw"; id: string; text: string; colors: Colors }

/** A drawing without a style sheet and without `style` attributes: those are in `css` and in `data-style`. */
export interface Drawn { kind: "drawn"; id: string; svg: string; css: string }
export interface Failed { kind: "failed"; id: string; message: string }
export interface Ready { kind: "ready" }
export type Answer = Drawn | Failed | Ready;
