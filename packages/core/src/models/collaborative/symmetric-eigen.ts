export { symmetricEigen, type Eigen } from "../../request/index.ts";
