export { renderCurves, type CurvesPage } from "./curves-page.ts";
export { renderUtility, type UtilityPage } from "./utility-page.ts";
export { unitsNote, utilityOf, type NamedResult } from "./utility.ts";
