// The look of the report in Power BI, as a theme file. In: nothing. Out: its JSON.

/** Name in the report and name of the file must be the same, or Power BI silently takes its base theme. */
export const THEME_FILE = "carelake.json";

/** Every text colour has a contrast of at least 4.5 to what it stands on; every data colour at least 3. */
export const THEME = {
  name: THEME_FILE,
  dataColors: ["#2f6690", "#b4620f", "#4b7f6b", "#7a5195", "#58616d", "#8a3b3b", "#1f4e79", "#6b7a1f"],
  foreground: "#1b2430",
  foregroundNeutralSecondary: "#4a535f",
  foregroundNeutralTertiary: "#58616d",
  background: "#fffefb",
  backgroundLight: "#f6f4ef",
  backgroundNeutral: "#dcd7cc",
  tableAccent: "#2f6690",
  hyperlink: "#1d4f80",
  textClasses: {
    label: { color: "#1b2430", fontFace: "Segoe UI", fontSize: 10 },
    title: { color: "#1b2430", fontFace: "Segoe UI Semibold", fontSize: 12 },
    callout: { color: "#1b2430", fontFace: "Segoe UI Semibold", fontSize: 24 },
    header: { color: "#1b2430", fontFace: "Segoe UI Semibold", fontSize: 12 },
  },
} as const;
