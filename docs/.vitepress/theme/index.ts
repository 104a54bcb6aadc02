// The theme without its web font: the reader's own fonts do.
import theme from "vitepress/theme-without-fonts";
import "./style.css";

// VitePress asks for a default export.
export default theme;
