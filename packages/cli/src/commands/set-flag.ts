/** `--set a.b=c`, which a command may have several times. */
export const setFlag = {
  kind: "parsed",
  parse: String,
  variadic: true,
  optional: true,
  brief: "override a setting: path.to.setting=value",
  placeholder: "a.b=c",
} as const;
