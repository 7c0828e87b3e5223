export { paths } from "../../http/contract/paths.js";
