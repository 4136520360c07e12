// What the server tells of panels; src/steward/dashboards/wire.py says the same, with the meaning of each field.

export type Kind =
  | "stat" | "gauge" | "timeseries" | "table" | "heatmap" | "state-timeline" | "piechart" | "text" | "unknown";

export interface Step { color: string; value: number | null }
export interface Mapped { value: string; text: string; color: string }
export interface Link { title: string; url: string }
export interface Column { source: string; title: string }
export interface Place { x: number; y: number; w: number; h: number }

export interface PanelView {
  id: number;
  kind: Kind;
  title: string;
  description: string;
  unit: string;
  decimals: number | null;
  min: number | null;
  max: number | null;
  thresholds: Step[];
  threshold_lines: boolean;
  mappings: Mapped[];
  stacked: boolean;
  fill: number;
  legend: "hidden" | "list" | "table";
  course: boolean;
  columns: Column[];
  links: Link[];
  place: Place;
}

export interface Series { name: string; ref: string; labels: Record<string, string>; values: (number | null)[] }
export interface Mark { name: string; text: string; color: string; start: number; end: number }

export interface PanelData {
  state: "ok" | "empty" | "error";
  message: string;
  start: number;
  step: number;
  count: number;
  series: Series[];
}

export interface DashboardData { start: number; end: number; panels: Record<string, PanelData>; marks: Mark[] }
export interface Chart { panel: PanelView; data: PanelData; marks: Mark[] }

// `$__all` among values and what is chosen is All; `current` always is a list.
export interface VariableView {
  name: string;
  title: string;
  kind: "list" | "text";
  values: string[];
  current: string[];
  multi: boolean;
}

export interface DashboardConfig {
  uid: string;
  title: string;
  from: string;
  to: string;
  refresh: string;
  panels: PanelView[];
  variables: VariableView[];
}
