import type { ColumnsConfig } from "../config.ts";
import { strengthsOf, type SyntheticConfig } from "./config.ts";

/** The column that holds each impression's true click probability. */
export const oracleColumn = "trueProbability";

const attributes = [
  { column: "segment", of: "user" },
  { column: "device", of: "user" },
  { column: "category", of: "item" },
  { column: "brand", of: "item" },
] as const;

/** Features that mean the same in every market of a world without a catalogue. */
export const syntheticCommon: readonly string[] = attributes.map(({ column }) => column);

/** What the columns of such a world's tables mean. */
export const syntheticColumns: ColumnsConfig = {
  user: "user",
  item: "item",
  time: "time",
  label: "click",
  categorical: [...attributes],
  numeric: [
    { column: "age", of: "user" },
    { column: "price", of: "item" },
  ],
};

/** Whether users and items have attributes that explain clicks. */
export function hasAttributes(config: SyntheticConfig): boolean {
  return strengthsOf(config).observable > 0;
}

/** What the columns of a world's tables mean. */
export function columnsOfWorld(config: SyntheticConfig): ColumnsConfig {
  const { label, ...columns } = syntheticColumns;
  return {
    ...columns,
    ...(config.feedback !== "implicit" && { label }),
    ...(!hasAttributes(config) && { categorical: [], numeric: [] }),
    ...(config.titles && {
      bags: [
        {
          column: "title",
          of: "item",
          separator: " ",
          length: config.titles.words,
          pooling: "mean",
        },
      ],
    }),
  };
}

/** Features that mean the same in every market of a world. */
export function commonOfWorld(config: SyntheticConfig): readonly string[] {
  return [
    ...(config.catalogue ? ["item"] : []),
    ...(hasAttributes(config) ? syntheticCommon : []),
    ...(config.titles ? ["title"] : []),
  ];
}
